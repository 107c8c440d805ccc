#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "store/database.h"
#include "store/testing_samples.h"

namespace assay::store {
namespace {

using namespace testing;
using record::RunState;

constexpr const char* kRun = "01abcdefg0000001";

record::Run run_at(const std::string& id, const std::string& label, std::int64_t started) {
  record::Run run = a_run(id);
  run.label = label;
  run.started_wall = Nanos{started};
  return run;
}

std::string refusal(const Result<std::string>& result) {
  return result ? "found " + *result : sentence(result.error());
}

TEST(Read, a_run_is_found_by_what_people_write) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  EXPECT_EQ(refusal(store.find_run("last")), "the store holds no run yet. assay run makes one");
  value_of(store.begin(run_at("01abc00000000000", "night", 300)));
  value_of(store.begin(run_at("01abd00000000000", "", 100)));
  value_of(store.begin(run_at("01xyz00000000000", "01ab", 200)));
  EXPECT_EQ(value_of(store.find_run("last")), "01abc00000000000");
  EXPECT_EQ(value_of(store.find_run("night")), "01abc00000000000");
  EXPECT_EQ(value_of(store.find_run("01ABD")), "01abd00000000000");
  EXPECT_EQ(value_of(store.find_run("01ab")), "01xyz00000000000");  // a label wins over a beginning
  EXPECT_EQ(value_of(store.find_run("01xyz00000000000")), "01xyz00000000000");
  EXPECT_EQ(refusal(store.find_run("01a")),
            "'01a' means 2 runs: 01abc00000000000, 01abd00000000000; expected one run. Write more of its id");
  EXPECT_EQ(refusal(store.find_run("02")), "there is no run '02'. assay list shows the runs");
  EXPECT_EQ(refusal(store.find_run("")), "there is no run ''. assay list shows the runs");
  EXPECT_EQ(store.run("02").error().code, Code::not_found);
}

TEST(Read, runs_are_listed_newest_first) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(run_at("01a", "x", 1)));
  value_of(store.begin(run_at("01b", "y", 3)));
  value_of(store.begin(run_at("01c", "x", 2)));
  value_of(store.append(a_sample("01c", 0)));
  value_of(store.append(a_sample("01c", 1)));
  value_of(store.finish("01a", RunState::finished, Nanos{5}));
  const auto ids = [&](const RunFilter& filter) {
    std::string text;
    for (const RunEntry& entry : value_of(store.runs(filter)))
      text += entry.id + ":" + std::to_string(entry.stored) + " ";
    return text;
  };
  EXPECT_EQ(ids({}), "01b:0 01c:2 01a:0 ");
  EXPECT_EQ(ids({.suite_sha256 = {}, .state = {}, .label = "x", .limit = 0}), "01c:2 01a:0 ");
  EXPECT_EQ(ids({.suite_sha256 = {}, .state = RunState::finished, .label = {}, .limit = 0}), "01a:0 ");
  EXPECT_EQ(ids({.suite_sha256 = "none", .state = {}, .label = {}, .limit = 0}), "");
  EXPECT_EQ(ids({.suite_sha256 = {}, .state = {}, .label = {}, .limit = 1}), "01b:0 ");
  EXPECT_EQ(value_of(store.runs()).front().models, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(value_of(store.newest_unfinished(a_run("x").suite_sha256)), "01b");
  EXPECT_EQ(value_of(store.newest_unfinished("none")), std::nullopt);
}

