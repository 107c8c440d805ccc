// ifeval: instructions that a program can check (Zhou 2023). Strict looks at the answer; loose forgives a
// first or last line and stars.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/ifeval_checks.h"
#include "evaluator/language_detector.h"
#include "evaluator/methods.h"
#include "evaluator/options.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

using record::Value;

/// Our language detector, sentence splitter and word reader are not those of the reference.
const std::string& signature() {
  static const std::string text =
      fmt::format("ifeval|lang:{}|sentences:ends-1|words:hyphen-1|v2", language_detector());
  return text;
}

/// The eight forms of the loose reading: as it is, without first line, last line, both; each also without
/// stars.
std::vector<std::string> forms_of(std::string_view text) {
  const std::vector<std::string> lines = split(text, '\n');
  const auto part = [&](std::size_t from, std::size_t to) {
    std::vector<std::string> some;
    for (std::size_t i = from; i < std::min(to, lines.size()); ++i) some.push_back(lines[i]);
    return std::string(trim_space(join(some, "\n")));
  };
  const std::size_t n = lines.size();
  std::vector<std::string> forms{std::string(text), part(1, n), part(0, n - 1), part(1, n - 1)};
  for (std::size_t i = 0; i < 4; ++i) {
    std::string plain = forms[i];
    std::erase(plain, '*');
    forms.push_back(std::move(plain));
  }
  return forms;
}

class IfEval final : public Evaluator {
 public:
  IfEval(std::vector<std::string> ids, std::vector<std::unique_ptr<Instruction>> instructions)
      : ids_(std::move(ids)), instructions_(std::move(instructions)) {}

  Judgement judge(const Subject& subject) const override {
    std::size_t strict = 0;
    std::size_t loose = 0;
    std::string broken_ones;
    const std::vector<std::string> forms = forms_of(subject.text);
    for (std::size_t i = 0; i < instructions_.size(); ++i) {
      const Instruction& instruction = *instructions_[i];
      const auto holds = [&](const std::string& form) {
        return !trim_space(form).empty() && instruction.follows(form);
      };
      const bool followed = holds(forms.front());
      strict += followed ? 1 : 0;
      loose += followed || std::any_of(forms.begin() + 1, forms.end(), holds) ? 1 : 0;
      if (!followed) broken_ones += (broken_ones.empty() ? "" : ", ") + ids_[i];
    }
    const std::size_t all = instructions_.size();
    Judgement judgement =
        matched(strict == all, fmt::format("{} of {} instructions, loosely {}{}", strict, all, loose,
                                           broken_ones.empty() ? "" : "; not " + broken_ones));
    judgement.counts = {{"kind", "ifeval"},
                        {"signature", signature()},
                        {"n", {strict == all ? 1 : 0, loose == all ? 1 : 0, strict, loose, all, 1}}};
    return judgement;
  }

 private:
  std::vector<std::string> ids_;
  std::vector<std::unique_ptr<Instruction>> instructions_;
};

}  // namespace

MadeEvaluator make_ifeval(const Recipe& recipe) {
  const Value* ids = recipe.value->find("instruction_id_list");
  const Value* kwargs = recipe.value->find("kwargs");
  if (ids == nullptr || ids->kind != Value::Kind::list || ids->items.empty()) {
    return fail(suite_error("the value of ifeval has no instruction_id_list",
                            "a mapping: {instruction_id_list: [...], kwargs: [{...}]}"));
  }
  if (kwargs != nullptr && (kwargs->kind != Value::Kind::list || kwargs->items.size() != ids->items.size())) {
    return fail(suite_error(
        fmt::format("the value of ifeval has {} instructions and other kwargs", ids->items.size()),
        "one mapping of arguments for each instruction"));
  }
  std::vector<std::string> names;
  std::vector<std::unique_ptr<Instruction>> instructions;
  const Value none;
  for (std::size_t i = 0; i < ids->items.size(); ++i) {
    names.push_back(as_text(ids->items[i]));
    MadeInstruction made = make_instruction(names.back(), kwargs == nullptr ? none : kwargs->items[i]);
    if (!made) return fail(made.error());
    instructions.push_back(std::move(*made));
  }
  return std::make_unique<IfEval>(std::move(names), std::move(instructions));
}

}  // namespace assay::evaluator
