#include "model/memory.h"

#include <gtest/gtest.h>

namespace assay::model {
namespace {

/// Qwen2.5-0.5B-Instruct Q4_K_M, as its file says.
ModelFacts half_billion() {
  ModelFacts facts;
  facts.tensor_count = 291;
  facts.tensor_bytes = 391'000'000;
  facts.layers = 24;
  facts.embedding = 896;
  facts.feed_forward = 4864;
  facts.kv_heads = 2;
  facts.kv_heads_total = 48;
  facts.key_length = 64;
  facts.value_length = 64;
  facts.vocabulary = 151936;
  facts.plain_attention = true;
  return facts;
}

TEST(Memory, the_cache_is_heads_times_lengths_times_bytes) {
  // 4096 tokens x 48 heads x (64 + 64) x 2 bytes = 48 MiB, as the engine's log says for this model
  EXPECT_EQ(kv_cache_bytes(half_billion(), {.context = 4096}), 48U << 20U);
  EXPECT_EQ(kv_cache_bytes(half_billion(), {.context = 4096, .key_type = "q8_0", .value_type = "q8_0"}),
            (48U << 20U) / 2 * 34 / 32);
}

TEST(Memory, the_context_is_rounded_up_as_the_engine_does) {
  EXPECT_EQ(kv_cache_bytes(half_billion(), {.context = 1}), kv_cache_bytes(half_billion(), {.context = 256}));
  EXPECT_NE(kv_cache_bytes(half_billion(), {.context = 257}),
            kv_cache_bytes(half_billion(), {.context = 256}));
  EXPECT_EQ(kv_cache_bytes(half_billion(), {.context = 0}), 0U);
}

// Gemma 3 4B, 34 layers of 4 KV heads of 256: 5 of them see all tokens. llama-bench allocates for them 5/34
// of a whole cache, and for the others that of 1024 + 512 tokens.
TEST(Memory, layers_that_slide_keep_their_window_where_the_engine_does) {
  ModelFacts gemma = half_billion();
  gemma.kv_heads_total = 136;
  gemma.sliding_kv_heads_total = 116;
  gemma.sliding_window = 1024;
  gemma.key_length = gemma.value_length = 256;
  constexpr std::uint64_t kEach = std::uint64_t{512} * 2;  // bytes of one head's token
  EXPECT_EQ(kv_cache_bytes(gemma, {.context = 32768}), 32768 * 136 * kEach) << "the worker keeps all";
  EXPECT_EQ(kv_cache_bytes(gemma, {.context = 32768, .windows_alone = true}),
            (32768 * 20 + 1536 * 116) * kEach);
  EXPECT_EQ(kv_cache_bytes(gemma, {.context = 1024, .windows_alone = true}), 1024 * 136 * kEach);
  gemma.sliding_kv_heads_total.reset();
  EXPECT_EQ(kv_cache_bytes(gemma, {.context = 32768, .windows_alone = true}), 32768 * 136 * kEach)
      << "which layers slide is not known";
}

TEST(Memory, absent_where_it_cannot_be_told) {
  ModelFacts recurrent = half_billion();
  recurrent.plain_attention = false;
  EXPECT_EQ(kv_cache_bytes(recurrent, {}), std::nullopt);
  EXPECT_EQ(memory_need(recurrent, {}), std::nullopt);
  EXPECT_EQ(kv_cache_bytes(half_billion(), {.key_type = "float"}), std::nullopt);
  ModelFacts vocabulary_only = half_billion();
  vocabulary_only.tensor_count = 0;
  EXPECT_EQ(memory_need(vocabulary_only, {}), std::nullopt);
  ModelFacts shapeless = half_billion();
  shapeless.feed_forward.reset();
  EXPECT_EQ(memory_need(shapeless, {}), std::nullopt);
  ModelFacts hostile = half_billion();
  hostile.kv_heads_total = ~std::uint64_t{0};
  hostile.key_length = ~std::uint64_t{0};
  EXPECT_EQ(kv_cache_bytes(hostile, {}), std::nullopt);
}

TEST(Memory, the_need_is_the_sum_of_its_parts) {
  const auto need = memory_need(half_billion(), {.context = 4096});
  ASSERT_TRUE(need);
  EXPECT_EQ(need->total, need->weights + need->kv_cache + need->compute + need->runtime);
  EXPECT_EQ(need->peak(), need->total) << "nothing of it is known to be repacked";
  EXPECT_NEAR(static_cast<double>(need->runtime) / (1U << 20U), 54, 1);
  EXPECT_EQ(need->weights, 391'000'000U);
  // The engine reserves 39.51 MiB for this shape at 4096 tokens, 67.51 at 32768.
  EXPECT_NEAR(static_cast<double>(need->compute) / (1U << 20U), 39.51, 0.02);
  EXPECT_NEAR(static_cast<double>(memory_need(half_billion(), {.context = 32768})->compute) / (1U << 20U),
              67.51, 0.02);
}

TEST(Memory, weights_that_are_stored_twice_are_part_of_the_peak_and_not_of_the_need) {
  ModelFacts facts = half_billion();
  facts.tensor_types = {{.type = "Q4_K", .tensors = 1, .elements = 0, .bytes = 300, .multiplied_bytes = 200},
                        {.type = "Q6_K", .tensors = 1, .elements = 0, .bytes = 90, .multiplied_bytes = 90}};
  const auto here = memory_need(facts, {.processor = Processor::avx2});
  ASSERT_TRUE(here);
  EXPECT_EQ(here->repacked, 200U);
  EXPECT_EQ(here->peak(), here->total + 200);
  EXPECT_EQ(memory_need(facts, {.processor = Processor::arm})->repacked, 290U);
  EXPECT_EQ(memory_need(facts, {.processor = Processor::other})->repacked, 0U);
}

TEST(Memory, which_types_are_stored_twice_depends_on_the_processor) {
  EXPECT_TRUE(is_repacked(Processor::avx512, "Q2_K"));
  EXPECT_FALSE(is_repacked(Processor::avx2, "Q2_K"));
  EXPECT_FALSE(is_repacked(Processor::avx512, "Q8_0"));
  EXPECT_TRUE(is_repacked(Processor::arm, "Q8_0"));
}

TEST(Memory, a_model_that_does_not_fit_says_by_how_much_and_what_to_do) {
  EXPECT_TRUE(fits_memory("m.gguf", half_billion(), {}, std::uint64_t{4} << 30U));
  const auto cache = fits_memory("m.gguf", half_billion(), {.context = 1U << 20U}, std::uint64_t{4} << 30U);
  ASSERT_FALSE(cache);
  EXPECT_EQ(cache.error().code, Code::out_of_memory);
  EXPECT_NE(message(cache.error()).find("4096 MiB are available"), std::string::npos);
  EXPECT_NE(cache.error().remedy.find("context_length"), std::string::npos);
  const auto weights = fits_memory("m.gguf", half_billion(), {}, 1000);
  EXPECT_NE(weights.error().remedy.find("smaller model"), std::string::npos);
  ModelFacts unknown = half_billion();
  unknown.plain_attention = false;
  EXPECT_TRUE(fits_memory("m.gguf", unknown, {}, std::uint64_t{1} << 30U));
  EXPECT_FALSE(fits_memory("m.gguf", unknown, {}, 1000));
}

}  // namespace
}  // namespace assay::model
