#include "sandbox/zygote.h"

#if defined(__linux__)

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "sandbox/capture.h"

namespace assay::sandbox {
namespace {

constexpr Nanos kStartLimit = std::chrono::seconds(20);
// From handing a program over to its first instruction: 5 ms on an idle machine.
constexpr Nanos kSetUpLimit = std::chrono::seconds(20);
constexpr Nanos kKillLimit = std::chrono::seconds(10);
constexpr int kNobody = 65534;

int milliseconds_until(Nanos until, Nanos now) {
  if (until <= now) return 0;
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(until - now).count());
}

/// A copy with a number that no descriptor of the child has.
Descriptor moved_up(const Descriptor& from) {
  return Descriptor(fcntl(from.get(), F_DUPFD_CLOEXEC, 10));
}

Error unavailable(std::string found) {
  return {.code = Code::unavailable, .where = {}, .found = std::move(found), .expected = {}, .remedy = {}};
}

Outcome broken(std::string detail) {
  Outcome outcome;
  outcome.detail = std::move(detail);
  return outcome;
}

std::string limits_message(const Limits& limits) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(limits.wall).count() + 1;
  return dump(Json{{"as", limits.memory},
                   {"cpu", seconds},
                   {"fsize", limits.file},
                   {"nofile", limits.open_files},
                   {"stack", limits.stack},
                   {"nproc", limits.processes},
                   {"core", 0},
                   {"disk", limits.disk},
                   {"files", limits.files},
                   {"memory", limits.memory}});
}

/// One program in a zygote: its streams, and why it was stopped.
class Watch {
 public:
  Watch(const Program& program, const Limits& limits, int control, Clock& clock)
      : program_(program), limits_(limits), control_(control), clock_(clock) {}

  /// The descriptors that the zygote is sent, or nothing when there are none left.
  std::vector<int> open() {
    Pipe out = make_pipe();
    Pipe err = make_pipe();
    Pipe ready = make_pipe();
    job_ = make_memory_file(dump(Json(program_.arguments)) + "\n" + program_.source);
    if (program_.reply) {
      Pipe in = make_pipe();
      input_ = std::move(in.read);
      feed_.emplace(std::move(in.write));
    } else {
      input_ = make_memory_file(program_.input);
    }
    if (!out || !err || !ready || !job_ || !input_) return {};
    out_.emplace(std::move(out.read), limits_.out);
    err_.emplace(std::move(err.read), limits_.err);
    ready_ = std::move(ready.read);
    given_out_ = std::move(out.write);
    given_err_ = std::move(err.write);
    given_ready_ = std::move(ready.write);
    return {job_.get(), input_.get(), given_out_.get(), given_err_.get(), given_ready_.get()};
  }

  void close_given() {
    for (Descriptor* one : {&job_, &input_, &given_out_, &given_err_, &given_ready_}) one->reset();
  }

  /// Until the zygote reports. Absent: it does not answer any more.
  std::optional<Json> wait() {
    deadline_ = clock_.now() + kSetUpLimit;
    for (;;) {
      const Nanos now = clock_.now();
      if (now >= deadline_ && !expired()) return std::nullopt;
      std::array<pollfd, 5> polled{{{control_, POLLIN, 0},
                                    {out_->number(), POLLIN, 0},
                                    {err_->number(), POLLIN, 0},
                                    {ready_.get(), POLLIN, 0},
                                    {feed_ ? feed_->number() : -1, POLLOUT, 0}}};
      if (poll(polled.data(), polled.size(), milliseconds_until(deadline_, now)) <= 0) continue;
      if (polled[3].revents != 0) read_ready();
      if (polled[1].revents != 0) read_out();
      if (polled[2].revents != 0 && !err_->read() && err_->over()) stop(End::output_limit);
      if (polled[4].revents != 0) feed_->write();
      if (polled[0].revents != 0) return report();
    }
  }

