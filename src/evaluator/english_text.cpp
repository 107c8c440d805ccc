#include "evaluator/english_text.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/check.h"
#include "base/json.h"
#include "base/text.h"
#include "evaluator/american_spelling.h"
#include "evaluator/unicode.h"
#include "evaluator/whisper_numbers.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

constexpr std::array kSpoken{
    TextRule{R"(\s+')", "'"},
    // contractions
    TextRule{R"(\bwon't\b)", "will not"},
    TextRule{R"(\bcan't\b)", "can not"},
    TextRule{R"(\blet's\b)", "let us"},
    TextRule{R"(\bain't\b)", "aint"},
    TextRule{R"(\by'all\b)", "you all"},
    TextRule{R"(\bwanna\b)", "want to"},
    TextRule{R"(\bgotta\b)", "got to"},
    TextRule{R"(\bgonna\b)", "going to"},
    TextRule{R"(\bi'ma\b)", "i am going to"},
    TextRule{R"(\bimma\b)", "i am going to"},
    TextRule{R"(\bwoulda\b)", "would have"},
    TextRule{R"(\bcoulda\b)", "could have"},
    TextRule{R"(\bshoulda\b)", "should have"},
    TextRule{R"(\bma'am\b)", "madam"},
    // titles
    TextRule{R"(\bmr\b)", "mister "},
    TextRule{R"(\bmrs\b)", "missus "},
    TextRule{R"(\bst\b)", "saint "},
    TextRule{R"(\bdr\b)", "doctor "},
    TextRule{R"(\bprof\b)", "professor "},
    TextRule{R"(\bcapt\b)", "captain "},
    TextRule{R"(\bgov\b)", "governor "},
    TextRule{R"(\bald\b)", "alderman "},
    TextRule{R"(\bgen\b)", "general "},
    TextRule{R"(\bsen\b)", "senator "},
    TextRule{R"(\brep\b)", "representative "},
    TextRule{R"(\bpres\b)", "president "},
    TextRule{R"(\brev\b)", "reverend "},
    TextRule{R"(\bhon\b)", "honorable "},
    TextRule{R"(\basst\b)", "assistant "},
    TextRule{R"(\bassoc\b)", "associate "},
    TextRule{R"(\blt\b)", "lieutenant "},
    TextRule{R"(\bcol\b)", "colonel "},
    TextRule{R"(\bjr\b)", "junior "},
    TextRule{R"(\bsr\b)", "senior "},
    TextRule{R"(\besq\b)", "esquire "},
    // perfect tenses
    TextRule{R"('d been\b)", " had been"},
    TextRule{R"('s been\b)", " has been"},
    TextRule{R"('d gone\b)", " had gone"},
    TextRule{R"('s gone\b)", " has gone"},
    TextRule{R"('d done\b)", " had done"},
    TextRule{R"('s got\b)", " has got"},
    // the other contractions
    TextRule{R"(n't\b)", " not"},
    TextRule{R"('re\b)", " are"},
};

constexpr std::array kShortForms{
    TextRule{R"('d\b)", " would"},      TextRule{R"('ll\b)", " will"}, TextRule{R"('t\b)", " not"},
    TextRule{R"('ve\b)", " have"},      TextRule{R"('m\b)", " am"},    TextRule{R"((\d),(\d))", "$1$2"},
    TextRule{R"(\.([^0-9]|$))", " $1"},
};

constexpr std::array kDigitsApart{
    TextRule{R"(([a-z])([0-9]))", "$1 $2"},
    TextRule{R"(([0-9])([a-z]))", "$1 $2"},
    TextRule{R"(([0-9])\s+(st|nd|rd|th|s)\b)", "$1$2"},
};

/// "$2 and ¢7" is "$2.07", "$0.20" is "¢20", and a lone 1 is a word again.
constexpr std::array kAfterNumbers{
    TextRule{"([€£$])([0-9]+) (?:and )?¢([0-9])\\b", "$1$2.0$3"},
    TextRule{"([€£$])([0-9]+) (?:and )?¢([0-9]{2})\\b", "$1$2.$3"},
    TextRule{"[€£$]0.(?=[0-9]{1,2}\\b)0?([0-9]{1,2})\\b", "¢$1"},
    TextRule{R"(\b1(s?)\b)", "one$1"},
};

constexpr std::array kLoneMarks{
    TextRule{"[.$¢€£]([^0-9])", " $1"},
    TextRule{"([^0-9])%", "$1 "},
};

/// Letters that no decomposition takes apart.
std::string_view without_stroke(std::uint32_t code_point) {
  switch (code_point) {
    case 0x153: return "oe";
    case 0x152: return "OE";
    case 0xF8: return "o";
    case 0xD8: return "O";
    case 0xE6: return "ae";
    case 0xC6: return "AE";
    case 0xDF: return "ss";
    case 0x1E9E: return "SS";
    case 0x111:
    case 0xF0: return "d";
    case 0x110:
    case 0xD0: return "D";
    case 0xFE:
    case 0xDE: return "th";
    case 0x142: return "l";
    case 0x141: return "L";
    default: return {};
  }
}

