// What happens with a sample when it is finished: stored, judged when the machine is idle, shown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/budget.h"
#include "cli/grade_many.h"
#include "cli/run_listener.h"
#include "evaluator/grader.h"
#include "record/run.h"
#include "record/suite.h"
#include "runner/runner.h"
#include "store/store.h"

namespace assay::cli {

class RunObserver final : public runner::Observer {
 public:
  RunObserver(store::Store& store, record::Run& run, const record::Suite& suite,
              const evaluator::Grader& grader, store::LayerId layer, RunListener& listener);

  /// Trials of each model that this walk will do, for the progress line.
  void expect(std::vector<std::uint64_t> trials_by_model) { trials_ = std::move(trials_by_model); }

  /// Tells `budget`, which outlives this, what each answer cost.
  void charge(Budget& budget) { budget_ = &budget; }

  void on_load_begin(std::uint32_t model) override;
  void on_loaded(std::uint32_t model, const backend::Loaded& loaded,
                 const std::optional<backend::Memory>& memory) override;
  void on_progress(const runner::Progress& progress) override { listener_.moved(progress); }
  Result<void> on_sample(record::Sample&& sample, bool idle) override;
  void on_discarded(const record::Sample& answer) override {
    if (budget_ != nullptr) budget_->ended(answer);
  }
  void on_streams(std::uint32_t model, const record::BatchSpeed& speed) override;
  void on_again(std::uint32_t model, std::uint32_t cell, const std::string& case_id, bool same) override;
  Result<void> on_model_end(std::uint32_t model, const std::optional<backend::Memory>& memory,
                            const std::string& why) override;

  /// Judges what has no verdict yet. Also for a resumed run whose last samples were never judged.
  Result<void> grade_pending();

 private:
  store::Store& store_;
  record::Run& run_;
  ManyGrader grader_;
  store::LayerId layer_;
  RunListener& listener_;
  Budget* budget_ = nullptr;
  std::vector<std::uint64_t> trials_;
  bool pending_ = false;
  bool last_ = false;  ///< judges are models: they are asked after the last generation, not beside one
};

}  // namespace assay::cli
