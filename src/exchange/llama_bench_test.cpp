#include "exchange/llama_bench.h"

#include <gtest/gtest.h>

#include "base/json.h"

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
