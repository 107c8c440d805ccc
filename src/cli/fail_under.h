// --fail-under: an accuracy below which a build server shall stop.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/exit_code.h"
#include "stats/summary.h"

namespace CLI {
class App;
}

namespace assay::cli {

/// Adds the option; `text` stays empty when it is not given.
void add_fail_under_option(CLI::App& command, std::string& text);
/// "0.8" and "80%" are 0.8; empty is absent. Errors: bad_input.
Result<std::optional<double>> fail_under_from(const std::string& text);
/// Says every row whose accuracy is below `least`, or that has none, and gives gate_failed then.
Exit check_accuracy(const stats::Summary& summary, std::optional<double> least);

}  // namespace assay::cli
