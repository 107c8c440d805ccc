// Several right answers, of which one has to be given.
#pragma once

#include "evaluator/evaluator.h"

namespace assay::evaluator {

/// One evaluator for each item of the list in `recipe.value`, made by `make` as if the item were the value.
/// The answer passes where one of them passes it; where none does, the first speaks, and the others' details
/// stand behind its own. Errors: bad_input for an empty list, and what `make` says of an item.
MadeEvaluator make_any_of(const Recipe& recipe, MadeEvaluator (*make)(const Recipe& recipe));

}  // namespace assay::evaluator
