#include "report/sample_line.h"

#include <gtest/gtest.h>

#include "report/sample_csv.h"
#include "report/sample_text.h"
#include "src/stats/testdata/example_run.h"

namespace assay::report {
namespace {

using stats::example::ms;

record::Run run_with_cells() {
  record::Run run = stats::example::run_of({stats::example::model("tiny-s", 1)}, 1);
  run.cells[0].label = "temperature=0.7";
  return run;
}

TEST(SampleLine, holds_the_whole_record) {
  record::Sample sample = stats::example::sample(0, "math/17", 1, 5, 3, 0.5);
  sample.prompt = "<s>What is 6*3?";
  sample.output = "<think>6*3</think>\nSo it is $18.00.";
  sample.requested["temperature"] = 0.7;
  sample.effective["temperature"] = {.value = 0.7, .how = record::Applied::verified};
  sample.claims = {{"claimed_decode_tps", 2100.5}, {"status", "hijacked"}};
  sample.tokens[0].kind = record::TokenKind::reasoning;
  sample.flags = bit(record::Flag::count_mismatch);
  record::Verdict verdict = stats::example::verdict(record::Mark::pass);
  verdict.extracted = "18.00";
  verdict.steps = {{"reasoning", {{"span", {0, 18}}, {"how", "tag:think"}, {"closed", true}}},
                   {"pipelines", {{"main", {{"steps", {{{"f", "trim@1"}}}}}}}}};
  verdict.assertions = {{.type = "numeric@1",
                         .pipeline = "main",
                         .metric = "",
                         .mark = record::Mark::pass,
                         .score = 1,
                         .weight = 1,
                         .reason = "18.00 = 18"}};

  const OrderedJson line = sample_line(run_with_cells(), sample, &verdict);
  EXPECT_EQ(line.begin().key(), "schema");
  EXPECT_EQ(line["schema"], "assay.sample/1");
  EXPECT_EQ(line["run_id"], "01abcdefg0123456");
  EXPECT_EQ(line["model"], "tiny-s");
  EXPECT_EQ(line["cell"], "temperature=0.7");
  EXPECT_EQ(line["case"], "math/17");
  EXPECT_EQ(line["repeat"], 1);
  EXPECT_EQ(line["status"], "ok") << "a claim cannot take the place of a fact";
  EXPECT_EQ(line["finish"], "stop");
  EXPECT_EQ(line["prompt"], sample.prompt);
  EXPECT_EQ(line["raw"], sample.output);
  EXPECT_EQ(dump(line["tokens"]), R"([[7100000,1,"reasoning"],[7600000,1,"answer"],[8100000,1,"answer"]])");
  EXPECT_EQ(line["sent"], "2026-01-01T00:00:00.005000000Z");
  EXPECT_EQ(line["sent_ns"], 5'000'000);
  EXPECT_EQ(line["output_tokens"], 3);
  EXPECT_EQ(line["count_source"], "engine");
  EXPECT_EQ(line["requested"]["temperature"], 0.7);
  EXPECT_EQ(dump(line["effective"]["temperature"]), R"({"how":"verified","value":0.7})");
  EXPECT_NEAR(line["decode_tps"].get<double>(), 2000, 1e-9);
  EXPECT_NEAR(line["ttft_ms"].get<double>(), 2.1, 1e-9);
  EXPECT_NEAR(line["ttfat_ms"].get<double>(), 2.6, 1e-9);
  EXPECT_EQ(line["claimed_decode_tps"], 2100.5);
  EXPECT_EQ(line["flags"][0], "count_mismatch");
  EXPECT_EQ(line["verdict"], "pass");
  EXPECT_EQ(line["score"], 1.0);
  EXPECT_EQ(line["extracted"], "18.00");
  EXPECT_EQ(line["reasoning"]["how"], "tag:think");
  EXPECT_EQ(line["pipelines"]["main"]["steps"][0]["f"], "trim@1");
  EXPECT_EQ(line["assertions"][0]["reason"], "18.00 = 18");
}

TEST(SampleLine, earlier_attempts_are_told_one_by_one) {
  record::Sample sample = stats::example::sample(0, "math/17", 1, 5, 3, 0.5);
  EXPECT_EQ(dump(sample_line(run_with_cells(), sample, nullptr)["attempts"]), "[]");
  sample.attempt = 2;
  EXPECT_TRUE(sample_line(run_with_cells(), sample, nullptr)["attempts"].is_null())
      << "how many is known, and no more";
  sample.attempts = {{.began = Nanos{1'000'000},
                      .ended = Nanos{3'000'000},
                      .pause = ms(1000),
                      .reason = "transport",
                      .detail = "no server answers"},
                     {.began = ms(1003),
                      .sent = ms(1004),
                      .ended = ms(1005),
                      .pause = {},
                      .reason = "http",
                      .detail = "busy\x1b[31m",
                      .http_status = 429,
                      .retry_after = "0"}};
  const OrderedJson line = sample_line(run_with_cells(), sample, nullptr);
  EXPECT_EQ(dump(line["attempts"][0]),
            R"({"number":1,"began_ns":1000000,"sent_ns":null,"took_ns":2000000,"reason":"transport",)"
            R"("detail":"no server answers","http_status":null,"retry_after":null,"paused_ns":1000000000})");
  EXPECT_EQ(line["attempts"][1]["number"], 2);
  EXPECT_EQ(line["attempts"][1]["sent_ns"], 1'004'000'000);
  EXPECT_EQ(line["attempts"][1]["http_status"], 429);
  EXPECT_EQ(line["attempts"][1]["retry_after"], "0");
  const std::string page = sample_page(run_with_cells(), sample, nullptr);
  EXPECT_NE(page.find("  tried      2 times before, in no figure\n"
                      "    1. never sent, transport after 2 ms; then waited 1000 ms: no server answers\n"
                      "    2. sent at 1004 ms, http 429 after 2 ms, Retry-After: 0; no pause: busy"),
            std::string::npos)
      << page;
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
}

TEST(SampleLine, absent_is_null) {
  record::Sample sample;
  sample.status = record::Status::error;
  sample.reason = "server_exit";
  const OrderedJson line = sample_line(run_with_cells(), sample, nullptr);
  EXPECT_EQ(line["status"], "error");
  EXPECT_EQ(line["reason"], "server_exit");
  for (const char* name :
       {"finish", "sent", "sent_ns", "first_token_ns", "done_ns", "output_tokens", "decode_tps", "ttft_ms",
        "peak_memory_mib", "verdict", "score", "assertions", "pipelines", "extracted"}) {
    ASSERT_TRUE(line.contains(name)) << name;
    EXPECT_TRUE(line[name].is_null()) << name;
  }
  EXPECT_TRUE(line["tokens"].empty());
}

TEST(SampleLine, is_one_line_whatever_the_bytes) {
  record::Sample sample;
  sample.output = "a\nb\x1b[31m\xff";
  const std::string text = dump(sample_line(run_with_cells(), sample, nullptr));
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_TRUE(parse_json(text));
}

TEST(SampleLine, a_row_of_csv_has_the_columns_of_the_header_whatever_the_answer_holds) {
  record::Sample sample = stats::example::sample(0, "math/17", 1, 5, 3, 0.5);
  sample.prompt = "What is 6*3?";
  sample.output = "so, \"18\"\r\n18,00";
  sample.flags = bit(record::Flag::count_mismatch) | bit(record::Flag::throttled);
  const record::Verdict verdict = stats::example::verdict(record::Mark::pass);
  const std::string header = sample_csv_header();
  const std::string row = sample_csv_row(run_with_cells(), sample, &verdict, "none");
  EXPECT_TRUE(header.starts_with("schema,assay_version,run_id,suite,model,cell,case,"));
  EXPECT_TRUE(header.ends_with(",prompt,raw,raw_reasoning\r\n")) << header;
  EXPECT_NE(row.find(",What is 6*3?,\"so, \"\"18\"\"\r\n18,00\",\r\n"), std::string::npos) << row;
  EXPECT_NE(row.find(",throttled count_mismatch,none,pass,"), std::string::npos) << row;
  sample.output = "=HYPERLINK(1)";
  const std::string formula = sample_csv_row(run_with_cells(), sample, &verdict, "none");
  EXPECT_NE(formula.find(",'=HYPERLINK(1),"), std::string::npos) << "a spreadsheet would run it: " << formula;
  // Absent is empty, not null and not 0.
  const std::string unjudged = sample_csv_row(run_with_cells(), sample, nullptr, "");
  EXPECT_EQ(unjudged.find("null"), std::string::npos) << unjudged;
}

}  // namespace
}  // namespace assay::report
