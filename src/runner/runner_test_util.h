// What the tests of this folder share: a runner on scripted engines and a clock that only moves when told.
// For *_test.cpp only.
#pragma once

#include <atomic>
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

}  // namespace assay::runner::testing