  Outcome conclude(const Json& report) {
    Outcome outcome;
    if (!started_)
      return broken(setup_error_.empty() ? "the sandbox ended before the program began" : setup_error_);
    out_->drain();
    err_->drain();
    if (!stopped_ && (out_->over() || err_->over())) stopped_ = End::output_limit;
    outcome.wall = clock_.now() - *started_;
    outcome.cpu = Nanos(report.value("cpu", std::int64_t{0}));
    outcome.out = out_->text();
    outcome.err = err_->text();
    if (report.value("memory", false)) {
      outcome.end = End::memory_limit;
      outcome.detail = fmt::format("more than {} MiB in use", limits_.memory >> 20U);
    } else if (stopped_) {
      outcome.end = *stopped_;
      outcome.detail = why_stopped();
    } else {
      classify(report.value("status", SIGKILL), limits_, outcome);
    }
    return outcome;
  }

 private:
  /// At the deadline. False when the zygote had been told to kill already, and did not.
  bool expired() {
    if (stopped_ || !started_) return false;
    stop(End::timeout);
    return true;
  }

  void stop(End why) {
    if (stopped_) return;
    stopped_ = why;
    deadline_ = clock_.now() + kKillLimit;
    ::send(control_, "K", 1, MSG_NOSIGNAL);
  }

  void read_ready() {
    std::array<char, 1024> block{};
    const ssize_t got = read(ready_.get(), block.data(), block.size());
    const std::string_view said(block.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    if (said.starts_with('R')) {
      started_ = clock_.now();
      deadline_ = *started_ + limits_.wall;
    } else if (!said.empty()) {
      setup_error_ = said.substr(1);
    }
    if (said.empty()) ready_.reset();
  }

  void read_out() {
    if (!out_->read() && out_->over()) stop(End::output_limit);
    if (!program_.reply) return;
    while (!stopped_) {
      const std::optional<std::string> line = out_->take_line();
      if (!line) return;
      const std::optional<std::string> answer = program_.reply(*line);
      if (!answer) return stop(End::stopped);
      feed_->add(*answer);
    }
  }

  std::optional<Json> report() {
    std::array<char, 1024> block{};
    const ssize_t got = recv(control_, block.data(), block.size(), 0);
    if (got <= 0) return std::nullopt;
    if (ready_) read_ready();
    const auto parsed = parse_json(std::string_view(block.data(), static_cast<std::size_t>(got)));
    if (!parsed) return std::nullopt;
    return *parsed;
  }

  std::string why_stopped() const {
    if (*stopped_ == End::timeout) {
      return fmt::format("still running after {:.3g} s", std::chrono::duration<double>(limits_.wall).count());
    }
    if (*stopped_ == End::stopped) return "ended by its partner";
    return out_->over() ? fmt::format("more than {} bytes on standard output", limits_.out)
                        : fmt::format("more than {} bytes on standard error", limits_.err);
  }

  const Program& program_;
  const Limits& limits_;
  int control_;
  Clock& clock_;
  Descriptor job_, input_, given_out_, given_err_, given_ready_, ready_;
  std::optional<Capture> out_;
  std::optional<Capture> err_;
  std::optional<Feed> feed_;
  std::optional<Nanos> started_;
  std::optional<End> stopped_;
  std::string setup_error_;
  Nanos deadline_{0};
};

}  // namespace

