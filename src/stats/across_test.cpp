// Scores of all answers to a case together: who wins a vote, what a tie is, and which answers count.
#include "stats/across.h"

#include <gtest/gtest.h>

#include "src/stats/testdata/example_run.h"
#include "stats/summariser.h"

namespace assay::stats {
namespace {

using record::Mark;

/// One check of one pipeline that looked at `text` ("-": it found none). Texts that hold "ok" are right.
record::Verdict said(const std::string& text, const Json& across) {
  const bool right = text.find("ok") != std::string::npos;
  record::Verdict verdict = example::verdict(right ? Mark::pass : Mark::fail, right ? "" : "mismatch");
  verdict.assertions.push_back({.type = "equals@1",
                                .pipeline = "maj",
                                .metric = "maj",
                                .mark = verdict.mark,
                                .score = right ? 1 : 0,
                                .weight = 0,
                                .reason = {}});
  Json& record = verdict.steps["pipelines"]["maj"];
  record["across"] = across;
  record["across"]["checks"] = {0};
  if (text != "-") record["extracted"] = text;
  return verdict;
}

/// Cases of answers in the order of their repeats. "": empty, so no check saw it. "!": the engine broke.
SummaryRow row_of(const std::vector<std::vector<std::string>>& cases, const Json& across) {
  const auto run = example::run_of({example::model("m", 1)}, cases.size(), 4);
  Summariser summariser(run);
  for (std::size_t c = 0; c < cases.size(); ++c) {
    for (std::size_t i = cases[c].size(); i > 0; --i) {  // the order of samples does not matter
      const std::string& text = cases[c][i - 1];
      const record::Verdict verdict = text.empty()  ? example::verdict(Mark::fail, "empty_output")
                                      : text == "!" ? example::verdict(Mark::error, "server_exit")
                                                    : said(text, across);
      summariser.add(example::sample(0, example::case_name(c), static_cast<std::uint32_t>(i - 1), 0, 2, 1),
                     &verdict);
    }
  }
  return summariser.finish().rows.at(0);
}

AcrossFigure figure(const std::vector<std::vector<std::string>>& cases, const Json& across) {
  return row_of(cases, across).across.at(0);
}

const Json kMajority{{"majority", true}};

TEST(Across, the_text_that_most_answers_give_counts) {
  const AcrossFigure found = figure({{"no", "ok", "ok", "other"}, {"no", "ok", "no", "no"}}, kMajority);
  EXPECT_EQ(found.name, "maj");
  EXPECT_EQ(found.rule, "majority");
  EXPECT_DOUBLE_EQ(found.score->mean, 0.5);
  EXPECT_EQ(found.score->n, 2U);
  EXPECT_EQ(found.ties, 0U);
}

TEST(Across, right_answers_of_different_texts_do_not_add_up) {
  EXPECT_DOUBLE_EQ(figure({{"ok 1", "ok 2", "no", "no"}}, kMajority).score->mean, 0);
}

TEST(Across, of_equals_the_earliest_text_counts_and_the_tie_is_told) {
  const AcrossFigure found = figure({{"ok", "no", "no", "ok"}, {"a", "b", "ok", "ok"}}, kMajority);
  EXPECT_DOUBLE_EQ(found.score->mean, 1);
  EXPECT_EQ(found.ties, 1U) << "a and b are alike, but another text beats both";
  EXPECT_DOUBLE_EQ(figure({{"no", "ok", "ok", "no"}}, kMajority).score->mean, 0);
}

TEST(Across, an_answer_without_a_text_has_no_vote) {
  const AcrossFigure found = figure({{"-", "", "-", "ok"}, {"-", "-", "", ""}}, kMajority);
  EXPECT_DOUBLE_EQ(found.score->mean, 0.5);
  EXPECT_EQ(found.silent, 1U);
  EXPECT_EQ(found.ties, 0U);
}

TEST(Across, the_first_k_graded_answers_vote) {
  const Json three{{"first", 3}, {"majority", true}};
  const AcrossFigure found =
      figure({{"no", "ok", "ok", "no"}, {"ok", "!", "ok", "no"}, {"ok", "!", "ok"}}, three);
  EXPECT_EQ(found.rule, "majority of 3");
  EXPECT_DOUBLE_EQ(found.score->mean, 1);
  EXPECT_EQ(found.score->n, 2U);
  EXPECT_EQ(found.left_out, 1U) << "a case is not padded";
}

TEST(Across, without_majority_the_first_k_are_a_mean) {
  const AcrossFigure found = figure({{"no", "ok", "ok", "ok"}}, Json{{"first", 2}});
  EXPECT_EQ(found.rule, "first 2");
  EXPECT_DOUBLE_EQ(found.score->mean, 0.5);
}

TEST(Across, one_answer_is_no_majority) {
  const AcrossFigure found = figure({{"ok"}}, kMajority);
  EXPECT_FALSE(found.score.has_value());
  EXPECT_EQ(found.left_out, 1U);
}

TEST(Across, the_mean_of_the_samples_does_not_go_by_its_name) {
  EXPECT_TRUE(row_of({{"ok", "no"}}, kMajority).named_scores.empty());
  EXPECT_TRUE(row_of({{"", ""}}, kMajority).across.empty()) << "nobody said what would be counted";
}

/// Questions of two rotations each, as letters: "pp", one repeat after another.
AcrossFigure circle(const std::vector<std::vector<std::string>>& questions) {
  const auto run = example::run_of({example::model("m", 1)}, 2 * questions.size(), 2);
  SummaryOptions options;
  for (std::size_t q = 0; q < questions.size(); ++q) {
    for (const char* turn : {"a", "b"})
      options.cases.push_back({.id = example::case_name(q) + turn,
                               .cluster = example::case_name(q),
                               .rotation_of = example::case_name(q)});
  }
  Summariser summariser(run, options);
  for (std::size_t q = 0; q < questions.size(); ++q) {
    for (std::uint32_t repeat = 0; repeat < questions[q].size(); ++repeat) {
      for (std::size_t turn = 0; turn < 2; ++turn) {
        const char letter = questions[q][repeat][turn];
        const auto verdict = example::verdict(letter == 'p'   ? Mark::pass
                                              : letter == 'f' ? Mark::fail
                                                              : Mark::error);
        if (letter != '.')
          summariser.add(example::sample(0, example::case_name(q) + (turn == 0 ? "a" : "b"), repeat, 0, 2, 1),
                         &verdict);
      }
    }
  }
  return summariser.finish().rows.at(0).across.at(0);
}

TEST(EveryRotation, one_wrong_answer_decides_and_a_missing_one_leaves_out) {
  const AcrossFigure found = circle({{"pp"}, {"pf"}, {"fe"}, {"pe"}, {"p."}});
  EXPECT_EQ(found.rule, "every rotation right");
  EXPECT_NEAR(found.score->mean, 1.0 / 3, 1e-15);
  EXPECT_EQ(found.score->n, 3U);
  EXPECT_EQ(found.left_out, 2U);
}

TEST(EveryRotation, repeats_are_circles_of_their_own) {
  EXPECT_DOUBLE_EQ(circle({{"pf", "fp"}, {"pp", "pf"}}).score->mean, 0.25);
  EXPECT_DOUBLE_EQ(circle({{"pp", "pe"}}).score->mean, 1) << "the second repeat is not whole";
}

}  // namespace
}  // namespace assay::stats
