#include "record/bench.h"

#include <gtest/gtest.h>

namespace assay::record {
namespace {

BenchReport example() {
  BenchReport report;
  report.run_id = "id";
  report.assay_version = "1";
  report.preset = "quick";
  report.started_wall = Nanos{1'700'000'000'000'000'001};
  report.seed = 42;
  report.machine.cpu = "toy";
  report.machine.power = "mains";
  report.machine.gpus = {"g"};
  report.machine.bandwidth =
      Bandwidth{.read = 2e10, .read_median = 1.5e10, .triad = 1e10, .threads = 2, .array_bytes = 1 << 20};
  BenchModel model;
  model.path = "a/m.gguf";
  model.label = "m";
  model.bytes_per_token = 1000;
  model.engine_build = {{"flags", "-O3"}};
  report.models = {model};
  BenchRow row;
  row.test = {.prompt = 512, .generate = 2, .depth = 64};
  row.test.threads = 2;
  row.test.path = BenchPath::sampling;
  row.gpu_layers = -1;
  row.memory_bytes = 1 << 20;
  row.end = BenchEnd::time;
  row.repetitions.push_back(
      {.at = Nanos{5}, .prompt = Nanos{7}, .tokens = {Nanos{9}, Nanos{11}}, .total = Nanos{11}});
  row.repetitions.push_back({.at = Nanos{6}, .total = Nanos{12}, .prompt_tokens = 500});
  report.rows = {row};
  report.notes = {"busy"};
  return report;
}

TEST(Bench, ComesBackAsItWas) {
  const BenchReport report = example();
  const auto read = bench_from_json(to_json(report));
  ASSERT_TRUE(read) << message(read.error());
  EXPECT_EQ(read->rows, report.rows);
  EXPECT_EQ(read->models, report.models);
  EXPECT_EQ(read->machine, report.machine);
  EXPECT_EQ(read->notes, report.notes);
  EXPECT_EQ(read->started_wall, report.started_wall);
  EXPECT_EQ(to_json(*read), to_json(report));
}

TEST(Bench, BrokenTextIsAnError) {
  for (const char* member : {"schema", "rows", "models", "seed"}) {
    Json json = to_json(example());
    json.erase(member);
    EXPECT_FALSE(bench_from_json(json)) << member;
  }
  Json json = to_json(example());
  json["rows"][0]["repetitions"][1]["total_ns"] = 0;
  EXPECT_FALSE(bench_from_json(json)) << "a speed of it would be no number, and order none";
  json = to_json(example());
  json["rows"][0]["model"] = 7;
  EXPECT_NE(message(bench_from_json(json).error()).find("model that is not there"), std::string::npos);
  json = to_json(example());
  json["rows"][0]["n_prompt"] = "many";
  EXPECT_FALSE(bench_from_json(json));
  EXPECT_FALSE(bench_from_json(Json(7)));
}

TEST(Bench, NamesAreLlamaBenchs) {
  EXPECT_EQ(name_of(BenchTest{.prompt = 512}), "pp512");
  EXPECT_EQ(name_of(BenchTest{.generate = 128}), "tg128");
  EXPECT_EQ(name_of(BenchTest{.prompt = 512, .generate = 128}), "pp512+tg128");
  EXPECT_EQ(name_of(BenchTest{.prompt = 512, .depth = 4096}), "pp512 @ d4096");
}

}  // namespace
}  // namespace assay::record
