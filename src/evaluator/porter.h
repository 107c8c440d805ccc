// Porter's stemmer (1980) with the extensions of NLTK's version, which rouge_score uses.
#pragma once

#include <string>
#include <string_view>

namespace assay::evaluator {

/// "killed" → "kill". `word` is lower-case ASCII letters and digits; anything else is left as it is where no
/// rule fits.
std::string porter_stem(std::string_view word);

}  // namespace assay::evaluator
