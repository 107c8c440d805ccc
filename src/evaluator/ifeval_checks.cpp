#include "evaluator/ifeval_checks.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/json_text.h"
#include "evaluator/options.h"
#include "evaluator/pattern.h"
#include "evaluator/unicode.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

using record::Value;

/// The arguments of one instruction, read strictly.
class Args {
 public:
  Args(std::string_view id, const Value& given) : id_(id), given_(given) {}

  std::string text(std::string_view name) {
    const Value* found = find(name);
    if (found != nullptr && found->is_scalar()) return found->text;
    fault(name, found == nullptr ? "is missing" : "is no text", "a text");
    return {};
  }
  long whole(std::string_view name) {
    const Value* found = find(name);
    long number = 0;
    if (found != nullptr && found->is_scalar()) {
      const std::string& text = found->text;
      const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
      // The published files write whole numbers with a point now and then: 3.0.
      const std::string_view rest(read.ptr, static_cast<std::size_t>(text.data() + text.size() - read.ptr));
      if (read.ec == std::errc() && (rest.empty() || rest == ".0") && number >= 0) return number;
    }
    fault(name, found == nullptr ? "is missing" : "is no whole number", "a whole number");
    return 0;
  }
  std::vector<std::string> texts(std::string_view name) {
    const Value* found = find(name);
    std::vector<std::string> all;
    if (found != nullptr && found->kind == Value::Kind::list) {
      for (const Value& item : found->items) all.push_back(as_text(item));
    }
    if (all.empty()) fault(name, found == nullptr ? "is missing" : "is no list of texts", "a list of texts");
    return all;
  }
  /// "less than" or "at least": whether `count` is so.
  std::function<bool(long)> relation(std::string_view name, long limit) {
    const std::string word = text(name);
    if (word == "less than") return [limit](long count) { return count < limit; };
    if (word != "at least" && !error_) fault(name, "is " + as_quoted(word), "less than, or at least");
    return [limit](long count) { return count >= limit; };
  }
  Pattern pattern(std::string_view name, const std::string& source, std::string flags) {
    Result<Pattern> made = Pattern::compile(source, {.flags = std::move(flags), .full = false});
    if (made) return *made;
    if (!error_) {
      error_ = made.error();
      error_->found = fmt::format("argument '{}' of {}: {}", name, id_, error_->found);
    }
    return *Pattern::compile("x", {});
  }
  /// The first mistake, arguments that nobody asked for among them.
  std::optional<Error> error() {
    for (std::size_t i = 0; i < given_.keys.size() && !error_; ++i) {
      const bool known = std::find(asked_.begin(), asked_.end(), given_.keys[i]) != asked_.end();
      if (!known && given_.items[i].kind != Value::Kind::null)
        error_ = suite_error(fmt::format("unknown argument '{}' of {}", given_.keys[i], id_),
                             asked_.empty() ? "none" : join(asked_, ", "));
    }
    return error_;
  }

 private:
  const Value* find(std::string_view name) {
    asked_.emplace_back(name);
    const Value* found = given_.find(name);
    return found == nullptr || found->kind == Value::Kind::null ? nullptr : found;
  }
  void fault(std::string_view name, std::string_view what, std::string_view expected) {
    if (!error_)
      error_ = suite_error(fmt::format("argument '{}' of {} {}", name, id_, what), std::string(expected));
  }

  std::string id_;
  const Value& given_;
  std::vector<std::string> asked_;
  std::optional<Error> error_;
};

// ── What the checkers share. ──

using Test = std::function<bool(std::string_view)>;

/// Non-overlapping matches, as Python's findall gives them. What hits a limit matches no further.
std::vector<std::string_view> matches(const Pattern& pattern, std::string_view text) {
  std::vector<std::string_view> found;
  StepBudget budget = Pattern::budget(text);
  std::size_t at = 0;
  while (at <= text.size()) {
    const MatchResult result = pattern.match(text, at, budget);
    if (result.state != MatchState::found) break;
    const GroupSpan span = result.match.groups[0].value_or(GroupSpan{});
    found.push_back(text.substr(span.begin, span.end - span.begin));
    at = span.end > span.begin ? span.end
                               : span.end + std::max<std::size_t>(1, code_point_at(text, span.end).length);
  }
  return found;
}

long count_of(const Pattern& pattern, std::string_view text) {
  return static_cast<long>(matches(pattern, text).size());
}

