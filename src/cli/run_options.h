// The options that `run` and `plan` share: what of a suite is changed for one run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "record/catalogue.h"
#include "record/plan.h"
#include "record/suite.h"

namespace CLI {
class App;
}

namespace assay::cli {

struct RunOptions {
  std::vector<std::string> suites;
  std::vector<std::string> models;  ///< --model: instead of the suite's
  std::vector<std::string> params;  ///< --param k=v
  std::optional<int> repeats;
  std::optional<int> warmup;
  std::string parallel;  ///< a number, or auto; empty: the suite's
  std::optional<int> measure;
  bool exact = false;  ///< --exact: the answers of a single stream
  std::optional<std::uint64_t> seed;
  std::vector<std::string> cases;  ///< --case: only these
  std::optional<std::string> timeout;
  std::string grading;  ///< --grading; empty: the suite's
  std::string start;    ///< --start: auto, or a command; empty: servers run already
};

void add_run_options(CLI::App& command, RunOptions& options, bool several_suites);

/// --grading with one wording everywhere.
void add_grading_option(CLI::App& command, std::string& grading);
/// Absent for "".
std::optional<record::Grading> grading_from(const std::string& word);

/// A suite as this command line means it, and what to do with it.
struct Prepared {
  record::Suite suite;
  record::Plan plan;
  Json options;  ///< what the command line said, for the run's record
};
/// What an expanded plan asks of engines: room for its longest request, and how many go at once.
void settle_load(Prepared& prepared);
/// Loads, applies the options and expands. Prints warnings; errors come back, all at once.
tl::expected<Prepared, Errors> prepare(const std::string& path, const RunOptions& options,
                                       const record::Catalogue& catalogue);
/// The same of a suite that is no file. Names of files in it count from the folder of `path`. `only_benchy`:
/// as suite::LoadOptions has it.
tl::expected<Prepared, Errors> prepare_text(const std::string& text, const std::string& path,
                                            bool only_benchy, const RunOptions& options,
                                            const record::Catalogue& catalogue, Errors& warnings);

}  // namespace assay::cli
