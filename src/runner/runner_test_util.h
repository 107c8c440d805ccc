// What the tests of this folder share: a runner on scripted engines and a clock that only moves when told.
// For *_test.cpp only.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backend/table.h"
#include "runner/runner.h"

namespace assay::runner::testing {

/// An engine with another one inside, to look at what it is told or to answer differently.
class Wrapped : public backend::Backend {
 public:
  explicit Wrapped(std::unique_ptr<backend::Backend> inner) : inner_(std::move(inner)) {}
  Result<backend::Loaded> load(const backend::LoadRequest& request) override { return inner_->load(request); }
  void start(backend::Request request) override { inner_->start(std::move(request)); }
  std::vector<backend::Event> wait(Nanos until) override { return inner_->wait(until); }
  void cancel(backend::RequestId id) override { inner_->cancel(id); }
  void unload() override { inner_->unload(); }
  std::optional<backend::Memory> memory() override { return inner_->memory(); }

 protected:
  std::unique_ptr<backend::Backend> inner_;
};

/// What a Runner refers to, for a test's fixture.
class Scripted {
 protected:
  /// Adds a model to the plan, with its scripted engine.
  void model(const std::string& script) {
    record::ModelSpec spec;
    spec.engine = "fake";
    spec.model = script;
    spec.label = "m" + std::to_string(plan_.models.size());
    backends_.push_back(std::move(*backend::make(spec, {clock_})));
    plan_.models.push_back(std::move(spec));
  }

  /// Each trial asks the same at this temperature.
  Runner runner_for(Observer& observer, double temperature) {
    return {plan_,
            backends_,
            clock_,
            [temperature](const record::Trial& trial) {
              return TrialRequest{"case" + std::to_string(trial.case_index),
                                  "key",
                                  {{{"user", "a b c"}}, false, {}, {}},
                                  {{"temperature", temperature}}};
            },
            observer,
            stop_,
            {.run_start = Nanos{0}, .run_id = "run"}};
  }

  ManualClock clock_{Nanos{1'000'000}};
  record::Plan plan_;
  Backends backends_;
  std::atomic<bool> stop_{false};
};

/// Keeps what it is told. Fails at sample number `fail_at`, and sets `stop` behind sample number `stop_at`,
/// both counted from 1.
struct Seen final : Observer {
  Result<void> on_sample(record::Sample&& sample, bool idle) override {
    if (fail_at && samples.size() + 1 == *fail_at)
      return fail({.code = Code::io, .where = {}, .found = "disk full", .expected = {}, .remedy = {}});
    idles.push_back(idle);
    samples.push_back(std::move(sample));
    if (stop_at && samples.size() == *stop_at) *stop = true;
    return {};
  }
  Result<void> on_model_end(std::uint32_t model, const std::optional<backend::Memory>&,
                            const std::string& why) override {
    ends.emplace_back(model, why);
    return {};
  }
  void on_load_begin(std::uint32_t model) override { loads.push_back(model); }
  void on_again(std::uint32_t, std::uint32_t, const std::string& case_id, bool same) override {
    again.emplace_back(case_id, same);
  }

  std::vector<record::Sample> samples;
  std::vector<bool> idles;
  std::vector<std::pair<std::string, bool>> again;  ///< case, and whether the answer was the same
  std::vector<std::uint32_t> loads;
  std::vector<std::pair<std::uint32_t, std::string>> ends;
  std::optional<std::size_t> fail_at, stop_at;
  std::atomic<bool>* stop = nullptr;
};

/// A fixture whose runs are seen.
class Watched : protected Scripted {
 protected:
  /// One stretch per model with so many trials.
  void trials(std::uint32_t count, std::uint32_t warmups = 0) {
    plan_.cells = {{}};
    for (std::uint32_t m = 0; m < plan_.models.size(); ++m) {
      const std::size_t begin = plan_.trials.size();
      for (std::uint32_t i = 0; i < warmups; ++i) plan_.trials.push_back({m, 0, 0, 0, true});
      for (std::uint32_t i = 0; i < count; ++i) plan_.trials.push_back({m, 0, i, 0, false});
      plan_.stretches.push_back({m, 0, {}, begin, plan_.trials.size(), plan_.load.parallel});
    }
  }

  Runner runner() { return runner_for(seen_, 0); }

  /// Throws, and so fails the test, when the run ends with an error.
  Outcome go() {
    seen_.stop = &stop_;
    return run(runner(), std::nullopt).value();
  }

  Seen seen_;
};

}  // namespace assay::runner::testing
