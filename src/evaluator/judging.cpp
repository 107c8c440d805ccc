#include "evaluator/judging.h"

#include <algorithm>
#include <exception>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/combine.h"
#include "evaluator/finish_word.h"
#include "evaluator/reasoning.h"
#include "evaluator/unicode.h"
#include "record/choice_score.h"

namespace assay::evaluator {
namespace {

using record::AssertionResult;
using record::Mark;
using record::OnLength;
using record::Status;
using record::Verdict;

constexpr std::string_view kEmptyOutput = "empty_output";

/// One assertion's say on one pipeline, with reason word and sentence still apart.
struct Said {
  AssertionResult result;
  std::string word;
  std::string sentence;
  std::optional<std::string> read;
  Json votes;
  Json counts;
  Json programs;
  bool of_pipeline = false;  ///< it looked at what its pipeline gave
  bool found = true;  ///< false: the evaluator found no answer in the text, whatever `not-` made of that
};

/// `not-`: pass and fail change places, and the score turns round. Everything else stays.
void negate(Judgement& judgement) {
  if (judgement.mark == Mark::pass) {
    judgement.mark = Mark::fail;
    judgement.reason = "mismatch";
  } else if (judgement.mark == Mark::fail) {
    judgement.mark = Mark::pass;
    judgement.reason.clear();
  } else {
    return;
  }
  if (judgement.score) judgement.score = 1 - *judgement.score;
}

void apply_threshold(Judgement& judgement, double threshold) {
  if (!judgement.score || (judgement.mark != Mark::pass && judgement.mark != Mark::fail)) return;
  const bool passes = *judgement.score >= threshold;
  if (passes == (judgement.mark == Mark::pass)) return;
  judgement.mark = passes ? Mark::pass : Mark::fail;
  judgement.reason = passes ? "" : "threshold";
}

class Judging {
 public:
  Judging(const GraderPlan& plan, const CasePlan& case_plan, const record::Case& test_case,
          const record::Sample& sample)
      : plan_(plan), case_plan_(case_plan), case_(test_case), sample_(sample), runs_(plan.pipelines.size()) {}

  Verdict run() {
    if (plan_.benchy ? decide_by_fault() : decide_by_status()) return without_text();
    take_answer();
    if (!plan_.benchy && !is_scored() && (decide_by_ending() || decide_empty())) return without_text();
    for (const Assertion& assertion : case_plan_.list->assertions) say(assertion);
    conclude();
    return std::move(verdict_);
  }

 private:
  /// The verdict stands; what an incomplete sample says of the run is kept beside it, and what silence adds
  /// to a corpus score.
  Verdict without_text() {
    const bool silent = verdict_.reason == kEmptyOutput;
    if (verdict_.mark == Mark::incomplete || silent) {
      for (const Assertion& assertion : case_plan_.list->assertions) {
        if (silent ? assertion.counts_silence : assertion.any_ending) say(assertion);
      }
      keep_assertions();
    }
    return std::move(verdict_);
  }

  // ── Before the assertions: the first rule that applies decides (docs/evaluators.md, "Order of decision").
  // ──

  bool decide(Mark mark, std::string_view reason, std::string detail) {
    verdict_.mark = mark;
    verdict_.reason = reason;
    verdict_.detail = std::move(detail);
    if (mark == Mark::fail) verdict_.score = 0.0;
    return true;
  }

  /// Under Benchy's grading a fault is the only thing that leaves an answer without a verdict. One that took
  /// too long is wrong.
  bool decide_by_fault() {
    if (sample_.status == Status::timeout) return decide(Mark::fail, "timeout", sample_.detail);
    return sample_.status != Status::ok && decide_by_status();
  }

  bool decide_by_status() {
    switch (sample_.status) {
      case Status::error:
        return decide(Mark::error, sample_.reason.empty() ? "internal" : sample_.reason, sample_.detail);
      case Status::timeout: return decide(Mark::incomplete, "time_limit", sample_.detail);
      case Status::cancelled: return decide(Mark::incomplete, "output_truncated", "the trial was cancelled");
      case Status::ok: break;
    }
    if (record::has(sample_.flags, record::Flag::truncated_prompt)) {
      return decide(Mark::incomplete, "truncated_prompt",
                    is_scored() ? "the prompt with its longest choice does not fit into the context"
                                : "the engine accepted fewer prompt tokens than were sent");
    }
    // Before the filter's word: a refusal is the service's own answer, and says so.
    if (sample_.claims.is_object() && sample_.claims.contains(record::kClaimedRefusal))
      return decide(Mark::fail, "refused",
                    "the server says that the model refused: " + excerpt(sample_.output));
    if (sample_.finish == "content_filter")
      return decide(Mark::incomplete, "filtered", "cut by a content filter");
    return false;
  }

