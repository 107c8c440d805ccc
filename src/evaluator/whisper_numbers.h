// Spelled-out English numbers as digits, as OpenAI's whisper normalises transcripts before it counts errors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::evaluator {

/// "twenty", "one", "dollars" → "$21"; "nineteen", "eighty", "four" → "1984"; "one", "oh", "one" → "101".
/// Words in lower case, without white space and symbols other than . % $ ¢ € £. Follows
/// EnglishNumberNormalizer of openai-whisper 20250625 word by word, with its oddities: "ninth" is no number
/// there, and "nineth" is.
std::vector<std::string> whisper_numbers(const std::vector<std::string_view>& words);

/// A word that can be a digit behind a point, or a power of ten: what "and a half" may stand behind.
bool takes_a_half(std::string_view word);

}  // namespace assay::evaluator
