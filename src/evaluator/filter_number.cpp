// boxed and number as filters.
#include "evaluator/filters.h"

#include "evaluator/latex.h"
#include "evaluator/numbers.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

class BoxedFilter final : public TextFilter {
 public:
  Filtered apply(std::string_view text, const FilterContext& /*context*/) const override {
    const std::optional<std::string_view> box = last_boxed(text);
    return box ? Filtered::part(*box) : Filtered::none();
  }
};

struct NumberRules {
  std::string pick;
  Percent percent = Percent::strip;
  NumberFormat format;
};

class NumberFilter final : public TextFilter {
 public:
  explicit NumberFilter(NumberRules rules) : rules_(std::move(rules)) {}

  Filtered apply(std::string_view text, const FilterContext& /*context*/) const override {
    if (rules_.pick != "boxed") return number_of(text);
    const std::optional<std::string_view> box = last_boxed(text);
    return box ? number_of(without_number_markup(*box)) : Filtered::none();
  }

 private:
  Filtered number_of(std::string_view text) const {
    NumberScanner scanner(text, rules_.format);
    std::optional<NumberToken> chosen;
    for (std::optional<NumberToken> token = scanner.next(); token; token = scanner.next()) {
      if (rules_.percent == Percent::require && !token->percent) continue;
      // One number must be meant; which of two different ones it is would be a guess.
      const bool single = rules_.pick == "boxed" || rules_.pick == "whole";
      if (chosen && single && shown(*chosen) != shown(*token)) return Filtered::none();
      chosen = std::move(token);
      if (rules_.pick == "first") break;
    }
    if (!chosen || (rules_.pick == "whole" && !holds_only_numbers(text, rules_.format)))
      return Filtered::none();
    return Filtered::text(plain(*chosen));
  }

  /// The sign of per cent stays where it has a meaning for what comes behind.
  std::string plain(NumberToken token) const {
    if (rules_.percent == Percent::strip) token.percent = false;
    return shown(token);
  }

  NumberRules rules_;
};

Percent percent_of(std::string_view word) {
  if (word == "scale") return Percent::scale;
  return word == "require" ? Percent::require : Percent::strip;
}

}  // namespace

MadeFilter make_boxed(std::string_view /*name*/, const record::Value& /*options*/) {
  return std::make_unique<BoxedFilter>();
}

MadeFilter make_number(std::string_view /*name*/, const record::Value& options) {
  const Options read(options);
  NumberRules rules;
  rules.pick = read.text("pick", "last");
  rules.percent = percent_of(read.text("percent", "strip"));
  rules.format = {.decimal = read.text("decimal", ".")[0], .fractions = read.boolean("fractions", false)};
  return std::make_unique<NumberFilter>(std::move(rules));
}

}  // namespace assay::evaluator
