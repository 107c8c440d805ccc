// numeric: a number that the answer gives is the expected one, in decimal arithmetic.
#include "evaluator/methods.h"

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/any_of.h"
#include "evaluator/latex.h"
#include "evaluator/numbers.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

enum class Pick { last, first, any, boxed, whole };

/// Digits of tolerances and expected numbers: far more than anybody means, few enough that multiplying a
/// number of a million digits by one stays quick.
constexpr std::size_t kMaxDigits = 1000;

struct Rules {
  Pick pick = Pick::last;
  NumberFormat format;
  Percent percent = Percent::strip;
  Decimal abs;
  Decimal rel;
  bool exact() const { return abs.is_zero() && rel.is_zero(); }
};

std::string brief(std::string_view text) {
  return printable(text.substr(0, 100), 40);
}

class Numeric final : public Evaluator {
 public:
  Numeric(Rules rules, const NumberToken& target)
      : rules_(std::move(rules)), target_(value_of(target, rules_.percent)), shown_(brief(shown(target))) {}

  Judgement judge(const Subject& subject) const override {
    if (rules_.pick != Pick::boxed) return judge_text(subject.text);
    const std::optional<std::string_view> box = last_boxed(subject.text);
    if (!box) return failed("no_answer", "no \\boxed{…} in the answer");
    return judge_text(without_number_markup(*box));
  }

 private:
  Judgement judge_text(std::string_view text) const {
    NumberScanner scanner(text, rules_.format);
    std::optional<NumberToken> chosen;
    for (std::optional<NumberToken> token = scanner.next(); token; token = scanner.next()) {
      if (rules_.percent == Percent::require && !token->percent) continue;
      const bool stop = rules_.pick == Pick::first || (rules_.pick == Pick::any && agrees(*token));
      if (chosen && !stop && must_be_one() && differ(*chosen, *token)) return two_numbers(*chosen, *token);
      chosen = std::move(token);
      if (stop) break;
    }
    if (!chosen)
      return failed("no_answer", rules_.percent == Percent::require ? "no number with %" : "no number");
    if (rules_.pick == Pick::whole && !holds_only_numbers(text, rules_.format)) {
      return failed("no_answer", "more than a number: " + as_quoted(text));
    }
    return verdict_on(*chosen, text);
  }

  bool must_be_one() const { return rules_.pick == Pick::boxed || rules_.pick == Pick::whole; }

  bool differ(const NumberToken& a, const NumberToken& b) const {
    if (a.literal == b.literal && a.divisor == b.divisor && a.percent == b.percent) return false;
    // Numbers of an answer are never multiplied with each other, because both may have a million digits. So
    // 1/2 and 2/4 count as two.
    if (!a.divisor.empty() || !b.divisor.empty()) return true;
    return !equal(value_of(a, rules_.percent), value_of(b, rules_.percent));
  }

  bool agrees(const NumberToken& token) const {
    const Rational value = value_of(token, rules_.percent);
    return rules_.exact() ? equal(value, target_) : near(value, target_, rules_.abs, rules_.rel);
  }

  static Judgement two_numbers(const NumberToken& a, const NumberToken& b) {
    return failed("ambiguous", fmt::format("two numbers: {} and {}", brief(shown(a)), brief(shown(b))));
  }

  Judgement verdict_on(const NumberToken& token, std::string_view text) const {
    const std::string got = brief(shown(token));
    const bool yes = agrees(token);
    const std::string_view sign = rules_.exact() ? (yes ? "=" : "≠") : (yes ? "≈" : "is not near");
    Judgement judgement = matched(yes, fmt::format("{} {} {}", got, sign, shown_));
    judgement.read = excerpt(text.substr(token.begin, token.end - token.begin));
    return judgement;
  }

  Rules rules_;
  Rational target_;
  std::string shown_;
};

Pick pick_of(std::string_view word) {
  if (word == "first") return Pick::first;
  if (word == "any") return Pick::any;
  if (word == "boxed") return Pick::boxed;
  return word == "whole" ? Pick::whole : Pick::last;
}

Percent percent_of(std::string_view word) {
  if (word == "scale") return Percent::scale;
  return word == "require" ? Percent::require : Percent::strip;
}

/// A tolerance: absent when it is negative or longer than anybody means.
std::optional<Decimal> tolerance_of(const Options& options, std::string_view name) {
  std::optional<Decimal> value = decimal_from(options.text(name, "0"));
  if (!value || value->negative || value->digits.size() > kMaxDigits) return std::nullopt;
  return value;
}

Error bad_target(const record::Value& value) {
  const std::string what =
      value.is_scalar() ? as_quoted(as_text(value)) : std::string(record::name_of(value.kind));
  return suite_error(fmt::format("the value of numeric is {}", what),
                     "a number, such as 42, -1.5, 1e3 or 50%, or a list of accepted ones",
                     "For text use equals or contains");
}

MadeEvaluator make_one(const Recipe& recipe) {
  const Options options(recipe.options);
  Rules rules;
  rules.pick = pick_of(options.text("pick", "last"));
  rules.percent = percent_of(options.text("percent", "strip"));
  rules.format = {.decimal = options.text("decimal", ".")[0],
                  .fractions = options.boolean("fractions", false)};
  for (const auto& [name, place] : {std::pair{"abs", &rules.abs}, std::pair{"rel", &rules.rel}}) {
    std::optional<Decimal> value = tolerance_of(options, name);
    if (!value) {
      return fail(
          suite_error(fmt::format("option '{}' of numeric is {}", name, as_quoted(options.text(name, ""))),
                      "a number that is not negative"));
    }
    *place = std::move(*value);
  }
  if (!recipe.value->is_scalar()) return fail(bad_target(*recipe.value));
  const std::string text = as_text(*recipe.value);
  const std::optional<NumberToken> target = read_written_number(text, rules.format);
  if (!target || text.size() > kMaxDigits) return fail(bad_target(*recipe.value));
  return std::make_unique<Numeric>(std::move(rules), *target);
}

}  // namespace

MadeEvaluator make_numeric(const Recipe& recipe) {
  if (recipe.value->kind == record::Value::Kind::list) return make_any_of(recipe, make_one);
  return make_one(recipe);
}

}  // namespace assay::evaluator
