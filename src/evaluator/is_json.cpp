// is-json: the whole text is one JSON value.
#include "evaluator/methods.h"

#include <fmt/format.h>

#include "evaluator/json_text.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

class IsJson final : public Evaluator {
 public:
  explicit IsJson(bool refuse_duplicates) : refuse_duplicates_(refuse_duplicates) {}

  Judgement judge(const Subject& subject) const override {
    const tl::expected<JsonTree, JsonFault> answer = parse_json_text(subject.text);
    if (!answer) {
      return failed("bad_format",
                    fmt::format("no JSON at offset {}: {}", answer.error().offset, answer.error().what));
    }
    if (answer->duplicate && refuse_duplicates_) {
      return failed("bad_format",
                    fmt::format("a name twice in one object, at offset {}", *answer->duplicate));
    }
    Judgement judgement = passed(fmt::format("is JSON ({})", name_of(answer->nodes[0].kind)));
    if (answer->duplicate) judgement.flags.emplace_back("duplicate_names");
    return judgement;
  }

 private:
  bool refuse_duplicates_;
};

}  // namespace

MadeEvaluator make_is_json(const Recipe& recipe) {
  return std::make_unique<IsJson>(Options(recipe.options).text("duplicates", "flag") == "fail");
}

}  // namespace assay::evaluator
