// Runs made of numbers, for the tests of stats/ and report/: everything is stated or comes from a seeded
// generator.
#pragma once

#include <string>

#include "record/run.h"
#include "record/sample.h"
#include "record/verdict.h"
#include "stats/random.h"

namespace assay::stats::example {

inline record::ModelRecord model(std::string label, std::uint64_t parameters) {
  record::ModelRecord record;
  record.spec.engine = "llama";
  record.spec.model = label + ".gguf";
  record.spec.label = std::move(label);
  record.parameters = parameters;
  return record;
}

inline record::Run run_of(std::vector<record::ModelRecord> models, std::uint64_t cases, int repeats = 1) {
  record::Run run;
  run.id = "01abcdefg0123456";
  run.suite_name = "sums";
  run.state = record::RunState::finished;
  run.assay_version = "0.1.0";
  run.started_wall = Nanos{1'767'225'600'000'000'000};
  run.cells.emplace_back();
  run.models = std::move(models);
  run.repeats = repeats;
  run.planned = cases * static_cast<std::uint64_t>(repeats) * run.models.size();
  return run;
}

inline Nanos ms(double value) {
  return Nanos{static_cast<std::int64_t>(value * 1e6)};
}

/// An answer of `tokens` tokens: sent at `at`, 2 ms of prefill for 20 prompt tokens, then one token every
/// `gap_ms`.
inline record::Sample sample(std::uint32_t model, std::string case_id, std::uint32_t repeat, double at_ms,
                             int tokens, double gap_ms) {
  record::Sample s;
  s.model = model;
  s.case_id = std::move(case_id);
  s.repeat = repeat;
  s.finish = "stop";
  s.times.scheduled = ms(at_ms);
  s.times.sent = ms(at_ms);
  s.times.accepted = ms(at_ms + 0.1);
  for (int i = 0; i < tokens; ++i) s.tokens.push_back({.at = ms(at_ms + 2.1 + i * gap_ms)});
  s.times.done = ms(at_ms + 2.2 + (tokens - 1) * gap_ms);
  s.counts.prompt_tokens = 20;
  s.counts.output_tokens = static_cast<std::uint32_t>(tokens);
  s.counts.source = record::CountSource::engine;
  return s;
}

inline record::Verdict verdict(record::Mark mark, std::string reason = "") {
  record::Verdict v;
  v.mark = mark;
  v.reason = std::move(reason);
  if (mark == record::Mark::pass || mark == record::Mark::fail) v.score = mark == record::Mark::pass ? 1 : 0;
  return v;
}

/// "c007"
inline std::string case_name(std::uint64_t number) {
  std::string digits = std::to_string(number);
  return "c" + std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits;
}

/// What a demo run looks like: tiny-s is wrong in four cases of ten and fast, tiny-m in one of ten and
/// slower.
inline record::Run demo_run() {
  record::Run run = run_of({model("tiny-s", 926'208), model("tiny-m", 4'213'760)}, 50);
  run.models[0].load_times = {ms(38.2)};
  run.models[1].load_times = {ms(61.9)};
  run.models[0].peak_memory_bytes = 21'495'808;
  run.models[1].peak_memory_bytes = 46'661'632;
  run.models[0].load_memory_bytes = 18'350'080;
  run.models[1].load_memory_bytes = 41'943'040;
  return run;
}

/// Adds the demo run's samples to anything with add(sample, verdict).
template <class Target>
void add_demo_samples(Target& target, std::uint64_t cases = 50) {
  Random random(2);
  for (std::uint32_t model = 0; model < 2; ++model) {
    for (std::uint64_t c = 0; c < cases; ++c) {
      const double gap = (model == 0 ? 0.14 : 0.47) * (1 + 0.03 * random.normal());
      const int tokens = 6 + static_cast<int>(random.uniform() * 30);
      const record::Sample s =
          sample(model, case_name(c), 0, 1000.0 * model + 20.0 * static_cast<double>(c), tokens, gap);
      const bool right = model == 0 ? c % 10 < 6 : c % 10 < 9;
      const record::Verdict v = right ? verdict(record::Mark::pass) : verdict(record::Mark::fail, "mismatch");
      target.add(s, &v);
    }
  }
}

}  // namespace assay::stats::example
