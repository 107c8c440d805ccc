#include "evaluator/whisper_text.h"

#include <array>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "base/json.h"
#include "base/text.h"
#include "evaluator/american_spelling.h"
#include "evaluator/pattern.h"
#include "evaluator/unicode.h"
#include "evaluator/whisper_numbers.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

/// A pattern and what stands for its matches; $1 to $3 in it are groups.
struct Rule {
  std::string_view pattern;
  std::string_view replacement;
};

constexpr std::array kBrackets{
    Rule{R"([<\[][^>\]]*[>\]])", ""},
    Rule{R"(\(([^)]+?)\))", ""},
};

constexpr std::array kSpoken{
    Rule{R"(\b(hmm|mm|mhm|mmm|uh|um)\b)", ""},
    Rule{R"(\s+')", "'"},
    // contractions
    Rule{R"(\bwon't\b)", "will not"},
    Rule{R"(\bcan't\b)", "can not"},
    Rule{R"(\blet's\b)", "let us"},
    Rule{R"(\bain't\b)", "aint"},
    Rule{R"(\by'all\b)", "you all"},
    Rule{R"(\bwanna\b)", "want to"},
    Rule{R"(\bgotta\b)", "got to"},
    Rule{R"(\bgonna\b)", "going to"},
    Rule{R"(\bi'ma\b)", "i am going to"},
    Rule{R"(\bimma\b)", "i am going to"},
    Rule{R"(\bwoulda\b)", "would have"},
    Rule{R"(\bcoulda\b)", "could have"},
    Rule{R"(\bshoulda\b)", "should have"},
    Rule{R"(\bma'am\b)", "madam"},
    // titles
    Rule{R"(\bmr\b)", "mister "},
    Rule{R"(\bmrs\b)", "missus "},
    Rule{R"(\bst\b)", "saint "},
    Rule{R"(\bdr\b)", "doctor "},
    Rule{R"(\bprof\b)", "professor "},
    Rule{R"(\bcapt\b)", "captain "},
    Rule{R"(\bgov\b)", "governor "},
    Rule{R"(\bald\b)", "alderman "},
    Rule{R"(\bgen\b)", "general "},
    Rule{R"(\bsen\b)", "senator "},
    Rule{R"(\brep\b)", "representative "},
    Rule{R"(\bpres\b)", "president "},
    Rule{R"(\brev\b)", "reverend "},
    Rule{R"(\bhon\b)", "honorable "},
    Rule{R"(\basst\b)", "assistant "},
    Rule{R"(\bassoc\b)", "associate "},
    Rule{R"(\blt\b)", "lieutenant "},
    Rule{R"(\bcol\b)", "colonel "},
    Rule{R"(\bjr\b)", "junior "},
    Rule{R"(\bsr\b)", "senior "},
    Rule{R"(\besq\b)", "esquire "},
    // perfect tenses
    Rule{R"('d been\b)", " had been"},
    Rule{R"('s been\b)", " has been"},
    Rule{R"('d gone\b)", " had gone"},
    Rule{R"('s gone\b)", " has gone"},
    Rule{R"('d done\b)", " had done"},
    Rule{R"('s got\b)", " has got"},
    // the other contractions
    Rule{R"(n't\b)", " not"},
    Rule{R"('re\b)", " are"},
    Rule{R"('s\b)", " is"},
    Rule{R"('d\b)", " would"},
    Rule{R"('ll\b)", " will"},
    Rule{R"('t\b)", " not"},
    Rule{R"('ve\b)", " have"},
    Rule{R"('m\b)", " am"},
    Rule{R"((\d),(\d))", "$1$2"},
    Rule{R"(\.([^0-9]|$))", " $1"},
};

constexpr std::array kBeforeNumbers{
    Rule{R"(([a-z])([0-9]))", "$1 $2"},
    Rule{R"(([0-9])([a-z]))", "$1 $2"},
    Rule{R"(([0-9])\s+(st|nd|rd|th|s)\b)", "$1$2"},
};

/// "$2 and ¢7" is "$2.07", "$0.20" is "¢20", and a lone 1 is a word again.
constexpr std::array kAfterNumbers{
    Rule{"([€£$])([0-9]+) (?:and )?¢([0-9])\\b", "$1$2.0$3"},
    Rule{"([€£$])([0-9]+) (?:and )?¢([0-9]{2})\\b", "$1$2.$3"},
    Rule{"[€£$]0.(?=[0-9]{1,2}\\b)0?([0-9]{1,2})\\b", "¢$1"},
    Rule{R"(\b1(s?)\b)", "one$1"},
};

