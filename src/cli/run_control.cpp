#include "cli/run_control.h"

#include <utility>

#include <fmt/format.h>

#include "cli/catalogue.h"
#include "cli/shell.h"
#include "cli/stored_plan.h"

namespace assay::cli {
namespace {

constexpr std::chrono::seconds kEndingLimit{10};

Error busy(const std::string& run_id) {
  return {.code = Code::conflict,
          .where = {},
          .found = run_id.empty() ? std::string("another run is about to begin here")
                                  : fmt::format("run {} goes on here", run_id),
          .expected = "one run at a time, because two would disturb each other's figures",
          .remedy = "Wait until it ends, or cancel it"};
}

Error closed() {
  return {.code = Code::conflict,
          .where = {},
          .found = "assay serve is ending",
          .expected = {},
          .remedy = "Start it again"};
}

}  // namespace

class LocalRuns::Listener final : public RunListener {
 public:
  explicit Listener(LocalRuns& home) : home_(home) {}

  void loading(std::uint32_t model, const std::string&) override {
    change([&](server::Live& live) { live.loads.push_back({model, std::nullopt}); });
  }
  void loaded(std::uint32_t model, Nanos load) override {
    constexpr double kMs = 1e6;
    change([&](server::Live& live) {
      live.loads.push_back({model, static_cast<double>(load.count()) / kMs});
    });
  }
  void moved(const runner::Progress& progress) override {
    change([&](server::Live& live) {
      live.model = progress.model;
      live.finished = progress.finished;
      live.in_flight = progress.in_flight;
      live.tokens = progress.tokens;
      live.tokens_per_s = progress.tokens_per_s;
      live.case_id = progress.case_id;
      live.has_progress = true;
    });
  }
  void finished_one() override {
    change([](server::Live&) {});
  }
  void model_ends(const std::string&) override {
    change([](server::Live&) {});
  }