std::vector<std::string_view> split_at(std::string_view text, std::string_view mark) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; (at = text.find(mark)) != std::string_view::npos;
       text.remove_prefix(at + mark.size()))
    parts.push_back(text.substr(0, at));
  parts.push_back(text);
  return parts;
}

bool blank(std::string_view text) {
  return trim_space(text).empty();
}

std::string_view stripped_of(std::string_view text, std::string_view marks) {
  while (!text.empty() && marks.find(text.front()) != std::string_view::npos) text.remove_prefix(1);
  while (!text.empty() && marks.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
  return text;
}

bool is_upper(std::string_view text) {
  return upper(text) == text && lower(text) != text;
}
bool is_lower(std::string_view text) {
  return lower(text) == text && upper(text) != text;
}

/// Runs of word characters, with hyphens inside.
std::vector<std::string_view> hyphenated_words(std::string_view text) {
  static const Pattern word = *Pattern::compile(R"(\w+(?:-\w+)*)", {.flags = "u", .full = false});
  return matches(word, text);
}

// ── The checkers. Each takes its arguments and gives a test. ──

Test existence(Args& args) {
  std::vector<Pattern> patterns;
  for (const std::string& word : args.texts("keywords"))
    patterns.push_back(args.pattern("keywords", word, "iu"));
  return [patterns](std::string_view text) {
    return std::all_of(patterns.begin(), patterns.end(),
                       [&](const Pattern& one) { return one.match(text).state == MatchState::found; });
  };
}

Test frequency(Args& args) {
  const Pattern pattern = args.pattern("keyword", args.text("keyword"), "iu");
  const auto fits = args.relation("relation", args.whole("frequency"));
  return [pattern, fits](std::string_view text) { return fits(count_of(pattern, text)); };
}

Test forbidden_words(Args& args) {
  std::vector<Pattern> patterns;
  for (const std::string& word : args.texts("forbidden_words"))
    patterns.push_back(args.pattern("forbidden_words", "\\b" + word + "\\b", "iu"));
  return [patterns](std::string_view text) {
    return std::none_of(patterns.begin(), patterns.end(),
                        [&](const Pattern& one) { return one.match(text).state == MatchState::found; });
  };
}

Test letter_frequency(Args& args) {
  const std::string letter = lower(args.text("letter"));
  const auto fits = args.relation("let_relation", args.whole("let_frequency"));
  return [letter, fits](std::string_view text) {
    return fits(letter.empty() ? 0 : static_cast<long>(split_at(lower(text), letter).size()) - 1);
  };
}

/// Sentences end with . ! or ? before white space or the end, but not behind a known abbreviation or an
/// initial.
Test number_sentences(Args& args) {
  const auto fits = args.relation("relation", args.whole("num_sentences"));
  static const Pattern end = *Pattern::compile(
      R"((?<!\b[A-Za-z])(?<!\b(?:Mr|Ms|Dr|St|vs))(?<!\b(?:Mrs|etc|Inc|Ltd|e\.g|i\.e))(?<!\bProf)[.!?]+["')\]]*(?=\s|\z))",
      {.flags = "u", .full = false});
  return [fits](std::string_view text) {
    const std::string_view body = trim_space(text);
    const std::vector<std::string_view> ends = matches(end, body);
    const bool open = !body.empty() &&
                      (ends.empty() || ends.back().data() + ends.back().size() < body.data() + body.size());
    return fits(static_cast<long>(ends.size()) + (open ? 1 : 0));
  };
}

Test number_paragraphs(Args& args) {
  const long wanted = args.whole("num_paragraphs");
  return [wanted](std::string_view text) {
    const std::vector<std::string_view> parts = split_at(text, "***");
    auto count = static_cast<long>(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!blank(parts[i])) continue;
      if (i != 0 && i + 1 != parts.size()) return false;
      --count;
    }
    return count == wanted;
  };
}

Test number_words(Args& args) {
  const auto fits = args.relation("relation", args.whole("num_words"));
  static const Pattern word = *Pattern::compile(R"(\w+)", {.flags = "u", .full = false});
  return [fits](std::string_view text) { return fits(count_of(word, text)); };
}

std::string first_word_of(std::string_view paragraph) {
  std::string_view word = words_of(paragraph).front();
  while (word.starts_with('\'')) word.remove_prefix(1);
  while (word.starts_with('"')) word.remove_prefix(1);
  return lower(word.substr(0, word.find_first_of(".,?!'\"")));
}

