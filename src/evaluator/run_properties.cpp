// latency, ttft, tokens-per-second, finish-reason: what the record of the run says, whatever the answer is.
// The formulas are those of record/metrics.h.
#include "evaluator/methods.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/finish_word.h"
#include "evaluator/options.h"
#include "record/metrics.h"

namespace assay::evaluator {
namespace {

/// Flags that make the metric of this sample no measurement, by name.
std::string spoilers(record::Flags flags, const record::MetricSpec& metric) {
  return join(record::names_of(flags & metric.spoiled_by), ", ");
}

class Measured final : public Evaluator {
 public:
  using Figure = std::optional<double> (*)(const record::Sample&);

  /// `spoiled_like`: the metric whose spoiling flags hold for the figure.
  Measured(Figure figure, std::string_view spoiled_like, std::string_view unit, double threshold,
           bool lower_is_better, int parallel)
      : figure_(figure),
        metric_(record::find_metric(spoiled_like)),
        unit_(unit),
        threshold_(threshold),
        lower_is_better_(lower_is_better),
        parallel_(parallel) {}

  Judgement judge(const Subject& subject) const override {
    const record::Flags flags = subject.sample.flags;
    if (metric_ != nullptr && record::spoils(flags, *metric_, parallel_)) {
      return ungraded("no_measurement", "spoiled by " + spoilers(flags, *metric_));
    }
    const std::optional<double> value = figure_(subject.sample);
    if (!value) return ungraded("no_measurement", "the run has no such figure");
    const bool good = lower_is_better_ ? *value <= threshold_ : *value >= threshold_;
    const std::string_view sign = lower_is_better_ ? (good ? "≤" : ">") : (good ? "≥" : "<");
    const std::string shown = fmt::format("{:.2f} {} {} {}", *value, unit_, sign, threshold_);
    return good ? passed(shown) : failed("threshold", shown);
  }

 private:
  Figure figure_;
  const record::MetricSpec* metric_;
  std::string_view unit_;
  double threshold_;
  bool lower_is_better_;
  int parallel_;
};

std::optional<double> prompt_tps(const record::Sample& sample) {
  return record::prefill_tps(sample, {});
}

Error no_threshold(std::string_view type, std::string expected) {
  return suite_error(fmt::format("{} has no threshold", type), std::move(expected));
}

class FinishReason final : public Evaluator {
 public:
  explicit FinishReason(std::string wanted) : wanted_(std::move(wanted)) {}

  Judgement judge(const Subject& subject) const override {
    const std::string got = finish_word(subject.sample.finish);
    if (got.empty()) return ungraded("no_measurement", "the answer never ended");
    return matched(got == wanted_,
                   got == wanted_ ? "ended by " + got : fmt::format("expected {}, got {}", wanted_, got));
  }

 private:
  std::string wanted_;
};

}  // namespace

MadeEvaluator make_latency(const Recipe& recipe) {
  if (!recipe.threshold) return fail(no_threshold(recipe.type, "the most milliseconds that pass"));
  const bool first = recipe.type == "ttft";
  return std::make_unique<Measured>(first ? record::ttft_ms : record::e2e_ms, first ? "ttft_ms" : "e2e_ms",
                                    "ms", *recipe.threshold, true, recipe.setting.parallel);
}

MadeEvaluator make_tokens_per_second(const Recipe& recipe) {
  if (!recipe.threshold) return fail(no_threshold(recipe.type, "the least tokens per second that pass"));
  const std::string rate = Options(recipe.options).text("rate", "decode");
  const Measured::Figure figure = rate == "prompt" ? prompt_tps
                                  : rate == "e2e"  ? record::e2e_tps
                                                   : record::decode_tps;
  return std::make_unique<Measured>(figure, rate == "prompt" ? "prefill_tps" : "decode_tps", "tokens/s",
                                    *recipe.threshold, false, recipe.setting.parallel);
}

MadeEvaluator make_finish_reason(const Recipe& recipe) {
  constexpr std::array<std::string_view, 5> kWords{"stop", "length", "content_filter", "tool_calls",
                                                   "unknown"};
  const std::string wanted = recipe.value->is_scalar() ? finish_word(as_text(*recipe.value)) : std::string();
  if (std::find(kWords.begin(), kWords.end(), wanted) == kWords.end()) {
    return fail(
        suite_error(fmt::format("the value of finish-reason is {}",
                                recipe.value->is_scalar() ? as_quoted(as_text(*recipe.value))
                                                          : std::string(record::name_of(recipe.value->kind))),
                    "one of: stop, length, content_filter, tool_calls, unknown"));
  }
  return std::make_unique<FinishReason>(wanted);
}

}  // namespace assay::evaluator
