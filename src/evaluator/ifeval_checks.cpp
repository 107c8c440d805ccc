#include "evaluator/ifeval_checks.h"

#include <utility>

#include "evaluator/evaluator.h"
#include "evaluator/ifeval_table.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

using record::Value;

class Tested final : public Instruction {
 public:
  explicit Tested(InstructionTest test) : test_(std::move(test)) {}
  bool follows(std::string_view text) const override { return test_(text); }

 private:
  InstructionTest test_;
};

const InstructionEntry* find_instruction(std::string_view id) {
  for (const auto family : {keyword_instructions(), length_instructions(), format_instructions(),
                            frame_instructions(), language_instructions()}) {
    for (const InstructionEntry& entry : family) {
      if (entry.id == id) return &entry;
    }
  }
  return nullptr;
}

}  // namespace

MadeInstruction make_instruction(std::string_view id, const Value& kwargs) {
  const InstructionEntry* entry = find_instruction(id);
  if (entry == nullptr)
    return fail(suite_error("unknown instruction " + as_quoted(id),
                            "one of IFEval's ids, such as punctuation:no_comma"));
  InstructionArgs args(id, kwargs);
  InstructionTest test = entry->make(args);
  if (std::optional<Error> error = args.error()) return fail(*error);
  return std::make_unique<Tested>(std::move(test));
}

}  // namespace assay::evaluator
