#include "evaluator/judging.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "evaluator/answer_texts.h"
#include "evaluator/early_decision.h"
#include "evaluator/said.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

using record::Mark;
using record::OnLength;
using record::Verdict;

class Judging {
 public:
  explicit Judging(const Judged& judged)
      : judged_(judged),
        plan_(judged.plan),
        assertions_(judged.case_plan.list->assertions),
        sample_(judged.sample),
        texts_(judged.plan, judged.test_case, judged.sample, verdict_) {}

  Verdict run() {
    if (decide(plan_.benchy ? by_fault(sample_) : by_status(sample_))) return without_text();
    texts_.take();
    if (!plan_.benchy && !is_scored(sample_) &&
        (decide(by_ending(judged_, texts_.split())) || decide(by_silence(judged_, texts_.split()))))
      return without_text();
    for (const Assertion& assertion : assertions_) say(assertion);
    conclude();
    return std::move(verdict_);
  }

 private:
  /// The verdict stands; what an incomplete sample says of the run is kept beside it, and what silence adds
  /// to a corpus score.
  Verdict without_text() {
    const bool silent = verdict_.reason == kEmptyOutput;
    if (verdict_.mark == Mark::incomplete || silent) {
      for (const Assertion& assertion : assertions_) {
        if (silent ? assertion.counts_silence : assertion.any_ending) say(assertion);
      }
      keep(std::move(said_), verdict_);
    }
    return std::move(verdict_);
  }

  bool decide(std::optional<Decision> decision) {
    if (!decision) return false;
    verdict_.mark = decision->mark;
    verdict_.reason = std::move(decision->reason);
    verdict_.detail = std::move(decision->detail);
    if (verdict_.mark == Mark::fail) verdict_.score = 0.0;
    return true;
  }

  // ── The assertions. ──

