// A recommendation on the terminal: what to begin with, the table, and what its figures are.
#pragma once

#include <vector>

#include "cli/recommendation.h"

namespace assay::cli {

/// The answer and the table on standard output, explanations on standard error.
void print_recommendation(const std::vector<Candidate>& all, const RecommendOptions& options,
                          const Room& room);

}  // namespace assay::cli
