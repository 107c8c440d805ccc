// Which differences are claimed, in which words, and who gets a badge.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "src/stats/testdata/example_run.h"
#include "stats/summariser.h"

namespace assay::stats {
namespace {

using record::Mark;

/// One model of a contest: its pass letters per case ("pf.": '.' is not graded) and its gap between tokens.
struct Contestant {
  std::string name;
  std::string marks;
  double gap_ms = 0.2;
  double jitter = 0.02;
};

Summary contest(const std::vector<Contestant>& contestants, int repeats = 1) {
  std::vector<record::ModelRecord> models;
  for (const Contestant& contestant : contestants)
    models.push_back(example::model(contestant.name, 1'000'000));
  const std::size_t cases = contestants.front().marks.size() / static_cast<std::size_t>(repeats);
  const auto run = example::run_of(models, cases, repeats);
  Summariser summariser(run);
  Random random(6);
  for (std::uint32_t m = 0; m < contestants.size(); ++m) {
    const Contestant& one = contestants[m];
    for (std::size_t i = 0; i < one.marks.size(); ++i) {
      const double gap = one.gap_ms * (1 + one.jitter * random.normal());
      const auto s = example::sample(m, example::case_name(i / static_cast<std::size_t>(repeats)),
                                     static_cast<std::uint32_t>(i % static_cast<std::size_t>(repeats)),
                                     30.0 * static_cast<double>(i), 20, gap);
      const char letter = one.marks[i];
      const auto v = letter == 'p'   ? example::verdict(Mark::pass)
                     : letter == 'f' ? example::verdict(Mark::fail, "mismatch")
                                     : example::verdict(Mark::incomplete, "output_truncated");
      summariser.add(s, &v);
    }
  }
  return summariser.finish();
}

std::string letters(std::initializer_list<std::pair<int, char>> runs) {
  std::string text;
  for (const auto& [count, letter] : runs) text += std::string(static_cast<std::size_t>(count), letter);
  return text;
}

const Difference& of(const Summary& summary, const std::string& metric) {
  const auto found = std::find_if(summary.differences.begin(), summary.differences.end(),
                                  [&](const Difference& d) { return d.metric == metric; });
  EXPECT_NE(found, summary.differences.end());
  return *found;
}

TEST(Differences, mcnemar_on_132_against_122) {
  // 118 both, 14 only A, 4 only B, 64 neither.
  const Summary summary = contest({{"A", letters({{118, 'p'}, {14, 'p'}, {4, 'f'}, {64, 'f'}})},
                                   {"B", letters({{118, 'p'}, {14, 'f'}, {4, 'p'}, {64, 'f'}})}});
  const Difference& d = of(summary, "accuracy");
  EXPECT_EQ(d.better, 0U);
  EXPECT_EQ(d.better_only, 14U);
  EXPECT_EQ(d.worse_only, 4U);
  EXPECT_EQ(d.worse_only_cases, (std::vector<std::string>{"c132", "c133", "c134", "c135"}));
  EXPECT_NEAR(d.p, 0.0309, 5e-5);
  EXPECT_NEAR(d.estimate, 0.05, 1e-12);
  EXPECT_NEAR(d.ci95->low, 0.00865, 5e-6);
  EXPECT_NEAR(d.ci95->high, 0.09135, 5e-6);
  EXPECT_EQ(d.method, "McNemar exact");
  EXPECT_EQ(d.comparisons, 2U) << "accuracy and speed are one table";
  EXPECT_FALSE(d.shown) << "Holm: 2 · 0.0309";
  EXPECT_EQ(
      d.text,
      "no difference in accuracy shown between A and B: +5 points (1…9); 6 points would have been found");
  EXPECT_EQ(d.detail,
            "200 cases in pairs; only A passes 14, only B 4; McNemar exact: p = 0.031, by Holm (m = 2) p = "
            "0.062");
  EXPECT_FALSE(d.sign_flip) << "McNemar's test is the sign-flip test of one answer each";
  EXPECT_FALSE(d.bootstrap_ci95);
  EXPECT_NEAR(*d.se, 0.02097, 5e-6);
}

TEST(Differences, shown_with_words_and_badge) {
  const Summary summary = contest(
      {{"small", letters({{30, 'p'}, {20, 'f'}}), 0.2}, {"large", letters({{46, 'p'}, {4, 'f'}}), 0.22}});
  EXPECT_EQ(of(summary, "accuracy").text,
            "large is more accurate than small: 92 % against 60 %, +32 points (19…45), p < 0.001");
  const Difference& speed = of(summary, "decode_tps");
  EXPECT_TRUE(speed.shown);
  EXPECT_EQ(speed.better, 0U);
  EXPECT_NE(speed.text.find("small decodes faster by "), std::string::npos) << speed.text;
  // The interval is 2.03 standard errors to each side at 50 cases, what is found four times in five 2.80.
  const double half = std::log((1 + speed.ci95->high) / (1 + speed.ci95->low)) / 2;
  EXPECT_NEAR(std::log1p(*speed.smallest) / half, 1.38, 0.15);
  EXPECT_EQ(summary.rows[0].badges, (std::vector<std::string>{"fastest"}));
  EXPECT_EQ(summary.rows[1].badges, (std::vector<std::string>{"most accurate"}));
}

TEST(Differences, equals_get_no_badge) {
  const Summary summary =
      contest({{"a", letters({{30, 'p'}, {20, 'f'}})}, {"b", letters({{31, 'p'}, {19, 'f'}})}});
  for (const Difference& d : summary.differences) {
    EXPECT_FALSE(d.shown) << d.text;
    EXPECT_TRUE(d.text.starts_with("no difference in ")) << d.text;
    EXPECT_NE(d.text.find("would have been found"), std::string::npos) << d.text;
  }
  EXPECT_TRUE(summary.rows[0].badges.empty());
  EXPECT_TRUE(summary.rows[1].badges.empty());
}

TEST(Differences, ties_share_the_badge) {
  const Summary summary = contest({{"a", letters({{46, 'p'}, {4, 'f'}})},
                                   {"b", letters({{47, 'p'}, {3, 'f'}})},
                                   {"c", letters({{10, 'p'}, {40, 'f'}})}});
  EXPECT_EQ(summary.rows[0].badges, (std::vector<std::string>{"most accurate"}));
  EXPECT_EQ(summary.rows[1].badges, (std::vector<std::string>{"most accurate"}));
  EXPECT_TRUE(summary.rows[2].badges.empty());
}

TEST(Differences, no_winner_while_coverage_leaves_the_order_open) {
  // On what both graded, a is far ahead; but a thought for ever on half of the cases.
  const Summary summary =
      contest({{"a", letters({{25, 'p'}, {25, '.'}})}, {"b", letters({{5, 'p'}, {20, 'f'}, {25, 'p'}})}});
  const Difference& d = of(summary, "accuracy");
  EXPECT_LT(d.p_adjusted, 0.05);
  EXPECT_TRUE(d.open);
  EXPECT_FALSE(d.shown);
  EXPECT_EQ(d.left_out, 25U);
  EXPECT_EQ(d.text, "no winner in accuracy between a and b: what was not graded could turn the order round");
  EXPECT_TRUE(summary.rows[0].badges.empty());
}

TEST(Differences, repeats_use_the_case_means) {
  const auto repeated = [](const std::string& counts) {  // passes of 4 repeats
    std::string text;
    for (const char c : counts) text += letters({{c - '0', 'p'}, {4 - (c - '0'), 'f'}});
    return text;
  };
  const Summary summary = contest({{"A", repeated("4324140324")}, {"B", repeated("3314030223")}}, 4);
  const Difference& d = of(summary, "accuracy");
  EXPECT_EQ(d.method, "paired t over case means");
  EXPECT_NEAR(d.estimate, 0.15, 1e-12);
  EXPECT_NEAR(d.p, 0.0051, 5e-5);
  EXPECT_NEAR(d.ci95->low, 0.0576, 5e-5);
  EXPECT_NEAR(d.ci95->high, 0.2424, 5e-5);
  EXPECT_NEAR(d.sign_flip->p, 0.03125, 1e-12);
  EXPECT_TRUE(d.sign_flip->exact);
  EXPECT_NEAR(d.bootstrap_ci95->low, 0.075, 1e-9);
  EXPECT_NEAR(d.bootstrap_ci95->high, 0.225, 1e-9);
  EXPECT_EQ(d.repeats, 4);
  // Repeats alone would scatter more than these cases do, so all of it is theirs: σ² = 4·s_d², τ² = 0.
  EXPECT_EQ(d.variance->between, 0);
  EXPECT_NEAR(d.variance->within, 4.0 / 60, 1e-12);
  EXPECT_EQ(d.detail,
            "10 cases in pairs; paired t over case means: p = 0.005, by Holm (m = 2) p = 0.010; sign-flip p "
            "= 0.031 "
            "(all 1,024 patterns); paired bootstrap 8…22 points (10,000 draws, seed 1)");
}

TEST(Differences, the_other_way_round_the_interval_is_still_of_the_better) {
  const auto repeated = [](const std::string& counts) {
    std::string text;
    for (const char c : counts) text += letters({{c - '0', 'p'}, {4 - (c - '0'), 'f'}});
    return text;
  };
  const Summary summary = contest({{"A", repeated("3314030223")}, {"B", repeated("4324140324")}}, 4);
  const Difference& d = of(summary, "accuracy");
  EXPECT_EQ(d.better, 1U);
  EXPECT_NEAR(d.bootstrap_ci95->low, 0.075, 1e-9);
  EXPECT_GT(*d.better_value, *d.worse_value);
}

TEST(Differences, thirty_cases_need_no_sign_flip) {
  const std::string right = letters({{40, 'p'}, {20, 'f'}});
  const std::string other = letters({{20, 'f'}, {40, 'p'}});
  EXPECT_FALSE(of(contest({{"a", right}, {"b", other}}, 2), "accuracy").sign_flip);
  const Summary fewer = contest({{"a", right.substr(2)}, {"b", other.substr(2)}}, 2);
  const Difference& d = of(fewer, "accuracy");
  ASSERT_TRUE(d.sign_flip);
  EXPECT_FALSE(d.sign_flip->exact);
  EXPECT_NE(d.detail.find("100,000 draws, seed 1"), std::string::npos) << d.detail;
}

TEST(Differences, no_case_differs_is_luck_and_not_power) {
  const std::string same = letters({{20, 'p'}, {20, 'f'}});
  const Difference d = of(contest({{"a", same}, {"b", same}}, 4), "accuracy");
  EXPECT_EQ(d.se, 0.0);
  EXPECT_NEAR(*d.smallest, 0.6, 1e-12) << "6 of 10 cases";
  EXPECT_NEAR(d.ci95->high, 0.2775, 5e-5) << "as much as none of 10 cases leaves open";
}

TEST(Differences, graded_scores_are_compared_by_case_means) {
  auto run = example::run_of({example::model("a", 1), example::model("b", 1)}, 10);
  SummaryOptions options;
  for (std::uint64_t c = 0; c < 10; ++c)
    options.cases.push_back({.id = example::case_name(c), .cluster = {}});
  const auto summary_of = [&](const std::vector<double>& of_a, const std::vector<double>& of_b) {
    Summariser summariser(run, options);
    for (std::uint32_t m = 0; m < 2; ++m) {
      for (std::uint64_t c = 0; c < 10; ++c) {
        auto v = example::verdict(Mark::pass);
        v.score = (m == 0 ? of_a : of_b)[c];
        summariser.add(example::sample(m, example::case_name(c), 0, 0, 2, 1), &v);
      }
    }
    return summariser.finish();
  };
  // The ten cases of the paired t test, as scores.
  const std::vector<double> a{1, 0.75, 0.5, 1, 0.25, 1, 0, 0.75, 0.5, 1};
  const std::vector<double> b{0.75, 0.75, 0.25, 1, 0, 0.75, 0, 0.5, 0.5, 0.75};
  const Summary summary = summary_of(a, b);
  const Difference& d = of(summary, "score");
  EXPECT_NEAR(d.p, 0.0051, 5e-5);
  EXPECT_NEAR(d.sign_flip->p, 0.03125, 1e-12);
  EXPECT_NEAR(d.bootstrap_ci95->low, 0.075, 1e-9);
  EXPECT_NEAR(summary.rows[0].score.value(), 0.675, 1e-12);
  EXPECT_EQ(d.comparisons, 3U);
  EXPECT_EQ(d.text,
            "a is better than b in mean score: 0.6750 against 0.5250, difference 0.1500 (0.0576…0.2424), p = "
            "0.015");
  const Summary plain = summary_of(std::vector<double>(10, 1.0), std::vector<double>(10, 1.0));
  for (const Difference& other : plain.differences) EXPECT_NE(other.metric, "score") << "accuracy says it";
  // A case that weighs nothing changes nothing; the estimate is that of the weighted means.
  options.cases[9].weight = 0;
  options.cases[0].weight = 3;
  const Summary weighted = summary_of(a, b);
  EXPECT_NEAR(of(weighted, "score").estimate, *weighted.rows[0].score - *weighted.rows[1].score, 1e-12);
}

TEST(Differences, repeats_of_scores_are_counted_over_the_cases_in_pairs) {
  const auto run = example::run_of({example::model("a", 1), example::model("b", 1)}, 10, 2);
  Summariser summariser(run);
  for (std::uint32_t m = 0; m < 2; ++m) {
    for (std::uint64_t c = 0; c < (m == 0 ? 10U : 6U); ++c) {
      for (std::uint32_t repeat = 0; repeat < 2; ++repeat) {
        auto v = example::verdict(Mark::pass);
        v.score = 0.5 + 0.01 * static_cast<double>(m + c);
        summariser.add(example::sample(m, example::case_name(c), repeat, 0, 2, 1), &v);
      }
    }
  }
  const Difference d = of(summariser.finish(), "score");
  EXPECT_EQ(d.left_out, 4U);
  EXPECT_EQ(d.repeats, 2);
}

TEST(Differences, nothing_is_said_not_to_differ_without_what_would_have_been_found) {
  auto run = example::run_of({example::model("a", 1), example::model("b", 1)}, 12);
  SummaryOptions options;
  for (std::uint64_t c = 0; c < 12; ++c)
    options.cases.push_back({.id = example::case_name(c), .cluster = "one passage"});
  Summariser summariser(run, options);
  for (std::uint32_t m = 0; m < 2; ++m) {
    for (std::uint64_t c = 0; c < 12; ++c) {
      const auto v = example::verdict(m == 0 || c < 6 ? Mark::pass : Mark::fail);
      summariser.add(example::sample(m, example::case_name(c), 0, 0, 2, 1), &v);
    }
  }
  const Difference d = of(summariser.finish(), "accuracy");
  EXPECT_FALSE(d.shown);
  EXPECT_FALSE(d.sign_flip);
  EXPECT_EQ(
      d.text,
      "no difference in accuracy shown between a and b: +50 points; a single cluster of cases shows none, "
      "however large");
}

TEST(Differences, fewer_than_five_cases_are_not_compared) {
  const Summary summary = contest({{"a", "pppp"}, {"b", "ffff"}});
  EXPECT_TRUE(summary.differences.empty());
  EXPECT_TRUE(std::any_of(summary.notes.begin(), summary.notes.end(),
                          [](const Note& n) { return n.kind == "not_compared"; }));
}

TEST(Differences, many_models_are_compared_with_the_best) {
  std::vector<Contestant> contestants;
  for (int m = 0; m < 14; ++m) {
    contestants.push_back(
        {"m" + std::to_string(m), letters({{20 + m, 'p'}, {40 - m, 'f'}}), m < 2 ? 0.2 : 0.4});
  }
  const Summary summary = contest(contestants);
  EXPECT_EQ(summary.differences.size(), 26U) << "13 for each metric, not 91";
  EXPECT_EQ(summary.rows[0].badges, (std::vector<std::string>{"fastest"})) << "ties with the best share";
  EXPECT_EQ(summary.rows[1].badges, (std::vector<std::string>{"fastest"}));
  EXPECT_TRUE(summary.rows[2].badges.empty());
}

TEST(Differences, cells_are_compared_apart) {
  auto run = example::run_of({example::model("a", 1), example::model("b", 1)}, 20);
  run.cells = {record::Cell{{}, "t=0"}, record::Cell{{}, "t=1"}};
  run.planned *= 2;
  Summariser summariser(run);
  for (std::uint32_t m = 0; m < 2; ++m) {
    for (std::uint32_t cell = 0; cell < 2; ++cell) {
      for (std::uint64_t c = 0; c < 20; ++c) {
        auto s = example::sample(m, example::case_name(c), 0, 10.0 * static_cast<double>(c), 20,
                                 cell == 1 && m == 1 ? 0.4 : 0.2);
        s.cell = cell;
        const auto v = example::verdict(Mark::pass);
        summariser.add(s, &v);
      }
    }
  }
  const Summary summary = summariser.finish();
  EXPECT_EQ(summary.differences.size(), 4U);
  for (const Difference& d : summary.differences)
    EXPECT_EQ(summary.rows[d.better].cell, summary.rows[d.worse].cell);
  EXPECT_TRUE(std::any_of(summary.differences.begin(), summary.differences.end(), [](const Difference& d) {
    return d.shown && d.text.find("a decodes") == 0 && d.text.find("at t=1") != std::string::npos;
  }));
}

}  // namespace
}  // namespace assay::stats