Result<std::unique_ptr<Zygote>> Zygote::start(const Plan& plan) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail(unavailable("no more files can be opened"));
  std::unique_ptr<Zygote> zygote(new Zygote());
  zygote->control_ = Descriptor(ends[0]);
  const Descriptor theirs(ends[1]);
  zygote->complaints_ = make_memory_file({});
  Pipe about = make_pipe();
  const Descriptor control = moved_up(theirs);
  const Descriptor errors = moved_up(zygote->complaints_);
  const Descriptor facts = moved_up(about.write);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, errors.get(), 2);
  posix_spawn_file_actions_adddup2(&actions, control.get(), 3);
  posix_spawn_file_actions_adddup2(&actions, facts.get(), 4);
  std::vector<std::string> words = plan.command;
  words.emplace_back(zygote_source());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::string path = "PATH=/usr/bin:/bin";
  std::array<char*, 2> environment{path.data(), nullptr};
  const int error =
      posix_spawnp(&zygote->outer_, argv[0], &actions, nullptr, argv.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    zygote->outer_ = -1;
    return fail(unavailable(fmt::format("{} does not start: {}", plan.command[0], std::strerror(error))));
  }
  about.write.reset();
  if (auto greeted = zygote->greet(plan); !greeted) return fail(greeted.error());
  std::array<char, 512> block{};
  const ssize_t got = read(about.read.get(), block.data(), block.size());
  const auto said = parse_json(std::string_view(block.data(), got > 0 ? static_cast<std::size_t>(got) : 0));
  if (said && said->is_object()) zygote->inner_ = said->value("child-pid", -1);
  return zygote;
}

Result<void> Zygote::greet(const Plan& plan) {
  const Descriptor filter = make_memory_file(plan.filter);
  const Json hello{{"uid", plan.drop_root ? Json(kNobody) : Json()}};
  pollfd answer{control_.get(), POLLIN, 0};
  std::array<char, 512> block{};
  if (filter && send(dump(hello), {filter.get()}) &&
      poll(&answer, 1,
           static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(kStartLimit).count())) >
          0 &&
      recv(control_.get(), block.data(), block.size(), 0) > 0) {
    return {};
  }
  control_.reset();
  const std::string said(trim(contents_of(complaints_)));
  const std::size_t last = said.rfind('\n');
  return fail(unavailable(said.empty() ? "the sandbox's interpreter does not answer"
                                       : said.substr(last == std::string::npos ? 0 : last + 1)));
}

Zygote::~Zygote() {
  control_.reset();  // it reads the end, and ends with all that it started
  if (outer_ < 0) return;
  SystemClock clock;
  const Nanos until = clock.now() + std::chrono::seconds(2);
  while (waitpid(outer_, nullptr, WNOHANG) == 0) {
    if (clock.now() > until) {
      if (inner_ > 0) kill(inner_, SIGKILL);
      kill(outer_, SIGKILL);
      waitpid(outer_, nullptr, 0);
      return;
    }
    clock.sleep_until(clock.now() + std::chrono::milliseconds(2));
  }
}

bool Zygote::send(std::string_view message, const std::vector<int>& handles) {
  iovec part{const_cast<char*>(message.data()), message.size()};  // NOLINT: sendmsg takes no const
  alignas(cmsghdr) std::array<char, CMSG_SPACE(8 * sizeof(int))> room{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = room.data();
  header.msg_controllen = CMSG_SPACE(handles.size() * sizeof(int));
  cmsghdr* rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(handles.size() * sizeof(int));
  std::memcpy(CMSG_DATA(rights), handles.data(), handles.size() * sizeof(int));
  return sendmsg(control_.get(), &header, MSG_NOSIGNAL) >= 0;
}

Outcome Zygote::run(const Program& program, const Limits& limits) {
  Watch watch(program, limits, control_.get(), clock_);
  const std::vector<int> handles = watch.open();
  if (handles.empty()) return broken("no more files can be opened");
  if (!send(limits_message(limits), handles)) {
    healthy_ = false;
    return broken("the sandbox's interpreter has ended");
  }
  watch.close_given();
  const std::optional<Json> report = watch.wait();
  if (!report) {
    healthy_ = false;
    const std::string said(trim(contents_of(complaints_)));
    return broken("the sandbox's interpreter does not answer" + (said.empty() ? "" : ": " + said));
  }
  Outcome outcome = watch.conclude(*report);
  if (report->value("left", 0) != 0) {
    healthy_ = false;
    return broken("processes of the program are left after its end");
  }
  return outcome;
}

}  // namespace assay::sandbox

#endif
