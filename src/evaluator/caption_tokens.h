// Words as the evaluation of image captions counts them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::evaluator {

/// The Penn Treebank's rule on lower-case text, without the marks that caption evaluation leaves out: quotes,
/// brackets, . ? ! , : ; and dashes that stand alone. Clitics are words ("don't" is "do", "n't"; "it's" is
/// "it", "'s"), words with inner hyphens and numbers like 1,234.5 and 3:30 are one; a point stays in "u.s."
/// and after titles. Other signs ($, %,
/// &, #) are words. Source: pycocoevalcap's list of marks; Stanford's tokenizer in what captions hold.
std::vector<std::string> caption_tokens(std::string_view text);

}  // namespace assay::evaluator