  /// The pipelines that an assertion looks at; the first is the one that decides.
  std::vector<std::size_t> pipelines_of(const Assertion& assertion) const {
    if (assertion.pipeline) return {*assertion.pipeline};
    if (assertion.any_ending) return {0};
    if (assertion.on != On::answer && assertion.members.empty()) return {0};
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i + 1 < plan_.pipelines.size(); ++i) all.push_back(i);
    return all;
  }

  void say(const Assertion& assertion) {
    bool decides = true;
    for (const std::size_t pipeline : pipelines_of(assertion)) {
      const std::size_t place = said_.size();
      if (assertion.members.empty())
        said_.push_back(judge_one(assertion, pipeline));
      else
        say_set(assertion, pipeline);
      if (decides) deciding_.push_back(place);
      for (std::size_t i = place; i < said_.size() && !decides; ++i) make_metric(said_[i].result);
      decides = false;
    }
  }

  void say_set(const Assertion& set, std::size_t pipeline) {
    const std::size_t place = said_.size();
    said_.emplace_back();
    for (const Assertion& member : set.members)
      said_.push_back(judge_one(member, member.pipeline.value_or(pipeline)));
    std::vector<Vote> votes;
    for (std::size_t i = place + 1; i < said_.size(); ++i) votes.push_back(vote_of(said_[i]));
    const Combined combined = combine(votes, set.threshold);
    Judgement judgement;
    judgement.mark = combined.mark;
    judgement.score = combined.score;
    judgement.reason = combined.reason;
    judgement.detail = combined.detail;
    said_[place] = said_of(set, name_of(pipeline), std::move(judgement));
    said_[place].of_pipeline = std::all_of(
        said_.begin() + static_cast<std::ptrdiff_t>(place) + 1, said_.end(), [&](const Said& member) {
          return member.of_pipeline && member.result.pipeline == said_[place].result.pipeline;
        });
    said_[place].found = std::all_of(said_.begin() + static_cast<std::ptrdiff_t>(place) + 1, said_.end(),
                                     [](const Said& member) { return member.found; });
  }

  Said judge_one(const Assertion& assertion, std::size_t pipeline) {
    if (assertion.any_ending || assertion.on == On::raw || is_scored(sample_))
      return judge_text(assertion, pipeline, texts_.answer());
    if (assertion.on == On::reasoning) return judge_text(assertion, pipeline, texts_.reasoning());
    const PipelineRun& run = texts_.run_of(pipeline);
    Said said = judge_run(assertion, pipeline, run);
    said.of_pipeline = true;
    return said;
  }

  Said judge_run(const Assertion& assertion, std::size_t pipeline, const PipelineRun& run) {
    // No text to look at: that is a verdict on the sample, so `not-` does not turn it round.
    if (run.outcome == Filtered::How::nothing && !(assertion.reads_calls && !sample_.tool_calls.empty())) {
      Said said = said_of(assertion, name_of(pipeline), failed("no_answer", run.detail));
      // To a corpus score an answer in which nothing was found is an empty one.
      if (assertion.counts_silence) said.counts = judge_text(assertion, pipeline, {}).counts;
      said.found = false;
      return said;
    }
    if (run.outcome == Filtered::How::limit) return said_of(assertion, name_of(pipeline), broken(run.detail));
    return judge_text(assertion, pipeline, run.text);
  }

  Said judge_text(const Assertion& assertion, std::size_t pipeline, std::string_view text) {
    Judgement judgement;
    try {
      judgement = evaluator_of(judged_.case_plan, assertion)
                      .judge({.text = text, .test_case = judged_.test_case, .sample = sample_});
    } catch (const std::exception& error) {
      judgement = broken(error.what());
    }
    const bool found = judgement.reason != "no_answer";
    if (assertion.threshold) apply_threshold(judgement, *assertion.threshold);
    if (assertion.negate) negate(judgement);
    for (std::string& flag : judgement.flags) add_flag(std::move(flag));
    Said said = said_of(assertion, name_of(pipeline), std::move(judgement));
    said.found = found;
    return said;
  }

  const std::string& name_of(std::size_t pipeline) const { return plan_.pipelines[pipeline].name(); }

  void add_flag(std::string flag) {
    if (std::find(verdict_.flags.begin(), verdict_.flags.end(), flag) == verdict_.flags.end()) {
      verdict_.flags.push_back(std::move(flag));
    }
  }

  // ── The verdict. ──

  void conclude() {
    std::vector<Vote> votes;
    for (const std::size_t place : deciding_) votes.push_back(vote_of(said_[place]));
    Combined combined = combine(votes, judged_.test_case.threshold);
    verdict_.mark = combined.mark;
    verdict_.score = combined.score;
    verdict_.reason = std::move(combined.reason);
    verdict_.detail = std::move(combined.detail);
    if (is_scored(sample_)) {
      if (!deciding_.empty()) verdict_.extracted = said_[deciding_.front()].read.value_or("");
      keep(std::move(said_), verdict_);
      return;
    }
    // Every sample shows what the primary pipeline makes of it, even when no assertion looked.
    const PipelineRun& primary = texts_.run_of(0);
    verdict_.extracted = primary.text;
    if (plan_.benchy) {  // what Benchy calls the execution result
      if (!deciding_.empty() && said_[deciding_.front()].read)
        verdict_.extracted = *said_[deciding_.front()].read;
      keep(std::move(said_), verdict_);
      return;
    }
    if (is_cut(sample_) && on_length_of(judged_) == OnLength::if_extracted && !found_answer(primary)) {
      verdict_.score.reset();
      decide(cut_off(sample_));
    }
    keep(std::move(said_), verdict_);
  }

  bool found_answer(const PipelineRun& primary) const {
    return primary.outcome != Filtered::How::nothing && !is_what_the_context_left(primary) &&
           std::all_of(deciding_.begin(), deciding_.end(),
                       [&](std::size_t place) { return said_[place].found; });
  }

  /// A limit of tokens is the suite's, and a raw completion runs on up to it; how much fits into the context
  /// nobody chose. So a text that it cut counts only where a filter took a part out of it.
  bool is_what_the_context_left(const PipelineRun& primary) const {
    return is_cut_by_context(sample_) && judged_.test_case.on_length == OnLength::by_default &&
           trim_space(primary.text).size() >= trim_space(texts_.split().answer).size();
  }

  const Judged& judged_;
  const GraderPlan& plan_;
  const std::vector<Assertion>& assertions_;
  const record::Sample& sample_;
  Verdict verdict_;
  AnswerTexts texts_;
  std::vector<Said> said_;
  std::vector<std::size_t> deciding_;  ///< places in said_
};

}  // namespace

Verdict judge_sample(const GraderPlan& plan, const CasePlan& case_plan, const record::Case& test_case,
                     const record::Sample& sample) {
  return Judging({plan, case_plan, test_case, sample}).run();
}

}  // namespace assay::evaluator
