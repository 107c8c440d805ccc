// What is wrong with a command line, as a sentence of ours: CLI11 finds it, and words it for programmers.
#pragma once

#include "base/result.h"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace assay::cli {

/// `app`: the root, as far as it was parsed. The remedy names the help of the command that was meant.
Error usage_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace assay::cli
