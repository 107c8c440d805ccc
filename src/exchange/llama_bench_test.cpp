#include "exchange/llama_bench.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/text.h"
#include "exchange/benchy_report.h"

namespace assay::exchange {
namespace {

Json result() {
  return {{"build_commit", "abc"},
          {"backends", "CPU"},
          {"model_filename", "x/tiny.gguf"},
          {"model_type", "llama ?B"},
          {"model_size", 1000},
          {"model_n_params", 967808},
          {"n_batch", 2048},
          {"n_ubatch", 512},
          {"n_threads", 2},
          {"type_k", "f16"},
          {"type_v", "f16"},
          {"n_gpu_layers", -1},
          {"flash_attn", -1},
          {"n_prompt", 512},
          {"n_gen", 0},
          {"n_depth", 0},
          {"samples_ns", {1000000, 2000000}},
          {"samples_ts", {1.0, 2.0}}};
}

std::string trouble(const std::string& text) {
  record::BenchReport report;
  const auto added = add_bench_file(text, "theirs.json", report);
  EXPECT_TRUE(report.rows.empty() || added);
  return added ? "no error" : message(added.error());
}

TEST(LlamaBench, JsonAndLinesAreRead) {
  Json second = result();
  second["n_prompt"] = 0;
  second["n_gen"] = 128;
  second["n_depth"] = 64;
  second["flash_attn"] = true;
  second["n_gpu_layers"] = 99;
  const std::string list = Json::array({result(), second}).dump(2);
  const std::string lines = result().dump() + "\n" + second.dump() + "\n";
  for (const std::string& text : {list, lines}) {
    record::BenchReport report;
    report.models.emplace_back();  // one of ours is there already
    const auto added = add_bench_file(text, "far/theirs.json", report);
    ASSERT_TRUE(added) << message(added.error());
    ASSERT_EQ(report.rows.size(), 2U);
    ASSERT_EQ(report.models.size(), 2U);
    EXPECT_EQ(report.models[1].label, "tiny");
    EXPECT_EQ(report.models[1].engine_version, "llama.cpp abc");
    EXPECT_EQ(report.rows[0].model, 1U);
    EXPECT_EQ(report.rows[0].source, "theirs.json");
    EXPECT_EQ(name_of(report.rows[0].test), "pp512");
    EXPECT_EQ(report.rows[0].gpu_layers, std::nullopt);
    EXPECT_EQ(report.rows[0].repetitions.at(1).total, Nanos{2000000});
    EXPECT_EQ(name_of(report.rows[1].test), "tg128 @ d64");
    EXPECT_EQ(report.rows[1].test.flash_attention, "on");
    EXPECT_EQ(report.rows[1].gpu_layers, 99);
  }
}

/// Names of the tests that were read, with commas; or the error.
std::string names(const std::string& text) {
  record::BenchReport report;
  const auto added = add_bench_file(text, "theirs.json", report);
  if (!added) return message(added.error());
  std::vector<std::string> list;
  for (const record::BenchRow& row : report.rows) list.push_back(name_of(row.test));
  return join(list, ",");
}

std::string as_utf16(const std::string& ascii, bool little) {
  std::string bytes = little ? "\xFF\xFE" : "\xFE\xFF";
  for (const char c : ascii) bytes += little ? std::string{c, '\0'} : std::string{'\0', c};
  return bytes;
}

std::string with_line_ends(const std::string& text) {
  return join(split(text, '\n'), "\r\n");
}

TEST(LlamaBench, AFileIsReadAsItLiesOnADisk) {
  Json second = result();
  second["n_prompt"] = 64;
  const std::string list = Json::array({result(), second}).dump(2) + "\n";
  const std::string lines = result().dump() + "\n" + second.dump() + "\n";
  const std::string before =
      "ggml_cuda_init: found 1 CUDA devices:\n  Device 0: a card, compute capability 9.0\n\n";
  const std::string behind = "~llama_context: done\n";
  for (const std::string& text : {list, lines}) {
    for (const std::string& form : {"\xEF\xBB\xBF" + text, with_line_ends(text), as_utf16(text, true),
                                    as_utf16(with_line_ends(text), false), before + text, text + behind,
                                    before + text + behind, as_utf16(before + text, true)})
      EXPECT_EQ(names(form), "pp512,pp64") << printable(form, 80);
  }
  EXPECT_EQ(names(result().dump() + "\nwarning: something\n" + second.dump()), "pp512,pp64");
  EXPECT_EQ(names(lines + lines), "pp512,pp64,pp512,pp64") << "lines of several files are lines";
}

TEST(LlamaBench, Utf16HasCodePointsOfTwoUnits) {
  // U+1F600, then half of a pair.
  std::string text = as_utf16(Json::array({result()}).dump(), true);
  const std::string mark = as_utf16("tiny", true).substr(2);
  text.replace(text.find(mark), mark.size(), std::string("\x3D\xD8\x00\xDE\x3D\xD8.\0", 8));
  record::BenchReport report;
  const auto added = add_bench_file(text, "theirs.json", report);
  ASSERT_TRUE(added) << message(added.error());
  EXPECT_EQ(report.models.at(0).label, "\xF0\x9F\x98\x80\xEF\xBF\xBD.");
}

TEST(LlamaBench, OldVersionsAreRead) {
  Json old = result();  // of 2023
  for (const char* member : {"n_depth", "n_ubatch", "type_k", "type_v", "flash_attn", "backends"})
    old.erase(member);
  old["n_batch"] = 256;
  old["f16_kv"] = true;
  old["cuda"] = false;
  old["metal"] = true;
  old["gpu_blas"] = true;
  Json older = old;
  older["f16_kv"] = false;
  older["metal"] = older["gpu_blas"] = false;
  record::BenchReport report;
  const auto added = add_bench_file(Json::array({old, older}).dump(), "theirs.json", report);
  ASSERT_TRUE(added) << message(added.error());
  EXPECT_EQ(report.models.at(0).backend, "Metal");
  EXPECT_EQ(report.models.at(1).backend, "CPU");
  const record::BenchTest& test = report.rows.at(0).test;
  EXPECT_EQ(test.micro_batch, 256U);
  EXPECT_EQ(test.flash_attention, "off") << "there was none";
  EXPECT_EQ(test.depth, 0U);
  EXPECT_EQ(test.key_type + test.value_type, "f16f16");
  EXPECT_EQ(report.rows.at(1).test.value_type, "f32");
}

TEST(LlamaBench, PathsOfWindowsHaveFileNames) {
  Json theirs = result();
  theirs["model_filename"] = "C:\\models\\far\\tiny.gguf";
  record::BenchReport report;
  ASSERT_TRUE(add_bench_file(theirs.dump(), "one.jsonl", report));
  EXPECT_EQ(report.models.at(0).label, "tiny");
  // A file name that is no UTF-8 costs its letters, not the file.
  EXPECT_EQ(names("[" + result().dump().replace(result().dump().find("tiny"), 4, "t\xFCny") + "]"), "pp512");
}

TEST(LlamaBench, OtherFormsAreNamedWithARemedy) {
  const std::string remedy = "Write the file with: llama-bench -o json";
  for (const auto& [text, words] : std::initializer_list<std::pair<std::string, std::string>>{
           {"", "the file is empty"},
           {" \n\n", "the file is empty"},
           {"hello\n", "no JSON is in it"},
           {"load_backend: loaded\nbuild_commit,build_number\n\"abc\",\"1\"\n",
            "llama-bench's CSV, which has no repetitions"},
           {"CREATE TABLE IF NOT EXISTS llama_bench (\n  build_commit TEXT\n);\n", "llama-bench's SQL"},
           {"INSERT INTO llama_bench (build_commit) VALUES ('abc');\n", "llama-bench's SQL"},
           {"\n| model                          |       size |\n", "a Markdown table"},
           {"schema,assay_version,run_id\n", "assay's CSV"}}) {
    EXPECT_NE(trouble(text).find(words), std::string::npos) << trouble(text);
    EXPECT_NE(trouble(text).find(remedy), std::string::npos) << trouble(text);
  }
}

TEST(LlamaBench, NothingIsLostInSilence) {
  const std::string one = result().dump();
  const std::string list = Json::array({result(), result()}).dump(2);
  EXPECT_NE(names(list + "\n" + list).find("theirs.json:55:1: another list of results begins here"),
            std::string::npos)
      << names(list + "\n" + list);
  EXPECT_NE(names(list + "\n" + list).find("--beside A --beside B"), std::string::npos);
  for (const std::string& broken :
       {list.substr(0, list.size() - 40), list.substr(60), one + "\n" + one.substr(0, 80),
        one.substr(80) + "\n" + one, one + "\n" + one.substr(80),
        list.substr(0, 200) + "\nwarning: something\n" + list.substr(200)}) {
    record::BenchReport report;
    EXPECT_FALSE(add_bench_file(broken, "theirs.json", report)) << broken;
    EXPECT_TRUE(report.rows.empty());
  }
  std::string many;
  for (int i = 0; i < 10'001; ++i) many += one + "\n";
  EXPECT_NE(trouble(many).find("more than 10000 results"), std::string::npos) << trouble(many);
}

TEST(LlamaBench, AReaderOfReportsSaysWhereTheyBelong) {
  for (const std::string& text : {Json::array({result()}).dump(), result().dump() + "\n" + result().dump(),
                                  to_json(record::BenchReport{}).dump()}) {
    const auto read = read_benchy(text, "theirs.json");
    ASSERT_FALSE(read);
    EXPECT_NE(message(read.error()).find("assay bench --beside FILE"), std::string::npos)
        << message(read.error());
  }
  EXPECT_EQ(message(read_benchy("[]", "x").error()).find("--beside"), std::string::npos);
}

TEST(LlamaBench, OneLineIsAResult) {
  record::BenchReport report;
  ASSERT_TRUE(add_bench_file(result().dump(), "one.jsonl", report));
  EXPECT_EQ(report.rows.size(), 1U);
}

TEST(LlamaBench, OursIsReadToo) {
  record::BenchReport theirs;
  theirs.models.emplace_back().label = "m";
  theirs.rows.emplace_back().test.prompt = 512;
  record::BenchReport report;
  ASSERT_TRUE(add_bench_file(to_json(theirs).dump(), "far/their.json", report));
  EXPECT_EQ(report.rows.at(0).source, "their.json");
  EXPECT_EQ(report.rows.at(0).end, record::BenchEnd::interrupted) << "else it would be gone on with, here";
}

TEST(LlamaBench, BrokenFilesSayWhere) {
  EXPECT_NE(trouble("").find("theirs.json"), std::string::npos) << trouble("");
  EXPECT_NE(trouble("[").find("cut short"), std::string::npos) << trouble("[");
  EXPECT_NE(trouble("[]").find("no result"), std::string::npos);
  EXPECT_NE(trouble("7").find("no list"), std::string::npos);
  EXPECT_NE(trouble("[7]").find("result 1 is no object"), std::string::npos);
  EXPECT_NE(trouble(result().dump() + "\n{\n").find("theirs.json:2"), std::string::npos)
      << trouble(result().dump() + "\n{\n");
  for (const char* member :
       {"model_filename", "model_size", "n_prompt", "n_threads", "type_k", "samples_ns"}) {
    Json broken = result();
    broken.erase(member);
    const std::string text = trouble(Json::array({result(), broken}).dump());
    EXPECT_NE(text.find(std::string("result 2: '") + member + "' missing"), std::string::npos) << text;
  }
  Json zero = result();
  zero["n_prompt"] = 0;
  EXPECT_NE(trouble(Json::array({zero}).dump()).find("zero tokens"), std::string::npos);
  Json negative = result();
  negative["samples_ns"] = {1, -5};
  EXPECT_NE(trouble(Json::array({negative}).dump()).find("times above 0"), std::string::npos);
  Json text = result();
  text["n_prompt"] = "512";
  EXPECT_NE(trouble(Json::array({text}).dump()).find("'n_prompt' is \"512\""), std::string::npos);
  Json huge = result();
  huge["n_prompt"] = 1ULL << 40U;
  EXPECT_NE(trouble(Json::array({huge}).dump()).find("smaller number"), std::string::npos);
}

}  // namespace
}  // namespace assay::exchange
