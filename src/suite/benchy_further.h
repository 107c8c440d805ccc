// Checks beside a Benchy suite's evaluator: scores of their own, which leave Benchy's verdict alone.
#pragma once

#include <string_view>
#include <vector>

#include "record/suite.h"
#include "suite/reader.h"

namespace assay::suite {

/// What a further check looks at where it names no pipeline: the answer without reasoning, trimmed.
inline constexpr std::string_view kFurtherPipeline = "answer";

/// Gives the further checks of the suite (BenchySuite::further) and of its cases (Case::checks, which hold
/// nothing else yet) weight 0, a name to be reported under, and a pipeline. Mistakes are reported. True:
/// there are some.
bool settle_further(Reader& reader, record::Suite& suite);

/// The pipelines that they look at: the suite's own, and kFurtherPipeline.
std::vector<record::Pipeline> further_pipelines(const record::Suite& suite);

/// A further check as its author may write it: the inverse of settling.
record::Check as_written(record::Check further);

}  // namespace assay::suite
