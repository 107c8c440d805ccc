// Deep equality of two JSON values, with the place of the first difference.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evaluator/decimal.h"
#include "evaluator/json_text.h"

namespace assay::evaluator {

struct JsonRules {
  bool by_value = false;            ///< numbers: value. 1 equals 1.0; otherwise they are two types
  Decimal tolerance;                ///< greatest difference of two numbers
  std::vector<std::string> ignore;  ///< pointers; the part there is equal to anything, and may be missing
  bool any_order = false;           ///< array elements may stand in any order
  bool ignore_extra = false;        ///< names that only the answer has do not count
};

enum class JsonOutcome { equal, different, limit };

struct JsonDifference {
  JsonOutcome outcome = JsonOutcome::equal;
  std::string reason;  ///< "/a/b~1c: expected 1, got 2"; "the value: …" when the whole differs
};

/// Order of search: depth first in the expected value's order; per object its names first, then names that
/// only the answer has; per array the common part, then the length. `limit`: arrays in any order that are too
/// long to match.
JsonDifference compare(const JsonTree& expected, const JsonTree& answer, const JsonRules& rules);

}  // namespace assay::evaluator