/// The index counts empty paragraphs, the total does not.
Test nth_paragraph_first_word(Args& args) {
  const long wanted = args.whole("num_paragraphs");
  const long nth = args.whole("nth_paragraph");
  const std::string word = lower(args.text("first_word"));
  return [wanted, nth, word](std::string_view text) {
    const std::vector<std::string_view> parts = split_at(text, "\n\n");
    const auto count = static_cast<long>(
        parts.size() - static_cast<std::size_t>(std::count_if(parts.begin(), parts.end(), blank)));
    if (nth < 1 || nth > count || blank(parts[static_cast<std::size_t>(nth - 1)])) return false;
    return count == wanted && first_word_of(trim_space(parts[static_cast<std::size_t>(nth - 1)])) == word;
  };
}

Test number_placeholders(Args& args) {
  const long least = args.whole("num_placeholders");
  static const Pattern place = *Pattern::compile(R"(\[.*?\])", {.flags = "", .full = false});
  return [least](std::string_view text) { return count_of(place, text) >= least; };
}

Test postscript(Args& args) {
  const std::string marker = args.text("postscript_marker");
  const std::string source = marker == "P.P.S"  ? R"(\s*p\.\s?p\.\s?s.*$)"
                             : marker == "P.S." ? R"(\s*p\.\s?s\..*$)"
                                                : "\\s*" + lower(marker) + ".*$";
  const Pattern pattern = args.pattern("postscript_marker", source, "mu");
  return [pattern](std::string_view text) { return pattern.match(lower(text)).state == MatchState::found; };
}

Test number_bullet_lists(Args& args) {
  const long wanted = args.whole("num_bullets");
  static const Pattern stars = *Pattern::compile(R"(^\s*\*[^\*].*$)", {.flags = "mu", .full = false});
  static const Pattern dashes = *Pattern::compile(R"(^\s*-.*$)", {.flags = "mu", .full = false});
  return [wanted](std::string_view text) { return count_of(stars, text) + count_of(dashes, text) == wanted; };
}

Test constrained_response(Args& /*args*/) {
  return [](std::string_view text) {
    for (const std::string_view option : {"My answer is yes.", "My answer is no.", "My answer is maybe."}) {
      if (text.find(option) != std::string_view::npos) return true;
    }
    return false;
  };
}

Test number_highlighted_sections(Args& args) {
  const long least = args.whole("num_highlights");
  static const Pattern single = *Pattern::compile(R"(\*[^\n\*]*\*)", {.flags = "", .full = false});
  static const Pattern twice = *Pattern::compile(R"(\*\*[^\n\*]*\*\*)", {.flags = "", .full = false});
  return [least](std::string_view text) {
    long count = 0;
    for (const std::string_view one : matches(single, text)) count += blank(stripped_of(one, "*")) ? 0 : 1;
    for (const std::string_view one : matches(twice, text))
      count += blank(one.substr(2, one.size() - 4)) ? 0 : 1;
    return count >= least;
  };
}

Test multiple_sections(Args& args) {
  const Pattern pattern =
      args.pattern("section_spliter", "\\s?" + args.text("section_spliter") + "\\s?\\d+\\s?", "u");
  const long least = args.whole("num_sections");
  return [pattern, least](std::string_view text) { return count_of(pattern, text) >= least; };
}

Test json_format(Args& /*args*/) {
  return [](std::string_view text) {
    text = trim_space(text);
    for (const std::string_view fence : {"```json", "```Json", "```JSON", "```"}) {
      if (text.starts_with(fence)) text.remove_prefix(fence.size());
    }
    if (text.ends_with("```")) text.remove_suffix(3);
    return parse_json_text(trim_space(text), JsonDialect::python).has_value();
  };
}

Test title(Args& /*args*/) {
  static const Pattern marked = *Pattern::compile(R"(<<[^\n]+>>)", {.flags = "", .full = false});
  return [](std::string_view text) {
    const std::vector<std::string_view> titles = matches(marked, text);
    return std::any_of(titles.begin(), titles.end(), [](std::string_view one) {
      while (one.starts_with('<')) one.remove_prefix(1);
      while (one.ends_with('>')) one.remove_suffix(1);
      return !blank(one);
    });
  };
}

