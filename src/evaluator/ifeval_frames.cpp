// combination, startend and punctuation: what an answer as a whole is made of.
#include <array>

#include "evaluator/ifeval_table.h"
#include "evaluator/ifeval_text.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

InstructionTest two_responses(InstructionArgs& /*args*/) {
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

constexpr std::array kFrameInstructions{
    InstructionEntry{"combination:two_responses", two_responses},
    InstructionEntry{"combination:repeat_prompt", repeat_prompt},
    InstructionEntry{"startend:end_checker", end_checker},
    InstructionEntry{"startend:quotation", quotation},
    InstructionEntry{"punctuation:no_comma", no_comma},
};

}  // namespace

std::span<const InstructionEntry> frame_instructions() {
  return kFrameInstructions;
}

}  // namespace assay::evaluator