TEST(Read, filters) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(a_run(kRun)));
  for (std::uint64_t i = 0; i < 30; ++i) value_of(store.append(a_sample(kRun, i)));
  const auto sequences = [&](const SampleFilter& filter) {
    std::vector<std::uint64_t> found;
    for (const record::Sample& sample : samples_of(store, kRun, filter)) found.push_back(sample.sequence);
    return found;
  };
  SampleFilter filter;
  filter.model = 1;
  filter.cell = 2;
  EXPECT_EQ(sequences(filter), (std::vector<std::uint64_t>{5, 11, 17, 23, 29}));
  filter.case_id = "case/0";
  EXPECT_EQ(sequences(filter), (std::vector<std::uint64_t>{5}));
  filter.case_id = "case/0' OR 1 --";
  EXPECT_TRUE(sequences(filter).empty());
  SampleFilter part;
  part.from_sequence = 27;
  EXPECT_EQ(sequences(part), (std::vector<std::uint64_t>{27, 28, 29}));
  part.limit = 2;
  EXPECT_EQ(sequences(part), (std::vector<std::uint64_t>{27, 28}));
  part.status = record::Status::timeout;
  EXPECT_TRUE(sequences(part).empty());
}

TEST(Read, without_texts_the_numbers_are_the_same) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(a_run(kRun)));
  value_of(store.append(a_sample(kRun, 3)));
  SampleFilter filter;
  filter.texts = false;
  const record::Sample got = samples_of(store, kRun, filter).at(0);
  const record::Sample put = a_sample(kRun, 3);
  EXPECT_EQ(got.tokens, put.tokens);
  EXPECT_EQ(got.times, put.times);
  EXPECT_EQ(got.counts, put.counts);
  EXPECT_EQ(got.flags, put.flags);
  EXPECT_EQ(got.key, put.key);
  EXPECT_TRUE(got.output.empty() && got.prompt.empty() && got.requested.empty());
}

TEST(Read, a_sink_may_stop_and_may_write) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(a_run(kRun)));
  for (std::uint64_t i = 0; i < 5; ++i) value_of(store.append(a_sample(kRun, i)));
  const LayerId layer = value_of(store.add_layer(kRun, {}));
  int seen = 0;
  value_of(
      store.for_each_graded(kRun, layer, {}, [&](record::Sample&& sample, const record::Verdict* verdict) {
        EXPECT_EQ(verdict, nullptr);
        value_of(store.put_verdict(kRun, layer, sample.sequence, a_verdict(record::Mark::pass)));
        return ++seen < 3;
      }));
  EXPECT_EQ(value_of(store.ungraded(kRun, layer)), (std::vector<std::uint64_t>{3, 4}));
  EXPECT_FALSE(store.ungraded(kRun, layer + 1));
  EXPECT_FALSE(store.put_verdict(kRun, layer + 1, 0, a_verdict(record::Mark::pass)));
  EXPECT_FALSE(store.for_each_graded(kRun, layer + 1, {},
                                     [](record::Sample&&, const record::Verdict*) { return true; }));
}

TEST(Read, the_last_verdict_counts) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(a_run(kRun)));
  value_of(store.append(a_sample(kRun, 0)));
  const LayerId layer = value_of(store.add_layer(kRun, {}));
  value_of(store.put_verdict(kRun, layer, 0, a_verdict(record::Mark::error)));
  value_of(store.put_verdict(kRun, layer, 0, a_verdict(record::Mark::pass)));
  value_of(store.for_each_graded(kRun, layer, {}, [](record::Sample&&, const record::Verdict* verdict) {
    EXPECT_EQ(*verdict, a_verdict(record::Mark::pass));
    return true;
  }));
}

TEST(Read, marks_alone) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(a_run(kRun)));
  value_of(store.append(a_sample(kRun, 0)));
  const LayerId layer = value_of(store.add_layer(kRun, {}));
  record::Verdict put = a_verdict(record::Mark::fail);
  put.reason = "mismatch";
  put.extracted = "4";
  value_of(store.put_verdict(kRun, layer, 0, put));
  SampleFilter filter;
  filter.verdict_steps = false;
  int seen = 0;
  value_of(store.for_each_graded(kRun, layer, filter, [&](record::Sample&&, const record::Verdict* verdict) {
    EXPECT_EQ(verdict->mark, record::Mark::fail);
    EXPECT_EQ(verdict->reason, "mismatch");
    EXPECT_TRUE(verdict->extracted.empty() && verdict->steps.is_null());
    ++seen;
    return true;
  }));
  EXPECT_EQ(seen, 1);
}

