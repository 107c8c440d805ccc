// The text normalisers of OpenAI's whisper, which most published word error rates are counted after. Ported
// from openai-whisper 20250625 (MIT); whisper_test.cpp compares them with what that program gives.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::evaluator {

/// whisper-en-1, EnglishTextNormalizer: brackets and fillers go, contractions and titles are written out,
/// diacritics and symbols go, numbers become digits, British spelling becomes American. Absent when a limit
/// of the patterns was hit (text of thousands of open brackets, or beyond 4 MiB).
std::optional<std::string> whisper_english(std::string_view text);

/// whisper-basic-1, BasicTextNormalizer with its defaults, for any language: lower case, what stands in
/// brackets goes, symbols and marks become blanks. Absent as above.
std::optional<std::string> whisper_basic(std::string_view text);

}  // namespace assay::evaluator
