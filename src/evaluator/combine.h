// Several assertions, one verdict.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "record/verdict.h"

namespace assay::evaluator {

/// One assertion's say, as far as the combination needs it.
struct Vote {
  record::Mark mark = record::Mark::ungraded;
  std::optional<double> score = {};
  double weight = 1;
  std::string_view reason = {};  ///< word
  std::string_view detail = {};
};

struct Combined {
  record::Mark mark = record::Mark::ungraded;
  std::optional<double> score;
  std::string reason;
  std::string detail;
};

/// Without threshold: pass when every vote with weight above 0 passes. With one: pass when the weighted mean
/// score reaches it. A vote without score (ungraded, error, incomplete) is put as 0 and then as 1: if both
/// give the same verdict it stands, with no score; else the combination has the missing vote's mark, error
/// before incomplete before ungraded. No vote with weight above 0: ungraded, because nothing was asked.
Combined combine(std::span<const Vote> votes, std::optional<double> threshold);

}  // namespace assay::evaluator
