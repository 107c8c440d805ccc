#include "evaluator/ifeval_checks.h"

#include <algorithm>
#include <utility>

#include "evaluator/evaluator.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

class Tested final : public Instruction {
 public:
  explicit Tested(InstructionTest test) : test_(std::move(test)) {}
  bool follows(std::string_view text) const override { return test_(text); }

 private:
  InstructionTest test_;
};

const InstructionEntry* entry_of(std::string_view id) {
  for (const std::span<const InstructionEntry> group : {word_instructions(), form_instructions()}) {
    const auto at =
        std::find_if(group.begin(), group.end(), [&](const InstructionEntry& one) { return one.id == id; });
    if (at != group.end()) return &*at;
  }
  return nullptr;
}

}  // namespace

MadeInstruction make_instruction(std::string_view id, const record::Value& kwargs) {
  if (id == "language:response_language") {
    return fail(suite_error(
        "the instruction language:response_language needs a language detector, and this build has none",
        "another instruction", "Leave such rows out"));
  }
  const InstructionEntry* entry = entry_of(id);
  if (entry == nullptr)
    return fail(suite_error("unknown instruction " + as_quoted(id),
                            "one of IFEval's ids, such as punctuation:no_comma"));
  InstructionArgs args(id, kwargs);
  InstructionTest test = entry->make(args);
  if (std::optional<Error> error = args.error()) return fail(*error);
  return std::make_unique<Tested>(std::move(test));
}

}  // namespace assay::evaluator