std::int64_t count(const std::string& path, const std::string& sql) {
  return value_of(
      value_of(Database::open(path, {.write = true, .create = false, .immutable = false, .vfs = {}}))
          ->integer_of(sql));
}

TEST(Write, a_hundred_repeats_store_a_prompt_once) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(a_run(kRun)));
  for (std::uint64_t i = 0; i < 100; ++i) {
    record::Sample sample = a_sample(kRun, i);
    sample.prompt = a_sample(kRun, 0).prompt;
    value_of(store.append(sample));
  }
  // The prompt, the suite's text, and the effective parameters; the requested ones are short and stand in the
  // row.
  EXPECT_EQ(count(folder.file("lab.db"), "SELECT count(*) FROM content"), 3);
  EXPECT_EQ(value_of(store.sample(kRun, 99)).requested, a_sample(kRun, 99).requested);
}

TEST(Write, a_sequence_is_taken_once) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(a_run(kRun)));
  value_of(store.append(a_sample(kRun, 0)));
  record::Sample other = a_sample(kRun, 0);
  other.output = "other";
  const Result<void> refused = store.append(other);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_EQ(value_of(store.sample(kRun, 0)), a_sample(kRun, 0));
  other.sequence = 1ULL << 32U;
  EXPECT_EQ(store.append(other).error().code, Code::unsupported);
  EXPECT_EQ(store.begin(a_run(kRun)).error().code, Code::conflict);
}

TEST(Write, models_are_updated) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(a_run(kRun)));
  record::ModelRecord model = a_run(kRun).models[0];
  model.engine_version = "b6000";
  model.engine_build = {{"avx2", true}};
  model.facts = {{"quantisation", "Q8_0"}};
  model.parameters = 800'000;
  model.load_params = {{"context", {2048, record::Applied::verified}}};
  model.load_times = {Nanos{12}};
  model.page_cache_share = 0.25;
  model.load_memory_bytes = 1;
  model.mapped_memory_bytes = 2;
  model.batch_speeds = {{.load_params = {{"threads", 2}},
                         .streams = 16,
                         .most = 32,
                         .measured = {{1, 61.5}, {16, 144}, {32, 151.25}}},
                        {.load_params = {{"threads", 1}}, .streams = 4, .most = 4}};
  model.ended = "died three times";
  value_of(store.update_model(kRun, 0, model));
  const record::ModelRecord got = value_of(store.run(kRun)).models.at(0);
  EXPECT_EQ(got.engine_version, model.engine_version);
  EXPECT_EQ(got.engine_build, model.engine_build);
  EXPECT_EQ(got.facts, model.facts);
  EXPECT_EQ(got.parameters, model.parameters);
  EXPECT_EQ(got.load_params, model.load_params);
  EXPECT_EQ(got.load_times, model.load_times);
  EXPECT_EQ(got.page_cache_share, model.page_cache_share);
  EXPECT_EQ(got.load_memory_bytes, model.load_memory_bytes);
  EXPECT_EQ(got.peak_memory_bytes, std::nullopt);
  EXPECT_EQ(got.mapped_memory_bytes, model.mapped_memory_bytes);
  EXPECT_EQ(got.batch_speeds, model.batch_speeds);
  EXPECT_EQ(got.ended, model.ended);
  EXPECT_EQ(store.update_model(kRun, 2, model).error().code, Code::not_found);
}

