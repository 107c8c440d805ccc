// Tests as files: each input file of a folder carries what it must give.
//
// The expectation of `x.yaml` is the block of comment lines at its end that begins with `# expect:`, or the
// file `x.yaml.expect` beside it, for inputs that can hold no comment (and for texts that are broken on
// purpose). A file whose name begins with `fail_` must be refused, every other one accepted; both directions
// are checked. A file without an expectation fails. ASSAY_UPDATE=1 writes the expectations; read the diff.
#pragma once

#include <functional>
#include <string>

namespace assay::testing {

/// What the code under test made of a file.
struct Shown {
  std::string text;
  bool refused = false;
};

/// Registers one test for each `*<ending>` file of `folder`, named `group.file`. Call it from a static
/// initialiser:
///   const bool registered = register_data_tests("Load", folder, ".yaml", show);
/// Files that begin with `_` are inputs of others, not tests. Always true.
bool register_data_tests(const std::string& group, const std::string& folder, const std::string& ending,
                         std::function<Shown(const std::string& path)> show);

/// The text without an expectation block at its end; what a test may want to hand on.
std::string without_expectation(const std::string& text);

}  // namespace assay::testing