  void take_answer() {
    answer_ = sample_.output;
    if (first_invalid_utf8(answer_)) {
      repaired_ = to_valid_utf8(answer_);
      answer_ = repaired_;
      verdict_.flags.emplace_back("invalid_utf8");
    }
    if (is_scored()) return;
    const std::vector<std::string>* tags = plan_.pipelines.front().reasoning_tags();
    split_ =
        split_reasoning(answer_, tags == nullptr ? default_reasoning_tags() : *tags, has_reasoning_field());
    keep_reasoning();
  }

  /// Nothing was generated: the output holds the figures of the choices.
  bool is_scored() const { return sample_.finish == record::kScored; }

  bool has_reasoning_field() const { return !sample_.reasoning.empty(); }

  void keep_reasoning() {
    if (!split_.found && !has_reasoning_field()) return;
    Json& kept = verdict_.steps["reasoning"];
    kept = {{"how", split_.found ? split_.how : "field"},
            {"filter", fmt::format("reasoning-split@{}", kReasoningSplitVersion)},
            {"closed", split_.closed}};
    if (split_.found) kept["span"] = {0, split_.span_end};
  }

  bool is_cut() const { return sample_.finish == "length"; }

  bool decide_by_ending() {
    if (!split_.closed) {
      return decide(Mark::incomplete, "unclosed_reasoning", "the reasoning was opened and not closed");
    }
    if (!is_cut()) return false;
    if (trim_space(split_.answer).empty() && !answers_by_call()) {
      return decide(Mark::incomplete, "empty_at_length", "the token limit came before any answer");
    }
    if (on_length() == OnLength::incomplete) return decide_truncated();
    return false;
  }

  bool decide_truncated() {
    return decide(Mark::incomplete, "output_truncated", "the token limit cut the answer");
  }

  OnLength on_length() const {
    if (case_.on_length != OnLength::by_default) return case_.on_length;
    if (wants_length(case_plan_.list->checks)) return OnLength::grade;
    return plan_.raw_completion ? OnLength::if_extracted : OnLength::incomplete;
  }

  /// Who asserts that the limit ends the answer wants a cut answer judged.
  bool wants_length(const std::vector<record::Check>& checks) const {
    return std::any_of(checks.begin(), checks.end(), [&](const record::Check& check) {
      if (!check.members.empty()) return wants_length(check.members);
      if (check.type != "finish-reason" || check.negate) return false;
      const std::optional<record::Value>& value = check.value ? check.value : case_.expect;
      return value && finish_word(as_text(*value)) == "length";
    });
  }

  bool decide_empty() {
    if (!trim_space(split_.answer).empty() || case_.allow_empty || answers_by_call() ||
        asks_for_nothing(case_plan_.list->checks) || asks_for_silence(case_plan_.list->assertions)) {
      return false;
    }
    return decide(Mark::fail, kEmptyOutput, "the answer is empty");
  }

  /// Calls of tools take the place of a text where somebody looks at them; `not-contains` alone must not pass
  /// on the silence beside them.
  bool answers_by_call() const {
    const auto reads = [](const Assertion& assertion) { return assertion.reads_calls; };
    return !sample_.tool_calls.empty() &&
           std::any_of(case_plan_.list->assertions.begin(), case_plan_.list->assertions.end(),
                       [&](const Assertion& assertion) {
                         return reads(assertion) ||
                                std::any_of(assertion.members.begin(), assertion.members.end(), reads);
                       });
  }

  /// `equals` with an empty or blank text: the one check that silence can satisfy by intent.
  bool asks_for_nothing(const std::vector<record::Check>& checks) const {
    return std::any_of(checks.begin(), checks.end(), [&](const record::Check& check) {
      if (!check.members.empty()) return asks_for_nothing(check.members);
      if (check.type != "equals" || check.negate) return false;
      const std::optional<record::Value>& value = check.value ? check.value : case_.expect;
      return value && value->is_scalar() && trim_space(as_text(*value)).empty();
    });
  }

  bool asks_for_silence(const std::vector<Assertion>& assertions) const {
    return std::any_of(assertions.begin(), assertions.end(), [&](const Assertion& assertion) {
      if (!assertion.members.empty()) return asks_for_silence(assertion.members);
      return !assertion.negate && evaluator_of(assertion).asks_for_silence();
    });
  }

  // ── The assertions. ──

