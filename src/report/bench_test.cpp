#include "report/bench.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/text.h"

namespace assay::report {
namespace {

using namespace std::chrono_literals;
using record::BenchEnd;
using record::BenchRepetition;
using record::BenchReport;
using record::BenchRow;

BenchReport example() {
  BenchReport report;
  report.run_id = "1m000000000000000";
  report.assay_version = "0.1.0";
  report.machine.cpu = "Toy";
  report.machine.cores = 2;
  report.machine.bandwidth = record::Bandwidth{.read = 20e9};
  record::BenchModel& model = report.models.emplace_back();
  model.label = "toy";
  model.type = "llama 1B Q8_0";
  model.bytes = 1'000'000'000;
  model.parameters = 1'100'000'000;
  model.bytes_per_token = 1'000'000'000;
  model.engine_version = "llama.cpp 1";
  model.backend = "CPU";
  BenchRow row;
  row.test.prompt = 100;
  row.test.generate = 10;
  row.test.threads = 2;
  row.memory_bytes = 1200ULL << 20U;
  row.end = BenchEnd::precise;
  for (int i = 0; i < 5; ++i) {
    BenchRepetition one;
    one.prompt = 1s;
    one.total = 2s;
    row.repetitions.push_back(one);
  }
  report.rows = {row};
  return report;
}

std::string table(const BenchReport& report, std::size_t width = 140) {
  return bench_table(report, width, {.colour = false, .unicode = true});
}

void expect_has(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << text << "\nlacks: " << part;
}
void expect_lacks(const std::string& text, std::string_view part) {
  EXPECT_EQ(text.find(part), std::string::npos) << text << "\nhas: " << part;
}

TEST(BenchTable, SaysSpeedCountMemoryAndRoofline) {
  const std::string text = table(example());
  expect_has(text, "bench · Toy, 2 cores · memory 20.0 GB/s · llama.cpp 1 · run 1m000000000000000");
  expect_has(text, "pp100+tg10");
  expect_has(text, "55.0 (55.0…55.0)");
  expect_has(text, "1000");  // TTFT
  expect_has(text, "1200");  // MiB
  expect_has(text, "50");    // percent of the roofline
  expect_lacks(text, "n_batch");
  expect_lacks(text, "limit");
}

TEST(BenchTable, SaysWhyARowHasNoMoreRepetitions) {
  BenchReport report = example();
  for (const auto& [end, word] :
       {std::pair(BenchEnd::count, "5 count"), std::pair(BenchEnd::time, "5 time"),
        std::pair(BenchEnd::interrupted, "5 cut"), std::pair(BenchEnd::failed, "5 failed")}) {
    report.rows[0].end = end;
    expect_has(table(report), word);
  }
  report.rows[0].end = BenchEnd::count;
  expect_has(table(report), "±2 % of the median");
  report.rows[0].repetitions.resize(2);
  expect_has(table(report), "n=2");
  report.rows[0].repetitions.clear();
  report.rows[0].trouble = "the engine would not";
  expect_has(table(report), "toy pp100+tg10: the engine would not");
}

TEST(BenchTable, SettingsThatVaryHaveAColumn) {
  BenchReport report = example();
  report.rows.push_back(report.rows[0]);
  report.rows[1].test.micro_batch = 64;
  report.rows[1].test.path = record::BenchPath::sampling;
  const std::string text = table(report);
  expect_has(text, "n_ubatch");
  expect_has(text, "+ sampling");
  expect_lacks(text, "type_k");
}

TEST(BenchTable, WhatAFileSaysMovesNoCursor) {
  BenchReport report = example();
  report.models[0].label = "evil\x1b[2J\nname|";
  report.rows[0].source = "a\tb\x07.json";
  report.notes = {"bell\x07"};
  for (const std::string& text : {table(report), bench_markdown(report)}) {
    expect_lacks(text, "\x1b");
    expect_lacks(text, "\x07");
  }
}

TEST(BenchTable, LongTestsSayTheirEnd) {
  BenchReport report = example();
  report.preset = "sustained";
  report.rows[0].repetitions.resize(20, report.rows[0].repetitions[0]);
  for (std::size_t i = 10; i < 20; ++i) report.rows[0].repetitions[i].total = 4s;
  expect_has(table(report), "at the end is 50.0 % of the start");
  const Json longer = bench_document(report);
  EXPECT_EQ(longer["rows"][0]["sustained"]["end_to_start"], 0.5);
  EXPECT_EQ(longer["rows"][0]["sustained"]["fifths"].size(), 5U);
  EXPECT_TRUE(longer["rows"][0]["sustained"]["ci95"].is_null());
  EXPECT_FALSE(longer["models"][0].contains("localscore"));
  report.preset = "localscore";
  expect_has(table(report), "toy: LocalScore");
  const Json scored = bench_document(report);
  EXPECT_EQ(scored["models"][0]["localscore"][0]["shapes"], 1);
  EXPECT_FALSE(scored["rows"][0].contains("sustained"));
}

TEST(BenchTable, EachSettingHasAScoreOfItsOwn) {
  BenchReport report = example();
  report.preset = "localscore";
  report.rows.push_back(report.rows[0]);
  report.rows[1].test.prompt = 200;
  const auto lines = [&](std::string_view part) {
    std::size_t count = 0;
    for (const std::string& sentence : bench_sentences(report)) count += sentence.starts_with(part) ? 1 : 0;
    return count;
  };
  EXPECT_EQ(lines("toy: LocalScore"), 1U);
  report.rows[1].test.threads = 4;
  EXPECT_EQ(lines("toy, threads 2, engine: LocalScore"), 1U);
  EXPECT_EQ(lines("toy, threads 4, engine: LocalScore"), 1U);
  report.rows[1].test.threads.reset();
  report.rows[1].repetitions.clear();
  EXPECT_EQ(lines("toy: no LocalScore: not every shape was measured"), 1U);
}

TEST(BenchTable, SomebodyElsesCountIsNoLimitOfOurs) {
  BenchReport report = example();
  report.rows[0].end = BenchEnd::count;
  report.rows[0].source = "theirs.json";
  expect_lacks(table(report), "count");
}

/// The first lines of two Markdown tables of llama-bench: what it prints before any test.
constexpr const char* kOnProcessors =
    "| model                          |       size |     params | backend    | threads | n_batch | n_ubatch "
    "| type_k |"
    " type_v |  fa |            test |                  t/s |\n"
    "| ------------------------------ | ---------: | ---------: | ---------- | ------: | ------: | -------: "
    "| -----: |"
    " -----: | --: | --------------: | -------------------: |\n";
constexpr const char* kOnCards =
    "| model                          |       size |     params | backend    | ngl |            test |"
    "                  t/s |\n"
    "| ------------------------------ | ---------: | ---------: | ---------- | --: | --------------: |"
    " -------------------: |\n";

TEST(BenchMarkdown, SettingsHaveLlamaBenchsColumnsAndWords) {
  BenchReport report = example();
  record::BenchTest& test = report.rows[0].test;
  test.batch = 64;
  test.micro_batch = 32;
  test.key_type = test.value_type = "q8_0";
  test.flash_attention = "on";
  report.rows.push_back(report.rows[0]);
  report.rows[1].test.flash_attention = "off";
  report.rows.push_back(report.rows[0]);
  report.rows[2].test.flash_attention = "auto";
  const std::string text = bench_markdown(report);
  expect_has(
      text,
      std::string(kOnProcessors) +
          "| llama 1B Q8_0                  | 953.67 MiB |     1.10 B | CPU        |       2 |      64 |"
          "       32 |   q8_0 |   q8_0 |   1 |      pp100+tg10 |         55.00 ± 0.00 |\n");
  expect_has(text, "|   0 |      pp100+tg10 |");
  expect_has(text, "|  -1 |      pp100+tg10 |");
  report.rows.resize(1);
  report.rows[0].gpu_layers = 99;  // on processors alone they are not shown there
  expect_has(bench_markdown(report), kOnProcessors);
}

TEST(BenchMarkdown, OnCardsLayersStandInsteadOfThreads) {
  BenchReport report = example();
  report.models[0].backend = "CUDA";
  report.machine.physical_cores = 2;
  expect_has(bench_markdown(report), kOnCards);
  expect_has(bench_markdown(report), "| CUDA       |  -1 |");
  report.rows[0].gpu_layers = 99;
  expect_has(bench_markdown(report), "| CUDA       |  99 |");
  report.rows[0].test.threads = 1;
  expect_has(bench_markdown(report), "| CUDA       |  99 |       1 |");
  report.rows[0].source = "theirs.json";  // whose machine we do not know
  expect_has(bench_markdown(report), kOnCards);
  report.models[0].backend = "CUDA,BLAS";
  expect_lacks(bench_markdown(report), "ngl");
}

TEST(BenchMarkdown, IsLlamaBenchs) {
  const std::string text = bench_markdown(example());
  expect_has(
      text,
      "| model                          |       size |     params | backend    | threads |            test |"
      "                  t/s |\n"
      "| ------------------------------ | ---------: | ---------: | ---------- | ------: | --------------: |"
      " -------------------: |\n"
      "| llama 1B Q8_0                  | 953.67 MiB |     1.10 B | CPU        |       2 |      pp100+tg10 |"
      "         55.00 ± 0.00 |\n");
}

TEST(BenchJson, HasFiguresBesideEveryRepetition) {
  const auto json = parse_json(bench_json(example()));
  ASSERT_TRUE(json);
  const Json& row = (*json)["rows"][0];
  EXPECT_EQ(row["name"], "pp100+tg10");
  EXPECT_DOUBLE_EQ(row["median"].get<double>(), 55);
  EXPECT_EQ(row["n"], 5);
  EXPECT_EQ(row["ci95"].size(), 2U);
  EXPECT_DOUBLE_EQ(row["roofline_pct"].get<double>(), 50);
  EXPECT_EQ(row["repetitions"].size(), 5U);
  EXPECT_TRUE(record::bench_from_json(*json)) << "what is written can be read again";
}

TEST(BenchJson, HasTheSentencesBelowTheTable) {
  BenchReport report = example();
  report.rows[0].end = BenchEnd::count;
  report.notes = {"the machine was busy"};
  const Json sentences = bench_document(report)["sentences"];
  ASSERT_EQ(sentences.size(), 2U);
  expect_has(sentences[0].get<std::string>(), "±2 % of the median");
  EXPECT_EQ(sentences[1], "the machine was busy");
}

TEST(BenchComparisonTable, SaysBothSidesTheirRatioAndWhatOneSideLacks) {
  BenchReport a = example();
  BenchReport b = example();
  b.run_id = "1m000000000000001";
  for (auto& one : b.rows[0].repetitions) one.total = 1s;
  a.rows.push_back(a.rows[0]);
  a.rows[1].test.prompt = 64;
  const std::vector<stats::ModelPair> pairs{{0, 0}};
  const auto comparison = stats::compare_benches(a, b, pairs);
  const std::string text = bench_comparison_table(a, b, comparison, 120, {.colour = false, .unicode = true});
  expect_has(text, "B ÷ A");
  expect_has(text, "55.0 (55.0…55.0)");
  expect_has(text, "2.000 (2.000…2.000)");
  expect_has(text, "only A measured pp64+tg10 of toy");
  const std::string ascii =
      bench_comparison_table(a, b, comparison, 120, {.colour = false, .unicode = false});
  expect_lacks(ascii, "…");
  a.models[0].label = "evil\x1b[2J";
  expect_lacks(bench_comparison_table(a, b, comparison, 120, {.colour = false, .unicode = true}), "\x1b");
  expect_has(bench_comparison_table(a, b, {}, 80, {.colour = false, .unicode = true}),
             "no test was measured on both sides");
}

TEST(BenchCsv, HasAsManyCellsAsNames) {
  BenchReport report = example();
  report.models[0].label = "a \"b\", c";
  const auto lines = split(bench_csv(report), '\n');
  ASSERT_GE(lines.size(), 2U);
  expect_has(lines[1], R"("a ""b"", c")");
  report.models[0].label = "=1+1";
  report.rows[0].test.key_type = "a,b";
  const std::string line = split(bench_csv(report), '\n')[1];
  expect_has(line, "\"'=1+1\"");
  expect_has(line, ",\"a,b\",f16,");
}

}  // namespace
}  // namespace assay::report
