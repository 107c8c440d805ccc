// Suites for the tests of every stage: loaded from files, against a small catalogue that depends on no
// grader.
#pragma once

#include <string>

#include "record/catalogue.h"
#include "record/suite.h"
#include "suite/load.h"
#include "testing/data_test.h"

namespace assay::testing {

/// A few evaluators, filters and engines with the options and checks that suite tests need.
const record::Catalogue& test_catalogue();
/// Fails the running test (and returns an empty suite) when the text is refused.
record::Suite suite_of(const std::string& text, const std::string& path = "test.yaml");

/// What loading gave, as data tests show it: errors, warnings, then the suite's normalised form. Paths are as
/// they look beside `path`, on every machine.
Shown shown_of(const suite::LoadOutcome& outcome, const std::string& path);

}  // namespace assay::testing