constexpr std::array kLoneMarks{
    Rule{"[.$¢€£]([^0-9])", " $1"},
    Rule{"([^0-9])%", "$1 "},
};

class Replacer {
 public:
  explicit Replacer(std::span<const Rule> rules) {
    for (const Rule& rule : rules) {
      // Python's patterns: classes by Unicode, and `.` stops at line feeds only, of which none is left here.
      Result<Pattern> compiled = Pattern::compile(rule.pattern, {.flags = "u"});
      CHECK(compiled.has_value());
      rules_.emplace_back(std::move(*compiled), rule.replacement);
    }
  }

  /// Every rule on what the one before made. Absent when a limit was hit.
  std::optional<std::string> operator()(std::string text) const {
    for (const auto& [pattern, replacement] : rules_) {
      std::optional<std::string> replaced = replace(pattern, replacement, text);
      if (!replaced) return std::nullopt;
      text = *std::move(replaced);
    }
    return text;
  }

 private:
  static std::optional<std::string> replace(const Pattern& pattern, std::string_view replacement,
                                            const std::string& text) {
    if (text.size() > kMaxPatternText) return std::nullopt;
    StepBudget budget = Pattern::budget(text);
    std::string made;
    std::size_t at = 0;
    while (true) {
      const MatchResult found = pattern.match(text, at, budget);
      if (found.state == MatchState::limit) return std::nullopt;
      if (found.state == MatchState::none) break;
      const GroupSpan whole = *found.match.groups.front();
      made.append(text, at, whole.begin - at);
      for (std::size_t i = 0; i < replacement.size(); ++i) {
        const bool group = replacement[i] == '$' && i + 1 < replacement.size();
        if (!group) {
          made.push_back(replacement[i]);
          continue;
        }
        const auto number = static_cast<std::size_t>(replacement[++i] - '0');
        const auto& span = found.match.groups.at(number);
        if (span) made.append(text, span->begin, span->end - span->begin);
      }
      at = whole.end;
    }
    made.append(text, at);
    return made;
  }

  std::vector<std::pair<Pattern, std::string_view>> rules_;
};

/// The ASCII separators 1C to 1F are white space for Python, and for nobody else here.
std::string python_lower(std::string_view text) {
  std::string plain = lower(text);
  for (char& c : plain) {
    if (c >= '\x1c' && c <= '\x1f') c = ' ';
  }
  return plain;
}

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

std::string without_symbols(std::string_view text) {
  const std::string composed = nfkc(text);
  std::string plain;
  for (std::size_t at = 0; at < composed.size();) {
    const CodePoint c = code_point_at(composed, at);
    if (is_mark_or_symbol(c.value))
      plain.push_back(' ');
    else
      plain.append(composed, at, c.length);
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

std::string with_american_spelling(std::string_view text) {
  static const std::unordered_map<std::string, std::string> american = [] {
    const auto parsed = parse_json(kAmericanSpelling);
    CHECK(parsed.has_value());
    return parsed->get<std::unordered_map<std::string, std::string>>();
  }();
  std::string spelled;
  for (const std::string_view word : words_of(text)) {
    if (!spelled.empty()) spelled.push_back(' ');
    const auto found = american.find(std::string(word));
    spelled += found == american.end() ? word : std::string_view(found->second);
  }
  return spelled;
}

}  // namespace

std::optional<std::string> whisper_english(std::string_view text) {
  static const Replacer brackets(kBrackets);
  static const Replacer spoken(kSpoken);
  static const Replacer before_numbers(kBeforeNumbers);
  static const Replacer after_numbers(kAfterNumbers);
  static const Replacer lone_marks(kLoneMarks);
  std::optional<std::string> made = brackets(python_lower(text));
  if (made) made = spoken(*std::move(made));
  if (made) made = with_halves(without_symbols_and_diacritics(*made));
  if (made) made = before_numbers(*std::move(made));
  if (made) made = after_numbers(join(whisper_numbers(words_of(*made)), " "));
  if (made) made = lone_marks(with_american_spelling(*made));
  if (made) made = collapse_space(*made);
  return made;
}

std::optional<std::string> whisper_basic(std::string_view text) {
  static const Replacer brackets(kBrackets);
  std::optional<std::string> made = brackets(python_lower(text));
  if (made) made = collapse_space(python_lower(without_symbols(*made)));
  return made;
}

}  // namespace assay::evaluator