 private:
  template <class Change>
  void change(const Change& with) {
    {
      const std::lock_guard lock(home_.mutex_);
      with(home_.live_);
      ++home_.live_.version;
    }
    home_.changed_.notify_all();
  }
  LocalRuns& home_;
};

tl::expected<Prepared, Errors> prepare_request(const server::StartRequest& request, Errors& warnings) {
  RunOptions options;
  options.models = request.models;
  options.params = request.params;
  options.cases = request.cases;
  options.repeats = request.repeats;
  options.warmup = request.warmup;
  if (request.parallel) options.parallel = std::to_string(*request.parallel);
  options.seed = request.seed;
  options.timeout = request.timeout;
  options.grading = request.grading;
  const std::string path = request.path.empty() ? "suite.yaml" : request.path;
  return prepare_text(request.suite, path, request.only_benchy, options, catalogue(), warnings);
}

LocalRuns::~LocalRuns() {
  end_all();
  if (thread_.joinable()) thread_.join();
}

tl::expected<std::string, Errors> LocalRuns::start(const server::StartRequest& request) {
  Errors warnings;
  auto prepared = prepare_request(request, warnings);
  if (!prepared) return tl::unexpected(prepared.error());
  return begin(std::move(*prepared), {.label = request.label}, {});
}

tl::expected<std::string, Errors> LocalRuns::resume(const std::string& run_id) {
  const auto run = store_.run(run_id);
  if (!run) return tl::unexpected(Errors{run.error()});
  const bool imported = run->options.is_object() && run->options.contains("imported");
  if (run->state == record::RunState::finished || imported) {
    return tl::unexpected(Errors{{.code = Code::conflict,
                                  .where = {},
                                  .found = fmt::format("run {} is finished", run_id),
                                  .expected = "a run that did not get to its end",
                                  .remedy = {}}});
  }
  if (run->state == record::RunState::running) {
    return tl::unexpected(Errors{{.code = Code::conflict,
                                  .where = {},
                                  .found = fmt::format("run {} goes on already", run_id),
                                  .expected = "a run that nobody writes",
                                  .remedy = {}}});
  }
  auto prepared = prepared_from_store(*run);
  if (!prepared) return tl::unexpected(Errors{prepared.error()});
  return begin(std::move(*prepared), {}, run_id);
}

LocalRuns::Begun LocalRuns::begin(Prepared prepared, SessionOptions options, const std::string& resumed) {
  std::promise<Begun> promise;
  std::future<Begun> begun = promise.get_future();
  {
    std::unique_lock lock(mutex_);
    // A run that was cancelled, or whose end is stored already, needs a moment to put its engines away.
    const auto last = busy_ && !run_id_.empty() ? store_.entry(run_id_) : Result<store::RunEntry>{};
    const bool ends = over_ || stop_ || (last && last->state != record::RunState::running);
    if (busy_ && ends) changed_.wait_for(lock, kEndingLimit, [&] { return !busy_; });
    if (busy_) return tl::unexpected(Errors{busy(run_id_)});
    if (closing_) return tl::unexpected(Errors{closed()});
    busy_ = true;
    over_ = false;
    run_id_.clear();
    live_ = {};
    stop_ = false;
    if (thread_.joinable()) thread_.join();  // it has ended, or busy_ would be set
    thread_ = Thread([this, prepared = std::move(prepared), options = std::move(options), resumed,
                      promise = std::move(promise)]() mutable {
      run(std::move(prepared), options, resumed, std::move(promise));
      {
        const std::lock_guard ended(mutex_);
        busy_ = false;
        run_id_.clear();
        ++live_.version;
      }
      changed_.notify_all();
    });
  }
  return begun.get();
}

void LocalRuns::run(Prepared prepared, const SessionOptions& options, const std::string& resumed,
                    std::promise<Begun> begun) {
  Listener listener(*this);
  RunSession session(std::move(prepared), options, listener, stop_);
  const auto ready = [&]() -> tl::expected<void, Refusal> {
    if (auto fine = session.check(); !fine) return fine;
    if (!resumed.empty()) {
      if (auto going = session.resume_stored(store_, resumed); !going)
        return tl::unexpected(Refusal{{going.error()}, false});
    }
    return session.get_ready(store_);
  }();
  if (!ready) {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    begun.set_value(tl::unexpected(ready.error().errors));
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    run_id_ = session.run().id;
  }
  begun.set_value(session.run().id);
  // What fails here is in the store: the run's state, and each trial's. A full disk is told to the terminal.
  if (const auto outcome = session.walk(store_); !outcome) print_error(outcome.error());
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
    run_id_.clear();
  }
  changed_.notify_all();
  ended_.notify_all();
}

bool LocalRuns::ended(const std::string& run_id, std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, longest, [&] { return !busy_ || run_id_ != run_id; });
}

void LocalRuns::end_all() {
  const std::lock_guard lock(mutex_);
  closing_ = true;
  stop_ = true;
}

Result<void> LocalRuns::cancel(const std::string& run_id) {
  const std::lock_guard lock(mutex_);
  if (busy_ && run_id_ == run_id) {
    stop_ = true;
    return {};
  }
  return fail({.code = Code::conflict,
               .where = {},
               .found = fmt::format("run {} does not go on in this process", run_id),
               .expected = "a run that was started or resumed here",
               .remedy = "A run of another process is ended there, with Ctrl-C"});
}

std::optional<std::string> LocalRuns::running() {
  const std::lock_guard lock(mutex_);
  if (!busy_ || over_) return std::nullopt;
  return run_id_;
}

std::optional<server::Live> LocalRuns::wait(const std::string& run_id, std::uint64_t seen,
                                            std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  if (!busy_ || run_id_ != run_id) return std::nullopt;
  changed_.wait_for(lock, longest, [&] {
    return !busy_ || run_id_ != run_id || live_.version != seen || longest.count() == 0;
  });
  if (!busy_ || run_id_ != run_id) return std::nullopt;
  return live_;
}

}  // namespace assay::cli