  const Evaluator& evaluator_of(const Assertion& assertion) const {
    return assertion.evaluator ? *assertion.evaluator : *case_plan_.evaluators[assertion.slot];
  }

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

  /// What is said of a later pipeline is a score under its name.
  static void make_metric(AssertionResult& result) {
    result.weight = 0;
    result.metric = result.metric.empty() ? result.pipeline : result.metric + "/" + result.pipeline;
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
    said_[place] = said_of(set, pipeline, std::move(judgement));
    said_[place].of_pipeline = std::all_of(
        said_.begin() + static_cast<std::ptrdiff_t>(place) + 1, said_.end(), [&](const Said& member) {
          return member.of_pipeline && member.result.pipeline == said_[place].result.pipeline;
        });
    said_[place].found = std::all_of(said_.begin() + static_cast<std::ptrdiff_t>(place) + 1, said_.end(),
                                     [](const Said& member) { return member.found; });
  }

  static Vote vote_of(const Said& said) {
    return {.mark = said.result.mark,
            .score = said.result.score,
            .weight = said.result.weight,
            .reason = said.word,
            .detail = said.sentence};
  }

  Said judge_one(const Assertion& assertion, std::size_t pipeline) {
    if (assertion.any_ending || assertion.on == On::raw || is_scored())
      return judge_text(assertion, pipeline, answer_);
    if (assertion.on == On::reasoning) return judge_text(assertion, pipeline, reasoning_text());
    const PipelineRun& run = run_of(pipeline);
    Said said = judge_run(assertion, pipeline, run);
    said.of_pipeline = true;
    return said;
  }

  Said judge_run(const Assertion& assertion, std::size_t pipeline, const PipelineRun& run) {
    // No text to look at: that is a verdict on the sample, so `not-` does not turn it round.
    if (run.outcome == Filtered::How::nothing && !(assertion.reads_calls && !sample_.tool_calls.empty())) {
      Said said = said_of(assertion, pipeline, failed("no_answer", run.detail));
      // To a corpus score an answer in which nothing was found is an empty one.
      if (assertion.counts_silence) said.counts = judge_text(assertion, pipeline, {}).counts;
      said.found = false;
      return said;
    }
    if (run.outcome == Filtered::How::limit) return said_of(assertion, pipeline, broken(run.detail));
    return judge_text(assertion, pipeline, run.text);
  }

  Said judge_text(const Assertion& assertion, std::size_t pipeline, std::string_view text) {
    Judgement judgement;
    try {
      judgement = evaluator_of(assertion).judge({.text = text, .test_case = case_, .sample = sample_});
    } catch (const std::exception& error) {
      judgement = broken(error.what());
    }
    const bool found = judgement.reason != "no_answer";
    if (assertion.threshold) apply_threshold(judgement, *assertion.threshold);
    if (assertion.negate) negate(judgement);
    for (std::string& flag : judgement.flags) add_flag(std::move(flag));
    Said said = said_of(assertion, pipeline, std::move(judgement));
    said.found = found;
    return said;
  }

  void add_flag(std::string flag) {
    if (std::find(verdict_.flags.begin(), verdict_.flags.end(), flag) == verdict_.flags.end()) {
      verdict_.flags.push_back(std::move(flag));
    }
  }

  Said said_of(const Assertion& assertion, std::size_t pipeline, Judgement judgement) {
    Said said;
    said.result.type = assertion.label;
    said.result.pipeline = plan_.pipelines[pipeline].name();
    said.result.metric = assertion.metric;
    said.result.mark = judgement.mark;
    said.result.score = judgement.score;
    said.result.weight = assertion.weight;
    const std::string_view between = judgement.reason.empty() || judgement.detail.empty() ? "" : ": ";
    said.result.reason = fmt::format("{}{}{}", judgement.reason, between, judgement.detail);
    said.word = std::move(judgement.reason);
    said.sentence = std::move(judgement.detail);
    said.read = std::move(judgement.read);
    if (!judgement.table.is_null()) table_ = std::move(judgement.table);
    said.counts = std::move(judgement.counts);
    said.programs = std::move(judgement.programs);
    said.votes = std::move(judgement.votes);
    return said;
  }

  const PipelineRun& run_of(std::size_t pipeline) {
    std::optional<PipelineRun>& run = runs_[pipeline];
    if (!run) {
      run = plan_.pipelines[pipeline].run(
          answer_, {.has_reasoning_field = has_reasoning_field(), .choices = &case_.choices});
      verdict_.steps["pipelines"][plan_.pipelines[pipeline].name()] = std::move(run->record);
    }
    return *run;
  }

