#include "cli/bench_arguments.h"

#include <gtest/gtest.h>

namespace assay::cli {
namespace {

using Words = std::vector<std::string>;

Words of(Words arguments) {
  const auto names = with_long_names(std::move(arguments));
  EXPECT_TRUE(names) << message(names.error());
  return names.value_or(Words{});
}

std::string trouble(Words arguments) {
  const auto names = with_long_names(std::move(arguments));
  return names ? "no error" : message(names.error());
}

TEST(BenchArguments, LlamaBenchsNamesBecomeOurs) {
  EXPECT_EQ(of({"bench", "-pg", "512,128", "-ngl", "99", "-fa", "1", "-ub", "64", "-ctk", "q8_0", "-ctv",
                "f16", "-p", "8"}),
            (Words{"bench", "--prompt-gen", "512,128", "--n-gpu-layers", "99", "--flash-attn", "1",
                   "--ubatch-size", "64", "--cache-type-k", "q8_0", "--cache-type-v", "f16", "-p", "8"}));
  EXPECT_EQ(of({"bench", "--n_prompt", "8", "--cache_type_k=q8_0", "-m", "a_b.gguf"}),
            (Words{"bench", "--n-prompt", "8", "--cache-type-k=q8_0", "-m", "a_b.gguf"}));
}

TEST(BenchArguments, OtherCommandsKeepTheirs) {
  const Words other{"list", "--label", "bench", "-ngl", "--n_prompt", "-hf"};
  EXPECT_EQ(of(other), other);
  EXPECT_EQ(of({"--store", "bench", "run", "-ub"}), (Words{"--store", "bench", "run", "-ub"}));
  EXPECT_EQ(of({"--store", "x", "bench", "-ub"}), (Words{"--store", "x", "bench", "--ubatch-size"}));
  EXPECT_EQ(of({}), Words{});
}

TEST(BenchArguments, WhatLlamaBenchAloneHasIsSaidWithARemedy) {
  for (const char* name :
       {"-hf", "-mmp", "-sm", "-mg", "-oe", "-dev", "-v", "--progress", "--no_warmup", "--delay", "-t"}) {
    const std::string text = trouble({"bench", "-m", "x.gguf", name, "1"});
    if (std::string_view(name) == "-t") {
      EXPECT_EQ(text, "no error");
      continue;
    }
    EXPECT_NE(text.find("an option of llama-bench that assay bench does not have. "), std::string::npos)
        << name << ": " << text;
  }
  EXPECT_EQ(trouble({"bench", "--label", "-v", "--server", "-hf"}), "no error") << "free text is no option";
}

}  // namespace
}  // namespace assay::cli
