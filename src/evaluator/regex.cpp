// regex: a pattern matches somewhere in the text, or (full) all of it.
#include "evaluator/methods.h"

#include <fmt/format.h>

#include "evaluator/options.h"
#include "evaluator/pattern.h"

namespace assay::evaluator {
namespace {

class Regex final : public Evaluator {
 public:
  Regex(Pattern pattern, std::string shown) : pattern_(std::move(pattern)), shown_(std::move(shown)) {}

  Judgement judge(const Subject& subject) const override {
    const MatchResult result = pattern_.match(subject.text);
    if (result.state == MatchState::limit) return broken(result.trouble);
    if (result.state == MatchState::none) return failed("mismatch", shown_ + " does not match");
    const GroupSpan whole = result.match.groups[0].value_or(GroupSpan{});
    const std::string_view read = subject.text.substr(whole.begin, whole.end - whole.begin);
    Judgement judgement = passed(fmt::format("{} matches {}", shown_, as_quoted(read)));
    judgement.read = excerpt(read);
    return judgement;
  }

 private:
  Pattern pattern_;
  std::string shown_;
};

}  // namespace

MadeEvaluator make_regex(const Recipe& recipe) {
  if (!recipe.value->is_scalar() || recipe.value->kind == record::Value::Kind::null) {
    return fail(suite_error(fmt::format("the value of regex is {}", record::name_of(recipe.value->kind)),
                            "a pattern"));
  }
  const std::string pattern = as_text(*recipe.value);
  if (pattern.empty()) {
    return fail(
        suite_error("the pattern of regex is empty", "a pattern", "An empty pattern matches every answer"));
  }
  const Options options(recipe.options);
  Result<Pattern> compiled =
      Pattern::compile(pattern, {.flags = options.text("flags", ""), .full = options.boolean("full", false)});
  if (!compiled) return fail(compiled.error());
  return std::make_unique<Regex>(std::move(*compiled), as_quoted(pattern));
}

}  // namespace assay::evaluator
