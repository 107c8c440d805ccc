#include "model/facts.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "testing/tiny_gguf.h"

namespace assay::model {
namespace {

using testing::tiny_llama;
using testing::TinyGguf;

ModelFacts facts_of(const TinyGguf& tiny) {
  const std::string bytes = tiny.bytes();
  const Result<Gguf> file = read_gguf(*bytes_in_memory(bytes, "m.gguf"));
  EXPECT_TRUE(file) << message(file.error());
  return describe(*file);
}

TEST(Facts, a_dense_model) {
  const ModelFacts facts = facts_of(tiny_llama());
  EXPECT_EQ(facts.architecture, "llama");
  EXPECT_EQ(facts.name, "tiny");
  EXPECT_EQ(facts.quantisation, "F16");
  EXPECT_FALSE(facts.quantisation_guessed);
  EXPECT_EQ(facts.context_length, 512U);
  EXPECT_EQ(facts.layers, 2U);
  EXPECT_EQ(facts.embedding, 64U);
  EXPECT_EQ(facts.feed_forward, 128U);
  EXPECT_EQ(facts.heads, 4U);
  EXPECT_EQ(facts.kv_heads, 2U);
  EXPECT_EQ(facts.kv_heads_total, 4U);
  EXPECT_EQ(facts.key_length, 16U);
  EXPECT_EQ(facts.vocabulary, 4U);
  EXPECT_EQ(facts.tokenizer, "gpt2");
  EXPECT_EQ(facts.chat_template_sha256, hex(sha256("{{ messages }}")));
  EXPECT_TRUE(facts.plain_attention);
  EXPECT_EQ(facts.tensor_count, 8U);
  // embedding 64 x 4, two layers of 64 x 64 and 64 x 128, three norms of 64
  EXPECT_EQ(facts.parameters, 256U + 2 * (4096 + 8192) + 3 * 64);
  EXPECT_EQ(facts.tensor_bytes, 2 * (256U + 2 * (4096 + 8192)) + 4 * 3 * 64);
  EXPECT_TRUE(facts.notes.empty());
}

TEST(Facts, a_token_reads_everything_but_the_rows_it_only_looks_up) {
  const ModelFacts tied = facts_of(tiny_llama());
  EXPECT_TRUE(tied.tied_embedding);
  EXPECT_EQ(tied.bytes_per_token, tied.tensor_bytes);

  const ModelFacts untied = facts_of(tiny_llama().tensor("output.weight", {64, 4}, "F16"));
  EXPECT_FALSE(untied.tied_embedding);
  EXPECT_EQ(untied.bytes_per_token, untied.tensor_bytes - 512);  // 64 x 4 x 2 bytes of token_embd
}

TEST(Facts, which_layers_slide_is_told_by_the_architecture_or_the_file) {
  const auto sliding = [](const char* architecture, std::uint32_t layers,
                          std::optional<std::uint32_t> period) {
    Gguf file;
    const auto put = [&](std::string key, GgufValue value) {
      file.pairs.push_back({std::string(architecture) + "." + key, std::move(value)});
    };
    file.pairs.push_back({"general.architecture", std::string(architecture)});
    put("block_count", layers);
    put("attention.head_count_kv", std::uint32_t{4});
    put("attention.sliding_window", std::uint32_t{1024});
    if (period) put("attention.sliding_window_pattern", *period);
    return describe(file).sliding_kv_heads_total;
  };
  EXPECT_EQ(sliding("gemma3", 34, {}), 29U * 4);
  EXPECT_EQ(sliding("gpt-oss", 24, {}), 12U * 4);
  EXPECT_EQ(sliding("phi3", 32, {}), std::nullopt);
  EXPECT_EQ(sliding("olmo2", 32, 4), 24U * 4);
  EXPECT_EQ(sliding("gemma3", 34, 0), std::nullopt);
  EXPECT_EQ(sliding("gemma3", 4'000'000'000, {}), std::nullopt);
}

TEST(Facts, of_experts_a_token_reads_the_share_it_uses) {
  TinyGguf tiny = tiny_llama();
  tiny.set("llama.expert_count", std::uint32_t{8})
      .set("llama.expert_used_count", std::uint32_t{2})
      .tensor("blk.0.ffn_up_exps.weight", {64, 128, 8}, "F16");
  const ModelFacts facts = facts_of(tiny);
  EXPECT_EQ(facts.experts, 8U);
  const std::uint64_t all = 64U * 128 * 8 * 2;
  EXPECT_EQ(facts.bytes_per_token, facts.tensor_bytes - all + all / 4);
}

TEST(Facts, experts_of_unknown_use_leave_the_bytes_absent) {
  const ModelFacts facts = facts_of(tiny_llama().tensor("blk.0.ffn_up_exps.weight", {64, 128, 8}, "F16"));
  EXPECT_EQ(facts.bytes_per_token, std::nullopt);
  ASSERT_EQ(facts.notes.size(), 1U);
}

TEST(Facts, the_quantisation_is_guessed_from_the_tensors_when_the_file_does_not_say) {
  TinyGguf tiny;
  tiny.set("general.architecture", "llama")
      .tensor("token_embd.weight", {256, 8}, "Q6_K")
      .tensor("blk.0.ffn_up.weight", {256, 64}, "Q4_K");
  const ModelFacts facts = facts_of(tiny);
  EXPECT_EQ(facts.quantisation, "Q4_K");
  EXPECT_TRUE(facts.quantisation_guessed);
  ASSERT_EQ(facts.tensor_types.size(), 2U);
  EXPECT_EQ(facts.tensor_types[0].type, "Q4_K");
  EXPECT_EQ(facts.tensor_types[0].bytes, 64U * 144);
}

TEST(Facts, what_is_looked_up_or_added_is_not_multiplied) {
  TinyGguf tiny;
  tiny.set("general.architecture", "llama")
      .tensor("token_embd.weight", {32, 8}, "Q8_0")
      .tensor("output.weight", {32, 8}, "Q8_0")
      .tensor("blk.0.attn_norm.weight", {32}, "F32");
  const ModelFacts facts = facts_of(tiny);
  ASSERT_EQ(facts.tensor_types.size(), 2U);
  EXPECT_EQ(facts.tensor_types[0].multiplied_bytes, facts.tensor_types[0].bytes / 2);
  EXPECT_EQ(facts.tensor_types[1].multiplied_bytes, 0U);
}

TEST(Facts, a_name_that_no_tensor_bears_out_is_noted) {
  TinyGguf tiny;
  tiny.set("general.architecture", "llama")
      .set("general.file_type", std::uint32_t{15})
      .tensor("token_embd.weight", {32, 8}, "Q5_0");
  const ModelFacts facts = facts_of(tiny);
  EXPECT_EQ(facts.quantisation, "Q4_K_M");
  ASSERT_EQ(facts.notes.size(), 1U);
  EXPECT_EQ(facts.notes[0],
            "the file calls itself Q4_K_M, but no tensor is stored as Q4_K; most bytes are Q5_0");
}

TEST(Facts, layers_may_differ_in_their_heads) {
  TinyGguf tiny;
  tiny.set("general.architecture", "x")
      .set("x.block_count", std::uint32_t{3})
      .set_numbers("x.attention.head_count_kv", {0, 4, 8});
  const ModelFacts facts = facts_of(tiny);
  EXPECT_EQ(facts.kv_heads, 8U);
  EXPECT_EQ(facts.kv_heads_total, 12U);
}

TEST(Facts, a_vocabulary_alone_has_no_parameters_rather_than_zero) {
  const ModelFacts facts = facts_of(TinyGguf().set("general.architecture", "llama"));
  EXPECT_EQ(facts.parameters, std::nullopt);
  EXPECT_EQ(facts.bytes_per_token, std::nullopt);
  EXPECT_EQ(facts.quantisation, std::nullopt);
  EXPECT_EQ(facts.layers, std::nullopt);
  EXPECT_EQ(facts.notes.size(), 1U);
}

TEST(Facts, text_is_made_valid_utf8) {
  EXPECT_EQ(facts_of(tiny_llama().set("general.x", "y")).name, "tiny");
  TinyGguf tiny;
  tiny.set("general.architecture", "llama").set("general.name", "a\xFF");
  EXPECT_EQ(facts_of(tiny).name, "a\xEF\xBF\xBD");
}

TEST(Facts, hostile_numbers_do_not_wrap) {
  TinyGguf tiny;
  tiny.set("general.architecture", "x")
      .set("x.block_count", GgufValue(std::uint64_t{1} << 63U))
      .set("x.attention.head_count", std::uint32_t{4})
      .set("x.context_length", GgufValue(std::int32_t{-1}));
  const ModelFacts facts = facts_of(tiny);
  EXPECT_EQ(facts.kv_heads_total, std::nullopt);
  EXPECT_EQ(facts.context_length, std::nullopt);
}

TEST(Facts, one_part_of_a_split_file_does_not_pass_for_the_model) {
  TinyGguf tiny = tiny_llama();
  tiny.set("split.count", GgufValue(std::uint16_t{3})).set("split.no", GgufValue(std::uint16_t{1}));
  const ModelFacts facts = facts_of(tiny);
  EXPECT_EQ(facts.parameters, std::nullopt);
  ASSERT_EQ(facts.notes.size(), 1U);
  EXPECT_EQ(facts.notes[0], "this is part 2 of 3; sizes are those of this part only");
}

}  // namespace
}  // namespace assay::model
