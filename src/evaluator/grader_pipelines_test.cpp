// Which pipeline decides, and how mistakes in pipelines are told.
#include <gtest/gtest.h>

#include "evaluator/grading_test_util.h"

namespace assay::evaluator {
namespace {

using record::Verdict;
using testing::asks_42;
using testing::check;
using testing::judge;
using testing::pipeline;
using testing::sample;
using testing::say;
using testing::suite;
using testing::two_pipelines;

TEST(GraderPipelines, the_first_pipeline_decides_and_the_others_are_scores) {
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

TEST(GraderPipelines, a_named_pipeline_is_the_only_one_and_decides) {
  record::Suite asked = two_pipelines();
  asked.checks = {check(R"({"type": "numeric", "value": 42, "pipeline": "flexible"})")};
  const Verdict verdict = judge(asked, sample("It is 42"));
  EXPECT_EQ(say(verdict), "pass: ");
  EXPECT_EQ(verdict.assertions.size(), 1U);
  EXPECT_EQ(verdict.assertions[0].weight, 1);
}

TEST(GraderPipelines, nothing_found_is_not_turned_round) {
  record::Suite asked = two_pipelines();
  asked.checks = {check(R"({"type": "not-numeric", "value": 42, "pipeline": "strict"})")};
  EXPECT_EQ(say(judge(asked, sample("It is 7"))), "fail: no_answer");
}

// What stats/across.h counts: whole texts, the rule, and which checks looked at them.
TEST(GraderPipelines, a_pipeline_that_ends_across_repeats_keeps_its_text_and_its_checks) {
  record::Suite asked = suite({check(R"({"type": "numeric", "value": 42})"),
                               check(R"({"type": "contains", "value": "4", "on": "raw"})"),
                               check(R"({"type": "latency", "threshold": 9, "weight": 0})")});
  asked.pipelines = {pipeline("main", R"(["trim"])"),
                     pipeline("maj", R"(["number", {"type": "first-k", "k": 5}, "majority"])")};
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

TEST(GraderPipelines, filters_across_repeats_are_the_end_of_a_pipeline) {
  const auto message_of = [](std::string_view filters) {
    record::Suite asked = asks_42();
    asked.pipelines = {pipeline("main", filters)};
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

TEST(GraderPipelines, mistakes_in_pipelines) {
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

}  // namespace
}  // namespace assay::evaluator
