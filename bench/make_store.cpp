// Makes a store for bench/serve.py: many small runs and one of a million samples, as assay itself would have
// written them, with figures that are made up from a fixed seed.
//
//   make_store FILE SMALL_RUNS LARGE_SAMPLES
#include <cstdio>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/random.h"
#include "record/run.h"
#include "store/store.h"

namespace {

using assay::Nanos;
using assay::Result;

constexpr std::uint32_t kModels = 10;
constexpr std::uint32_t kRepeats = 10;
constexpr std::uint32_t kTokens = 24;
constexpr Nanos kDay = std::chrono::hours{24};
constexpr std::size_t kVerdictsAtOnce = 1000;

assay::record::Run a_run(std::uint64_t number, std::uint32_t models, std::uint64_t cases,
                         std::uint32_t repeats) {
  assay::record::Run run;
  run.started_wall = Nanos{1'760'000'000'000'000'000} + std::chrono::minutes{number * 7};
  run.id = assay::record::new_run_id(run.started_wall, number * 0x9E3779B97F4A7C15U);
  run.suite_name = cases > 1000 ? "A million" : fmt::format("Sums {}", number % 20);
  run.suite_path = "/suites/sums.yaml";
  run.suite_sha256 = assay::hex(assay::sha256(run.suite_name));
  run.suite_text =
      fmt::format("assay: 1\nname: {}\nprompt: \"What is {{{{a}}}} + 1?\"\ncases:\n", run.suite_name);
  for (std::uint64_t i = 0; i < cases; ++i)
    run.suite_text +=
        fmt::format("  - {{id: c{0}, vars: {{a: {0}}}, expect: {1}, tags: [t{2}]}}\n", i, i + 1, i % 7);
  run.suite_text += "evaluate: numeric\nmodels: [\"fake:\"]\n";
  run.cells = {{}};
  for (std::uint32_t i = 0; i < models; ++i) {
    assay::record::ModelRecord model;
    model.spec.engine = "fake";
    model.spec.label = fmt::format("model-{}", i);
    model.engine_version = "1.0";
    model.load_times = {std::chrono::milliseconds{300}};
    model.peak_memory_bytes = 900'000'000;
    run.models.push_back(std::move(model));
  }
  run.repeats = static_cast<int>(repeats);
  run.planned = cases * models * repeats;
  run.assay_version = ASSAY_VERSION;
  run.machine.host = "lab";
  run.machine.cpu = "made up";
  return run;
}

struct Made {
  assay::record::Sample sample;
  assay::record::Verdict verdict;
};

Made a_sample(const assay::record::Run& run, std::uint64_t sequence, std::uint64_t cases,
              assay::SplitMix64& random) {
  Made made;
  auto& sample = made.sample;
  const std::uint64_t which = sequence % cases;
  const auto models = static_cast<std::uint32_t>(run.models.size());
  sample.run_id = run.id;
  sample.sequence = sequence;
  sample.model = static_cast<std::uint32_t>(sequence / cases) % models;
  sample.repeat = static_cast<std::uint32_t>(sequence / cases / models);
  sample.case_id = fmt::format("c{}", which);
  sample.key = assay::short_hash(fmt::format("{} {}", run.id, sequence), 32);
  sample.finish = "stop";
  sample.prompt =
      fmt::format("<|user|>\nWhat is {} + 1? Think about it step by step and give one number.\n", which);
  const bool right = random.unit() < 0.55 + 0.04 * sample.model;
  sample.output = fmt::format(
      "One more than {} is the next number. So the answer is {}. I am quite sure of that, "
      "because counting goes on like this for ever.",
      which, right ? which + 1 : which + 2);
  sample.requested = {{"temperature", 0}, {"max_tokens", 64}, {"seed", random.below(1U << 31U)}};
  const Nanos start = std::chrono::milliseconds{150 * sequence};
  sample.times = {
      .scheduled = start, .sent = start, .accepted = start + std::chrono::microseconds{40}, .done = {}};
  Nanos at = start + std::chrono::microseconds{9000 + random.below(4000)};
  for (std::uint32_t i = 0; i < kTokens; ++i) {
    sample.tokens.push_back({at, 1, assay::record::TokenKind::answer});
    at += std::chrono::microseconds{4000 + random.below(900) + 300 * sample.model};
  }
  sample.times.done = at;
  sample.counts = {.prompt_tokens = 30,
                   .cached_prompt_tokens = 0,
                   .output_tokens = kTokens,
                   .reasoning_tokens = 0,
                   .chunks = kTokens,
                   .source = assay::record::CountSource::engine};
  made.verdict.mark = right ? assay::record::Mark::pass : assay::record::Mark::fail;
  made.verdict.score = right ? 1 : 0;
  made.verdict.reason = right ? "" : "mismatch";
  made.verdict.detail = right ? "equal" : "not equal";
  made.verdict.extracted = std::to_string(right ? which + 1 : which + 2);
  made.verdict.assertions = {{.type = "numeric@1",
                              .pipeline = "main",
                              .metric = {},
                              .mark = made.verdict.mark,
                              .score = made.verdict.score,
                              .weight = 1,
                              .reason = made.verdict.detail}};
  return made;
}

Result<void> write_run(assay::store::Store& store, std::uint64_t number, std::uint32_t models,
                       std::uint64_t cases, std::uint32_t repeats) {
  const assay::record::Run run = a_run(number, models, cases, repeats);
  if (auto begun = store.begin(run); !begun) return begun;
  const auto layer = store.add_layer(
      run.id, {.id = 0, .created = run.started_wall, .grading = "assay", .versions = {{"grader", 1}}});
  if (!layer) return assay::fail(layer.error());
  assay::SplitMix64 random(number);
  std::vector<assay::store::GradedSequence> verdicts;
  for (std::uint64_t i = 0; i < run.planned; ++i) {
    Made made = a_sample(run, i, cases, random);
    if (auto kept = store.append(made.sample); !kept) return kept;
    verdicts.push_back({i, std::move(made.verdict)});
    if (verdicts.size() < kVerdictsAtOnce && i + 1 < run.planned) continue;
    if (auto kept = store.put_verdicts(run.id, *layer, verdicts); !kept) return kept;
    verdicts.clear();
  }
  return store.finish(run.id, assay::record::RunState::finished, run.started_wall + kDay);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: make_store FILE SMALL_RUNS LARGE_SAMPLES\n");
    return 2;
  }
  auto store = assay::store::Store::open(argv[1], assay::store::Mode::read_write_create);
  Result<void> done;
  if (!store) done = assay::fail(store.error());
  const std::uint64_t small = std::strtoull(argv[2], nullptr, 10);
  constexpr std::uint64_t kSmallCases = 10;
  for (std::uint64_t i = 0; done && i < small; ++i) done = write_run(*store, i, 2, kSmallCases, 1);
  const std::uint64_t large = std::strtoull(argv[3], nullptr, 10);
  if (done && large > 0) done = write_run(*store, small, kModels, large / kModels / kRepeats, kRepeats);
  if (done) return 0;
  std::fprintf(stderr, "error: %s\n", assay::message(done.error()).c_str());
  return 1;
}
