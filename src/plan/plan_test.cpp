// The order of trials, their parameters and their identity.
#include "plan/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "plan/describe.h"
#include "plan/key.h"
#include "plan/shuffle.h"
#include "testing/suite_files.h"

namespace assay::plan {
namespace {

using record::Trial;

record::Suite sample_suite(const std::string& more = "") {
  return testing::suite_of(
      "assay: 1\nprompt: \"Say {{w}}\"\nevaluate: equals\n"
      "models: [{engine: fake, label: a}, {engine: fake, label: b, params: {top_k: 7}}]\n"
      "cases: [{id: x, vars: {w: one}, expect: 1}, {id: y, vars: {w: two}, expect: 2}, {id: z, vars: {w: "
      "three}, expect: 3, params: {top_p: 0.5}}]\n" +
      more);
}

record::Plan plan_of(const record::Suite& suite, const Options& options = {}) {
  auto plan = expand(suite, options);
  EXPECT_TRUE(plan) << message(plan.error());
  return plan ? *std::move(plan) : record::Plan{};
}

using Cell = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;

Cell cell_of(const Trial& trial) {
  return {trial.model, trial.cell, trial.case_index, trial.repeat};
}

record::Suite scored_suite(const std::string& prompt, const std::string& more = "") {
  return testing::suite_of(
      "assay: 1\nmethod: loglikelihood\nprompt: " + prompt +
      "\nmodels: [{engine: fake, label: a}]\n"
      "cases: [{id: x, choices: [red, {label: B, text: ' blue '}, {label: C}], expect: B}]\n" +
      more);
}

TEST(LogLikelihood, ContinuationsFollowThePromptWithTheDelimiter) {
  const auto continuations = [](const record::Suite& suite) {
    return prompt_of(suite, suite.cases.front()).continuations;
  };
  const std::vector<std::string> bare{"red", "blue", "C"};
  const std::vector<std::string> blank{" red", " blue", " C"};
  EXPECT_EQ(continuations(scored_suite("'Q:'")), bare) << "behind a chat template nothing stands between";
  EXPECT_EQ(continuations(scored_suite("'Q:'", "raw: true\n")), blank);
  EXPECT_EQ(continuations(scored_suite("'Q: '", "raw: true\n")), bare) << "the blank is there already";
  EXPECT_EQ(continuations(scored_suite("\"Q:\\n\"", "raw: true\n")), bare);
  EXPECT_TRUE(continuations(sample_suite()).empty());
}

TEST(LogLikelihood, NothingIsSampledSoNoSettingOfThatIsSent) {
  const record::Suite suite = scored_suite("Q", "params: {threads: 2, think: false}\n");
  const record::Plan plan = plan_of(suite);
  EXPECT_TRUE(plan.scores_choices);
  EXPECT_EQ(params_of(suite, plan.models[0], plan.cells[0], suite.cases[0], 0),
            (record::Params{{"threads", 2}, {"think", false}}));
  Overrides overrides;
  overrides.params = {{"temperature", 0.5}};
  const auto hot = expand(overridden(suite, overrides));
  ASSERT_FALSE(hot);
  EXPECT_NE(message(hot.error()).find("temperature is set"), std::string::npos);
}

TEST(LogLikelihood, AnotherChoiceIsAnotherTrial) {
  const record::Suite suite = scored_suite("Q");
  record::Suite other = suite;
  other.cases[0].choices[0] = record::Value::of_text("green");
  const record::Plan plan = plan_of(suite);
  EXPECT_NE(trial_key(suite, plan, plan.trials.back()), trial_key(other, plan_of(other), plan.trials.back()));
}

TEST(SplitMix64, KnownAnswers) {
  // The reference implementation's first values for seed 1234567.
  SplitMix64 random(1234567);
  for (const std::uint64_t expected : {6457827717110365317U, 3203168211198807973U, 9817491932198370423U,
                                       4593380528125082431U, 16408922859458223821U})
    EXPECT_EQ(random.next(), expected);
}

TEST(SplitMix64, BelowIsInRangeAndReachesAll) {
  SplitMix64 random(1);
  std::array<int, 5> seen{};
  for (int i = 0; i < 5000; ++i) ++seen.at(random.below(5));
  for (const int count : seen) EXPECT_NEAR(count, 1000, 150);
  EXPECT_EQ(random.below(1), 0U);
}

TEST(Shuffle, EveryOrderOfThreeComesEquallyOften) {
  std::map<std::array<int, 3>, int> orders;
  for (std::uint64_t seed = 0; seed < 6000; ++seed) {
    std::array<int, 3> items{1, 2, 3};
    shuffle(std::span<int>(items), mixed(seed, 0));
    ++orders[items];
  }
  ASSERT_EQ(orders.size(), 6U);
  for (const auto& [order, count] : orders) EXPECT_NEAR(count, 1000, 150);
}

TEST(Shuffle, NothingAndOneStay) {
  std::vector<int> none;
  shuffle(std::span<int>(none), 1);
  std::vector<int> one{5};
  shuffle(std::span<int>(one), 1);
  EXPECT_EQ(one, std::vector<int>{5});
}

TEST(Expand, EveryCombinationExactlyOnce) {
  for (const char* order : {"interleaved", "sequential"}) {
    for (const int rounds : {1, 2, 3, 7}) {
      const record::Suite suite =
          sample_suite(fmt::format("repeats: 7\nrounds: {}\norder: {}\nwarmup: 2\nsweep: {{temperature: [0, "
                                   "1], context: [1, 2, 3]}}\n",
                                   rounds, order));
      const record::Plan plan = plan_of(suite, {.seed = 42, .cases = {}});
      std::map<Cell, int> seen;
      int warmups = 0;
      for (const Trial& trial : plan.trials) {
        if (trial.warmup)
          ++warmups;
        else
          ++seen[cell_of(trial)];
      }
      EXPECT_EQ(seen.size(), 2U * 6U * 3U * 7U);
      EXPECT_TRUE(std::all_of(seen.begin(), seen.end(), [](const auto& entry) { return entry.second == 1; }));
      EXPECT_EQ(warmups, 2 * rounds * 2 * 3);
      EXPECT_EQ(plan.stretches.size(), static_cast<std::size_t>(rounds) * 2 * 3);
    }
  }
}

TEST(Expand, StretchesCoverTheTrialsAndBeginWithWarmups) {
  const record::Suite suite = sample_suite("repeats: 2\nwarmup: 3\nsweep: {context: [1, 2]}\n");
  const record::Plan plan = plan_of(suite);
  std::size_t next = 0;
  for (const record::Stretch& stretch : plan.stretches) {
    EXPECT_EQ(stretch.begin, next);
    for (std::size_t i = stretch.begin; i < stretch.end; ++i) {
      EXPECT_EQ(plan.trials[i].warmup, i < stretch.begin + 3);
      EXPECT_EQ(plan.trials[i].model, stretch.model);
      EXPECT_TRUE(!plan.trials[i].warmup || plan.trials[i].case_index == 0U);
      EXPECT_EQ(plan.cells[plan.trials[i].cell].params.at("context"), stretch.load_params.at("context"));
    }
    next = stretch.end;
  }
  EXPECT_EQ(next, plan.trials.size());
}

TEST(Expand, ARoundHoldsItsRepeatsOnly) {
  const record::Plan plan = plan_of(sample_suite("repeats: 7\nrounds: 3\n"));
  const std::array<std::pair<std::uint32_t, std::uint32_t>, 3> ranges{{{0, 2}, {2, 4}, {4, 7}}};
  for (const record::Stretch& stretch : plan.stretches) {
    for (std::size_t i = stretch.begin; i < stretch.end; ++i) {
      if (plan.trials[i].warmup) continue;
      EXPECT_GE(plan.trials[i].repeat, ranges.at(stretch.round).first);
      EXPECT_LT(plan.trials[i].repeat, ranges.at(stretch.round).second);
    }
  }
}

TEST(Expand, TheOrderDependsOnSeedAndRoundAndNothingElse) {
  const record::Suite suite = sample_suite("repeats: 8\nrounds: 2\n");
  const record::Plan plan = plan_of(suite, {.seed = 5, .cases = {}});
  EXPECT_EQ(plan.trials, plan_of(suite, {.seed = 5, .cases = {}}).trials);
  EXPECT_NE(plan.trials, plan_of(suite, {.seed = 6, .cases = {}}).trials);
  const auto order = [&](const record::Stretch& stretch) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> cases;
    for (std::size_t i = stretch.begin; i < stretch.end; ++i)
      cases.emplace_back(plan.trials[i].case_index, plan.trials[i].repeat % 4);
    return cases;
  };
  EXPECT_EQ(order(plan.stretches[0]), order(plan.stretches[1]));  // two models of a round
  EXPECT_NE(order(plan.stretches[0]), order(plan.stretches[2]));  // two rounds
}

TEST(Expand, SecondRoundsWalkBackwards) {
  const record::Plan plan = plan_of(sample_suite("repeats: 3\nrounds: 3\n"));
  std::vector<std::uint32_t> models;
  for (const record::Stretch& stretch : plan.stretches) models.push_back(stretch.model);
  EXPECT_EQ(models, (std::vector<std::uint32_t>{0, 1, 1, 0, 0, 1}));
}

TEST(Expand, ChosenCasesInFileOrder) {
  const record::Plan plan =
      plan_of(sample_suite("order: sequential\nwarmup: 1\n"), {.seed = 0, .cases = {"z", "y", "z"}});
  std::vector<std::uint32_t> cases;
  for (const Trial& trial : plan.trials) cases.push_back(trial.case_index);
  EXPECT_EQ(cases, (std::vector<std::uint32_t>{1, 1, 2, 1, 1, 2}));  // the warm-up takes the first chosen one
  const auto wrong = expand(sample_suite(), {.seed = 0, .cases = {"nothing"}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::not_found);
}

TEST(Expand, TooManyTrialsAreRefusedBeforeMemoryIs) {
  record::Suite suite = sample_suite();
  suite.repeats = 10'000;
  record::SweepAxis axis{.param = "seed", .values = {}};
  for (int i = 0; i < 1000; ++i) axis.values.emplace_back(i);
  suite.sweep = {axis};
  EXPECT_FALSE(expand(suite));
  suite.sweep.push_back({.param = "top_k", .values = axis.values});
  EXPECT_FALSE(expand(suite));
  suite.sweep.clear();
  suite.rounds = suite.repeats + 1;
  EXPECT_FALSE(expand(suite));
}

TEST(Params, PrecedenceFromDefaultsToCase) {
  record::Suite suite = sample_suite();
  record::ModelSpec model = suite.models[0];
  record::Cell cell;
  record::Case test = suite.cases[0];
  const auto top_k = [&] { return params_of(suite, model, cell, test, 0)["top_k"]; };
  EXPECT_TRUE(top_k().is_null());
  suite.params["top_k"] = 1;
  EXPECT_EQ(top_k(), 1);
  model.params["top_k"] = 2;
  EXPECT_EQ(top_k(), 2);
  cell.params["top_k"] = 3;
  EXPECT_EQ(top_k(), 3);
  test.params["top_k"] = 4;
  EXPECT_EQ(top_k(), 4);
  EXPECT_EQ(params_of(suite, model, cell, test, 0).at("temperature"), 0);
  EXPECT_EQ(params_of(suite, model, cell, test, 0).at("max_tokens"), 512);
  suite.params["max_tokens"] = 3;
  EXPECT_EQ(params_of(suite, model, cell, test, 0).at("max_tokens"), 3);
}

TEST(Params, SeedsAreFixedPerCaseAndRepeat) {
  record::Suite suite = sample_suite();
  const auto seed = [&](std::size_t index, std::uint32_t repeat) {
    return params_of(suite, suite.models[0], {}, suite.cases[index], repeat).at("seed");
  };
  EXPECT_EQ(seed(0, 0), seed_of("x", 0));
  EXPECT_NE(seed(0, 0), seed(0, 1));
  EXPECT_NE(seed(0, 0), seed(1, 0));
  EXPECT_LE(seed_of("x", 0), 0x7FFFFFFFU);
  EXPECT_EQ(seed_of("x", 0), 306267411U);  // printf 'x\n0' | sha256sum: part of every stored result
  suite.params["seed"] = 5;
  EXPECT_EQ(seed(0, 0), 5);
  EXPECT_EQ(seed(1, 1), 5);
}

TEST(Expand, SomeOfEachCellGoAlone) {
  const record::Suite suite = sample_suite(
      "sweep: {temperature: [0, 1]}\nrepeats: 2\nwarmup: 1\nload: {parallel: auto, measure: 2}\n");
  EXPECT_TRUE(suite.load.automatic);
  const record::Plan plan = plan_of(suite);
  ASSERT_EQ(plan.stretches.size(), 2U);
  for (const record::Stretch& stretch : plan.stretches) {
    ASSERT_EQ(stretch.alone, 5U);  // the warm-up, and two trials of each of two cells
    std::map<std::uint32_t, int> alone;
    for (std::size_t i = stretch.begin + 1; i < stretch.begin + 5; ++i) ++alone[plan.trials[i].cell];
    EXPECT_EQ(alone, (std::map<std::uint32_t, int>{{0, 2}, {1, 2}}));
  }
  std::set<Cell> all;
  for (const Trial& trial : plan.trials)
    if (!trial.warmup) all.insert(cell_of(trial));
  EXPECT_EQ(all.size(), 24U);
}

TEST(Overridden, MeasureMakesOneStreamAutomatic) {
  Overrides overrides;
  overrides.measure = 3;
  const record::Suite alone = overridden(sample_suite(), overrides);
  EXPECT_TRUE(alone.load.automatic);
  EXPECT_EQ(alone.load.measure, 3);
  EXPECT_EQ(alone.load.streams(), 1);
  const record::Suite eight = overridden(sample_suite("load: {parallel: 8}\n"), overrides);
  EXPECT_FALSE(eight.load.automatic);
  EXPECT_EQ(eight.load.parallel, 8);
  EXPECT_FALSE(overridden(sample_suite("load: {rate: 5}\n"), overrides).load.rate_per_s);
}

TEST(Overridden, CommandLineWinsEverywhere) {
  const record::Suite suite = sample_suite(
      "sweep: {temperature: [0, 1], max_tokens: [1, 2]}\nparams: {top_k: 1}\nrepeats: 3\nload: {rate: 5}\n");
  Overrides overrides;
  overrides.params = {{"temperature", 0.5}, {"top_k", 9}, {"top_p", 0.25}};
  overrides.repeats = 4;
  overrides.load = record::LoadPattern{.parallel = 2, .rate_per_s = {}};
  overrides.order = record::Order::sequential;
  const record::Suite changed = overridden(suite, overrides);
  ASSERT_EQ(changed.sweep.size(), 1U);
  EXPECT_EQ(changed.sweep[0].param, "max_tokens");
  const record::Params params = params_of(changed, changed.models[1], {}, changed.cases[2], 0);
  EXPECT_EQ(params.at("temperature"), 0.5);
  EXPECT_EQ(params.at("top_k"), 9);
  EXPECT_EQ(params.at("top_p"), 0.25);
  EXPECT_EQ(changed.repeats, 4);
  EXPECT_EQ(changed.load.parallel, 2);
  EXPECT_FALSE(changed.load.rate_per_s);
  EXPECT_EQ(changed.order, record::Order::sequential);
  EXPECT_TRUE(overridden(suite, {}) == suite);
}

TEST(PromptOf, FillsEveryMessageOnce) {
  record::Suite suite = testing::suite_of(
      "assay: 1\nsystem: \"S {{w}}\"\nprompt: \"P {{w}} \\\\{{w}}\"\ncases: [{id: c, vars: {w: "
      "\"{{w}}\"}}]\n");
  const record::Prompt prompt = prompt_of(suite, suite.cases[0]);
  ASSERT_EQ(prompt.messages.size(), 2U);
  EXPECT_EQ(prompt.messages[0].content, "S {{w}}");  // the value is not expanded again
  EXPECT_EQ(prompt.messages[1].content, "P {{w}} {{w}}");
}

TEST(TrialKeys, DifferExactlyWhereTheRequestDoes) {
  const record::Suite suite = sample_suite("repeats: 3\nsweep: {temperature: [0, 1]}\n");
  const record::Plan plan = plan_of(suite);
  TrialKeys keys(suite, plan);
  std::set<std::string> all;
  for (const Trial& trial : plan.trials) {
    if (!trial.warmup) all.insert(keys.of(trial));
  }
  EXPECT_EQ(all.size(), 2U * 2U * 3U * 3U);
  const Trial trial = plan.trials.back();
  const std::string key = keys.of(trial);
  EXPECT_EQ(key.size(), 32U);
  EXPECT_EQ(key, trial_key(suite, plan, trial));

  const auto key_after = [&](auto change) {
    record::Suite changed = suite;
    change(changed);
    return trial_key(changed, plan_of(changed), trial);
  };
  const auto index = trial.case_index;
  EXPECT_EQ(key, key_after([](record::Suite& s) {
              s.name = "other";
              s.order = record::Order::sequential;
              s.repeats = 9;
              s.warmup = 0;
            }));
  EXPECT_EQ(key, key_after([](record::Suite& s) {
              for (auto& m : s.models) m.label += "x";
            }));
  EXPECT_EQ(key, key_after([&](record::Suite& s) {
              s.cases[index].expect = record::Value::of_text("else");
              s.checks.clear();
            }));
  EXPECT_NE(key, key_after([](record::Suite& s) { s.prompt.messages[0].content += "."; }));
  EXPECT_NE(key, key_after([](record::Suite& s) { s.prompt.raw = true; }));
  EXPECT_NE(key, key_after([](record::Suite& s) {
              s.params["top_k"] = 3;
              s.models[1].params.clear();
            }));
  EXPECT_NE(key, key_after([&](record::Suite& s) { s.cases[index].params["seed"] = 3; }));
  EXPECT_NE(key, key_after([&](record::Suite& s) { s.cases[index].id += "2"; }));
  EXPECT_NE(key, key_after([&](record::Suite& s) { s.cases[index].images = {"a.png"}; }));
  EXPECT_NE(key, key_after([](record::Suite& s) { s.tools = {{.name = "now"}}; }));
  EXPECT_NE(key, key_after([&](record::Suite& s) { s.cases[index].tools = {{.name = "now"}}; }));
  EXPECT_NE(key, key_after([](record::Suite& s) {
              for (auto& m : s.models) m.model = "m";
            }));
  EXPECT_NE(key, key_after([](record::Suite& s) {
              for (auto& m : s.models) m.url = "http://h";
            }));
  TrialKeys identified(suite, plan, {"file 1", "file 2"});
  EXPECT_NE(key, identified.of(trial));
}

TEST(Tools, OfACaseTakeThePlaceOfTheSuites) {
  record::Suite suite = sample_suite();
  EXPECT_TRUE(plan_of(suite).media.empty());
  EXPECT_TRUE(prompt_of(suite, suite.cases[0]).tools.empty());
  suite.cases[0].tools = {{.name = "now"}};
  EXPECT_EQ(plan_of(suite).media, std::vector<std::string>{"tools"});
  suite.tools = {{.name = "weather"}};
  EXPECT_EQ(prompt_of(suite, suite.cases[0]).tools.front().name, "now");
  EXPECT_EQ(prompt_of(suite, suite.cases[1]).tools.front().name, "weather");
  EXPECT_NE(describe_case(plan_of(suite), suite, suite.cases[0]).find("tool: {\"name\":\"now\"}"),
            std::string::npos);
  EXPECT_GT(longest_request(suite, plan_of(suite)), longest_request(sample_suite(), plan_of(suite)));
}

TEST(Describe, OneCaseShowsTheExactPrompt) {
  const record::Suite suite = sample_suite();
  const std::string text = describe_case(plan_of(suite), suite, suite.cases[2]);
  EXPECT_NE(text.find("| Say three\n"), std::string::npos) << text;
  EXPECT_NE(text.find("a: max_tokens=512"), std::string::npos) << text;
  EXPECT_NE(text.find("top_p=0.5"), std::string::npos) << text;
  EXPECT_NE(text.find("expect: 3"), std::string::npos) << text;
}

}  // namespace
}  // namespace assay::plan
