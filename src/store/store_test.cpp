#include "store/store.h"

#include <gtest/gtest.h>

#include "store/testing_samples.h"

namespace assay::store {
namespace {

using namespace testing;
using record::Mark;
using record::RunState;

constexpr const char* kRun = "01abcdefg0000001";

TEST(Store, samples_come_back_as_they_went_in) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(a_run(kRun)));
  std::vector<record::Sample> put;
  for (std::uint64_t i = 0; i < 20; ++i) {
    put.push_back(a_sample(kRun, i));
    value_of(store.append(put.back()));
  }
  EXPECT_EQ(samples_of(store, kRun), put);
  EXPECT_EQ(value_of(store.sample(kRun, 7)), put[7]);
  EXPECT_EQ(value_of(store.next_sequence(kRun)), 20U);
}

TEST(Store, each_trial_keeps_its_own_parameters) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(a_run(kRun)));
  std::vector<record::Sample> put;
  for (std::uint64_t i = 0; i < 6; ++i) {
    record::Sample sample = a_sample(kRun, i);
    // Short and long ones, so that they stand in the row and in a row of their own.
    sample.requested["max_tokens"] = i / 2;
    if (i % 2 == 1) sample.requested["stop"] = {std::string(100, 's')};
    sample.effective["max_tokens"].value = i;
    if (i == 3) sample.requested.erase("seed");
    if (i == 4) sample.effective.clear();
    put.push_back(sample);
    value_of(store.append(sample));
  }
  EXPECT_EQ(samples_of(store, kRun), put);
}

TEST(Store, absent_stays_absent) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(a_run(kRun)));
  record::Sample bare;
  bare.run_id = kRun;
  bare.status = record::Status::error;
  bare.reason = "transport";
  value_of(store.append(bare));
  EXPECT_EQ(value_of(store.sample(kRun, 0)), bare);
}

TEST(Store, a_run_comes_back_as_it_went_in) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  record::Run put = a_run(kRun);
  put.load.measure = 8;
  put.load.automatic = put.load.by_default = true;
  value_of(store.begin(put));
  const record::Run got = value_of(store.run(kRun));
  EXPECT_EQ(got.label, put.label);
  EXPECT_EQ(got.suite_text, put.suite_text);
  EXPECT_EQ(got.cells, put.cells);
  EXPECT_EQ(got.seed, put.seed);
  EXPECT_EQ(got.load, put.load);
  EXPECT_EQ(got.machine, put.machine);
  EXPECT_EQ(got.options, put.options);
  EXPECT_EQ(got.state, RunState::running);
  EXPECT_EQ(got.started_wall, put.started_wall);
  EXPECT_EQ(got.ended_wall, std::nullopt);
  ASSERT_EQ(got.models.size(), 2U);
  EXPECT_EQ(got.models[0].spec, put.models[0].spec);
  EXPECT_EQ(got.models[1].load_times, put.models[1].load_times);
  EXPECT_EQ(got.models[1].peak_memory_bytes, put.models[1].peak_memory_bytes);
  EXPECT_EQ(got.models[0].peak_memory_bytes, std::nullopt);
}

TEST(Store, verdicts_come_in_layers) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(a_run(kRun)));
  for (std::uint64_t i = 0; i < 3; ++i) value_of(store.append(a_sample(kRun, i)));
  const LayerId first = value_of(store.add_layer(
      kRun, {.id = 0, .created = Nanos{5}, .grading = "assay", .versions = {{"numeric", 1}}}));
  value_of(store.put_verdict(kRun, first, 0, a_verdict(Mark::pass)));
  value_of(store.put_verdict(kRun, first, 2, a_verdict(Mark::fail)));
  EXPECT_EQ(value_of(store.ungraded(kRun, first)), (std::vector<std::uint64_t>{1}));
  const LayerId second =
      value_of(store.add_layer(kRun, {.id = 0, .created = Nanos{6}, .grading = "benchy", .versions = {}}));
  EXPECT_EQ(second, first + 1);
  const std::vector<GradedSequence> batch{{0, a_verdict(Mark::incomplete)}, {1, a_verdict(Mark::error)}};
  value_of(store.put_verdicts(kRun, second, batch));

  const auto marks = [&](std::optional<LayerId> layer) {
    std::string text;
    value_of(
        store.for_each_graded(kRun, layer, {}, [&](record::Sample&& sample, const record::Verdict* verdict) {
          text += fmt::format("{}:{} ", sample.sequence, verdict == nullptr ? "-" : name_of(verdict->mark));
          return true;
        }));
    return text;
  };
  EXPECT_EQ(marks(first), "0:pass 1:- 2:fail ");
  EXPECT_EQ(marks(second), "0:incomplete 1:error 2:- ");
  EXPECT_EQ(marks(std::nullopt), marks(second));
  EXPECT_EQ(value_of(store.layers(kRun)).size(), 2U);
  EXPECT_EQ(value_of(store.layers(kRun))[0].versions, Json({{"numeric", 1}}));
}

}  // namespace
}  // namespace assay::store
