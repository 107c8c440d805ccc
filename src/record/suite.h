// A suite: what is asked, of whom, under which settings, and what counts as right. Values only; suite/ reads
// them from YAML, plan/ makes trials of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "record/params.h"
#include "record/tool_call.h"
#include "record/value.h"

namespace assay::record {

struct Message {
  std::string role;     ///< system, user, assistant
  std::string content;  ///< in a suite: a template; in a trial: the final text
  bool operator==(const Message&) const = default;
};

/// The prompt as the suite gives it. `prompt:` becomes one user message; `system:` a first system message.
/// `raw` has exactly one message, whose content goes to the engine without chat template.
struct PromptTemplate {
  std::vector<Message> messages;
  bool raw = false;
  Location where;
  bool operator==(const PromptTemplate&) const = default;
};

/// One filter of a pipeline with its options, e.g. {number, {pick: last}}.
struct Filter {
  std::string name;
  Value options;  ///< mapping or null
  Location where;
  bool operator==(const Filter&) const = default;
};

struct Pipeline {
  std::string name;
  std::vector<Filter> filters;
  Location where;
  bool operator==(const Pipeline&) const = default;
};

/// One assertion, or an assert-set when `members` is not empty (sets do not nest).
struct Check {
  std::string type;  ///< without `not-`
  bool negate = false;
  std::optional<Value> value;  ///< absent: the case's `expect`
  Value options;               ///< mapping of what stands beside it, or null
  std::optional<double> threshold;
  double weight = 1;
  std::string metric;         ///< empty: none
  std::string pipeline;       ///< empty: every pipeline (the first decides)
  std::string on = "answer";  ///< answer, reasoning, raw
  std::vector<Check> members;
  Location where;
  bool operator==(const Check&) const = default;
};

enum class OnLength { by_default, incomplete, if_extracted, grade };

struct Case {
  std::string id;  ///< unique in the suite; by default a short hash of the content
  std::vector<std::pair<std::string, Value>> vars;
  std::optional<Value> expect;
  std::vector<std::string> images;  ///< paths, resolved; the place for vision and speech
  std::vector<std::string> audio;
  std::vector<Check> checks;  ///< empty: the suite's
  std::vector<std::string> tags;
  std::vector<Value> choices;
  std::vector<Tool> tools{};                       ///< what the model may call; empty: the suite's
  Params params;                                   ///< over the suite's
  double weight = 1;                               ///< in the mean score only, never in accuracy
  std::optional<double> threshold = std::nullopt;  ///< weighted mean score that passes; absent: all must pass
  bool allow_empty = false;
  std::string cluster;  ///< cases that belong together for errors; empty: its own
  OnLength on_length = OnLength::by_default;
  std::string rotation_of{};  ///< id of the case whose choices these are in another order; empty: none
  Location where;
  bool operator==(const Case&) const = default;
};

/// One contestant. `engine` is a name of the backend table.
struct ModelSpec {
  std::string engine;
  std::string model;     ///< file (resolved), tag, address, script, …
  bool is_file = false;  ///< `model` is a path
  std::string label;     ///< what tables call it; by default short and unique in the run
  std::string url;
  std::string start;  ///< command that starts a managed server; empty: none
  Params params;      ///< over the suite's, for this model
  Value price;        ///< mapping or null
  Location where;
  bool operator==(const ModelSpec&) const = default;
};

struct SweepAxis {
  std::string param;
  std::vector<Json> values;
  bool operator==(const SweepAxis&) const = default;
};

enum class Order { interleaved, sequential };

/// How requests are offered. `parallel` in flight at once (1: one stream); a rate makes arrivals instead.
struct LoadPattern {
  int parallel = 1;
  std::optional<double> rate_per_s;
  std::string arrivals = "constant";  ///< constant, poisson
  /// Present: the load is there to get the answers soon, not to be measured. So many trials of each model and
  /// cell go alone first and give the speed; the others share the engine and the beginnings of their prompts.
  std::optional<int> measure = std::nullopt;
  bool automatic = false;  ///< `parallel` is to be chosen for each model (Stretch::parallel)
  /// Nobody named a load, so the plan chose this one (plan::expand()); models whose engine is not made for it
  /// keep one stream.
  bool by_default = false;
  bool operator==(const LoadPattern&) const = default;

  /// Requests that share the engine where speed is measured.
  int streams() const {
    if (measure) return 1;
    return rate_per_s ? 2 : parallel;
  }
};

/// Trials that are measured alone when nobody says how many.
inline constexpr int kMeasuredAlone = 8;

enum class Grading { assay, benchy };
inline std::string_view name_of(Grading grading) {
  return grading == Grading::benchy ? "benchy" : "assay";
}

/// What a suite of the program Benchy has that other suites have not. Such a suite is filled by
/// benchy_expanded(), asks an engine with defaults of its own for no setting that nobody set, and is judged
/// as `grading` and `evaluator` say.
struct BenchySuite {
  std::string evaluator;              ///< one of Benchy's five, e.g. raw_string_evaluator
  std::vector<Check> further{};       ///< of all cases, beside the evaluator; each is only a score of its own
  std::vector<Pipeline> pipelines{};  ///< that these name
  bool operator==(const BenchySuite&) const = default;
};

/// `method: loglikelihood`: nothing is generated. The engine says how likely each of a case's choices is
/// behind the prompt.
struct LogLikelihood {
  /// Stands between prompt and choice. Absent: a blank behind a raw prompt that does not end in white space,
  /// else nothing.
  std::optional<std::string> delimiter = std::nullopt;
  bool operator==(const LogLikelihood&) const = default;
};

struct Suite {
  int format = 1;
  std::string name;
  std::string purpose;
  std::vector<std::string> tags;
  PromptTemplate prompt;
  std::vector<Case> cases;
  std::vector<Check> checks;
  std::vector<Pipeline> pipelines;  ///< empty: {main: [reasoning-split, trim]}
  std::vector<Tool> tools{};        ///< what the model may call, in cases without tools of their own
  Grading grading = Grading::assay;
  std::optional<BenchySuite> benchy;
  std::optional<LogLikelihood> log_likelihood = std::nullopt;  ///< absent: answers are generated
  std::vector<ModelSpec> models;
  Params params;
  std::vector<SweepAxis> sweep;
  int repeats = 1;
  int warmup = 1;
  int rounds = 1;
  Order order = Order::interleaved;
  LoadPattern load;
  bool names_load = false;       ///< somebody said `load`, if only one stream: no default takes its place
  Nanos cooldown{0};             ///< pause between models
  std::optional<Nanos> timeout;  ///< per trial; absent: none was set, the runner's default holds
  int retries = 0;
  std::string path;    ///< as given
  std::string sha256;  ///< of the suite file's bytes
  bool operator==(const Suite&) const = default;

  /// Somebody says what a right answer is, at least of some case.
  bool is_graded() const {
    return !checks.empty() || benchy.has_value() ||
           std::any_of(cases.begin(), cases.end(), [](const Case& test) { return !test.checks.empty(); });
  }
};

}  // namespace assay::record
