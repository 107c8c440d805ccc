// IFEval's instructions about the form of an answer: its parts, marks, beginning and end.
#include <algorithm>
#include <array>

#include "evaluator/ifeval_checks.h"
#include "evaluator/ifeval_text.h"
#include "evaluator/json_text.h"
#include "evaluator/unicode.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

std::string_view stripped_of(std::string_view text, std::string_view marks) {
  while (!text.empty() && marks.find(text.front()) != std::string_view::npos) text.remove_prefix(1);
  while (!text.empty() && marks.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
  return text;
}

InstructionTest number_placeholders(InstructionArgs& args) {
  const long least = args.whole("num_placeholders");
  static const Pattern place = *Pattern::compile(R"(\[.*?\])", {.flags = "", .full = false});
  return [least](std::string_view text) { return count_of(place, text) >= least; };
}

InstructionTest postscript(InstructionArgs& args) {
  const std::string marker = args.text("postscript_marker");
  const std::string source = marker == "P.P.S"  ? R"(\s*p\.\s?p\.\s?s.*$)"
                             : marker == "P.S." ? R"(\s*p\.\s?s\..*$)"
                                                : "\\s*" + lower(marker) + ".*$";
  const Pattern pattern = args.pattern("postscript_marker", source, "mu");
  return [pattern](std::string_view text) { return pattern.match(lower(text)).state == MatchState::found; };
}

InstructionTest number_bullet_lists(InstructionArgs& args) {
  const long wanted = args.whole("num_bullets");
  static const Pattern stars = *Pattern::compile(R"(^\s*\*[^\*].*$)", {.flags = "mu", .full = false});
  static const Pattern dashes = *Pattern::compile(R"(^\s*-.*$)", {.flags = "mu", .full = false});
  return [wanted](std::string_view text) { return count_of(stars, text) + count_of(dashes, text) == wanted; };
}

InstructionTest constrained_response(InstructionArgs& /*args*/) {
  return [](std::string_view text) {
    for (const std::string_view option : {"My answer is yes.", "My answer is no.", "My answer is maybe."}) {
      if (text.find(option) != std::string_view::npos) return true;
    }
    return false;
  };
}

InstructionTest number_highlighted_sections(InstructionArgs& args) {
  const long least = args.whole("num_highlights");
  static const Pattern single = *Pattern::compile(R"(\*[^\n\*]*\*)", {.flags = "", .full = false});
  static const Pattern twice = *Pattern::compile(R"(\*\*[^\n\*]*\*\*)", {.flags = "", .full = false});
  return [least](std::string_view text) {
    long count = 0;
    for (const std::string_view one : matches_of(single, text))
      count += is_blank(stripped_of(one, "*")) ? 0 : 1;
    for (const std::string_view one : matches_of(twice, text))
      count += is_blank(one.substr(2, one.size() - 4)) ? 0 : 1;
    return count >= least;
  };
}

InstructionTest multiple_sections(InstructionArgs& args) {
  const Pattern pattern =
      args.pattern("section_spliter", "\\s?" + args.text("section_spliter") + "\\s?\\d+\\s?", "u");
  const long least = args.whole("num_sections");
  return [pattern, least](std::string_view text) { return count_of(pattern, text) >= least; };
}

InstructionTest json_format(InstructionArgs& /*args*/) {
  return [](std::string_view text) {
    text = trim_space(text);
    for (const std::string_view fence : {"```json", "```Json", "```JSON", "```"}) {
      if (text.starts_with(fence)) text.remove_prefix(fence.size());
    }
    if (text.ends_with("```")) text.remove_suffix(3);
    return parse_json_text(trim_space(text), JsonDialect::python).has_value();
  };
}

InstructionTest title(InstructionArgs& /*args*/) {
  static const Pattern marked = *Pattern::compile(R"(<<[^\n]+>>)", {.flags = "", .full = false});
  return [](std::string_view text) {
    const std::vector<std::string_view> titles = matches_of(marked, text);
    return std::any_of(titles.begin(), titles.end(), [](std::string_view one) {
      while (one.starts_with('<')) one.remove_prefix(1);
      while (one.ends_with('>')) one.remove_suffix(1);
      return !is_blank(one);
    });
  };
}

InstructionTest two_responses(InstructionArgs& /*args*/) {
  return [](std::string_view text) {
    const std::vector<std::string_view> parts = split_at(text, "******");
    std::vector<std::string_view> valid;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!is_blank(parts[i]))
        valid.push_back(trim_space(parts[i]));
      else if (i != 0 && i + 1 != parts.size())
        return false;
    }
    return valid.size() == 2 && valid[0] != valid[1];
  };
}

InstructionTest repeat_prompt(InstructionArgs& args) {
  const std::string prompt = lower(trim_space(args.text("prompt_to_repeat")));
  return [prompt](std::string_view text) { return lower(trim_space(text)).starts_with(prompt); };
}

InstructionTest end_checker(InstructionArgs& args) {
  const std::string phrase = lower(trim_space(args.text("end_phrase")));
  return [phrase](std::string_view text) {
    return lower(stripped_of(trim_space(text), "\"")).ends_with(phrase);
  };
}

InstructionTest quotation(InstructionArgs& /*args*/) {
  return [](std::string_view text) {
    text = trim_space(text);
    return text.size() > 1 && text.starts_with('"') && text.ends_with('"');
  };
}

InstructionTest no_comma(InstructionArgs& /*args*/) {
  return [](std::string_view text) { return text.find(',') == std::string_view::npos; };
}

constexpr std::array kForms{
    InstructionEntry{"detectable_content:number_placeholders", number_placeholders},
    InstructionEntry{"detectable_content:postscript", postscript},
    InstructionEntry{"detectable_format:number_bullet_lists", number_bullet_lists},
    InstructionEntry{"detectable_format:constrained_response", constrained_response},
    InstructionEntry{"detectable_format:number_highlighted_sections", number_highlighted_sections},
    InstructionEntry{"detectable_format:multiple_sections", multiple_sections},
    InstructionEntry{"detectable_format:json_format", json_format},
    InstructionEntry{"detectable_format:title", title},
    InstructionEntry{"combination:two_responses", two_responses},
    InstructionEntry{"combination:repeat_prompt", repeat_prompt},
    InstructionEntry{"startend:end_checker", end_checker},
    InstructionEntry{"startend:quotation", quotation},
    InstructionEntry{"punctuation:no_comma", no_comma},
};

}  // namespace

std::span<const InstructionEntry> form_instructions() {
  return kForms;
}

}  // namespace assay::evaluator
