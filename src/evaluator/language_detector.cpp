#include "evaluator/language_detector.h"

#include <algorithm>
#include <array>
#include <cstdint>

#ifdef ASSAY_CLD2
#include <cstdio>  // the next header needs it and does not say so

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include "evaluator/pattern.h"
#include "evaluator/unicode.h"
#endif

namespace assay::evaluator {
namespace {

// Without langdetect's "so": the tables of CLD2 that Debian links lack Somali.
constexpr std::array<std::string_view, 54> kCodes{
    "af", "ar", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en",    "es",   "et", "fa",
    "fi", "fr", "gu", "he", "hi", "hr", "hu", "id", "it", "ja", "kn",    "ko",   "lt", "lv",
    "mk", "ml", "mr", "ne", "nl", "no", "pa", "pl", "pt", "ro", "ru",    "sk",   "sl", "sq",
    "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "zh-cn", "zh-tw"};
static_assert(std::is_sorted(kCodes.begin(), kCodes.end()));

#ifdef ASSAY_CLD2

/// CLD2's code as langdetect writes it. Bosnian and Malay, which langdetect does not know, are to it the
/// neighbours that people would hardly tell from them in two sentences.
std::string code_of(CLD2::Language language) {
  constexpr std::array<std::array<std::string_view, 2>, 5> kOthers{
      {{"iw", "he"}, {"zh", "zh-cn"}, {"zh-Hant", "zh-tw"}, {"bs", "hr"}, {"ms", "id"}}};
  const std::string_view code = CLD2::LanguageCode(language);
  for (const auto& [theirs, ours] : kOthers) {
    if (code == theirs) return std::string(ours);
  }
  return std::string(code);
}

/// What CLD2 refuses to read, and then nothing of the text: controls but tab, line ends and form feed, and
/// noncharacters.
bool is_refused(std::uint32_t code) {
  if (code < 0x20) return code != '\t' && code != '\n' && code != '\f' && code != '\r';
  return (code >= 0x7f && code < 0xa0) || (code >= 0xfdd0 && code < 0xfdf0) || (code & 0xfffeU) == 0xfffe;
}

void append_readable(std::string& all, std::string_view part) {
  for (std::size_t at = 0; at < part.size();) {
    const CodePoint next = code_point_at(part, at);
    if (is_refused(next.value))
      all += ' ';
    else
      all += part.substr(at, next.length);
    at += next.length;
  }
}

/// Without addresses (langdetect's patterns for them) and what CLD2 refuses.
std::string readable(std::string_view text) {
  static const Pattern address = *Pattern::compile(
      R"(https?://[-_.?&~;+=/#0-9A-Za-z]{1,2076}|[-_.0-9A-Za-z]{1,64}@[-_0-9A-Za-z]{1,255}[-_.0-9A-Za-z]{1,255})",
      {.flags = "", .full = false});
  std::string all;
  StepBudget budget = Pattern::budget(text);
  std::size_t at = 0;
  while (at < text.size()) {
    const MatchResult found = address.match(text, at, budget);
    if (found.state != MatchState::found) break;
    const GroupSpan span = found.match.groups[0].value_or(GroupSpan{});
    append_readable(all, text.substr(at, span.begin - at));
    all += ' ';
    at = span.end;
  }
  append_readable(all, text.substr(at));
  return all;
}

#endif

}  // namespace

std::span<const std::string_view> language_codes() {
  return kCodes;
}

#ifdef ASSAY_CLD2

bool has_language_detector() {
  return true;
}

std::string language_detector() {
  std::string version = CLD2::DetectLanguageVersion();  // "V2.0 - 20141016"
  std::erase(version, ' ');
  return "cld2-" + version;
}

std::optional<std::string> language_of(std::string_view text) {
  // More says no more about the language; CLD2 counts in int.
  constexpr std::size_t kMost = 16U << 20U;
  const std::string plain = readable(text).substr(0, kMost);
  const CLD2::CLDHints hints{nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
  std::array<CLD2::Language, 3> languages{};
  std::array<int, 3> percents{};
  std::array<double, 3> scores{};
  int bytes = 0;
  int valid = 0;
  bool reliable = false;
  // Best effort: the reference, too, names a language for the shortest word.
  const CLD2::Language found = CLD2::ExtDetectLanguageSummaryCheckUTF8(
      plain.data(), static_cast<int>(plain.size()), true, &hints, CLD2::kCLDFlagBestEffort, languages.data(),
      percents.data(), scores.data(), nullptr, &bytes, &reliable, &valid);
  if (found == CLD2::UNKNOWN_LANGUAGE) return std::nullopt;
  return code_of(found);
}

#else

bool has_language_detector() {
  return false;
}

std::string language_detector() {
  return "none";
}

std::optional<std::string> language_of(std::string_view /*text*/) {
  return std::nullopt;
}

#endif

}  // namespace assay::evaluator
