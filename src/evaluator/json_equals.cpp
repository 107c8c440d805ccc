// json-equals: the whole text is JSON and deeply equal to the expected value.
#include "evaluator/methods.h"

#include <fmt/format.h>

#include "evaluator/json_compare.h"
#include "evaluator/json_pointer.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

class JsonEquals final : public Evaluator {
 public:
  /// `text` is JSON; the tree points into it, so the object stays where it is (the table hands out pointers).
  JsonEquals(std::string text, JsonRules rules, bool refuse_duplicates)
      : text_(std::move(text)), rules_(std::move(rules)), refuse_duplicates_(refuse_duplicates) {}
  JsonEquals(const JsonEquals&) = delete;
  JsonEquals& operator=(const JsonEquals&) = delete;

  /// Called once, before judge(). The fault of the expected text, when it is no JSON.
  std::optional<JsonFault> parse() {
    tl::expected<JsonTree, JsonFault> tree = parse_json_text(text_);
    if (!tree) return tree.error();
    expected_ = std::move(*tree);
    expected_.nodes.shrink_to_fit();
    return std::nullopt;
  }
  bool expects_duplicates() const { return expected_.duplicate.has_value(); }

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
    JsonDifference difference = compare(expected_, *answer, rules_);
    if (difference.outcome == JsonOutcome::limit) return broken(std::move(difference.reason));
    const bool same = difference.outcome == JsonOutcome::equal;
    Judgement judgement = matched(same, same ? "equals the expected JSON" : std::move(difference.reason));
    if (answer->duplicate) judgement.flags.emplace_back("duplicate_names");
    return judgement;
  }

 private:
  std::string text_;
  JsonRules rules_;
  bool refuse_duplicates_;
  JsonTree expected_;
};

Error no_json(const std::string& text, const JsonFault& fault) {
  return suite_error(fmt::format("the value of json-equals is {}, no JSON at offset {}: {}", as_quoted(text),
                                 fault.offset, fault.what),
                     "a list, a mapping, a number, or JSON as text",
                     "A JSON string needs its own quotes: '\"text\"'");
}

MadeEvaluator make_from(const std::string& text, JsonRules rules, bool refuse_duplicates) {
  auto evaluator = std::make_unique<JsonEquals>(text, std::move(rules), refuse_duplicates);
  if (const std::optional<JsonFault> fault = evaluator->parse()) return fail(no_json(text, *fault));
  if (evaluator->expects_duplicates()) {
    return fail(suite_error("the value of json-equals has a name twice in one object", "unique names"));
  }
  return evaluator;
}

}  // namespace

MadeEvaluator make_json_equals(const Recipe& recipe) {
  const Options options(recipe.options);
  JsonRules rules;
  rules.by_value = options.text("numbers", "strict") == "value";
  rules.any_order = options.text("order", "strict") == "any";
  rules.ignore_extra = options.text("extra", "fail") == "ignore";
  rules.ignore = options.texts("ignore", {});
  for (const std::string& pointer : rules.ignore) {
    if (is_pointer(pointer)) continue;
    return fail(suite_error(fmt::format("option 'ignore' of json-equals has {}", as_quoted(pointer)),
                            "JSON pointers (RFC 6901)", "Write /name, or /list/0"));
  }
  const std::optional<Decimal> tolerance = decimal_from(options.text("tolerance", "0"));
  if (!tolerance || tolerance->negative) {
    return fail(suite_error(
        fmt::format("option 'tolerance' of json-equals is {}", as_quoted(options.text("tolerance", ""))),
        "a number that is not negative"));
  }
  rules.tolerance = *tolerance;
  // Text is JSON that somebody put in quotes; anything else has been read as the value it is.
  const bool text = recipe.value->kind == record::Value::Kind::text;
  return make_from(text ? recipe.value->text : json_text_of(*recipe.value), std::move(rules),
                   options.text("duplicates", "flag") == "fail");
}

MadeEvaluator make_structure_equals(const record::Value& value) {
  JsonRules rules;
  rules.by_value = true;
  return make_from(json_text_of(value), std::move(rules), false);
}

}  // namespace assay::evaluator