  /// The server's field, then the blocks of the text.
  const std::string& reasoning_text() {
    if (reasoning_) return *reasoning_;
    reasoning_ = to_valid_utf8(sample_.reasoning);
    for (const std::string_view block : split_.blocks) {
      if (!reasoning_->empty()) reasoning_->push_back('\n');
      reasoning_->append(block);
    }
    return *reasoning_;
  }

  // ── The verdict. ──

  void conclude() {
    std::vector<Vote> votes;
    for (const std::size_t place : deciding_) votes.push_back(vote_of(said_[place]));
    Combined combined = combine(votes, case_.threshold);
    verdict_.mark = combined.mark;
    verdict_.score = combined.score;
    verdict_.reason = std::move(combined.reason);
    verdict_.detail = std::move(combined.detail);
    if (is_scored()) {
      if (!deciding_.empty()) verdict_.extracted = said_[deciding_.front()].read.value_or("");
      keep_assertions();
      return;
    }
    // Every sample shows what the primary pipeline makes of it, even when no assertion looked.
    const PipelineRun& primary = run_of(0);
    verdict_.extracted = primary.text;
    if (plan_.benchy) {  // what Benchy calls the execution result
      if (!deciding_.empty() && said_[deciding_.front()].read)
        verdict_.extracted = *said_[deciding_.front()].read;
      keep_assertions();
      return;
    }
    if (is_cut() && on_length() == OnLength::if_extracted && !found_answer(primary)) {
      verdict_.score.reset();
      decide_truncated();
    }
    keep_assertions();
  }

  bool found_answer(const PipelineRun& primary) const {
    return primary.outcome != Filtered::How::nothing &&
           std::all_of(deciding_.begin(), deciding_.end(),
                       [&](std::size_t place) { return said_[place].found; });
  }

  void keep_assertions() {
    const bool any_read =
        std::any_of(said_.begin(), said_.end(), [](const Said& said) { return said.read.has_value(); });
    const bool any_counts =
        std::any_of(said_.begin(), said_.end(), [](const Said& said) { return !said.counts.is_null(); });
    const bool any_programs =
        std::any_of(said_.begin(), said_.end(), [](const Said& said) { return !said.programs.is_null(); });
    const bool any_votes =
        std::any_of(said_.begin(), said_.end(), [](const Said& said) { return !said.votes.is_null(); });
    keep_across();
    Json votes = Json::array();
    Json reads = Json::array();
    Json counts = Json::array();
    Json programs = Json::array();
    for (Said& said : said_) {
      if (any_votes) votes.push_back(std::move(said.votes));
      if (any_counts) counts.push_back(std::move(said.counts));
      if (any_programs) programs.push_back(std::move(said.programs));
      if (any_read) reads.push_back(said.read ? Json(*std::move(said.read)) : Json());
      verdict_.assertions.push_back(std::move(said.result));
    }
    if (any_read) verdict_.steps["read"] = std::move(reads);
    if (!table_.is_null()) verdict_.steps["choices"] = std::move(table_);
    if (any_votes) verdict_.steps["votes"] = std::move(votes);
    if (any_counts) verdict_.steps["counts"] = std::move(counts);
    if (any_programs) verdict_.steps["programs"] = std::move(programs);
  }

  /// Which checks spoke of a pipeline whose end looks at all answers to the case: what a count of those
  /// answers gives a score to.
  void keep_across() {
    if (!verdict_.steps.is_object() || !verdict_.steps.contains("pipelines")) return;
    for (const auto& [name, record] : verdict_.steps["pipelines"].items()) {
      if (!record.contains("across")) continue;
      Json& checks = record["across"]["checks"] = Json::array();
      for (std::size_t i = 0; i < said_.size(); ++i) {
        if (said_[i].of_pipeline && said_[i].result.pipeline == name) checks.push_back(i);
      }
    }
  }

  const GraderPlan& plan_;
  const CasePlan& case_plan_;
  const record::Case& case_;
  const record::Sample& sample_;
  std::string repaired_;
  std::string_view answer_;  ///< of the sample, or repaired_
  ReasoningSplit split_;
  std::optional<std::string> reasoning_;
  std::vector<std::optional<PipelineRun>> runs_;  ///< one per pipeline, run when first looked at
  Json table_;                                    ///< of scored choices; null: none
  std::vector<Said> said_;
  std::vector<std::size_t> deciding_;  ///< places in said_
  Verdict verdict_;
};

}  // namespace

Verdict judge_sample(const GraderPlan& plan, const CasePlan& case_plan, const record::Case& test_case,
                     const record::Sample& sample) {
  return Judging(plan, case_plan, test_case, sample).run();
}

}  // namespace assay::evaluator
