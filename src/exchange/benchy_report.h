// Benchy's report files: what they hold, reading and writing. docs/exchange.md describes them.
//
// Unknown is not zero: a number that is missing or null is absent here. What the file says is kept as it says
// it; what assay thinks of it (a speed of 0.0 that means "not measured") is in benchy_figures.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/value.h"

namespace assay::exchange {

/// Something in a report that a person should know.
struct Finding {
  std::string code;   ///< "W-AGG", "W-VERDICT", … as in docs/exchange.md
  std::string place;  ///< "models[0].results[2].index"; empty: the whole file
  std::string text;   ///< a sentence without its full stop
  bool operator==(const Finding&) const = default;
};
/// "report.json: models[0].accuracy: stored 1.0, recomputed 0.5 (W-AGG)"
std::string message(const Finding& finding, const std::string& file);

/// What a report says of a model, or of all.
struct BenchyFigures {
  std::optional<std::int64_t> correct;
  std::optional<std::int64_t> incorrect;
  std::optional<double> accuracy;  ///< 0..1
  std::optional<double> tokens_per_second;
  std::optional<double> total_ms;
  std::optional<double> load_ms;
  std::optional<double> cost_usd;  ///< of a model only
  bool operator==(const BenchyFigures&) const = default;
};

struct BenchyResult {
  std::optional<std::string> input_prompt;
  std::string response;
  std::string provider;
  std::string execution_result;
  std::string expected_result;
  std::string model;
  bool correct = false;  ///< as stored, also where `errored`
  bool errored = false;  ///< there is no verdict
  std::optional<std::int64_t> index;
  std::optional<double> tokens_per_second;
  std::optional<double> total_ms;
  std::optional<double> load_ms;
  std::optional<double> cost_usd;
  record::Value more;           ///< unknown keys: a mapping or null
  record::Value more_response;  ///< the same of `prompt_response`
  bool operator==(const BenchyResult&) const = default;
};

struct BenchyModel {
  std::string label;     ///< as written
  std::string provider;  ///< from the label, else from the results; empty: unknown
  std::vector<BenchyResult> results;
  BenchyFigures figures;
  record::Value more;
  bool operator==(const BenchyModel&) const = default;
};

struct BenchyCase {
  record::Value variables;    ///< a mapping, in the order of the file
  record::Value expectation;  ///< text, or any other value
  record::Value more;
  bool operator==(const BenchyCase&) const = default;
};

struct BenchyReport {
  std::string name;
  std::optional<std::string> purpose;
  std::optional<std::string> base_prompt;
  std::optional<std::vector<BenchyCase>> cases;
  std::vector<BenchyModel> models;
  BenchyFigures figures;
  record::Value own;  ///< the key `assay`, without its list of what was filled in; a mapping or null
  record::Value more;
  bool operator==(const BenchyReport&) const = default;

  /// 1, 2 or 3; only a label.
  int generation() const;
};

struct ReadBenchy {
  BenchyReport report;
  std::vector<Finding> findings;  ///< warnings in the order of the file; at most a thousand
};

/// Reads a report of any generation. `file` is only for messages.
/// Errors: bad_input, "E-JSON" with line and column, "E-REPORT" with the path of what is missing or wrong.
Result<ReadBenchy> read_benchy(std::string_view text, const std::string& file);

/// The newest generation, with every key; ends in a newline. What the report lacks is filled in: figures are
/// computed where the results suffice, an index is the place in its list, everything else is 0.0 or empty.
/// The list `assay.filled_in` names those places, so that read_benchy() gives an equal report, and writing
/// that again the same bytes.
std::string write_benchy(const BenchyReport& report);
/// The same values on one line, without blanks between them and without a newline: as Benchy's server
/// answers.
std::string write_benchy_compact(const BenchyReport& report);

/// `provider~model` split at the first `~`; without one the provider is empty.
struct BenchyLabel {
  std::string_view provider;
  std::string_view model;
};
BenchyLabel split_label(std::string_view label);
/// The providers that Benchy knows.
bool is_benchy_provider(std::string_view name);

/// The case that a result belongs to: its index, from 1; by place in the list when the file gives none.
std::int64_t case_index(const BenchyResult& result, std::size_t place);
/// nullptr when the report does not hold that case.
const BenchyCase* case_of(const BenchyReport& report, std::int64_t index);

}  // namespace assay::exchange
