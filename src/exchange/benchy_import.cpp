#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "exchange/benchy_figures.h"
#include "exchange/benchy_name.h"
#include "exchange/benchy_records.h"

namespace assay::exchange {
namespace {

using record::Value;

/// Beyond this the run's suite names its cases only: a suite file may have 64 MiB, and the samples hold the
/// prompts anyway.
constexpr std::size_t kMostSuiteText = std::size_t{16} << 20U;

/// The first result of each case, by index.
std::map<std::int64_t, const BenchyResult*> cases_of(const BenchyReport& report) {
  std::map<std::int64_t, const BenchyResult*> cases;
  const std::size_t listed = report.cases ? report.cases->size() : 0;
  for (std::size_t i = 0; i < listed; ++i) cases.emplace(static_cast<std::int64_t>(i) + 1, nullptr);
  for (const BenchyModel& model : report.models) {
    for (std::size_t i = 0; i < model.results.size(); ++i) {
      const BenchyResult*& first = cases[case_index(model.results[i], i)];
      if (first == nullptr) first = &model.results[i];
    }
  }
  if (cases.empty()) cases.emplace(1, nullptr);
  return cases;
}

record::Suite suite_of(const BenchyReport& report) {
  record::Suite suite;
  suite.name = report.name;
  suite.purpose = report.purpose.value_or("");
  suite.warmup = 0;
  const auto cases = cases_of(report);
  std::size_t bytes = 0;
  for (const auto& [index, result] : cases) {
    if (result != nullptr) bytes += result->input_prompt.value_or("").size() + result->expected_result.size();
  }
  const bool texts = bytes <= kMostSuiteText;
  suite.prompt.messages = {
      {.role = "user", .content = texts ? "{{prompt}}" : "The samples hold the prompts."}};
  for (const auto& [index, result] : cases) {
    record::Case test;
    test.id = std::to_string(index);
    if (texts) {
      const bool known = result != nullptr;
      test.vars = {{"prompt", Value::of_text(known ? result->input_prompt.value_or("") : "")},
                   {"expected", Value::of_text(known ? result->expected_result : "")}};
    }
    suite.cases.push_back(std::move(test));
  }
  return suite;
}

record::ModelRecord model_of(const BenchyModel& model) {
  record::ModelRecord entry;
  entry.spec.engine = model.provider.empty() ? "unknown" : model.provider;
  entry.spec.model = std::string(split_label(model.label).model);
  entry.spec.label = model.label;
  return entry;
}

/// How often each index came, so far and at most.
class Repetitions {
 public:
  std::uint32_t next(std::int64_t index) { return seen_[index]++; }

 private:
  std::map<std::int64_t, std::uint32_t> seen_;
};

int repetitions_of(const BenchyReport& report) {
  std::uint32_t most = 1;
  for (const BenchyModel& model : report.models) {
    Repetitions seen;
    for (std::size_t i = 0; i < model.results.size(); ++i)
      most = std::max(most, seen.next(case_index(model.results[i], i)) + 1);
  }
  return static_cast<int>(most);
}

/// What the report says of speed and cost; only what it can know.
Json claims_of(const BenchyModel& model, const BenchyResult& result) {
  Json claims = Json::object();
  const auto put = [&](const char* name, std::optional<double> value) {
    if (value) claims[name] = *value;
  };
  if (!result.errored) {
    put("claimed_decode_tps", measured_speed(model, result));
    put("claimed_e2e_ms", result.total_ms);
    put("claimed_load_ms", measured_load(model, result));
  }
  put("claimed_cost_usd", result.cost_usd);
  claims["claimed_correct"] = result.correct;
  claims["claimed_expected"] = result.expected_result;
  claims["claimed_execution_result"] = result.execution_result;
  return claims;
}

record::Verdict verdict_of(const BenchyResult& result) {
  record::Verdict verdict;
  verdict.mark = result.correct ? record::Mark::pass : record::Mark::fail;
  verdict.score = result.correct ? 1.0 : 0.0;
  verdict.reason = result.correct ? "" : "mismatch";
  verdict.detail = "as the imported report says; it expected " + result.expected_result;
  verdict.extracted = result.execution_result;
  return verdict;
}

}  // namespace

ImportedRun run_of(const BenchyReport& report, const ImportFacts& facts) {
  ImportedRun imported;
  imported.suite = suite_of(report);
  imported.suite.path = facts.path;
  record::Run& run = imported.run;
  const auto time = benchy_run_time(file_name(facts.path));
  run.id = facts.run_id;
  run.label = facts.label;
  run.state = record::RunState::running;
  run.suite_name = report.name;
  run.suite_path = facts.path;
  run.suite_sha256 = facts.sha256;
  run.cells = {{}};
  for (const BenchyModel& model : report.models) {
    run.models.push_back(model_of(model));
    run.planned += model.results.size();
  }
  run.repeats = repetitions_of(report);
  run.started_wall = time ? as_wall(*time) : facts.now;
  run.assay_version = ASSAY_VERSION;
  run.options = {{"imported",
                  {{"format", fmt::format("benchy R{}", report.generation())},
                   {"file", file_name(facts.path)},
                   {"sha256", facts.sha256},
                   {"imported_wall_ns", facts.now.count()},
                   {"run_time", time ? Json(text_of(*time)) : Json()},
                   {"run_time_zone", Json()}}}};
  return imported;
}

Result<void> each_sample(const BenchyReport& report, const std::string& run_id, const ImportSink& sink) {
  std::uint64_t sequence = 0;
  for (std::size_t m = 0; m < report.models.size(); ++m) {
    const BenchyModel& model = report.models[m];
    Repetitions seen;
    for (std::size_t r = 0; r < model.results.size(); ++r) {
      const BenchyResult& result = model.results[r];
      const std::int64_t index = case_index(result, r);
      record::Sample sample;
      sample.run_id = run_id;
      sample.model = static_cast<std::uint32_t>(m);
      sample.case_id = std::to_string(index);
      sample.repeat = seen.next(index);
      sample.sequence = sequence++;
      sample.key = hex(sha256(fmt::format("benchy\n{}\n{}\n{}", m, index, sample.repeat)));
      sample.status = result.errored ? record::Status::error : record::Status::ok;
      if (result.errored) {
        sample.reason = "transport";
        sample.detail = "the imported report says that this request failed: " + result.execution_result;
      } else {
        sample.finish = "unknown";
      }
      sample.prompt = result.input_prompt.value_or("");
      sample.output = result.response;
      sample.claims = claims_of(model, result);
      std::optional<record::Verdict> verdict;
      if (!result.errored) verdict = verdict_of(result);
      if (auto taken = sink(std::move(sample), std::move(verdict)); !taken) return taken;
    }
  }
  return {};
}

}  // namespace assay::exchange
