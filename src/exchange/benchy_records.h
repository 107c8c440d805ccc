// A report as a run of the store, and a run of the store as a report.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "exchange/benchy_report.h"
#include "record/run.h"
#include "record/sample.h"
#include "record/suite.h"
#include "record/verdict.h"

namespace assay::exchange {

/// The name under which the file is kept with the run: what has no column is there.
constexpr std::string_view kBenchyAttachment = "benchy-report.json";

/// What the report does not say of itself.
struct ImportFacts {
  std::string run_id;
  std::string label;
  std::string path;    ///< of the file; its name may tell the time of the run
  std::string sha256;  ///< of its bytes
  Nanos now{0};        ///< wall clock; the run's start when the name tells none
};

struct ImportedRun {
  record::Run run;  ///< without suite_text
  /// Cases with their prompt and expected result as variables. Without evaluator: a report does not say by
  /// which of Benchy's five it was judged.
  record::Suite suite;
};
ImportedRun run_of(const BenchyReport& report, const ImportFacts& facts);

/// The verdict is absent for an errored result.
using ImportSink = std::function<Result<void>(record::Sample&&, std::optional<record::Verdict>&&)>;
/// Every result in the order of the file. Speeds and times are the report's claims (`claimed_…`), and only
/// those that were measured: nothing here was timed by us. Stops at the sink's first error.
Result<void> each_sample(const BenchyReport& report, const std::string& run_id, const ImportSink& sink);

/// Collects one repetition of a run into a report.
class BenchyExport {
 public:
  /// `prompt_of` gives the expanded prompt of a case. All three must live as long as this.
  BenchyExport(const record::Run& run, const record::Suite& suite,
               std::function<std::string(const record::Case&)> prompt_of);
  /// Samples of other repetitions must be left out by the caller.
  void add(const record::Sample& sample, const record::Verdict* verdict);
  /// Results in the order of the suite's cases.
  BenchyReport finish(std::uint32_t repeat);
  /// How many results are written as errored because they have no verdict.
  std::size_t without_verdict() const { return without_verdict_; }
  std::size_t results() const { return results_; }

 private:
  const record::Run& run_;
  const record::Suite& suite_;
  std::function<std::string(const record::Case&)> prompt_of_;
  std::map<std::string, std::size_t> places_;  ///< case id → index from 0
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<BenchyResult>> rows_;  ///< of (model, cell)
  std::size_t without_verdict_ = 0;
  std::size_t results_ = 0;
};

}  // namespace assay::exchange
