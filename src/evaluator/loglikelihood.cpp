// loglikelihood: the right one of the case's choices is the likeliest, or the right ones have most of the
// mass (TruthfulQA's MC1 and MC2). Judges the figures that a suite with `method: loglikelihood` leaves;
// docs/evaluators.md, "loglikelihood".
#include "evaluator/methods.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/choices.h"
#include "evaluator/options.h"
#include "evaluator/unicode.h"
#include "record/choice_score.h"

namespace assay::evaluator {
namespace {

enum class By { acc, acc_norm, acc_bytes, mc1, mc2 };

using Scored = std::vector<record::ScoredChoice>;
using Places = std::vector<std::size_t>;

std::size_t characters_of(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) at += code_point_at(text, at).length;
  return count;
}

/// mc2: more of the mass is on the right choices than on the wrong ones.
constexpr double kHalf = 0.5;

struct Option {
  std::string label;
  std::string text;  ///< without the delimiter
};

/// The likelihood by which the choice is compared.
double figure(const Option& option, double log_likelihood, By by) {
  const std::size_t length = by == By::acc_norm    ? characters_of(option.text)
                             : by == By::acc_bytes ? option.text.size()
                                                   : 1;
  return log_likelihood / static_cast<double>(std::max<std::size_t>(length, 1));
}

bool is_in(const Places& places, std::size_t i) {
  return std::find(places.begin(), places.end(), i) != places.end();
}

Json table_of(const std::vector<Option>& options, const Scored& scored, const Places& targets) {
  Json table = Json::array();
  for (std::size_t i = 0; i < options.size(); ++i) {
    Json row = record::to_json(scored[i].score);
    row["label"] = options[i].label;
    row["text"] = scored[i].text;
    row["per_character"] = figure(options[i], scored[i].score.log_likelihood, By::acc_norm);
    row["per_byte"] = figure(options[i], scored[i].score.log_likelihood, By::acc_bytes);
    if (is_in(targets, i)) row["right"] = true;
    table.push_back(std::move(row));
  }
  return table;
}

/// Σ over the right choices of exp(LL) ÷ Σ over all. The greatest LL is taken off first: a text of 100 tokens
/// has an LL of −300, whose exp is 0.
double mass_of(const Scored& scored, const Places& targets) {
  double greatest = scored.front().score.log_likelihood;
  for (const record::ScoredChoice& one : scored) greatest = std::max(greatest, one.score.log_likelihood);
  double right = 0;
  double all = 0;
  for (std::size_t i = 0; i < scored.size(); ++i) {
    const double mass = std::exp(scored[i].score.log_likelihood - greatest);
    all += mass;
    right += is_in(targets, i) ? mass : 0;
  }
  return right / all;
}

class LogLikelihood final : public Evaluator {
 public:
  /// `targets` holds at least one place of `options`.
  LogLikelihood(std::vector<Option> options, Places targets, By by)
      : options_(std::move(options)), targets_(std::move(targets)), by_(by) {}

  Judgement judge(const Subject& subject) const override {
    if (subject.sample.finish != record::kScored)
      return ungraded("no_measurement", "the sample has an answer and no log-likelihoods");
    const auto scored = record::scores_from(subject.sample.output);
    if (!scored) return broken("the sample's log-likelihoods cannot be read");
    if (!are_ours(*scored))
      return ungraded("no_measurement", "the case's choices are not those that were scored");
    Judgement judgement = by_ == By::mc2 ? by_mass(*scored) : by_likeliest(*scored);
    judgement.table = table_of(options_, *scored, targets_);
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

  Judgement by_mass(const Scored& scored) const {
    const double mass = mass_of(scored, targets_);
    std::vector<std::string> labels;
    for (const std::size_t target : targets_) labels.push_back(options_[target].label);
    return assay::evaluator::scored(mass, kHalf,
                                    fmt::format("{:.6f} of the mass is on {}", mass, join(labels, ", ")));
  }

  /// mc1 sets the first of the right ones beside the wrong ones; the other right ones are not looked at.
  bool takes_part(std::size_t i) const {
    return by_ != By::mc1 || i == targets_.front() || !is_in(targets_, i);
  }

  Judgement by_likeliest(const Scored& scored) const {
    const auto value = [&](std::size_t i) {
      return figure(options_[i], scored[i].score.log_likelihood, by_);
    };
    std::optional<std::size_t> best;
    bool tied = false;
    for (std::size_t i = 0; i < scored.size(); ++i) {
      if (!takes_part(i)) continue;
      if (!best || value(i) > value(*best)) {
        best = i;
        tied = false;
      } else {
        tied = tied || value(i) == value(*best);
      }
    }
    const std::string got = fmt::format("{} at {:.4f}", options_[*best].label, value(*best));
    const bool right = is_in(targets_, *best);
    const std::size_t first = targets_.front();
    Judgement judgement = matched(
        right,
        right ? got : fmt::format("expected {} at {:.4f}, got {}", options_[first].label, value(first), got));
    judgement.read = options_[*best].label;
    if (tied) judgement.flags.emplace_back("tied_choices");
    return judgement;
  }

  std::vector<Option> options_;
  Places targets_;
  By by_;
};

By by_of(const std::string& word) {
  return word == "acc_norm"    ? By::acc_norm
         : word == "acc_bytes" ? By::acc_bytes
         : word == "mc1"       ? By::mc1
         : word == "mc2"       ? By::mc2
                               : By::acc;
}

}  // namespace

MadeEvaluator make_loglikelihood(const Recipe& recipe) {
  const By by = by_of(Options(recipe.options).text("by", "acc"));
  // Looked at without its case, a check has nothing that could be wrong.
  if (recipe.setting.test_case == nullptr)
    return std::make_unique<LogLikelihood>(std::vector<Option>{}, Places{0}, by);
  const std::vector<record::Value>& values = recipe.setting.test_case->choices;
  const Result<std::vector<Choice>> choices = choices_from(values);
  if (!choices) return fail(choices.error());
  const Result<Places> targets = targets_of(*recipe.value, *choices);
  if (!targets) return fail(targets.error());
  if (targets->size() == choices->size())
    return fail(suite_error("every choice is right", "at least one that is not"));
  std::vector<Option> options;
  for (std::size_t i = 0; i < values.size(); ++i)
    options.push_back({.label = (*choices)[i].label, .text = record::choice_text(values[i])});
  return std::make_unique<LogLikelihood>(std::move(options), *targets, by);
}

}  // namespace assay::evaluator
