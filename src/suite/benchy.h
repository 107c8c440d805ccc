// Suites of the program Benchy (docs/suite-format.md, "Benchy's suites").
#pragma once

#include <optional>

#include "record/suite.h"
#include "suite/reader.h"

namespace assay::suite {

struct BenchyOptions {
  std::optional<record::Grading> grading;  ///< over the file's
  bool strict = false;                     ///< what Benchy would refuse is an error, not a warning
};

/// A mapping with `benchmark_name` or `base_prompt` and without `assay`; or a list of such, or of their
/// cases.
bool is_benchy(Node root);

/// Fills `suite` from a tree that read_old_yaml() made. Mistakes are reported; what Benchy takes without a
/// word and assay would not write so is a warning.
void read_benchy(Reader& reader, Node root, const BenchyOptions& options, record::Suite& suite);

/// The key `benchy` of a suite in assay's own form: `{evaluator: NAME}`.
std::optional<record::BenchySuite> read_benchy_key(Reader& reader, Node node);

/// What the evaluator's name means under the suite's grading, as checks and pipelines of the suite and its
/// cases; behind it the further checks (BenchySuite::further, and what Case::checks holds so far). `where`:
/// the place of the evaluator's name.
void add_benchy_checks(Reader& reader, const Location& where, record::Suite& suite);

/// Fills every case's prompt once: an error where one is too long, a warning for each hole without a value,
/// value without a hole, and value that brings the hole of a later one.
void check_benchy_prompts(Reader& reader, const record::Suite& suite);

}  // namespace assay::suite
