#include "backend/worker.h"

#include <csignal>

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "backend/scored.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "wire/messages.h"

namespace assay::backend {
namespace {

constexpr auto kQuitPatience = std::chrono::seconds{3};
// How soon a speed test notices Ctrl-C. It costs the core that the engine wants a wake-up each time.
constexpr auto kLookEvery = std::chrono::milliseconds{100};
// A test with a long prompt on a slow machine takes minutes; nobody waits a day.
constexpr auto kBenchPatience = std::chrono::hours{24};

/// ". Its last words: …", or nothing when it had none.
std::string farewell(Process& process) {
  const std::string words = process.last_words();
  return words.empty() ? words : ". Its last words: " + words;
}

Code code_for(std::string_view reason) {
  if (reason == "engine_oom") return Code::out_of_memory;
  if (reason == "not_found") return Code::not_found;
  if (reason == "bad_model" || reason == "bad_request") return Code::bad_input;
  if (reason == "not_supported") return Code::unsupported;
  return Code::engine;
}

/// What the wire's reason words mean in a sample (the closed list of docs/measurement.md, "Verdicts").
std::string reason_for(std::string_view reason) {
  if (reason == "engine_oom") return "engine_oom";
  if (reason == "server_exit") return "server_exit";
  return "internal";
}

class WorkerBackend final : public Backend {
 public:
  WorkerBackend(WorkerOptions options, Clock& clock) : options_(std::move(options)), clock_(clock) {
    if (options_.name.empty()) options_.name = file_name(options_.argv[0]);
  }
  ~WorkerBackend() override { unload(); }

  Result<Loaded> load(const LoadRequest& request) override;
  void start(Request request) override;
  std::vector<Event> wait(Nanos until) override;
  void cancel(RequestId id) override;
  void unload() override;
  Result<record::BenchAnswer> bench(const record::BenchTest& test, std::uint64_t seed,
                                    const std::atomic<bool>& stop) override;
  std::optional<Memory> memory() override;

 private:
  struct InFlight {
    RequestId id = 0;
    Nanos latest{0};                              ///< of the times it was told; they may not go back
    std::vector<std::string> continuations = {};  ///< what it is asked to score; empty: it generates
  };

  Result<wire::HelloReply> greet();
  Result<wire::Loaded> load_model(const LoadRequest& request);
  Result<wire::Reply> answer_to(wire::Id id, Nanos until, std::string_view doing,
                                const std::atomic<bool>* stop = nullptr);
  Error died(std::string_view doing);
  void break_all(std::string_view reason, const std::string& detail);
  void take(const std::string& line);
  void take_scores(InFlight& flight, const wire::Scored& scored, wire::Id wire_id);
  void take_event(InFlight& flight, wire::Reply reply, wire::Id wire_id);
  bool plausible(InFlight& flight, Nanos at) const;
  void babble(const std::string& what);
  bool can(std::string_view capability) const;
  bool can_share() const { return can("prefix_cache"); }
  wire::Request message_for(Request&& request, wire::Id id) const;

