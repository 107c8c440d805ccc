// Suite → every trial of a run, in order. Pure: no clock, no disk, no random numbers but those of the seed,
// so that the same suite and seed give the same plan on every machine.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "record/plan.h"
#include "record/suite.h"

namespace assay::plan {

/// What a command line says over the suite. It becomes part of the suite (overridden()), so that the stored
/// suite is the one that ran.
struct Overrides {
  std::vector<record::ModelSpec> models;  ///< empty: the suite's
  /// Win over the suite, its models and its cases; a swept one is no longer swept. Checked values.
  record::Params params;
  std::optional<int> repeats;
  std::optional<int> rounds;
  std::optional<int> warmup;
  std::optional<int> retries;
  std::optional<record::LoadPattern> load;
  std::optional<int> measure;  ///< trials that go alone; makes one stream an automatic load
  std::optional<record::Order> order;
  std::optional<Nanos> timeout;
  std::optional<Nanos> cooldown;
  std::optional<record::Grading> grading;
};
record::Suite overridden(record::Suite suite, const Overrides& overrides);

struct Options {
  std::uint64_t seed = 0;          ///< of the order, nothing else
  std::vector<std::string> cases;  ///< ids to run; empty: all
  /// Models whose engine answers many requests at once and is in our hands: a graded suite that names no load
  /// gets record::kMeasuredAlone trials of each cell alone and the others together. Empty: one stream for
  /// all.
  std::function<bool(const record::ModelSpec&)> shares_by_default = {};
};

/// Every trial. Errors (bad_input, not_found): no model; more rounds than repeats; an unknown case id; more
/// than 20 million trials.
///
/// Order: rounds, in each round the models (backwards in every second round), for each model a stretch per
/// set of load parameters, in each stretch first the warm-ups (the first case), then the trials: shuffled, or
/// in file order.
///
/// Load: the suite's. Where it names none and is graded, and a cell has more trials in a load than would be
/// measured alone, Options::shares_by_default decides; Plan::load then says `by_default`. Choices by
/// log-likelihood are computed one after another in any case and keep one stream.
Result<record::Plan> expand(const record::Suite& suite, const Options& options = {});

/// What a silent suite asks of this model's engine: record::default_params(). A Benchy suite asks for
/// nothing, and of assay's own engines, which have no defaults, for these without a limit of tokens.
record::Params defaults_of(const record::Suite& suite, const record::ModelSpec& model);
/// The request's parameters, by rising precedence: defaults, suite, model, cell (sweep), case. A suite that
/// sets no seed gives every (case, repeat) its own (seed_of()).
record::Params params_of(const record::Suite& suite, const record::ModelSpec& model, const record::Cell& cell,
                         const record::Case& test, std::uint32_t repeat);
/// A fixed seed of 31 bits: the first four bytes of SHA-256("<case id>\n<repeat>"), without the top bit.
/// Depends on nothing else, so that a case keeps its seed when the suite grows or the order changes.
std::uint32_t seed_of(const std::string& case_id, std::uint32_t repeat);

/// Tokens that the longest request of the suite may need with its answer: bytes of the prompt (no token is
/// shorter), room for a chat template, and the greatest max_tokens that is set anywhere.
std::uint64_t longest_request(const record::Suite& suite, const record::Plan& plan);
/// What the requests of the suite need when they go together and compute their common beginning once. Two
/// bytes of a prompt count as a token: most texts have three or four, so it is rarely too little; where it
/// is, fewer go together.
record::SharedNeed shared_need(const record::Suite& suite, const record::Plan& plan);
/// Tokens that a prompt has behind the beginning that all have in common, on average; counted as there.
std::uint64_t mean_rest(const record::Suite& suite);

/// The template filled with the case's variables. The suite has been checked (suite::load): an undefined
/// variable is a broken promise.
record::Prompt prompt_of(const record::Suite& suite, const record::Case& test);
/// What the model may call in this case: its own tools, else the suite's.
const std::vector<record::Tool>& tools_of(const record::Suite& suite, const record::Case& test);

}  // namespace assay::plan
