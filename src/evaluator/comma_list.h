// Several texts in one string, as promptfoo writes them: `red, "a, b"`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay::evaluator {

/// Split at commas; white space around a text is dropped. A text in double quotes keeps its commas and outer
/// white space; inside, a quote is doubled ("") or back-slashed (\"). Errors: bad_input without place: a
/// quote that is not closed, or text behind a closing quote. An empty string gives no texts. `owner` is named
/// in the message.
Result<std::vector<std::string>> comma_list(std::string_view text, std::string_view owner);

}  // namespace assay::evaluator
