#include "evaluator/unicode.h"

#include <algorithm>

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uversion.h>

namespace assay::evaluator {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

/// Bytes of the sequence that a first byte promises; 1 for one that cannot begin a sequence.
std::size_t promised_length(std::uint8_t first) {
  if (first >= 0xF0) return 4;
  if (first >= 0xE0) return 3;
  return first >= 0xC2 ? 2 : 1;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<std::uint8_t>(c) < 0x80; });
}

icu::StringPiece piece(std::string_view text) {
  return {text.data(), static_cast<std::int32_t>(text.size())};
}

/// ICU counts bytes in 32 bits; a longer text (no engine sends one) is left as it is.
bool too_long(std::string_view text) {
  return text.size() > (1U << 30U);
}

using Mapping = void (*)(std::string_view, icu::ByteSink&, UErrorCode&);

std::string mapped(std::string_view text, Mapping mapping) {
  if (too_long(text)) return std::string(text);
  std::string result;
  result.reserve(text.size());
  icu::StringByteSink<std::string> sink(&result);
  UErrorCode status = U_ZERO_ERROR;
  mapping(text, sink, status);
  return U_FAILURE(status) ? std::string(text) : result;
}

std::string normalised(std::string_view text, const icu::Normalizer2* normalizer) {
  if (normalizer == nullptr || too_long(text)) return std::string(text);
  std::string result;
  icu::StringByteSink<std::string> sink(&result);
  UErrorCode status = U_ZERO_ERROR;
  normalizer->normalizeUTF8(0, piece(text), sink, nullptr, status);
  return U_FAILURE(status) ? std::string(text) : result;
}

std::string lower_of_ascii(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return result;
}

}  // namespace

CodePoint code_point_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {};
  const std::uint8_t first = byte_at(text, at);
  if (first < 0x80) return {first, 1};
  const std::size_t length = promised_length(first);
  if (length == 1 || at + length > text.size()) return {kReplacement, 1};
  std::uint32_t value = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, at + i) & 0xC0U) != 0x80U) return {kReplacement, 1};
    value = (value << 6U) | (byte_at(text, at + i) & 0x3FU);
  }
  return {value, length};
}

CodePoint code_point_before(std::string_view text, std::size_t at) {
  if (at == 0 || at > text.size()) return {};
  std::size_t begin = at - 1;
  while (begin > 0 && at - begin < 4 && (byte_at(text, begin) & 0xC0U) == 0x80U) --begin;
  const CodePoint point = code_point_at(text, begin);
  return point.length == at - begin ? point : CodePoint{kReplacement, 1};
}

bool is_space(std::uint32_t c) {
  if (c < 0x80) return c == 0x20 || (c >= 0x09 && c <= 0x0D);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_cased_letter(std::uint32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_CASED) != 0;
}

bool is_word_character(std::uint32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return (U_MASK(u_charType(static_cast<UChar32>(c))) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK)) != 0;
}

bool is_letter_or_number(std::uint32_t c) {
  return (U_MASK(u_charType(static_cast<UChar32>(c))) & (U_GC_L_MASK | U_GC_N_MASK)) != 0;
}

bool is_mark_or_symbol(std::uint32_t c) {
  return (U_MASK(u_charType(static_cast<UChar32>(c))) & (U_GC_M_MASK | U_GC_S_MASK | U_GC_P_MASK)) != 0;
}

bool is_nonspacing_mark(std::uint32_t c) {
  return u_charType(static_cast<UChar32>(c)) == U_NON_SPACING_MARK;
}

int digit_value(std::uint32_t c) {
  return u_charDigitValue(static_cast<UChar32>(c));
}

std::string_view trim_space(std::string_view text) {
  std::size_t begin = 0;
  for (CodePoint c = code_point_at(text, begin); c.length > 0 && is_space(c.value);
       c = code_point_at(text, begin)) {
    begin += c.length;
  }
  std::size_t end = text.size();
  while (end > begin) {
    const CodePoint c = code_point_before(text, end);
    if (!is_space(c.value)) break;
    end -= c.length;
  }
  return text.substr(begin, end - begin);
}

std::string collapse_space(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  bool in_space = false;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    const bool space = is_space(c.value);
    if (!space)
      result.append(text.substr(at, c.length));
    else if (!in_space)
      result.push_back(' ');
    in_space = space;
    at += c.length;
  }
  return result;
}

std::string fold_case(std::string_view text) {
  if (is_ascii(text)) return lower_of_ascii(text);
  return mapped(text, [](std::string_view source, icu::ByteSink& sink, UErrorCode& status) {
    icu::CaseMap::utf8Fold(0, piece(source), sink, nullptr, status);
  });
}

std::uint32_t fold_code_point(std::uint32_t code_point) {
  return static_cast<std::uint32_t>(u_foldCase(static_cast<UChar32>(code_point), U_FOLD_CASE_DEFAULT));
}

std::string lower(std::string_view text) {
  if (is_ascii(text)) return lower_of_ascii(text);
  return mapped(text, [](std::string_view source, icu::ByteSink& sink, UErrorCode& status) {
    icu::CaseMap::utf8ToLower("", 0, piece(source), sink, nullptr, status);
  });
}

std::string upper(std::string_view text) {
  return mapped(text, [](std::string_view source, icu::ByteSink& sink, UErrorCode& status) {
    icu::CaseMap::utf8ToUpper("", 0, piece(source), sink, nullptr, status);
  });
}

std::string nfc(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  return normalised(text, icu::Normalizer2::getNFCInstance(status));
}

std::string nfkd(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  return normalised(text, icu::Normalizer2::getNFKDInstance(status));
}
std::string nfkc(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  return normalised(text, icu::Normalizer2::getNFKCInstance(status));
}

std::string unicode_version() {
  return U_UNICODE_VERSION;
}

std::string icu_version() {
  return U_ICU_VERSION;
}

}  // namespace assay::evaluator
