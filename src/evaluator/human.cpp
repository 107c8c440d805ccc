// human: people decide, after the run.
#include <algorithm>

#include <fmt/format.h>

#include "evaluator/methods.h"
#include "evaluator/options.h"
#include "evaluator/ratings.h"

namespace assay::evaluator {
namespace {

constexpr double kDefaultThreshold = 0.5;

class Human final : public Evaluator {
 public:
  Human(double threshold, std::string name, std::shared_ptr<const Ratings> ratings)
      : threshold_(threshold), name_(std::move(name)), ratings_(std::move(ratings)) {}

  Judgement judge(const Subject& subject) const override {
    const std::vector<Rating> said = said_of(subject.sample.sequence);
    return said.empty() ? ungraded("awaiting_human", "nobody has rated this answer") : count(said);
  }

 private:
  /// Of each rater what names this check, else what names none.
  std::vector<Rating> said_of(std::uint64_t sequence) const {
    std::vector<Rating> said;
    if (ratings_ == nullptr) return said;
    const auto at = ratings_->find(sequence);
    if (at == ratings_->end()) return said;
    const auto names_this = [&](const Rating& one) { return one.check == name_; };
    for (const Rating& one : at->second) {
      const bool beside = std::any_of(at->second.begin(), at->second.end(), [&](const Rating& other) {
        return other.rater == one.rater && names_this(other);
      });
      if (names_this(one) || (one.check.empty() && !beside)) said.push_back(one);
    }
    return said;
  }

  /// The majority decides. People who disagree evenly have not decided: another rating is awaited.
  Judgement count(const std::vector<Rating>& ratings) const {
    std::size_t pass = 0;
    double sum = 0;
    Json votes = Json::array();
    for (const Rating& rating : ratings) {
      const bool passes = rating.score >= threshold_;
      pass += passes ? 1 : 0;
      sum += rating.score;
      votes.push_back({{"rater", rating.rater}, {"pass", passes}, {"score", rating.score}});
      if (!rating.comment.empty()) votes.back()["reason"] = rating.comment;
      if (!rating.time.empty()) votes.back()["time"] = rating.time;
    }
    const std::size_t n = ratings.size();
    const std::string detail = fmt::format("{} of {} {} pass", pass, n, n == 1 ? "rater" : "raters");
    Judgement judgement =
        2 * pass == n ? ungraded("awaiting_human", detail + ", a tie") : matched(2 * pass > n, detail);
    if (2 * pass != n) judgement.score = sum / static_cast<double>(n);
    judgement.votes = std::move(votes);
    return judgement;
  }

  double threshold_;
  std::string name_;
  std::shared_ptr<const Ratings> ratings_;
};

}  // namespace

std::string name_for_raters(std::string_view metric, const record::Value* asked) {
  if (!metric.empty()) return std::string(metric);
  return asked != nullptr ? as_text(*asked) : "human";
}

MadeEvaluator make_human(const Recipe& recipe) {
  const double threshold = recipe.threshold.value_or(kDefaultThreshold);
  if (threshold > 1)
    return fail(suite_error(fmt::format("threshold of human is {}", threshold), "a rating from 0 to 1"));
  return std::make_unique<Human>(threshold, name_for_raters(recipe.metric, recipe.value),
                                 recipe.setting.ratings);
}

}  // namespace assay::evaluator
