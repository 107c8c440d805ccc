// Figures of a row that no column has room for, as sentences: several answers to one case, scores over the
// whole corpus, scores with names of their own; and how the intervals of the table were made.
#pragma once

#include <string>
#include <vector>

#include "stats/summary.h"

namespace assay::report {

/// Row by row: "tiny-s: pass@1 56 % (21…91), pass@4 75 % (36…100), all of 4 right 25 % (0…64); …". Rows that
/// have none of them have no sentence. Then standard error, method and coverage of the accuracies, and the
/// seed of the bootstrap where one gave an interval.
std::vector<std::string> further_figures(const stats::Summary& summary);

}  // namespace assay::report
