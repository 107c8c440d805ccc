// loglikelihood: the right one of the case's choices is the likeliest. Judges the figures that a suite with
// `method: loglikelihood` leaves; docs/evaluators.md, "loglikelihood".
#include "evaluator/methods.h"

#include <algorithm>

#include <fmt/format.h>

#include "evaluator/choices.h"
#include "evaluator/options.h"
#include "evaluator/unicode.h"
#include "record/choice_score.h"

namespace assay::evaluator {
namespace {

enum class By { acc, acc_norm, acc_bytes };

std::size_t characters_of(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) at += code_point_at(text, at).length;
  return count;
}

struct Option {
  std::string label;
  std::string text;  ///< without the delimiter
};

/// The likelihood by which the choice is compared.
double figure(const Option& option, double log_likelihood, By by) {
  const std::size_t length = by == By::acc        ? 1
                             : by == By::acc_norm ? characters_of(option.text)
                                                  : option.text.size();
  return log_likelihood / static_cast<double>(std::max<std::size_t>(length, 1));
}

Json table_of(const std::vector<Option>& options, const std::vector<record::ScoredChoice>& scored,
              std::size_t target) {
  Json table = Json::array();
  for (std::size_t i = 0; i < options.size(); ++i) {
    Json row = record::to_json(scored[i].score);
    row["label"] = options[i].label;
    row["text"] = scored[i].text;
    row["per_character"] = figure(options[i], scored[i].score.log_likelihood, By::acc_norm);
    row["per_byte"] = figure(options[i], scored[i].score.log_likelihood, By::acc_bytes);
    if (i == target) row["right"] = true;
    table.push_back(std::move(row));
  }
  return table;
}

class LogLikelihood final : public Evaluator {
 public:
  LogLikelihood(std::vector<Option> options, std::size_t target, By by)
      : options_(std::move(options)), target_(target), by_(by) {}

  Judgement judge(const Subject& subject) const override {
    if (subject.sample.finish != record::kScored)
      return ungraded("no_measurement", "the sample has an answer and no log-likelihoods");
    const auto scored = record::scores_from(subject.sample.output);
    if (!scored) return broken("the sample's log-likelihoods cannot be read");
    if (!are_ours(*scored))
      return ungraded("no_measurement", "the case's choices are not those that were scored");
    const auto value = [&](std::size_t i) {
      return figure(options_[i], (*scored)[i].score.log_likelihood, by_);
    };
    std::size_t best = 0;
    std::size_t equal = 1;
    for (std::size_t i = 1; i < options_.size(); ++i) {
      if (value(i) == value(best)) ++equal;
      if (value(i) <= value(best)) continue;
      best = i;
      equal = 1;
    }
    const std::string got = fmt::format("{} at {:.4f}", options_[best].label, value(best));
    Judgement judgement =
        matched(best == target_, best == target_ ? got
                                                 : fmt::format("expected {} at {:.4f}, got {}",
                                                               options_[target_].label, value(target_), got));
    judgement.read = options_[best].label;
    judgement.table = table_of(options_, *scored, target_);
    if (equal > 1) judgement.flags.emplace_back("tied_choices");
    if (std::any_of(scored->begin(), scored->end(),
                    [](const record::ScoredChoice& one) { return one.score.inside_token; }))
      judgement.flags.emplace_back("boundary_inside_token");
    return judgement;
  }

 private:
  /// A suite may have been edited since the run.
  bool are_ours(const std::vector<record::ScoredChoice>& scored) const {
    return std::equal(scored.begin(), scored.end(), options_.begin(), options_.end(),
                      [](const record::ScoredChoice& one, const Option& option) {
                        return std::string_view(one.text).ends_with(option.text);
                      });
  }

  std::vector<Option> options_;
  std::size_t target_;
  By by_;
};

}  // namespace

MadeEvaluator make_loglikelihood(const Recipe& recipe) {
  const std::string word = Options(recipe.options).text("by", "acc");
  const By by = word == "acc_norm" ? By::acc_norm : word == "acc_bytes" ? By::acc_bytes : By::acc;
  // Looked at without its case, a check has nothing that could be wrong.
  if (recipe.setting.test_case == nullptr)
    return std::make_unique<LogLikelihood>(std::vector<Option>{}, 0, by);
  const std::vector<record::Value>& values = recipe.setting.test_case->choices;
  const Result<std::vector<Choice>> choices = choices_from(values);
  if (!choices) return fail(choices.error());
  const Result<std::size_t> target = target_of(*recipe.value, *choices);
  if (!target) return fail(target.error());
  std::vector<Option> options;
  for (std::size_t i = 0; i < values.size(); ++i)
    options.push_back({.label = (*choices)[i].label, .text = record::choice_text(values[i])});
  return std::make_unique<LogLikelihood>(std::move(options), *target, by);
}

}  // namespace assay::evaluator
