// Scores of all answers to a case together: who wins a vote, what a tie is, and which answers count.
#include "stats/across.h"

#include <algorithm>
#include <functional>

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

/// The summary of two cases with two right answers each, of which the store holds something else of one.
Summary with_damage(const std::function<void(record::Verdict&)>& damage) {
  static const auto run = example::run_of({example::model("m", 1)}, 2, 2);
  Summariser summariser(run);
  for (const std::uint32_t number : {0U, 1U, 2U, 3U}) {
    record::Verdict verdict = said("ok", kMajority);
    if (number == 0) damage(verdict);
    summariser.add(example::sample(0, example::case_name(number / 2), number % 2, 0, 2, 1), &verdict);
  }
  return summariser.finish();
}

TEST(Across, what_somebody_wrote_into_the_store_has_no_vote_and_is_told) {
  const auto in_across = [](const char* name, const Json& value) {
    return with_damage(
        [&](record::Verdict& verdict) { verdict.steps["pipelines"]["maj"]["across"][name] = value; });
  };
  for (const Json& places : {Json{7}, Json{-1}, Json{0.5}, Json{"0"}, Json{"x", 0}, Json("0"), Json{nullptr},
                             Json{18446744073709551615U}}) {
    const Summary summary = in_across("checks", places);
    const AcrossFigure& figure = summary.rows.at(0).across.at(0);
    EXPECT_EQ(figure.left_out, 1U) << places;
    EXPECT_EQ(figure.score->n, 1U) << places;
    const auto& notes = summary.notes;
    EXPECT_TRUE(std::any_of(notes.begin(), notes.end(), [](const Note& note) {
      return note.text ==
             "m: 1 sample has no vote: what the store keeps of its pipelines cannot be read; assay "
             "grade makes it again";
    })) << places;
    EXPECT_TRUE(summary.rows[0].named_scores.empty())
        << "nor does its score go by the vote's name: " << places;
  }
  for (const auto& [name, value] :
       {std::pair{"first", Json("3")}, {"first", Json(-1)}, {"majority", Json(1)}})
    EXPECT_EQ(in_across(name, value).rows.at(0).across.at(0).left_out, 1U) << name;
}

TEST(Across, records_of_another_shape_have_no_vote) {
  const std::vector<std::function<void(record::Verdict&)>> damages{
      [](record::Verdict& verdict) { verdict.steps["pipelines"]["maj"]["extracted"] = {"ok"}; },
      [](record::Verdict& verdict) { verdict.steps["pipelines"]["maj"]["across"] = "majority"; },
      [](record::Verdict& verdict) { verdict.steps["pipelines"]["maj"] = 3; },
      [](record::Verdict& verdict) {
        verdict.steps["pipelines"] = {{"across", 1}};
      },
      [](record::Verdict& verdict) {
        verdict.steps["pipelines"] = Json::array({verdict.steps["pipelines"]["maj"]});
      },
      [](record::Verdict& verdict) { verdict.steps = "none"; },
      [](record::Verdict& verdict) { verdict.assertions.clear(); }};
  for (std::size_t i = 0; i < damages.size(); ++i) {
    const Summary summary = with_damage(damages[i]);
    EXPECT_EQ(summary.rows.at(0).across.at(0).left_out, 1U) << i;
  }
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
