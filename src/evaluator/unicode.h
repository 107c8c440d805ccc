// What evaluators need to know of Unicode. The only place that names ICU. All texts are valid UTF-8 unless a
// function says otherwise; none throws on any bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay::evaluator {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;  ///< bytes; 0 at the end of the text
};

/// The code point that starts at `at`, or ends right before it. An invalid byte is U+FFFD of length 1.
CodePoint code_point_at(std::string_view text, std::size_t at);
CodePoint code_point_before(std::string_view text, std::size_t at);

/// Unicode's property White_Space. Written out: it is the same in every version since 6.3.
bool is_space(std::uint32_t code_point);
/// A letter of a script that writes words apart and has cases: Latin, Greek, Cyrillic, … but not Han or Kana,
/// where a number follows a word without a blank.
bool is_cased_letter(std::uint32_t code_point);

/// A letter, mark or digit of any script.
bool is_word_character(std::uint32_t code_point);

/// General category L or N: letters, digits and other numbers.
bool is_letter_or_number(std::uint32_t code_point);
/// General category M, S or P: marks, symbols, punctuation.
bool is_mark_or_symbol(std::uint32_t code_point);
/// General category Mn.
bool is_nonspacing_mark(std::uint32_t code_point);
/// 0 to 9 of a decimal digit of any script, else -1.
int digit_value(std::uint32_t code_point);

/// The part of `text` without white space at its ends.
std::string_view trim_space(std::string_view text);
/// Every run of white space becomes one blank.
std::string collapse_space(std::string_view text);

/// Full case folding (C + F of CaseFolding.txt), not language-dependent.
std::string fold_case(std::string_view text);
/// The same of one code point, where it folds to one.
std::uint32_t fold_code_point(std::uint32_t code_point);
/// Full mappings of the root locale.
std::string lower(std::string_view text);
std::string upper(std::string_view text);
std::string nfc(std::string_view text);
std::string nfkc(std::string_view text);
std::string nfkd(std::string_view text);

/// "15.0": the version that the functions above follow.
std::string unicode_version();
/// "72.1"
std::string icu_version();

}  // namespace assay::evaluator
