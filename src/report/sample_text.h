// Samples for people: a line each, or one in full with every stage from the prompt to the verdict.
#pragma once

#include <cstddef>
#include <string>

#include "record/run.h"
#include "record/sample.h"
#include "record/verdict.h"

namespace assay::report {

/// "✓ tiny-m  3f2a…  repeat 1  12 tok  6,640 tok/s  '42'": one line, cut to `width` columns, no line break at
/// its end. `verdict` is nullptr while nobody has judged.
std::string sample_row(const record::Run& run, const record::Sample& sample, const record::Verdict* verdict,
                       std::size_t width);

/// Prompt, answer, how the judged text came to be, each assertion, times, counts and parameters. Ends in a
/// blank line. The texts keep their line breaks; what would steer a terminal is shown escaped.
std::string sample_page(const record::Run& run, const record::Sample& sample, const record::Verdict* verdict);

}  // namespace assay::report