  WorkerOptions options_;
  Clock& clock_;
  std::unique_ptr<Process> process_;
  wire::HelloReply hello_;
  wire::Id next_id_ = 1;
  std::map<wire::Id, InFlight> in_flight_;
  std::vector<Event> events_;
};

/// Members that came with a capability are only for workers that have it.
bool WorkerBackend::can(std::string_view capability) const {
  return std::find(hello_.capabilities.begin(), hello_.capabilities.end(), capability) !=
         hello_.capabilities.end();
}

Error WorkerBackend::died(std::string_view doing) {
  process_->close_input();
  const auto status = process_->wait(clock_.now() + std::chrono::seconds{1});
  const std::string how = status ? describe(*status) : std::string("it closed its output");
  return {.code = Code::engine,
          .where = {},
          .found = fmt::format("the worker '{}' ended while {} ({}){}", options_.name, doing, how,
                               farewell(*process_)),
          .expected = {},
          .remedy = {}};
}

Result<wire::Reply> WorkerBackend::answer_to(wire::Id id, Nanos until, std::string_view doing,
                                             const std::atomic<bool>* stop) {
  for (;;) {
    const auto line =
        process_->read_line(stop == nullptr ? until : std::min(until, clock_.now() + kLookEvery));
    if (!line && process_->ended()) return fail(died(doing));
    if (!line && stop != nullptr && !*stop && clock_.now() < until) continue;
    if (!line) {
      return fail({.code = Code::timeout,
                   .where = {},
                   .found = fmt::format("the worker '{}' gave no answer while {}{}", options_.name, doing,
                                        farewell(*process_)),
                   .expected = {},
                   .remedy = {}});
    }
    auto reply = wire::decode_reply(line->text);
    if (!reply) {
      return fail({.code = Code::engine,
                   .where = {},
                   .found = fmt::format("the worker '{}' wrote '{}' ({})", options_.name,
                                        printable(line->text, 80), sentence(reply.error())),
                   .expected = "a message of docs/wire.md",
                   .remedy = {}});
    }
    const wire::Id about = std::visit([](const auto& message) { return message.id; }, *reply);
    const auto* failed = std::get_if<wire::Failed>(&*reply);
    const bool ours = about == id || (about == 0 && failed != nullptr);  // 0: it could not read our line
    if (!ours) continue;  // the late end of a cancelled request
    if (failed != nullptr) {
      return fail({.code = code_for(failed->reason),
                   .where = {},
                   .found = failed->message,
                   .expected = {},
                   .remedy = {}});
    }
    return std::move(*reply);
  }
}

Result<wire::HelloReply> WorkerBackend::greet() {
  const wire::Id id = next_id_++;
  if (auto sent = process_->write(wire::encode(wire::Request(wire::Hello{id, wire::kProtocol})) + "\n");
      !sent)
    return fail(died("starting"));
  auto reply = answer_to(id, clock_.now() + options_.hello_timeout, "starting");
  if (!reply) return fail(reply.error());
  auto* hello = std::get_if<wire::HelloReply>(&*reply);
  if (hello == nullptr || hello->protocol != wire::kProtocol) {
    return fail({.code = Code::unsupported,
                 .where = {},
                 .found = fmt::format("the worker '{}' speaks protocol {}", options_.name,
                                      hello == nullptr ? 0 : hello->protocol),
                 .expected = fmt::format("protocol {}", wire::kProtocol),
                 .remedy = "Build assay and its workers from one source"});
  }
  return std::move(*hello);
}

Result<wire::Loaded> WorkerBackend::load_model(const LoadRequest& request) {
  const wire::Id id = next_id_++;
  wire::Load message{
      .id = id, .model = options_.model, .options = request.params, .parallel = request.parallel};
  if (can_share()) {
    message.longest = request.longest;
    message.share_prefixes = request.share_prefixes;
  }
  if (auto sent = process_->write(wire::encode(wire::Request(message)) + "\n"); !sent)
    return fail(died("loading the model"));
  auto reply = answer_to(id, clock_.now() + options_.load_timeout, "loading the model");
  if (!reply) return fail(reply.error());
  if (auto* loaded = std::get_if<wire::Loaded>(&*reply)) return std::move(*loaded);
  return fail({.code = Code::engine,
               .where = {},
               .found = "the worker answered load with another message",
               .expected = "loaded",
               .remedy = {}});
}

Result<Loaded> WorkerBackend::load(const LoadRequest& request) {
  unload();
  auto process = Process::start(options_.argv);
  if (!process) return fail(process.error());
  process_ = std::move(*process);
  Loaded loaded;
  loaded.page_cache_share = page_cache_share(options_.model);
  auto hello = greet();
  if (hello) hello_ = *hello;
  auto answer = hello ? load_model(request) : Result<wire::Loaded>(fail(hello.error()));
  if (!answer) {
    Error error = answer.error();
    unload();
    return fail(std::move(error));
  }
  loaded.load = answer->load;
  loaded.engine_version = hello_.engine + " " + hello_.engine_version;
  loaded.engine_build = hello_.build;
  loaded.facts = std::move(answer->facts);
  if (loaded.facts.is_object() && loaded.facts.contains("parameters") &&
      loaded.facts["parameters"].is_number_unsigned())
    loaded.parameters = loaded.facts["parameters"].get<std::uint64_t>();
  loaded.effective = std::move(answer->options);
  loaded.supported = hello_.params;
  loaded.scores = can("score");
  reset_peak_memory(process_->pid());
  return loaded;
}

void WorkerBackend::start(Request request) {
  if (!process_) {
    events_.push_back({request.id, Broken{"server_exit", "no model is loaded", true}});
    return;
  }
  if (!request.prompt.continuations.empty() && !can("score")) {
    const std::string detail = fmt::format("the worker '{}' gives no log-likelihoods", options_.name);
    events_.push_back({request.id, Broken{"internal", detail, false}});
    return;
  }
  const RequestId id = request.id;
  const wire::Id wire_id = next_id_++;
  InFlight flight{.id = id, .continuations = request.prompt.continuations};
  const std::string line = wire::encode(message_for(std::move(request), wire_id)) + "\n";
  // `sent` is the moment before the request leaves us; encoding it is not the engine's time.
  const Nanos sent = clock_.now();
  flight.latest = sent;
  in_flight_[wire_id] = std::move(flight);
  events_.push_back({id, Sent{sent}});
  if (auto written = process_->write(line); !written) break_all("server_exit", sentence(died("answering")));
}

wire::Request WorkerBackend::message_for(Request&& request, wire::Id id) const {
  record::Prompt& prompt = request.prompt;
  std::optional<std::string> raw;
  if (prompt.raw) {
    raw = std::move(prompt.messages.front().content);
    prompt.messages.clear();
  }
  const bool reuse = request.reuse_prefix && can_share();
  if (!prompt.continuations.empty())
    return wire::Score{.id = id,
                       .messages = std::move(prompt.messages),
                       .raw = std::move(raw),
                       .continuations = std::move(prompt.continuations),
                       .params = std::move(request.params),
                       .reuse_prefix = reuse};
  return wire::Generate{.id = id,
                        .messages = std::move(prompt.messages),
                        .raw = std::move(raw),
                        .params = std::move(request.params),
                        .reuse_prefix = reuse};
}

std::vector<Event> WorkerBackend::wait(Nanos until) {
  if (events_.empty() && process_) {
    if (const auto line = process_->read_line(until)) {
      take(line->text);
      while (process_) {
        const auto more = process_->read_line(Nanos{0});  // what is there already
        if (!more) break;
        take(more->text);
      }
    }
    if (process_ && process_->ended() && !in_flight_.empty())
      break_all("server_exit", sentence(died("answering")));
  } else if (events_.empty()) {
    clock_.sleep_until(until);
  }
  return std::exchange(events_, {});
}

void WorkerBackend::take(const std::string& line) {
  auto reply = wire::decode_reply(line);
  if (!reply) {
    babble(fmt::format("it wrote '{}' ({})", printable(line, 80), sentence(reply.error())));
    return;
  }
  const wire::Id id = std::visit([](const auto& message) { return message.id; }, *reply);
  const auto flight = in_flight_.find(id);
  if (flight == in_flight_.end()) return;  // the late end of a cancelled request
  take_event(flight->second, std::move(*reply), id);
}

bool WorkerBackend::plausible(InFlight& flight, Nanos at) const {
  if (at < flight.latest || at > clock_.now()) return false;
  flight.latest = at;
  return true;
}

void WorkerBackend::take_event(InFlight& flight, wire::Reply reply, wire::Id wire_id) {
  const RequestId id = flight.id;
  if (auto* started = std::get_if<wire::Started>(&reply)) {
    if (!plausible(flight, started->at)) return babble("it sent a time outside of the request's own");
    events_.push_back({id, Accepted{started->at, std::move(started->prompt), started->prompt_tokens,
                                    started->cached_prompt_tokens, std::move(started->effective)}});
  } else if (auto* output = std::get_if<wire::Output>(&reply)) {
    for (const record::TokenEvent& event : output->events) {
      if (!plausible(flight, event.at)) return babble("it sent a token time that goes back or lies ahead");
    }
    events_.push_back(
        {id, Tokens{std::move(output->events), std::move(output->text), std::move(output->reasoning)}});
  } else if (auto* done = std::get_if<wire::Done>(&reply)) {
    if (!plausible(flight, done->at)) return babble("it sent a time outside of the request's own");
    Finished finished{done->at, std::move(done->finish), {}, std::move(done->claims)};
    finished.counts.output_tokens = done->output_tokens;
    finished.counts.reasoning_tokens = done->reasoning_tokens;
    finished.counts.source = record::CountSource::engine;
    events_.push_back({id, std::move(finished)});
    in_flight_.erase(wire_id);
  } else if (auto* scored = std::get_if<wire::Scored>(&reply)) {
    take_scores(flight, *scored, wire_id);
  } else if (auto* failed = std::get_if<wire::Failed>(&reply)) {
    if (!flight.continuations.empty() && failed->reason == "context")
      events_.push_back(too_long_to_score(id, clock_.now()));
    else
      events_.push_back({id, Broken{reason_for(failed->reason), std::move(failed->message), false}});
    in_flight_.erase(wire_id);
  } else {
    babble("it answered a request with a message of another kind");
  }
}

void WorkerBackend::take_scores(InFlight& flight, const wire::Scored& scored, wire::Id wire_id) {
  if (!plausible(flight, scored.at)) return babble("it sent a time outside of the request's own");
  if (scored.choices.size() != flight.continuations.size() || flight.continuations.empty())
    return babble(fmt::format("it scored {} continuations where {} were sent", scored.choices.size(),
                              flight.continuations.size()));
  for (Event& event : scored_events(flight.id, scored.at, std::move(flight.continuations), scored.choices))
    events_.push_back(std::move(event));
  in_flight_.erase(wire_id);
}

/// A worker that does not keep the protocol cannot be believed any more: it ends here.
void WorkerBackend::babble(const std::string& what) {
  const std::string detail = fmt::format("the worker '{}' broke the protocol: {}", options_.name, what);
  process_->kill(SIGKILL);
  break_all("transport", detail);
}

void WorkerBackend::break_all(std::string_view reason, const std::string& detail) {
  for (const auto& [wire_id, flight] : in_flight_) {
    events_.push_back({flight.id, Broken{std::string(reason), detail, true}});
  }
  in_flight_.clear();
  process_.reset();
}

void WorkerBackend::cancel(RequestId id) {
  const auto flight = std::find_if(in_flight_.begin(), in_flight_.end(),
                                   [&](const auto& entry) { return entry.second.id == id; });
  if (flight == in_flight_.end() || !process_) return;
  const wire::Cancel message{next_id_++, flight->first};
  if (auto sent = process_->write(wire::encode(wire::Request(message)) + "\n"); !sent)
    break_all("server_exit", sentence(died("answering")));
}

void WorkerBackend::unload() {
  in_flight_.clear();
  events_.clear();
  if (!process_) return;
  // Its end frees the memory for certain: the process goes, not only the model.
  if (process_->write(wire::encode(wire::Request(wire::Quit{next_id_++})) + "\n")) {
    process_->close_input();
    const Nanos until = clock_.now() + kQuitPatience;
    while (process_->read_line(until)) {
    }
    process_->wait(until);
  }
  process_.reset();
}

Result<record::BenchAnswer> WorkerBackend::bench(const record::BenchTest& test, std::uint64_t seed,
                                                 const std::atomic<bool>& stop) {
  if (!process_)
    return fail(
        {.code = Code::engine, .where = {}, .found = "no model is loaded", .expected = {}, .remedy = {}});
  if (!can("bench")) return Backend::bench(test, seed, stop);
  const wire::Id id = next_id_++;
  const std::string doing = "measuring " + name_of(test);
  if (auto sent = process_->write(wire::encode(wire::Request(wire::Bench{id, test, seed})) + "\n"); !sent)
    return fail(died(doing));
  auto reply = answer_to(id, clock_.now() + kBenchPatience, doing, &stop);
  if (!reply) {
    // A worker that is in the middle of something, or gone, is of no use for the next test.
    if (reply.error().code == Code::timeout || process_->ended()) process_.reset();
    return fail(reply.error());
  }
  if (auto* told = std::get_if<wire::Benched>(&*reply)) return std::move(told->answer);
  return fail({.code = Code::engine,
               .where = {},
               .found = "the worker answered bench with another message",
               .expected = "benched",
               .remedy = {}});
}

std::optional<Memory> WorkerBackend::memory() {
  if (!process_) return std::nullopt;
  const auto memory = process_memory(process_->pid());
  if (!memory) return std::nullopt;
  return Memory{memory->resident, memory->mapped, memory->peak};
}

}  // namespace

std::unique_ptr<Backend> make_worker(WorkerOptions options, Clock& clock) {
  return std::make_unique<WorkerBackend>(std::move(options), clock);
}

}  // namespace assay::backend