TEST(Store, options_of_a_claimed_run_can_be_replaced) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(a_run(kRun)));
  const Json options = {{"max_cost", 0.5}, {"models", {"ä"}}};
  value_of(store.update_options(kRun, options));
  EXPECT_EQ(value_of(store.run(kRun)).options, options);
  value_of(store.finish(kRun, record::RunState::finished, Nanos{1}));
  EXPECT_EQ(store.update_options(kRun, {}).error().code, Code::conflict);
}

TEST(Write, a_removed_run_leaves_nothing_and_takes_nothing_along) {
  const Folder folder;
  const std::string path = folder.file("lab.db");
  Store store = open_new(path);
  for (const char* id : {"01a", "01b"}) {
    value_of(store.begin(a_run(id)));
    for (std::uint64_t i = 0; i < 10; ++i) value_of(store.append(a_sample(id, i)));
    const LayerId layer = value_of(store.add_layer(id, {}));
    value_of(store.put_verdict(id, layer, 1, a_verdict(record::Mark::pass)));
    value_of(store.attach(id, "report.json", "the first"));
    value_of(store.attach(id, "report.json", std::string("of \0 ", 5) + id));
    value_of(store.finish(id, RunState::finished, Nanos{1}));
  }
  EXPECT_EQ(value_of(store.attachment("01b", "report.json")), std::string("of \0 ", 5) + "01b");
  EXPECT_EQ(value_of(store.attachment("01b", "other")), std::nullopt);
  EXPECT_EQ(store.attach("none", "report.json", "").error().code, Code::not_found);
  value_of(store.remove("01a"));
  EXPECT_EQ(count(path, "SELECT count(*) FROM attachment"), 1);
  EXPECT_EQ(store.run("01a").error().code, Code::not_found);
  EXPECT_EQ(samples_of(store, "01b").size(), 10U);
  EXPECT_EQ(samples_of(store, "01b").at(7), a_sample("01b", 7));
  EXPECT_EQ(count(path, "SELECT count(*) FROM verdict"), 1);
  EXPECT_GT(count(path, "SELECT count(*) FROM content"), 0);
  value_of(store.remove("01b"));
  for (const char* table :
       {"run", "model", "claim", "content", "sample", "answer", "layer", "verdict", "attachment"}) {
    EXPECT_EQ(count(path, fmt::format("SELECT count(*) FROM {}", table)), 0) << table;
  }
  // What the writer remembered of removed texts is forgotten.
  value_of(store.begin(a_run("01c")));
  value_of(store.append(a_sample("01c", 0)));
  EXPECT_EQ(value_of(store.sample("01c", 0)), a_sample("01c", 0));
}

TEST(Threads, one_writes_and_two_read) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(a_run(kRun)));
  const LayerId layer = value_of(store.add_layer(kRun, {}));
  std::atomic<bool> ended{false};
  const auto read = [&] {
    for (std::uint64_t before = 0; !ended;) {
      std::uint64_t seen = 0;
      value_of(store.for_each_graded(kRun, layer, {}, [&](record::Sample&& sample, const record::Verdict*) {
        EXPECT_EQ(sample.sequence, seen++);
        return true;
      }));
      EXPECT_GE(seen, before);
      before = seen;
    }
  };
  std::thread one(read);
  std::thread two(read);
  for (std::uint64_t i = 0; i < 200; ++i) {
    value_of(store.append(a_sample(kRun, i)));
    value_of(store.put_verdict(kRun, layer, i, a_verdict(record::Mark::pass)));
  }
  ended = true;
  one.join();
  two.join();
  EXPECT_EQ(samples_of(store, kRun).size(), 200U);
}

TEST(Store, can_be_moved) {
  const Folder folder;
  Store first = open_new(folder.file("lab.db"));
  value_of(first.begin(a_run(kRun)));
  Store second = std::move(first);
  value_of(second.append(a_sample(kRun, 0)));
  first = std::move(second);
  value_of(first.append(a_sample(kRun, 1)));
  EXPECT_EQ(samples_of(first, kRun).size(), 2U);
}

}  // namespace
}  // namespace assay::store
