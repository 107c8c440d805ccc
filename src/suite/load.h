// The front door: suite file → Suite, or every mistake in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "record/catalogue.h"
#include "record/suite.h"

namespace assay::suite {

/// `suite` is there exactly when `errors` is empty. Both lists are in the order of the file; every entry has
/// a line and a column (from 1, in characters), except that a file that cannot be read has only its name.
struct LoadOutcome {
  std::optional<record::Suite> suite;
  Errors errors;
  Errors warnings;
};

struct LoadOptions {
  std::optional<record::Grading> grading;  ///< over the file's
  /// What Benchy would refuse in one of its suites is an error, not a warning.
  bool strict = false;
  /// Nothing but a suite of Benchy is read: one of assay's own may name files to read and programs to start.
  bool only_benchy = false;
};

/// Reads the suite in `text`, assay's own or one of Benchy. `path` is the file's name, for messages, and its
/// folder is where relative paths start: case files, media and `file://` references are opened from there. At
/// most 64 MiB; at most 100 errors are listed. Model files are not looked for (missing_model_files() does).
LoadOutcome load(std::string_view text, const std::string& path, const record::Catalogue& catalogue,
                 const LoadOptions& options = {});
/// Reads the file first.
LoadOutcome load_file(const std::string& path, const record::Catalogue& catalogue,
                      const LoadOptions& options = {});

}  // namespace assay::suite
