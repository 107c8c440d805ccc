#include "evaluator/grader.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "evaluator/grading_test_util.h"
#include "evaluator/judges.h"

namespace assay::evaluator {
namespace {

using record::Mark;
using record::Verdict;
using testing::check;
using testing::judge;
using testing::sample;
using testing::suite;

record::Suite asks_42() {
  return suite({check(R"({"type": "numeric", "value": 42})")});
}

/// "mark: reason"
std::string say(const Verdict& verdict) {
  return std::string(record::name_of(verdict.mark)) + ": " + verdict.reason;
}

// ── Order of decision ──

TEST(Grader, a_failed_request_is_an_error_with_its_reason) {
  record::Sample broken = sample("42", "");
  broken.status = record::Status::error;
  broken.reason = "server_exit";
  broken.detail = "worker ended";
  const Verdict verdict = judge(asks_42(), broken);
  EXPECT_EQ(say(verdict), "error: server_exit");
  EXPECT_EQ(verdict.detail, "worker ended");
  EXPECT_EQ(verdict.score, std::nullopt);
}

TEST(Grader, a_time_limit_is_incomplete) {
  record::Sample late = sample("42", "");
  late.status = record::Status::timeout;
  EXPECT_EQ(say(judge(asks_42(), late)), "incomplete: time_limit");
  late.status = record::Status::cancelled;
  EXPECT_EQ(say(judge(asks_42(), late)), "incomplete: output_truncated");
}

TEST(Grader, a_cut_prompt_comes_before_the_answer) {
  record::Sample cut = sample("42");
  cut.flags = record::bit(record::Flag::truncated_prompt);
  EXPECT_EQ(say(judge(asks_42(), cut)), "incomplete: truncated_prompt");
}

TEST(Grader, a_content_filter_is_incomplete) {
  EXPECT_EQ(say(judge(asks_42(), sample("42", "content_filter"))), "incomplete: filtered");
}

// The rows of "Splitting off reasoning" in docs/evaluators.md, as verdicts.
TEST(Grader, a_refusal_that_the_server_names_is_a_fail) {
  record::Sample refused = sample("I cannot help with 42.", "content_filter");
  refused.claims[std::string(record::kClaimedRefusal)] = "stop_reason";
  const Verdict verdict = judge(asks_42(), refused);
  EXPECT_EQ(say(verdict), "fail: refused");
  EXPECT_EQ(verdict.detail, "the server says that the model refused: I cannot help with 42.");
  EXPECT_EQ(verdict.score, 0.0);
}

TEST(Grader, reasoning) {
  EXPECT_EQ(say(judge(asks_42(), sample("<think>a</think>\n\n42"))), "pass: ");
  EXPECT_EQ(say(judge(asks_42(), sample("a</think>42"))), "pass: ");
  EXPECT_EQ(say(judge(asks_42(), sample("<think>a"))), "incomplete: unclosed_reasoning");
  EXPECT_EQ(say(judge(asks_42(), sample("<think>a", "length"))), "incomplete: unclosed_reasoning");
  EXPECT_EQ(say(judge(asks_42(), sample("<think>a</think><think>b</think>42"))), "pass: ");
  EXPECT_EQ(say(judge(asks_42(), sample("<think>a</think>", "length"))), "incomplete: empty_at_length");
  EXPECT_EQ(say(judge(asks_42(), sample("<think>42</think>"))), "fail: empty_output");
}

TEST(Grader, reasoning_in_a_field_of_the_server) {
  record::Sample thought = sample("", "length");
  thought.reasoning = "hmm";
  EXPECT_EQ(say(judge(asks_42(), thought)), "incomplete: empty_at_length");
  thought = sample("7</think>42");
  thought.reasoning = "hmm";
  record::Suite looks = suite({check(R"({"type": "contains", "value": "7</think>42"})"),
                               check(R"({"type": "equals", "value": "hmm", "on": "reasoning"})")});
  const Verdict verdict = judge(looks, thought);
  EXPECT_EQ(say(verdict), "pass: ");
  EXPECT_EQ(verdict.steps["reasoning"]["how"], "field");
}

TEST(Grader, a_cut_answer_by_on_length) {
  record::Suite asked = asks_42();
  EXPECT_EQ(say(judge(asked, sample("it is 42", "length"))), "incomplete: output_truncated");
  asked.cases[0].on_length = record::OnLength::grade;
  EXPECT_EQ(say(judge(asked, sample("it is 42", "length"))), "pass: ");
  EXPECT_EQ(say(judge(asked, sample("it is", "length"))), "fail: no_answer");
  asked.cases[0].on_length = record::OnLength::if_extracted;
  EXPECT_EQ(say(judge(asked, sample("it is 43", "length"))), "fail: mismatch");
  EXPECT_EQ(say(judge(asked, sample("it is", "length"))), "incomplete: output_truncated");
  EXPECT_EQ(judge(asked, sample("it is", "length")).score, std::nullopt);
  asked.checks[0].negate = true;
  EXPECT_EQ(say(judge(asked, sample("it is", "length"))), "incomplete: output_truncated");
  EXPECT_EQ(say(judge(asked, sample("it is 43", "length"))), "pass: ");
}

TEST(Grader, a_raw_completion_runs_on_so_it_is_graded_when_something_was_found) {
  record::Suite asked = asks_42();
  asked.prompt.raw = true;
  asked.pipelines = {testing::pipeline("main", R"_([{"type": "regex", "pattern": "A: (\\d+)"}])_")};
  EXPECT_EQ(say(judge(asked, sample("A: 42\nQ: next", "length"))), "pass: ");
  EXPECT_EQ(say(judge(asked, sample("Well", "length"))), "incomplete: output_truncated");
  EXPECT_EQ(say(judge(asked, sample("Well"))), "fail: no_answer");
  asked.cases[0].on_length = record::OnLength::incomplete;
  EXPECT_EQ(say(judge(asked, sample("A: 42\nQ: next", "length"))), "incomplete: output_truncated");
}

/// An answer that was cut after 20 tokens, where the suite had asked for 512.
record::Sample filled(std::string text, record::Applied how = record::Applied::verified) {
  record::Sample answer = sample(std::move(text), "length");
  answer.requested["max_tokens"] = 512;
  answer.effective["max_tokens"] = {.value = 20, .how = how};
  return answer;
}

TEST(Grader, an_answer_that_the_context_cut_is_not_wrong) {
  record::Suite asked = asks_42();
  const Verdict verdict = judge(asked, filled("it is 43"));
  EXPECT_EQ(say(verdict), "incomplete: context_full");
  EXPECT_EQ(verdict.detail, "the context was full after 20 tokens of the answer, and max_tokens is 512");
  EXPECT_EQ(say(judge(asked, filled("<think>4"))), "incomplete: context_full") << "it was not given the room";
  EXPECT_EQ(say(judge(asked, filled(""))), "incomplete: context_full");
  EXPECT_EQ(say(judge(asked, filled("it is 43", record::Applied::unverified))),
            "incomplete: output_truncated");
  record::Sample ended = filled("it is 43");
  ended.finish = "stop";
  EXPECT_EQ(say(judge(asked, ended)), "fail: mismatch");
  asked.cases[0].on_length = record::OnLength::grade;
  EXPECT_EQ(say(judge(asked, filled("it is 43"))), "fail: mismatch") << "the case says so";
}

TEST(Grader, of_a_raw_completion_that_the_context_cut_only_what_a_filter_found_counts) {
  record::Suite asked = asks_42();
  asked.prompt.raw = true;
  EXPECT_EQ(say(judge(asked, filled("it is 43"))), "incomplete: context_full");
  EXPECT_EQ(say(judge(asked, sample("it is 43", "length"))), "fail: mismatch") << "by a limit of its own";
  asked.pipelines = {testing::pipeline("main", R"_([{"type": "regex", "pattern": "A: (\\d+)"}])_")};
  EXPECT_EQ(say(judge(asked, filled("A: 43\nQ: next"))), "fail: mismatch");
  EXPECT_EQ(say(judge(asked, filled("A:"))), "incomplete: context_full");
}

// ── Empty answers ──

TEST(Grader, silence_fails_unless_it_is_asked_for) {
  record::Suite polite = suite({check(R"({"type": "not-contains", "value": "sorry"})")});
  EXPECT_EQ(say(judge(polite, sample(" \n"))), "fail: empty_output");
  EXPECT_EQ(judge(polite, sample("")).score, 0.0);
  polite.cases[0].allow_empty = true;
  EXPECT_EQ(say(judge(polite, sample(""))), "pass: ");
}

TEST(Grader, silence_fails_and_its_deletions_stay_in_the_error_rate) {
  const std::string wer = R"({"type": "wer", "value": "i am here", "weight": 0})";
  const Verdict verdict =
      judge(suite({check(R"({"type": "not-contains", "value": "sorry"})"), check(wer)}), sample(" "));
  EXPECT_EQ(say(verdict), "fail: empty_output");
  ASSERT_EQ(verdict.assertions.size(), 1U);
  EXPECT_EQ(verdict.assertions[0].type, "wer@1");
  EXPECT_EQ(dump(verdict.steps["counts"][0]["n"]), "[0,3,0,3]");
}

TEST(Grader, silence_in_a_set_and_behind_a_filter_that_finds_nothing_counts) {
  const std::string set =
      R"({"type": "assert-set", "assert": [{"type": "wer", "value": "i am here", "threshold": 1}]})";
  EXPECT_EQ(dump(judge(suite({check(set)}), sample("")).steps["counts"][1]["n"]), "[0,3,0,3]");
  record::Suite asked = suite({check(R"({"type": "wer", "value": "i am here", "threshold": 1})")});
  asked.pipelines = {testing::pipeline("main", R"_([{"type": "regex", "pattern": "HEARD: (.*)"}])_")};
  const Verdict verdict = judge(asked, sample("sorry"));
  EXPECT_EQ(say(verdict), "fail: no_answer");
  EXPECT_EQ(dump(verdict.steps["counts"][0]["n"]), "[0,3,0,3]");
}

TEST(Grader, a_transcript_of_nothing_is_met_by_silence) {
  const auto heard = [](const std::string& empty_ref) {
    return say(judge(suite({check(R"({"type": "wer", "value": "...", "normalizer": "basic-1", "threshold": 0,
                                      "empty_ref": ")" +
                                  empty_ref + "\"}")}),
                     sample("")));
  };
  EXPECT_EQ(heard("count"), "pass: ");
  EXPECT_EQ(heard("drop"), "ungraded: no_measurement");
}

// ── A grader that breaks ──

/// Throws at the first question and answers the others.
class Crashing final : public Judges {
 public:
  Result<std::string> ask(const std::string& /*judge*/, const std::string& /*prompt*/, std::uint32_t /*vote*/,
                          const Json& /*schema*/) override {
    if (asked++ == 0) throw std::runtime_error("a fault of ours");
    return std::string(R"({"reason": "", "verdict": "pass", "score": 1})");
  }
  int asked = 0;
};

TEST(Grader, an_evaluator_that_throws_costs_its_sample_and_no_other) {
  const record::Suite asked = suite({check(R"({"type": "llm-rubric", "value": "x", "judges": ["fake:"]})"),
                                     check(R"({"type": "contains", "value": "a"})")});
  const Result<Grader> grader = Grader::make(asked, nullptr, std::make_shared<Crashing>());
  ASSERT_TRUE(grader);
  const Verdict broken = grader->judge(asked.cases[0], sample("a"));
  EXPECT_EQ(say(broken), "error: internal");
  EXPECT_EQ(broken.detail, "a fault of ours");
  EXPECT_EQ(broken.score, std::nullopt) << "it says nothing about the model";
  ASSERT_EQ(broken.assertions.size(), 2U);
  EXPECT_EQ(broken.assertions[1].mark, Mark::pass) << "the other checks still speak";
  EXPECT_EQ(say(grader->judge(asked.cases[0], sample("a"))), "pass: ");
}

// ── Pipelines ──

record::Suite two_pipelines() {
  record::Suite asked = asks_42();
  asked.pipelines = {
      testing::pipeline("strict", R"_(["reasoning-split", {"type": "regex", "pattern": "#### (.*)"}])_"),
      testing::pipeline("flexible", R"(["reasoning-split", {"type": "number", "pick": "last"}])")};
  return asked;
}

TEST(Grader, the_first_pipeline_decides_and_the_others_are_scores) {
  const Verdict verdict = judge(two_pipelines(), sample("It is 42"));
  EXPECT_EQ(say(verdict), "fail: no_answer");
  ASSERT_EQ(verdict.assertions.size(), 2U);
  EXPECT_EQ(verdict.assertions[0].pipeline, "strict");
  EXPECT_EQ(verdict.assertions[0].weight, 1);
  EXPECT_EQ(verdict.assertions[0].reason, "no_answer: regex@1 found nothing");
  EXPECT_EQ(verdict.assertions[1].pipeline, "flexible");
  EXPECT_EQ(verdict.assertions[1].metric, "flexible");
  EXPECT_EQ(verdict.assertions[1].weight, 0);
  EXPECT_EQ(verdict.assertions[1].score, 1.0);
  EXPECT_EQ(verdict.steps["pipelines"]["strict"]["steps"][1]["found"], false);
  EXPECT_EQ(verdict.steps["pipelines"]["flexible"]["extracted"], "42");
  EXPECT_EQ(say(judge(two_pipelines(), sample("7\n#### 42"))), "pass: ");
}

TEST(Grader, a_named_pipeline_is_the_only_one_and_decides) {
  record::Suite asked = two_pipelines();
  asked.checks = {check(R"({"type": "numeric", "value": 42, "pipeline": "flexible"})")};
  const Verdict verdict = judge(asked, sample("It is 42"));
  EXPECT_EQ(say(verdict), "pass: ");
  EXPECT_EQ(verdict.assertions.size(), 1U);
  EXPECT_EQ(verdict.assertions[0].weight, 1);
}

TEST(Grader, nothing_found_is_not_turned_round) {
  record::Suite asked = two_pipelines();
  asked.checks = {check(R"({"type": "not-numeric", "value": 42, "pipeline": "strict"})")};
  EXPECT_EQ(say(judge(asked, sample("It is 7"))), "fail: no_answer");
}

// What stats/across.h counts: whole texts, the rule, and which checks looked at them.
TEST(Grader, a_pipeline_that_ends_across_repeats_keeps_its_text_and_its_checks) {
  record::Suite asked = suite({check(R"({"type": "numeric", "value": 42})"),
                               check(R"({"type": "contains", "value": "4", "on": "raw"})"),
                               check(R"({"type": "latency", "threshold": 9, "weight": 0})")});
  asked.pipelines = {testing::pipeline("main", R"(["trim"])"),
                     testing::pipeline("maj", R"(["number", {"type": "first-k", "k": 5}, "majority"])")};
  const Verdict verdict = judge(asked, sample("It is 42"));
  const Json& kept = verdict.steps["pipelines"]["maj"];
  EXPECT_EQ(kept["extracted"], "42") << "a span would need the answer";
  EXPECT_EQ(kept["across"], Json({{"first", 5}, {"majority", true}, {"checks", {1}}})) << kept;
  EXPECT_EQ(verdict.assertions[1].pipeline, "maj");
  EXPECT_FALSE(verdict.steps["pipelines"]["main"].contains("across"));
  const Verdict silent = judge(asked, sample("dunno"));
  EXPECT_FALSE(silent.steps["pipelines"]["maj"].contains("extracted"));
  EXPECT_EQ(silent.steps["pipelines"]["maj"]["across"]["checks"], Json({1}));
}

TEST(Grader, filters_across_repeats_are_the_end_of_a_pipeline) {
  const auto message_of = [](std::string_view filters) {
    record::Suite asked = asks_42();
    asked.pipelines = {testing::pipeline("main", filters)};
    return judge(asked, sample("42")).detail;
  };
  EXPECT_NE(message_of(R"(["majority", "trim"])").find("trim stands behind majority"), std::string::npos);
  EXPECT_NE(message_of(R"([{"type": "first-k", "k": 2}, "trim"])").find("trim stands behind first-k"),
            std::string::npos);
  EXPECT_NE(message_of(R"(["majority", "majority"])").find("majority stands behind majority"),
            std::string::npos);
  EXPECT_NE(message_of(R"(["majority", {"type": "first-k", "k": 2}])").find("first-k stands behind majority"),
            std::string::npos);
}

TEST(Grader, mistakes_in_pipelines) {
  record::Suite asked = two_pipelines();
  asked.pipelines[1].name = "raw";
  EXPECT_NE(judge(asked, sample("")).detail.find("pipeline name 'raw' is taken"), std::string::npos);
  asked = two_pipelines();
  asked.pipelines[1].name = "strict";
  EXPECT_EQ(judge(asked, sample("")).reason, "suite error");
  asked = two_pipelines();
  asked.checks[0].pipeline = "stric";
  EXPECT_NE(judge(asked, sample("")).detail.find("one of: strict, flexible, raw"), std::string::npos);
  asked = two_pipelines();
  asked.pipelines[0].filters[1].where = {.file = "s.yaml", .line = 3, .column = 7};
  asked.pipelines[0].filters[1].name = "regexp";
  EXPECT_EQ(judge(asked, sample("")).detail.find("s.yaml:3:7: unknown filter 'regexp'"), 0U);
}

// ── Assertions ──

TEST(Grader, several_assertions_all_have_to_pass) {
  const record::Suite asked =
      suite({check(R"({"type": "contains", "value": "a", "weight": 3, "metric": "style"})"),
             check(R"({"type": "contains", "value": "b"})")});
  const Verdict verdict = judge(asked, sample("a"));
  EXPECT_EQ(say(verdict), "fail: mismatch");
  EXPECT_EQ(verdict.detail, "'b' does not occur");
  EXPECT_EQ(verdict.score, 0.75);
  EXPECT_EQ(verdict.assertions[0].metric, "style");
  EXPECT_EQ(say(judge(asked, sample("ab"))), "pass: ");
}

TEST(Grader, a_case_with_a_threshold_passes_by_the_weighted_mean) {
  const std::string two_of_three = R"({"type": "contains", "value": "a", "weight": 2})";
  record::Suite asked = suite({check(two_of_three), check(R"({"type": "contains", "value": "b"})"),
                               check(R"({"type": "contains", "value": "c", "weight": 0})")});
  EXPECT_EQ(say(judge(asked, sample("a"))), "fail: mismatch");
  asked.cases[0].threshold = 0.66;
  const Verdict passes = judge(asked, sample("a"));
  EXPECT_EQ(say(passes), "pass: ");
  EXPECT_DOUBLE_EQ(passes.score.value(), 2.0 / 3);
  EXPECT_EQ(passes.detail, "weighted mean 0.6667, threshold 0.66");
  asked.cases[0].threshold = 0.67;
  EXPECT_EQ(say(judge(asked, sample("a"))), "fail: threshold");
}

TEST(Grader, a_set_is_one_assertion_followed_by_its_members) {
  const record::Suite asked =
      suite({check(R"({"type": "assert-set", "threshold": 0.5, "metric": "form", "assert": [
      {"type": "contains", "value": "a", "metric": "m"}, {"type": "contains", "value": "b"}]})")});
  const Verdict verdict = judge(asked, sample("a"));
  EXPECT_EQ(say(verdict), "pass: ");
  EXPECT_EQ(verdict.score, 0.5);
  ASSERT_EQ(verdict.assertions.size(), 3U);
  EXPECT_EQ(verdict.assertions[0].type, "assert-set@1");
  EXPECT_EQ(verdict.assertions[0].metric, "form");
  EXPECT_EQ(verdict.assertions[1].type, "contains@1");
  EXPECT_EQ(verdict.assertions[1].metric, "m");
  EXPECT_EQ(verdict.assertions[2].mark, Mark::fail);
}

TEST(Grader, an_error_beside_a_pass_is_an_error_and_beside_a_fail_a_fail) {
  const char* exploding = R"_({"type": "regex", "value": "(a+)+$"})_";
  const std::string text = std::string(40, 'a') + "!";
  EXPECT_EQ(
      say(judge(suite({check(exploding), check(R"({"type": "contains", "value": "!"})")}), sample(text))),
      "error: internal");
  EXPECT_EQ(
      say(judge(suite({check(exploding), check(R"({"type": "contains", "value": "?"})")}), sample(text))),
      "fail: mismatch");
}

TEST(Grader, no_assertion_is_ungraded) {
  EXPECT_EQ(say(judge(suite({}), sample("42"))), "ungraded: grader_missing");
}

TEST(Grader, checks_of_a_case_replace_those_of_the_suite) {
  record::Suite asked = asks_42();
  asked.cases[0].checks = {check(R"({"type": "equals"})")};
  asked.cases[0].expect = record::Value::of_text("yes");
  EXPECT_EQ(say(judge(asked, sample("yes"))), "pass: ");
}

TEST(Grader, each_case_has_its_own_expectation) {
  record::Suite asked = suite({check(R"({"type": "numeric"})")});
  asked.cases[0].expect = record::Value::of_number("1");
  asked.cases.push_back(asked.cases[0]);
  asked.cases[1].id = "d";
  asked.cases[1].expect = record::Value::of_number("2");
  const Result<Grader> grader = Grader::make(asked);
  ASSERT_TRUE(grader);
  EXPECT_EQ(grader->judge(asked.cases[0], sample("1")).mark, Mark::pass);
  EXPECT_EQ(grader->judge(asked.cases[1], sample("1")).mark, Mark::fail);
  EXPECT_EQ(grader->judge(asked.cases[1], sample("2")).mark, Mark::pass);
}

TEST(Grader, a_case_that_it_never_saw_is_compiled_on_the_way) {
  record::Suite asked = suite({check(R"({"type": "numeric"})")});
  asked.cases.clear();
  const Result<Grader> grader = Grader::make(asked);
  ASSERT_TRUE(grader);
  record::Case late;
  late.id = "late";
  EXPECT_EQ(say(grader->judge(late, sample("1"))), "ungraded: grader_missing");
  late.expect = record::Value::of_number("1");
  EXPECT_EQ(say(grader->judge(late, sample("1"))), "pass: ");
}

TEST(Grader, a_missing_expectation_is_an_error_with_the_place_of_the_case) {
  record::Suite asked = suite({check(R"({"type": "numeric"})")});
  asked.cases[0].where = {.file = "s.yaml", .line = 9, .column = 5};
  const Result<Grader> grader = Grader::make(asked);
  ASSERT_FALSE(grader);
  EXPECT_EQ(message(grader.error()).find("s.yaml:9:5: numeric has nothing to compare with"), 0U);
}

// ── The record ──

TEST(Grader, steps_are_spans_of_the_output) {
  const Verdict verdict = judge(suite({check(R"({"type": "numeric", "value": 18})")}),
                                sample("<think>6*3</think>\nSo it is $18.00. "));
  EXPECT_EQ(dump(verdict.steps),
            R"({"pipelines":{"main":{"span":[19,35],"steps":[{"f":"reasoning-split@1","span":[19,36]},)"
            R"({"f":"trim@1","span":[19,35]}]}},"read":["$18.00"],)"
            R"("reasoning":{"closed":true,"filter":"reasoning-split@1","how":"tag:think","span":[0,18]}})");
  EXPECT_EQ(verdict.extracted, "So it is $18.00.");
  EXPECT_EQ(verdict.assertions[0].type, "numeric@1");
  EXPECT_EQ(verdict.assertions[0].reason, "18.00 = 18");
}

TEST(Grader, judging_twice_gives_the_same_bytes) {
  const record::Suite asked = two_pipelines();
  const Result<Grader> grader = Grader::make(asked);
  ASSERT_TRUE(grader);
  const record::Sample answer = sample("<think>x</think>1 #### 42 or 43");
  EXPECT_EQ(dump(record::to_json(grader->judge(asked.cases[0], answer))),
            dump(record::to_json(grader->judge(asked.cases[0], answer))));
}

TEST(Grader, versions_name_what_is_used) {
  record::Suite asked = two_pipelines();
  asked.checks.push_back(check(R"({"type": "not-contains", "value": "x"})"));
  const Json versions = Grader::make(asked)->versions();
  EXPECT_EQ(dump(versions["evaluators"]), R"(["contains@1","numeric@1"])");
  EXPECT_EQ(dump(versions["filters"]), R"(["number@1","reasoning-split@1","regex@1"])");
  EXPECT_EQ(versions["grader"], 3);
}

TEST(Grader, bytes_that_are_no_utf8_are_replaced_and_flagged) {
  const Verdict verdict = judge(suite({check(R"({"type": "regex", "value": "^a.b$"})")}), sample("a\xff"
                                                                                                 "b"));
  EXPECT_EQ(say(verdict), "pass: ");
  EXPECT_EQ(verdict.flags, std::vector<std::string>{"invalid_utf8"});
  EXPECT_EQ(verdict.extracted,
            "a\xEF\xBF\xBD"
            "b");
}

TEST(Grader, nul_is_a_character) {
  const std::string text("a\0b", 3);
  EXPECT_EQ(say(judge(suite({check(R"({"type": "equals", "value": "a"})")}), sample(text))),
            "fail: mismatch");
  EXPECT_EQ(say(judge(suite({check(R"({"type": "regex", "value": "^a\\x00b$"})")}), sample(text))), "pass: ");
  EXPECT_EQ(say(judge(suite({check(R"({"type": "contains", "value": "b"})")}), sample(text))), "pass: ");
}

TEST(Grader, four_mebibytes_of_anything_come_to_an_end) {
  const std::vector<std::string> patterns{"1 ",      "1,",       "{\"",       "[1,", "\\boxed{",
                                          "<think>", "</think>", "``\n```\n", "a",   "_1"};
  const record::Suite asked = [] {
    record::Suite made =
        suite({check(R"({"type": "numeric", "value": 7, "pick": "any"})"),
               check(R"({"type": "icontains", "value": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"})"),
               check(R"({"type": "json-equals", "value": "{}", "order": "any"})"),
               check(R"_({"type": "regex", "value": "x(.*)y\\1"})_")});
    made.cases[0].on_length = record::OnLength::grade;
    made.pipelines = {testing::pipeline("main", R"(["trim"])"),
                      testing::pipeline("code", R"(["code-block", "collapse-space", "nfc", "last-line"])"),
                      testing::pipeline("box", R"(["boxed"])")};
    return made;
  }();
  for (const std::string& pattern : patterns) {
    std::string text;
    while (text.size() < (4U << 20U)) text += pattern;
    EXPECT_NE(judge(asked, sample(text)).mark, Mark::pass) << pattern;
  }
}

}  // namespace
}  // namespace assay::evaluator
