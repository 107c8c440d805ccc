// Golden outputs of every format in testdata/. ASSAY_UPDATE=1 rewrites them; read the diff.
#include "report/report.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "record/metrics.h"
#include "report/layout.h"
#include "src/report/testdata/example_summary.h"

namespace assay::report {
namespace {

void expect_golden(const std::string& name, const std::string& found) {
  const std::string path = std::string(ASSAY_SOURCE_DIR "/src/report/testdata/") + name;
  if (environment("ASSAY_UPDATE")) {
    ASSERT_TRUE(write_file(path, found));
  }
  const auto wanted = read_file(path, 1U << 20U);
  ASSERT_TRUE(wanted) << "no " << path << "; ASSAY_UPDATE=1 writes it";
  EXPECT_EQ(found, *wanted) << name;
}

std::string rendered(std::string_view format, const stats::Summary& summary,
                     const RenderOptions& options = {}) {
  return find_format(format)->render(summary, options);
}

TEST(Golden, demo_in_every_format) {
  const stats::Summary summary = example::demo();
  for (const Format& format : formats())
    expect_golden("demo." + std::string(format.name), format.render(summary, {}));
  expect_golden("demo_80.table", rendered("table", summary, {.width = 80}));
  expect_golden("demo_60_ascii.table", rendered("table", summary, {.width = 60, .unicode = false}));
  expect_golden("demo_colour.table", rendered("table", summary, {.colour = true}));
}

TEST(Golden, rough_in_every_format) {
  const stats::Summary summary = example::rough();
  for (const Format& format : formats())
    expect_golden("rough." + std::string(format.name), format.render(summary, {}));
  expect_golden("rough_80.table", rendered("table", summary, {.width = 80}));
}

TEST(Golden, an_empty_summary_renders) {
  for (const Format& format : formats()) EXPECT_FALSE(format.render({}, {}).empty()) << format.name;
}

TEST(Table, keeps_to_its_width) {
  for (const stats::Summary& summary : {example::demo(), example::rough()}) {
    for (const std::size_t width : {60U, 72U, 80U, 100U, 140U}) {
      for (const std::string& line : split(rendered("table", summary, {.width = width}), '\n')) {
        EXPECT_LE(display_width(line), width) << line;
      }
    }
  }
}

TEST(Table, fits_eighty_columns_without_leaving_anything_out) {
  const std::string text = rendered("table", example::demo(), {.width = 80});
  EXPECT_EQ(text.find("not shown"), std::string::npos);
}

TEST(Table, ascii_is_ascii) {
  for (const char c : rendered("table", example::demo(), {.unicode = false})) EXPECT_GE(c, 0);
}

TEST(Table, a_label_cannot_move_the_cursor) {
  for (const Format& format : formats()) {
    if (format.name == "csv") continue;  // bytes as they are, quoted: a program reads it
    EXPECT_EQ(format.render(example::rough(), {}).find('\x1b'), std::string::npos) << format.name;
  }
}

TEST(Table, absent_is_a_dash_and_never_zero) {
  const std::string text = rendered("table", example::rough(), {.width = 200});
  const std::string line = split(text, '\n').at(6);  // never measured
  EXPECT_NE(line.find("–      –             0/4     0 %     –"), std::string::npos) << line;
  EXPECT_TRUE(line.ends_with("–     –     –       –")) << line;
}

TEST(Table, narrow_cells_are_numbered_so_that_they_can_be_told_apart) {
  const std::string text = rendered("table", example::rough(), {.width = 80});
  EXPECT_NE(text.find(" cell 1: temperature=0\n"), std::string::npos);
  EXPECT_NE(text.find(" cell 2: temperature=0.7 max_tokens=64\n"), std::string::npos);
}

TEST(Layout, labels_keep_both_ends) {
  EXPECT_EQ(elided("qwen2.5-0.5b-instruct-q4_k_m", 16), "qwen2.5-…-q4_k_m");
  EXPECT_EQ(elided("short", 16), "short");
  EXPECT_EQ(display_width(elided("モデルモデルモデル-Q4", 10)), 10U);
}

TEST(Json, rows_have_the_promised_names) {
  const auto json = parse_json(rendered("json", example::demo()));
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["schema"], "assay.summary/1");
  for (const char* name : {"run_id", "assay_version", "suite", "differences", "notes"})
    EXPECT_TRUE(json->contains(name)) << name;
  const Json& row = (*json)["rows"][0];
  for (const char* name : {"model", "params", "cell", "cases", "passed", "failed", "errors", "incomplete",
                           "ungraded", "accuracy", "accuracy_ci95", "decode_tps", "decode_tps_ci95",
                           "prefill_tps", "ttft_ms", "load_ms", "peak_memory_mib", "n"}) {
    EXPECT_TRUE(row.contains(name)) << name;
  }
  for (const record::MetricSpec& spec : record::metric_table()) {
    EXPECT_TRUE(row.contains(std::string(spec.name))) << spec.name;
    EXPECT_TRUE(row["n"].contains(std::string(spec.name))) << spec.name;
  }
  EXPECT_TRUE(row["load_memory_mib"].is_null());
  EXPECT_EQ(row["n"]["load_memory_mib"], 0);
}

/// docs/measurement.md, "What a report says".
TEST(Report, says_how_sure_it_is_and_how_to_draw_again) {
  const stats::Summary summary = example::demo();
  for (const std::string_view format : {"table", "md"}) {
    const std::string text = rendered(format, summary, {.width = 1'000});
    for (const char* needed :
         {"50 cases", "30/50", "60 % (46…72)",
          "accuracy: interval by wilson; standard error in points tiny-s 7.0, "
          "tiny-m 3.9; coverage 100 %",
          "50 cases in pairs; only tiny-m passes 16, only tiny-s 0; McNemar exact", "by Holm (m = 2) p ",
          "(19…45)", "intervals by bootstrap: 4,000 draws, seed 1", "(4,000 draws, seed 1)"})
      EXPECT_NE(text.find(needed), std::string::npos) << format << ": " << needed << "\n" << text;
  }
  const Json json = *parse_json(rendered("json", summary));
  EXPECT_EQ(json["resampling"]["seed"], 1);
  EXPECT_EQ(json["resampling"]["bootstrap_draws"], 4'000);
  EXPECT_EQ(json["resampling"]["paired_bootstrap_draws"], 10'000);
  EXPECT_EQ(json["resampling"]["sign_flip_draws"], 100'000);
  for (const char* name :
       {"cases", "repeats", "coverage", "accuracy", "accuracy_se", "accuracy_ci95", "accuracy_method"})
    EXPECT_FALSE(json["rows"][0][name].is_null()) << name;
  for (const char* name :
       {"n", "estimate", "ci95", "p", "p_adjusted", "comparisons", "better_only", "worse_only", "smallest"})
    EXPECT_FALSE(json["differences"][0][name].is_null()) << name;
  EXPECT_EQ(json["differences"][1]["bootstrap"]["seed"], 1);
}

TEST(Json, absent_is_null) {
  const auto json = parse_json(rendered("json", example::rough()));
  ASSERT_TRUE(json);
  const Json& row = (*json)["rows"][1];
  for (const char* name : {"params", "accuracy", "accuracy_ci95", "decode_tps", "ttft_ms", "peak_memory_mib"})
    EXPECT_TRUE(row[name].is_null()) << name;
  EXPECT_EQ(row["n"]["decode_tps"], 0);
}

TEST(Csv, has_one_cell_per_column) {
  // Fields of a line, reading RFC 4180 quotes.
  const auto fields = [](const std::string& line) {
    std::size_t count = 1;
    bool in_quotes = false;
    for (const char c : line) {
      if (c == '"') in_quotes = !in_quotes;
      if (c == ',' && !in_quotes) ++count;
    }
    return count;
  };
  const std::string text = rendered("csv", example::demo());
  const auto lines = split(text, '\n');
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(fields(lines[0]), fields(lines[1]));
  EXPECT_EQ(fields(lines[0]), fields(lines[2]));
  EXPECT_NE(rendered("csv", example::rough()).find("\"sums, \"\"hard\"\" | <b>\""), std::string::npos);
}

TEST(Layout, paragraphs_wrap_and_hang) {
  EXPECT_EQ(paragraph("note  ", "one two three four", 16), "note  one two\n      three four\n");
  EXPECT_EQ(paragraph(" ", "averyverylongword x", 8), " averyverylongword\n x\n");
  EXPECT_EQ(paragraph(" ", "it is 92 % and p < 0.001 here", 16), " it is 92 % and\n p < 0.001 here\n")
      << "numbers keep their signs";
}

TEST(Further, several_answers_and_corpus_scores_are_sentences_under_the_table) {
  stats::Summary summary = example::demo();
  const auto mean = [](double value, std::optional<stats::Interval> ci95 = {}) {
    stats::MeanEstimate estimate;
    estimate.mean = value;
    estimate.ci95 = ci95;
    return estimate;
  };
  stats::Repeated repeated;
  repeated.cases = 50;
  repeated.consistency = 0.5;
  repeated.pass.push_back({.k = 1, .at_least_one = mean(0.6), .all = mean(0.6)});
  repeated.pass.push_back({.k = 5, .at_least_one = mean(0.9, stats::Interval{0.8, 0.95}), .all = mean(0.2)});
  summary.rows[0].repeated = repeated;
  summary.rows[0].across.push_back({.name = "numeric",
                                    .pipeline = "main",
                                    .rule = "majority of 5",
                                    .score = mean(0.75, stats::Interval{0.5, 0.9}),
                                    .left_out = 2,
                                    .ties = 1,
                                    .silent = 1});
  summary.rows[1].across.push_back(
      {.name = "circular", .pipeline = {}, .rule = "every rotation right", .score = mean(0.5)});
  summary.rows[1].across.push_back(
      {.name = "maj", .pipeline = "maj", .rule = "majority of 5", .score = {}, .left_out = 50});
  summary.rows[1].corpus.push_back(
      {.name = "bleu", .kind = "bleu", .signature = "bleu|nrefs:1", .score = 0.575024, .samples = 3});
  const std::string table = rendered("table", summary, {.width = 300});
  EXPECT_NE(
      table.find("tiny-s: pass@1 60 %, pass@5 90 % (80…95), pass^5 (all right) 20 %; every answer of a case "
                 "alike in 50 % of 50 cases"),
      std::string::npos)
      << table;
  EXPECT_NE(table.find("tiny-m: bleu over the corpus of 3 samples: 0.5750 (bleu|nrefs:1)"),
            std::string::npos);
  EXPECT_NE(
      table.find("tiny-s: numeric, majority of 5 (main): 75 % (50…90) of 0 cases; 1 tie went to the earliest "
                 "answer; 1 case without any answer; 2 cases with too few answers left out"),
      std::string::npos);
  EXPECT_NE(table.find("tiny-m: circular, every rotation right: 50 % of"), std::string::npos);
  EXPECT_NE(table.find("tiny-m: maj, majority of 5: no case has enough answers"), std::string::npos);
  EXPECT_NE(rendered("md", summary).find("- tiny-s: pass@1 60 %"), std::string::npos);
  const auto json = parse_json(rendered("json", summary));
  EXPECT_EQ((*json)["rows"][0]["repeated"]["pass_at_k"]["5"]["mean"], 0.9);
  EXPECT_EQ((*json)["rows"][0]["across"][0]["ties"], 1);
  EXPECT_TRUE((*json)["rows"][1]["across"][0]["pipeline"].is_null());
  EXPECT_TRUE((*json)["rows"][1]["across"][1]["score"].is_null());
  EXPECT_TRUE((*json)["rows"][1]["repeated"].is_null());
  EXPECT_EQ((*json)["rows"][1]["corpus"][0]["samples"], 3);
}

TEST(Formats, names_are_found) {
  EXPECT_NE(find_format("json"), nullptr);
  EXPECT_EQ(find_format("xml"), nullptr);
}

}  // namespace
}  // namespace assay::report
