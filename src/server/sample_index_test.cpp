// Filters over the columns of a run, and verdicts that come later.
#include "server/sample_index.h"

#include <gtest/gtest.h>

#include "store/testing_samples.h"

namespace assay::server {
namespace {

using store::testing::Folder;

/// Twelve samples: sequence i is case i % 4 of model i / 4 % 2; those before 8 are judged, even ones right.
class SampleIndexTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = store::Store::open(folder_.file("lab.db"), store::Mode::read_write_create);
    ASSERT_TRUE(opened);
    store_ = std::make_unique<store::Store>(std::move(*opened));
    ASSERT_TRUE(store_->begin(store::testing::a_run("r")));
    ASSERT_TRUE(store_->add_layer("r", {.id = 0, .created = Nanos{1}, .grading = "assay", .versions = {}}));
    for (std::uint64_t i = 0; i < 12; ++i) append(i);
    for (std::uint64_t i = 0; i < 8; ++i) judge(i);
    ASSERT_TRUE(index_.update(*store_, "1"));
  }
  void append(std::uint64_t sequence) {
    record::Sample sample;
    sample.run_id = "r";
    sample.sequence = sequence;
    sample.case_id = "c" + std::to_string(sequence % 4);
    sample.model = static_cast<std::uint32_t>(sequence / 4 % 2);
    sample.key = std::to_string(sequence);
    sample.prompt = "prompt of 50% " + std::to_string(sequence);
    sample.output = "Answer_" + std::to_string(sequence);
    if (sequence == 3) sample.status = record::Status::timeout;
    if (sequence == 5)
      sample.flags = record::bit(record::Flag::batched) | record::bit(record::Flag::throttled);
    ASSERT_TRUE(store_->append(sample));
  }
  void judge(std::uint64_t sequence) {
    record::Verdict verdict;
    verdict.mark = sequence % 2 == 0 ? record::Mark::pass : record::Mark::fail;
    ASSERT_TRUE(store_->put_verdict("r", 1, sequence, verdict));
  }
  std::vector<std::uint64_t> all(const IndexFilter& filter) const {
    return index_.page(filter, std::nullopt, 100).sequences;
  }

  Folder folder_;
  std::unique_ptr<store::Store> store_;
  SampleIndex index_{"r", std::make_shared<CaseTable>(std::vector<CaseInfo>{
                              {"c0", {"even", "zero"}, "1"}, {"c1", {}, "2"}, {"c2", {"even"}, "3"}})};
};

using Sequences = std::vector<std::uint64_t>;

TEST_F(SampleIndexTest, EveryFilterAlone) {
  IndexFilter filter;
  EXPECT_EQ(all(filter).size(), 12U);
  filter.model = 1;
  EXPECT_EQ(all(filter), (Sequences{4, 5, 6, 7}));
  filter = {};
  filter.mark = record::Mark::fail;
  EXPECT_EQ(all(filter), (Sequences{1, 3, 5, 7}));
  filter.mark = record::Mark::ungraded;
  EXPECT_EQ(all(filter), (Sequences{8, 9, 10, 11}));
  filter = {};
  filter.status = record::Status::timeout;
  EXPECT_EQ(all(filter), (Sequences{3}));
  filter = {};
  filter.case_id = "c3";  // which the suite does not have
  EXPECT_EQ(all(filter), (Sequences{3, 7, 11}));
  filter.case_id = "c9";
  EXPECT_EQ(all(filter), (Sequences{}));
  filter = {};
  filter.tag = "even";
  EXPECT_EQ(all(filter), (Sequences{0, 2, 4, 6, 8, 10}));
  filter = {};
  filter.flags = record::bit(record::Flag::throttled);
  EXPECT_EQ(all(filter), (Sequences{5}));
  filter = {};
  filter.cell = 1;
  EXPECT_EQ(all(filter), (Sequences{}));
}

TEST_F(SampleIndexTest, PagesFollowEachOther) {
  IndexFilter filter;
  filter.mark = record::Mark::pass;
  const auto first = index_.page(filter, std::nullopt, 3);
  EXPECT_EQ(first.sequences, (Sequences{0, 2, 4}));
  EXPECT_TRUE(first.more);
  EXPECT_EQ(first.total, 4U);
  const auto last = index_.page(filter, first.sequences.back(), 3);
  EXPECT_EQ(last.sequences, (Sequences{6}));
  EXPECT_FALSE(last.more);
  EXPECT_EQ(last.total, 4U);
}

