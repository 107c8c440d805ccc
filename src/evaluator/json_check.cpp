// is-json, contains-json, json-schema: JSON stands in the text, and fits a schema.
#include "evaluator/methods.h"

#include <fmt/format.h>

#include "evaluator/json_schema.h"
#include "evaluator/json_text.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

enum class Find { whole, first, any };

struct JsonWanted {
  Find find = Find::whole;
  JsonKinds kinds;
  bool refuse_duplicates = false;
  std::optional<JsonSchema> schema;
};

class JsonCheck final : public Evaluator {
 public:
  explicit JsonCheck(JsonWanted wanted) : wanted_(std::move(wanted)) {}

  Judgement judge(const Subject& subject) const override {
    if (wanted_.find != Find::whole) return search(subject.text);
    const tl::expected<JsonTree, JsonFault> answer = parse_json_text(subject.text);
    if (answer) return look_at(*answer, fmt::format("is JSON ({})", name_of(answer->nodes[0].kind)));
    return failed("bad_format",
                  fmt::format("no JSON at offset {}: {}", answer.error().offset, answer.error().what));
  }

 private:
  Judgement look_at(const JsonTree& tree, std::string praise) const {
    if (tree.duplicate && wanted_.refuse_duplicates) {
      return failed("bad_format", fmt::format("a name twice in one object, at offset {}", *tree.duplicate));
    }
    Judgement judgement = passed(std::move(praise));
    if (wanted_.schema) {
      if (const std::optional<SchemaFault> fault = wanted_.schema->check(tree, 0)) {
        if (fault->limit) return broken(fault->what);
        judgement = failed("mismatch",
                           fmt::format("{}: {}: {}", fault->pointer.empty() ? "the value" : fault->pointer,
                                       fault->keyword, fault->what));
      }
    }
    if (tree.duplicate) judgement.flags.emplace_back("duplicate_names");
    return judgement;
  }

  /// The first value that fits, or with Find::first the first value; else what is wrong with the first one.
  Judgement search(std::string_view text) const {
    std::optional<Judgement> first;
    std::size_t budget = json_budget(text);
    for (std::size_t from = 0;;) {
      const JsonSearch found = find_json(text, wanted_.kinds, from, budget);
      if (found.limit) return broken("looking for JSON took more than its steps on this text");
      if (!found.place) break;
      const std::string_view value = text.substr(found.place->begin, found.place->end - found.place->begin);
      from = found.place->end;
      Judgement judgement = passed("value " + as_quoted(value));
      if (wanted_.schema || wanted_.refuse_duplicates) {
        const tl::expected<JsonTree, JsonFault> tree = parse_json_text(value);
        if (tree) judgement = look_at(*tree, std::move(judgement.detail));
      }
      judgement.read = excerpt(value);
      const bool done = wanted_.find == Find::first || judgement.mark != record::Mark::fail;
      if (done) return judgement;
      if (!first) first = std::move(judgement);
    }
    return first ? *std::move(first) : failed("bad_format", "no JSON value in the text");
  }

  JsonWanted wanted_;
};

Result<JsonKinds> kinds_from(const Recipe& recipe) {
  JsonKinds kinds{.objects = false, .arrays = false};
  for (const std::string& kind : Options(recipe.options).texts("kinds", {"object", "array"})) {
    if (kind != "object" && kind != "array") {
      return fail(suite_error(fmt::format("option 'kinds' of {} has {}", recipe.type, as_quoted(kind)),
                              "object or array"));
    }
    (kind == "object" ? kinds.objects : kinds.arrays) = true;
  }
  return kinds;
}

}  // namespace

MadeEvaluator make_json_check(const Recipe& recipe) {
  const Options options(recipe.options);
  JsonWanted wanted;
  const std::string find = options.text("find", recipe.type == "contains-json" ? "any" : "whole");
  wanted.find = find == "any" ? Find::any : find == "first" ? Find::first : Find::whole;
  const Result<JsonKinds> kinds = kinds_from(recipe);
  if (!kinds) return fail(kinds.error());
  wanted.kinds = *kinds;
  wanted.refuse_duplicates = options.text("duplicates", "flag") == "fail";
  if (recipe.value != nullptr) {
    Result<JsonSchema> schema = JsonSchema::make(*recipe.value);
    if (!schema) return fail(schema.error());
    wanted.schema = std::move(*schema);
  }
  return std::make_unique<JsonCheck>(std::move(wanted));
}

}  // namespace assay::evaluator
