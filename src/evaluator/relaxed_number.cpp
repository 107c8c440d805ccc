// relaxed-number: a number within a share of the expected one, as ChartQA scores charts (Methani 2020, Masry
// 2022).
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "base/python.h"
#include "evaluator/decimal.h"
#include "evaluator/methods.h"
#include "evaluator/numbers.h"
#include "evaluator/options.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

/// As the reference reads: Python's float(), and a final % divides by 100.
std::optional<double> strict_number(std::string_view text) {
  if (!text.ends_with('%')) return python_float(text);
  while (text.ends_with('%')) text.remove_suffix(1);
  const std::optional<double> number = python_float(text);
  return number ? std::optional(*number / 100.0) : std::nullopt;
}

/// As numeric reads one number that is all of the text.
std::optional<double> plain_number(std::string_view text) {
  const std::optional<NumberToken> token = read_written_number(text, {});
  if (!token) return std::nullopt;
  const double number = std::strtod(token->literal.c_str(), nullptr);
  return token->percent ? number / 100.0 : number;
}

bool looks_like_a_year(double number) {
  return number == std::floor(number) && number >= 1000 && number <= 2100;
}

class RelaxedNumber final : public Evaluator {
 public:
  RelaxedNumber(std::string wanted, double share, bool strict)
      : wanted_(std::move(wanted)), share_(share), strict_(strict), target_(read(wanted_)) {}

  Judgement judge(const Subject& subject) const override {
    const std::optional<double> got = read(subject.text);
    if (!target_ || !got || (strict_ && *target_ == 0)) return same_text(subject.text);
    const double off =
        *target_ == 0 ? (*got == 0 ? 0 : INFINITY) : std::fabs(*got - *target_) / std::fabs(*target_);
    Judgement judgement =
        matched(off <= share_, fmt::format("{} against {}, off by {:.4g} %", as_quoted(subject.text),
                                           as_quoted(wanted_), 100 * off));
    // 2013 passes for 2010: the rule is meant for quantities.
    if (off > 0 && off <= share_ && looks_like_a_year(*target_)) judgement.flags.emplace_back("relaxed_year");
    return judgement;
  }

 private:
  std::optional<double> read(std::string_view text) const {
    return strict_ ? strict_number(text) : plain_number(text);
  }

  Judgement same_text(std::string_view text) const {
    return matched(lower(text) == lower(wanted_),
                   fmt::format("expected {}, got {}", as_quoted(wanted_), as_quoted(text)));
  }

  std::string wanted_;
  double share_;
  bool strict_;
  std::optional<double> target_;
};

}  // namespace

MadeEvaluator make_relaxed_number(const Recipe& recipe) {
  if (!recipe.value->is_scalar())
    return fail(suite_error("the value of relaxed-number is no text or number", "one text or number"));
  const Options options(recipe.options);
  const std::string rel = options.text("rel", "0.05");
  const double share = decimal_from(rel) ? std::strtod(rel.c_str(), nullptr) : -1;
  if (!(share >= 0 && share < 1)) {
    return fail(suite_error("option 'rel' of relaxed-number is " + as_quoted(rel), "a share from 0 to 1"));
  }
  return std::make_unique<RelaxedNumber>(as_text(*recipe.value), share,
                                         options.text("read", "strict") == "strict");
}

}  // namespace assay::evaluator