TEST_F(SampleIndexTest, WhatIsJudgedAndStoredLaterIsSeen) {
  judge(8);
  judge(10);
  append(12);
  ASSERT_TRUE(index_.update(*store_, "1"));
  EXPECT_EQ(index_.size(), 13U);
  IndexFilter filter;
  filter.mark = record::Mark::pass;
  EXPECT_EQ(all(filter), (Sequences{0, 2, 4, 6, 8, 10}));
}

TEST_F(SampleIndexTest, AnotherGradingIsReadAnew) {
  ASSERT_TRUE(store_->add_layer("r", {.id = 0, .created = Nanos{2}, .grading = "other", .versions = {}}));
  ASSERT_TRUE(index_.update(*store_, "2"));
  IndexFilter filter;
  filter.mark = record::Mark::pass;
  EXPECT_EQ(all(filter), (Sequences{}));
  EXPECT_EQ(index_.size(), 12U);
}

TEST_F(SampleIndexTest, TalliesByCaseCellAndModel) {
  const auto tallies = index_.tallies(2, 1);
  EXPECT_EQ(tallies.cases, (std::vector<std::string>{"c0", "c1", "c2", "c3"}));
  ASSERT_EQ(tallies.counts.size(), 8U);
  EXPECT_EQ(tallies.counts[0].passed, 1U);  // c0 of the first model: one judged, one not
  EXPECT_EQ(tallies.counts[0].graded, 1U);
  EXPECT_EQ(tallies.counts[3].passed, 0U);
  EXPECT_EQ(tallies.counts[3].graded, 1U);
}

TEST_F(SampleIndexTest, TextIsFoundAsItIsWritten) {
  const auto find = [&](std::string_view text) { return store_->find_text("r", 0, 100, text).value(); };
  EXPECT_EQ(find("answer_7"), (Sequences{7}));
  EXPECT_EQ(find("50% 1"), (Sequences{1, 10, 11}));
  EXPECT_EQ(find("5%%"), (Sequences{}));
  EXPECT_EQ(find("Answer?7"), (Sequences{}));
  EXPECT_EQ(store_->find_text("r", 2, 5, "prompt").value(), (Sequences{2, 3, 4}));
  IndexFilter filter;
  filter.mark = record::Mark::fail;
  EXPECT_EQ(index_.fitting(filter, find("prompt")), (Sequences{1, 3, 5, 7}));
}

TEST_F(SampleIndexTest, NeighboursAndNamedSamples) {
  EXPECT_FALSE(store_->neighbours("r", 0)->previous);
  EXPECT_EQ(store_->neighbours("r", 0)->next, 1U);
  EXPECT_EQ(store_->neighbours("r", 11)->previous, 10U);
  EXPECT_FALSE(store_->neighbours("r", 11)->next);
  Sequences seen;
  const Sequences wanted{7, 99, 2};
  ASSERT_TRUE(store_->for_each_of("r", std::nullopt, wanted,
                                  [&](record::Sample&& sample, const record::Verdict* verdict) {
                                    EXPECT_NE(verdict, nullptr);
                                    seen.push_back(sample.sequence);
                                    return true;
                                  }));
  EXPECT_EQ(seen, (Sequences{7, 2}));
}

TEST_F(SampleIndexTest, ListsOfRunsByWordsAndPage) {
  for (const char* id : {"r2", "r3"}) {
    record::Run run = store::testing::a_run(id);
    run.suite_name = id == std::string("r2") ? "Capitals" : "sums";
    run.started_wall += std::chrono::hours{id == std::string("r2") ? 1 : 2};
    ASSERT_TRUE(store_->begin(run));
  }
  const auto ids = [&](const std::string& words, const std::string& before) {
    store::RunFilter filter;
    filter.words = words;
    filter.before = before;
    std::string text;
    const auto runs = store_->runs(filter);
    for (const store::RunEntry& entry : *runs) text += entry.id + " ";
    return text;
  };
  EXPECT_EQ(ids("", ""), "r3 r2 r ");
  EXPECT_EQ(ids("", "r3"), "r2 r ");
  EXPECT_EQ(ids("", "unknown"), "");
  EXPECT_EQ(ids("CAPIT", ""), "r2 ");
  EXPECT_EQ(ids("label of r3", ""), "r3 ");
  EXPECT_EQ(ids("%", ""), "");
  EXPECT_EQ(store_->entry("r2")->suite_name, "Capitals");
  EXPECT_FALSE(store_->entry("r9"));
}

}  // namespace
}  // namespace assay::server