std::string without_symbols_and_diacritics(std::string_view text) {
  constexpr std::string_view kKept = ".%$¢€£";
  const std::string decomposed = nfkd(text);
  std::string plain;
  for (std::size_t at = 0; at < decomposed.size();) {
    const CodePoint c = code_point_at(decomposed, at);
    const std::string_view here = std::string_view(decomposed).substr(at, c.length);
    if (const std::string_view letters = without_stroke(c.value); !letters.empty())
      plain += letters;
    else if (kKept.find(here) != std::string_view::npos || !is_mark_or_symbol(c.value))
      plain += here;
    else if (!is_nonspacing_mark(c.value))
      plain.push_back(' ');
    at += c.length;
  }
  return plain;
}

/// "<number> and a half" is "<number> point five". Words between blanks are looked at one by one, as the
/// reference does by splitting there.
std::optional<std::string> with_halves(const std::string& text) {
  static const Pattern half = *Pattern::compile(R"(\band\s+a\s+half\b)", {.flags = "u"});
  StepBudget budget = Pattern::budget(text);
  std::vector<std::string> parts;
  const auto add = [&](std::string_view segment, bool last) {
    const std::vector<std::string_view> words = words_of(segment);
    if (words.empty()) return;
    parts.emplace_back(segment);
    if (!last) parts.emplace_back(takes_a_half(words.back()) ? "point five" : "and a half");
  };
  std::size_t at = 0;
  for (MatchResult found = half.match(text, at, budget); found.state != MatchState::none;
       found = half.match(text, at, budget)) {
    if (found.state == MatchState::limit) return std::nullopt;
    const GroupSpan whole = *found.match.groups.front();
    add(std::string_view(text).substr(at, whole.begin - at), false);
    at = whole.end;
  }
  add(std::string_view(text).substr(at), true);
  return join(parts, " ");
}

/// Runs of letters and digits that stand alone become one word, when they are two or more; with an "a" or "i"
/// among them, which are words of their own, three or more.
std::vector<std::string> with_joined_letters(const std::vector<std::string>& words) {
  const auto stands_alone = [](std::string_view word) {
    const CodePoint c = code_point_at(word, 0);
    return c.length == word.size() && is_letter_or_number(c.value);
  };
  std::vector<std::string> joined;
  for (std::size_t at = 0; at < words.size();) {
    std::size_t end = at;
    std::size_t fewest = 2;
    std::string run;
    for (; end < words.size() && stands_alone(words[end]); ++end) {
      run += words[end];
      if (words[end] == "a" || words[end] == "i") fewest = 3;
    }
    if (end - at >= fewest) {
      joined.push_back(std::move(run));
      at = end;
      continue;
    }
    for (end = std::max(end, at + 1); at < end; ++at) joined.push_back(words[at]);
  }
  return joined;
}

const std::string& looked_up(const WordMap& map, const std::string& word) {
  const auto found = map.find(word);
  return found == map.end() ? word : found->second;
}

}  // namespace

EnglishText::EnglishText(EnglishVariant variant)
    : variant_(std::move(variant)), before_marks_(kBracketRules) {
  before_marks_.add({fmt::format(R"(\b({})\b)", join(variant_.fillers, "|")), ""});
  before_marks_.add(kSpoken);
  if (variant_.is_after.empty())
    before_marks_.add({R"('s\b)", " is"});
  else
    before_marks_.add({fmt::format(R"(\b({})'s\b)", join(variant_.is_after, "|")), "$1 is"});
  before_marks_.add(kShortForms);
  for (const auto& [words, joined] : variant_.compounds)
    before_numbers_.add({fmt::format(R"(\b{}\b)", join(split(words, ' '), R"(\s+)")), joined});
}

std::string EnglishText::respelled(std::string_view text) const {
  std::vector<std::string> words;
  for (const std::string_view word : words_of(text))
    words.push_back(looked_up(variant_.names, looked_up(variant_.spelling, std::string(word))));
  return join(variant_.joins_letters ? with_joined_letters(words) : words, " ");
}

std::optional<std::string> EnglishText::operator()(std::string_view text) const {
  static const Replacer digits_apart(kDigitsApart);
  static const Replacer after_numbers(kAfterNumbers);
  static const Replacer lone_marks(kLoneMarks);
  std::optional<std::string> made = before_marks_(python_lower(text));
  if (made) made = before_numbers_(without_symbols_and_diacritics(*made));
  if (made) made = with_halves(*made);
  if (made) made = digits_apart(*std::move(made));
  if (made) made = after_numbers(join(whisper_numbers(words_of(*made)), " "));
  if (made) made = lone_marks(respelled(*made));
  if (made) made = collapse_space(*made);
  return made;
}

WordMap american_spelling() {
  const auto parsed = parse_json(kAmericanSpelling);
  CHECK(parsed.has_value());
  return parsed->get<WordMap>();
}

}  // namespace assay::evaluator