Test two_responses(Args& /*args*/) {
  return [](std::string_view text) {
    const std::vector<std::string_view> parts = split_at(text, "******");
    std::vector<std::string_view> valid;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!blank(parts[i]))
        valid.push_back(trim_space(parts[i]));
      else if (i != 0 && i + 1 != parts.size())
        return false;
    }
    return valid.size() == 2 && valid[0] != valid[1];
  };
}

Test repeat_prompt(Args& args) {
  const std::string prompt = lower(trim_space(args.text("prompt_to_repeat")));
  return [prompt](std::string_view text) { return lower(trim_space(text)).starts_with(prompt); };
}

Test end_checker(Args& args) {
  const std::string phrase = lower(trim_space(args.text("end_phrase")));
  return [phrase](std::string_view text) {
    return lower(stripped_of(trim_space(text), "\"")).ends_with(phrase);
  };
}

Test quotation(Args& /*args*/) {
  return [](std::string_view text) {
    text = trim_space(text);
    return text.size() > 1 && text.starts_with('"') && text.ends_with('"');
  };
}

Test capital_word_frequency(Args& args) {
  const auto fits = args.relation("capital_relation", args.whole("capital_frequency"));
  return [fits](std::string_view text) {
    const std::vector<std::string_view> words = hyphenated_words(text);
    return fits(static_cast<long>(std::count_if(words.begin(), words.end(), is_upper)));
  };
}

Test all_upper(Args& /*args*/) {
  return [](std::string_view text) { return is_upper(text); };
}
Test all_lower(Args& /*args*/) {
  return [](std::string_view text) { return is_lower(text); };
}
Test no_comma(Args& /*args*/) {
  return [](std::string_view text) { return text.find(',') == std::string_view::npos; };
}

struct Entry {
  std::string_view id;
  Test (*make)(Args&);
};

constexpr std::array kInstructions{
    Entry{"keywords:existence", existence},
    Entry{"keywords:frequency", frequency},
    Entry{"keywords:forbidden_words", forbidden_words},
    Entry{"keywords:letter_frequency", letter_frequency},
    Entry{"length_constraints:number_sentences", number_sentences},
    Entry{"length_constraints:number_paragraphs", number_paragraphs},
    Entry{"length_constraints:number_words", number_words},
    Entry{"length_constraints:nth_paragraph_first_word", nth_paragraph_first_word},
    Entry{"detectable_content:number_placeholders", number_placeholders},
    Entry{"detectable_content:postscript", postscript},
    Entry{"detectable_format:number_bullet_lists", number_bullet_lists},
    Entry{"detectable_format:constrained_response", constrained_response},
    Entry{"detectable_format:number_highlighted_sections", number_highlighted_sections},
    Entry{"detectable_format:multiple_sections", multiple_sections},
    Entry{"detectable_format:json_format", json_format},
    Entry{"detectable_format:title", title},
    Entry{"combination:two_responses", two_responses},
    Entry{"combination:repeat_prompt", repeat_prompt},
    Entry{"startend:end_checker", end_checker},
    Entry{"startend:quotation", quotation},
    Entry{"change_case:capital_word_frequency", capital_word_frequency},
    Entry{"change_case:english_capital", all_upper},
    Entry{"change_case:english_lowercase", all_lower},
    Entry{"punctuation:no_comma", no_comma},
};

class Tested final : public Instruction {
 public:
  explicit Tested(Test test) : test_(std::move(test)) {}
  bool follows(std::string_view text) const override { return test_(text); }

 private:
  Test test_;
};

}  // namespace

MadeInstruction make_instruction(std::string_view id, const Value& kwargs) {
  if (id == "language:response_language") {
    return fail(suite_error(
        "the instruction language:response_language needs a language detector, and this build has none",
        "another instruction", "Leave such rows out"));
  }
  const auto* const entry = std::find_if(kInstructions.begin(), kInstructions.end(),
                                         [&](const Entry& one) { return one.id == id; });
  if (entry == kInstructions.end())
    return fail(suite_error("unknown instruction " + as_quoted(id),
                            "one of IFEval's ids, such as punctuation:no_comma"));
  Args args(id, kwargs);
  Test test = entry->make(args);
  if (std::optional<Error> error = args.error()) return fail(*error);
  return std::make_unique<Tested>(std::move(test));
}

}  // namespace assay::evaluator
