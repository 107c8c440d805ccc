// Two runs as one: who is paired, where samples go, and what is said to differ.
#include "stats/side_by_side.h"

#include <gtest/gtest.h>

#include "src/stats/testdata/example_run.h"

namespace assay::stats {
namespace {

std::vector<std::string> names(const std::vector<Change>& changes) {
  std::vector<std::string> all;
  for (const Change& change : changes) all.push_back(change.what + ": " + change.a + " → " + change.b);
  return all;
}

TEST(NaturalPairs, by_label_else_the_only_two) {
  const auto a = example::run_of({example::model("x", 1), example::model("y", 1)}, 5);
  const auto b = example::run_of({example::model("y", 1), example::model("z", 1)}, 5);
  EXPECT_EQ(natural_pairs(a, b), (std::vector<ModelPair>{{1, 0}}));
  const auto one = example::run_of({example::model("p", 1)}, 5);
  const auto other = example::run_of({example::model("q", 1)}, 5);
  EXPECT_EQ(natural_pairs(one, other), (std::vector<ModelPair>{{0, 0}}));
  EXPECT_TRUE(natural_pairs(one, b).empty());
}

TEST(SideBySide, samples_find_their_model_and_their_cell) {
  auto a = example::run_of({example::model("x", 1), example::model("y", 1)}, 5);
  auto b = example::run_of({example::model("y", 1)}, 5);
  a.cells = {{.params = {}, .label = "t=0"}, {.params = {}, .label = "t=1"}};
  b.cells = {{.params = {}, .label = "t=1"}, {.params = {}, .label = "t=2"}};
  const SideBySide both(a, b, {{1, 0}});
  ASSERT_EQ(both.run().models.size(), 2U);
  EXPECT_EQ(both.run().models[0].spec.label, "A: y");
  EXPECT_EQ(both.run().models[1].spec.label, "B: y");
  ASSERT_EQ(both.run().cells.size(), 3U);
  EXPECT_EQ(both.run().cells[2].label, "t=2");

  record::Sample sample;
  sample.model = 0;
  EXPECT_FALSE(both.of_a(record::Sample(sample))) << "x is not compared";
  sample.model = 1;
  sample.cell = 1;
  const auto from_a = both.of_a(record::Sample(sample));
  ASSERT_TRUE(from_a);
  EXPECT_EQ(from_a->model, 0U);
  EXPECT_EQ(from_a->cell, 1U);
  sample.model = 0;
  sample.cell = 0;
  const auto from_b = both.of_b(record::Sample(sample));
  ASSERT_TRUE(from_b);
  EXPECT_EQ(from_b->model, 1U);
  EXPECT_EQ(from_b->cell, 1U) << "B's first cell is A's second";
}

TEST(SideBySide, answers_in_batches_are_another_load) {
  const auto a = example::run_of({example::model("x", 1)}, 5);
  auto b = a;
  b.load.automatic = true;
  b.load.measure = 8;
  const auto changes = SideBySide(a, b, {{0, 0}}).changes();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].a, "1");
  EXPECT_EQ(changes[0].b, "auto, 8 measured alone");
}

TEST(SideBySide, says_what_differs_and_nothing_else) {
  auto a = example::run_of({example::model("x", 1)}, 5);
  auto b = a;
  EXPECT_TRUE(SideBySide(a, b, {{0, 0}}).changes().empty());
  b.machine.cpu = "another";
  a.machine.cpu = "one";
  b.models[0].engine_version = "2";
  a.models[0].engine_version = "1";
  a.models[0].engine_build = {{"flags", "x"}, {"same", 1}};
  b.models[0].engine_build = {{"flags", "y"}, {"same", 1}, {"new", true}};
  a.models[0].load_params["threads"] = {1, record::Applied::verified};
  b.models[0].load_params["threads"] = {2, record::Applied::verified};
  EXPECT_EQ(names(SideBySide(a, b, {{0, 0}}).changes()),
            (std::vector<std::string>{"processor: one → another", "engine version of x: 1 → 2",
                                      "engine build of x: flags: x → y", "engine build of x: new: – → true",
                                      "loaded with of x: threads: 1 → 2"}));
}

}  // namespace
}  // namespace assay::stats
