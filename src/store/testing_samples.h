// Runs and samples for the tests of the store.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

#include "base/hash.h"
#include "record/run.h"
#include "record/sample.h"
#include "store/store.h"

namespace assay::store::testing {

/// A folder that goes when the test ends.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "assay_store_XXXXXX").string();
    path_ = ::mkdtemp(name.data()) == nullptr ? "." : name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline record::Run a_run(const std::string& id) {
  record::Run run;
  run.id = id;
  run.label = "label of " + id;
  run.suite_name = "sums";
  run.suite_path = "suites/sums.yaml";
  run.suite_sha256 = hex(sha256("suite"));
  run.suite_text = "{\"name\":\"sums\",\"cases\":[" + std::string(100, '1') + "]}";
  run.cells = {{.params = {{"temperature", 0.5}}, .label = "temperature=0.5"},
               {.params = {}, .label = ""},
               {.params = {{"temperature", 1}}, .label = "temperature=1"}};
  record::ModelRecord model;
  model.spec.engine = "fake";
  model.spec.model = "models/a.gguf";
  model.spec.label = "a";
  model.spec.params = {{"context", 2048}};
  model.spec.price = {.kind = record::Value::Kind::mapping,
                      .text = {},
                      .items = {record::Value::of_number("5.00")},
                      .keys = {"input"}};
  model.spec.where = {.file = "suites/sums.yaml", .line = 3, .column = 5};
  run.models = {model, {}};
  run.models[1].spec.label = "b";
  run.models[1].load_times = {Nanos{5}, Nanos{7}};
  run.models[1].peak_memory_bytes = 1'000'000;
  run.seed = 0xfedcba9876543210U;
  run.repeats = 3;
  run.load = {.parallel = 4, .rate_per_s = 2.5, .arrivals = "poisson", .measure = 3};
  run.planned = 12;
  run.started_wall = Nanos{1'700'000'000'000'000'001};
  run.started_mono = Nanos{42};
  run.assay_version = "0.1.0";
  record::Machine& machine = run.machine;
  machine.host = "lab";
  machine.os = "Debian";
  machine.cpu = "x";
  machine.cores = 2;
  machine.memory_bytes = 1ULL << 34U;
  machine.build = "g++";
  machine.last_cache_bytes = 32U << 20U;
  machine.governor = "performance";
  machine.bandwidth = record::Bandwidth{.read = 2e10, .read_median = 1e10, .triad = 1.5e10, .threads = 2};
  run.options = {{"json", true}};
  return run;
}

/// Sample `sequence` of a run: every field set, some to awkward values.
inline record::Sample a_sample(const std::string& run_id, std::uint64_t sequence) {
  record::Sample sample;
  sample.run_id = run_id;
  sample.model = static_cast<std::uint32_t>(sequence % 2);
  sample.cell = static_cast<std::uint32_t>(sequence % 3);
  sample.case_id = fmt::format("case/{}", sequence % 5);
  sample.repeat = static_cast<std::uint32_t>(sequence / 5);
  if (sequence % 2 == 1) {
    sample.attempt = 2;
    sample.attempts = {{.began = Nanos{1},
                        .ended = Nanos{4},
                        .pause = Nanos{1'000'000'000},
                        .reason = "transport",
                        .detail = "no server answers \n"},
                       {.began = Nanos{10},
                        .sent = Nanos{11},
                        .ended = Nanos{12},
                        .pause = {},
                        .reason = "http",
                        .detail = "busy",
                        .http_status = 429,
                        .retry_after = "0"}};
  }
  sample.sequence = sequence;
  sample.key = hex(sha256(fmt::format("{}", sequence)));
  sample.status = record::Status::ok;
  sample.finish = "stop";
  sample.prompt =
      fmt::format("<|user|>\nWhat is {} + 1? {}<|assistant|>\n", sequence % 5, std::string(80, 'x'));
  sample.output = fmt::format("It is {}. \xff \n", sequence % 5 + 1) + std::string(1, '\0') + "end";
  sample.reasoning = "hm";
  if (sequence % 2 == 0) sample.tool_calls = {{"weather", R"({"city":"Bonn"})"}, {"time", "no JSON \n"}};
  sample.detail = "";
  sample.requested = {{"temperature", 0.5}, {"max_tokens", 64}, {"seed", 1000 + sequence}};
  sample.effective = {{"temperature", {0.5, record::Applied::verified}},
                      {"max_tokens", {64, record::Applied::unverified}},
                      {"seed", {1000 + sequence, record::Applied::verified}}};
  const Nanos start{1'000'000'007 * static_cast<std::int64_t>(sequence + 1)};
  sample.times = {.scheduled = start,
                  .sent = start + Nanos{3},
                  .accepted = start + Nanos{1000},
                  .done = start + Nanos{90'000'000}};
  for (int i = 0; i < 8; ++i) {
    sample.tokens.push_back({start + Nanos{20'000'000 + 9'000'123 * i}, i == 5 ? 3U : 1U,
                             i < 2 ? record::TokenKind::reasoning : record::TokenKind::answer});
  }
  sample.counts = {.prompt_tokens = 20,
                   .cached_prompt_tokens = 0,
                   .output_tokens = 10,
                   .reasoning_tokens = 2,
                   .chunks = 8,
                   .source = record::CountSource::engine};
  sample.flags = record::bit(record::Flag::batched) | record::bit(record::Flag::estimated_count);
  sample.peak_memory_bytes = 123'456'789'012;
  sample.claims = {{"claimed_decode_tps", 111.5}};
  return sample;
}

inline record::Verdict a_verdict(record::Mark mark) {
  record::Verdict verdict;
  verdict.mark = mark;
  verdict.score = mark == record::Mark::pass ? 1.0 : 0.0;
  verdict.reason = mark == record::Mark::pass ? "" : "mismatch";
  verdict.extracted = "18.00";
  verdict.assertions = {{.type = "numeric@1",
                         .pipeline = "main",
                         .metric = "",
                         .mark = mark,
                         .score = verdict.score,
                         .weight = 1,
                         .reason = "18.00 = 18"}};
  verdict.steps = {{"pipelines", {{"main", {{"extracted", "$18.00"}}}}}};
  verdict.flags = {"x"};
  return verdict;
}

/// The value; an exception with the sentence fails the test.
template <class T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(message(result.error()));
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

inline Store open_new(const std::string& path) {
  return value_of(Store::open(path, Mode::read_write_create));
}

inline std::vector<record::Sample> samples_of(const Store& store, const std::string& run_id,
                                              const SampleFilter& filter = {}) {
  std::vector<record::Sample> samples;
  value_of(store.for_each_sample(run_id, filter, [&](record::Sample&& sample) {
    samples.push_back(std::move(sample));
    return true;
  }));
  return samples;
}

}  // namespace assay::store::testing
