#include "evaluator/grader.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "evaluator/grading_test_util.h"
#include "evaluator/judges.h"

namespace assay::evaluator {
namespace {

using record::Mark;
using record::Verdict;
using testing::asks_42;
using testing::check;
using testing::judge;
using testing::sample;
using testing::say;
using testing::suite;
using testing::two_pipelines;

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

TEST(Grader, a_refusal_that_the_server_names_is_a_fail) {
  record::Sample refused = sample("I cannot help with 42.", "content_filter");
  refused.claims[std::string(record::kClaimedRefusal)] = "stop_reason";
  const Verdict verdict = judge(asks_42(), refused);
  EXPECT_EQ(say(verdict), "fail: refused");
  EXPECT_EQ(verdict.detail, "the server says that the model refused: I cannot help with 42.");
  EXPECT_EQ(verdict.score, 0.0);
}

// The rows of "Splitting off reasoning" in docs/evaluators.md, as verdicts.
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
