// Checks of option values that CLI11's own do not make: it reads -1 as the largest number there is for what
// counts from 0, and takes "nan" for a number of any range.
#pragma once

#include <cstdint>

#include <CLI/CLI.hpp>

namespace assay::cli {

/// Digits only.
CLI::Validator whole_number();
/// A number that is one.
CLI::Validator number_within(double least, double most);
CLI::Validator number_from_0();
/// What `assay show` and `assay compare` can find a run by: they read 'last' and RUN#MODEL otherwise.
CLI::Validator run_name();

}  // namespace assay::cli
