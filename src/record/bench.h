// Speed tests of a bare engine, in the shapes and names of llama-bench: what one test is, what each
// repetition gave, and everything that `assay bench` keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "record/run.h"

namespace assay::record {

/// How far from the bare engine: each step adds one thing to the one before.
enum class BenchPath {
  engine,    ///< decode calls with random tokens and nothing else, as llama-bench
  sampling,  ///< the same, and each next token is picked greedily from the scores
  chat,      ///< an ordinary request to the worker: chat template, text, events
  http,      ///< the same request to a server
};
std::string_view name_of(BenchPath path);
/// The inverse of name_of(). Absent for any other word.
std::optional<BenchPath> bench_path_from(std::string_view name);

/// One test. Counts are tokens; at least one of `prompt` and `generate` is above 0.
struct BenchTest {
  std::uint32_t prompt = 0;
  std::uint32_t generate = 0;  ///< one by one, after the prompt
  std::uint32_t depth = 0;     ///< in the cache before the clock starts
  std::uint32_t batch = 2048;
  std::uint32_t micro_batch = 512;
  std::optional<std::uint32_t> threads = std::nullopt;  ///< absent: the engine's choice
  std::string flash_attention = "auto";                 ///< auto, on, off
  std::string key_type = "f16";
  std::string value_type = "f16";
  BenchPath path = BenchPath::engine;

  std::uint64_t context() const { return std::uint64_t{prompt} + generate + depth; }
  bool operator==(const BenchTest&) const = default;
};
/// "pp512", "tg128", "pp512+tg128", "pp512 @ d4096", as llama-bench names them.
std::string name_of(const BenchTest& test);

/// One timed repetition. Ends of tokens are counted from the repetition's start.
struct BenchRepetition {
  Nanos at{0};                                 ///< start, on the machine's monotonic clock; 0 when imported
  std::optional<Nanos> prompt = std::nullopt;  ///< until the scores of the prompt's last token were there
  std::vector<Nanos> tokens = {};              ///< end of each generated token; empty when not told
  Nanos total{0};                              ///< until the last of all
  /// Prompt tokens that were computed, where they are not the test's own number (chat and http: the template
  /// adds some, and words are not tokens).
  std::optional<std::uint32_t> prompt_tokens = std::nullopt;
  bool operator==(const BenchRepetition&) const = default;
};

/// What a worker answers to one repetition.
struct BenchAnswer {
  BenchRepetition repetition;
  bool warmed_up = false;     ///< a whole repetition was thrown away before this one
  std::uint32_t before = 0;   ///< tokens in the cache when the clock started: `depth`, or it was not cold
  std::uint32_t context = 0;  ///< tokens that the engine made room for
  std::uint32_t threads = 0;  ///< in force
  std::uint64_t memory_bytes = 0;  ///< weights, and this test's context with its buffers
  bool operator==(const BenchAnswer&) const = default;
};

/// A model of a bench, or of somebody else's that was imported.
struct BenchModel {
  std::string path;
  std::string label;
  std::string type;         ///< "llama 0.97 M Q8_0", as llama-bench describes it
  std::uint64_t bytes = 0;  ///< of the tensors
  std::uint64_t parameters = 0;
  std::optional<std::uint64_t> bytes_per_token;  ///< model::ModelFacts
  std::string engine_version;
  Json engine_build;    ///< as the worker told; null when imported
  std::string backend;  ///< "CPU", "CUDA"
  bool operator==(const BenchModel&) const = default;
};

/// Why no more repetitions were made.
enum class BenchEnd { running, precise, count, time, interrupted, failed };
std::string_view name_of(BenchEnd end);

/// One line of the table.
struct BenchRow {
  std::uint32_t model = 0;  ///< index in BenchReport::models
  BenchTest test;
  std::optional<int> gpu_layers;  ///< as asked
  std::string source;             ///< file that it was imported from; empty: measured here
  std::vector<BenchRepetition> repetitions;
  std::optional<std::uint64_t> memory_bytes;  ///< peak, of weights, context and buffers
  BenchEnd end = BenchEnd::running;
  std::string trouble;  ///< why it failed, a sentence
  bool operator==(const BenchRow&) const = default;
};

struct BenchReport {
  std::string run_id;
  std::string assay_version;
  std::string preset;  ///< empty: none
  Nanos started_wall{0};
  std::uint64_t seed = 0;
  double precision = 0.02;  ///< half of the median's interval ÷ the median, below which a row is done
  Machine machine;
  std::vector<BenchModel> models;
  std::vector<BenchRow> rows;
  std::vector<std::string> notes;
};

/// Schema assay.bench/1 without the figures (they are computed from this). Times are nanoseconds.
Json to_json(const BenchReport& report);
/// Errors: bad_input, when the text is not what to_json() writes.
Result<BenchReport> bench_from_json(const Json& json);

Json to_json(const BenchRepetition& repetition);

}  // namespace assay::record
