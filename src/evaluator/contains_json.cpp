// contains-json: a JSON object or array stands somewhere in the text.
#include "evaluator/methods.h"

#include <fmt/format.h>

#include "evaluator/json_text.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

class ContainsJson final : public Evaluator {
 public:
  explicit ContainsJson(JsonKinds kinds) : kinds_(kinds) {}

  Judgement judge(const Subject& subject) const override {
    const JsonSearch search = find_json(subject.text, kinds_);
    if (search.limit) return broken("looking for JSON took more than its steps on this text");
    if (!search.place) return failed("bad_format", "no JSON value in the text");
    const std::string_view value =
        subject.text.substr(search.place->begin, search.place->end - search.place->begin);
    Judgement judgement = passed("value " + as_quoted(value));
    judgement.read = excerpt(value);
    return judgement;
  }

 private:
  JsonKinds kinds_;
};

}  // namespace

MadeEvaluator make_contains_json(const Recipe& recipe) {
  JsonKinds kinds{.objects = false, .arrays = false};
  for (const std::string& kind : Options(recipe.options).texts("kinds", {"object", "array"})) {
    if (kind != "object" && kind != "array") {
      return fail(suite_error(fmt::format("option 'kinds' of contains-json has {}", as_quoted(kind)),
                              "object or array"));
    }
    (kind == "object" ? kinds.objects : kinds.arrays) = true;
  }
  return std::make_unique<ContainsJson>(kinds);
}

}  // namespace assay::evaluator
