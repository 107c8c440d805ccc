// detectable_content and detectable_format: marks that an answer must have.
#include <algorithm>
#include <array>

#include "evaluator/ifeval_table.h"
#include "evaluator/ifeval_text.h"
#include "evaluator/json_text.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

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
    for (const std::string_view one : matches(single, text)) count += blank(stripped_of(one, "*")) ? 0 : 1;
    for (const std::string_view one : matches(twice, text))
      count += blank(one.substr(2, one.size() - 4)) ? 0 : 1;
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
    const std::vector<std::string_view> titles = matches(marked, text);
    return std::any_of(titles.begin(), titles.end(), [](std::string_view one) {
      while (one.starts_with('<')) one.remove_prefix(1);
      while (one.ends_with('>')) one.remove_suffix(1);
      return !blank(one);
    });
  };
}

constexpr std::array kFormatInstructions{
    InstructionEntry{"detectable_content:number_placeholders", number_placeholders},
    InstructionEntry{"detectable_content:postscript", postscript},
    InstructionEntry{"detectable_format:number_bullet_lists", number_bullet_lists},
    InstructionEntry{"detectable_format:constrained_response", constrained_response},
    InstructionEntry{"detectable_format:number_highlighted_sections", number_highlighted_sections},
    InstructionEntry{"detectable_format:multiple_sections", multiple_sections},
    InstructionEntry{"detectable_format:json_format", json_format},
    InstructionEntry{"detectable_format:title", title},
};

}  // namespace

std::span<const InstructionEntry> format_instructions() {
  return kFormatInstructions;
}

}  // namespace assay::evaluator
