#include "model/synth.h"

#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/text.h"
#include "model/facts.h"
#include "model/quant_mix.h"
#include "model/random_blocks.h"

namespace assay::model {
namespace {

constexpr Shape kSmall{"small", "llama", 4, 256, 4, 2, 64, 512, 320, 2048, 1e4, 1e-6, false};

std::string place(const char* name) {
  return ::testing::TempDir() + "assay_synth_" + std::to_string(::getpid()) + "_" + name;
}

std::string written(const Shape& shape, const SynthOptions& options, const char* name) {
  const std::string path = place(name);
  const std::atomic<bool> stop{false};
  const auto done = write_synth(
      shape, options, path, [](std::uint64_t) {}, stop);
  EXPECT_TRUE(done) << (done ? "" : message(done.error()));
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove(path);
  return bytes;
}

std::uint64_t parameters(const Shape& shape) {
  std::uint64_t sum = 0;
  for (const ShapeTensor& tensor : tensors_of(shape, shape.layers, shape.vocabulary)) {
    std::uint64_t elements = 1;
    for (const std::uint64_t extent : tensor.extents) elements *= extent;
    sum += elements;
  }
  return sum;
}

// Gemma 3's are those of its files without the picture reader, which is 416,866,032 and a projection: 4B has
// 4,300,079,472 with both, 12B 12,187,325,040, 27B 27,432,406,640.
TEST(Shapes, have_as_many_parameters_as_their_publishers_say) {
  const std::map<std::string_view, std::uint64_t> published{
      {"llama-3.2-1b", 1'235'814'400},
      {"llama-3.2-3b", 3'212'749'824},
      {"llama-3.1-8b", 8'030'261'248},
      {"llama-3.1-70b", 70'553'706'496},
      {"qwen2.5-0.5b", 494'032'768},
      {"qwen2.5-1.5b", 1'543'714'304},
      {"qwen2.5-3b", 3'085'938'688},
      {"qwen2.5-7b", 7'615'616'512},
      {"qwen2.5-14b", 14'770'033'664},
      {"qwen2.5-32b", 32'763'876'352},
      {"qwen2.5-72b", 72'706'203'648},
      {"qwen3-0.6b", 596'049'920},
      {"qwen3-1.7b", 1'720'574'976},
      {"qwen3-4b", 4'022'468'096},
      {"qwen3-8b", 8'190'735'360},
      {"qwen3-14b", 14'768'307'200},
      {"qwen3-32b", 32'762'123'264},
      {"qwen3-30b-a3b", 30'532'122'624},
      {"phi-4", 14'659'507'200},
      {"falcon3-10b", 10'305'653'760},
      {"gemma-3-1b", 999'885'952},
      {"gemma-3-4b", 3'880'263'168},
      {"gemma-3-12b", 11'766'034'176},
      {"gemma-3-27b", 27'009'346'304},
      {"deepseek-r1-distill-qwen-1.5b", 1'777'088'000},
      {"deepseek-r1-distill-qwen-7b", 7'615'616'512},
      {"deepseek-r1-distill-qwen-14b", 14'770'033'664},
      {"deepseek-r1-distill-qwen-32b", 32'763'876'352},
      {"deepseek-r1-distill-llama-8b", 8'030'261'248},
      {"deepseek-r1-distill-llama-70b", 70'553'706'496}};
  for (const Shape& shape : shapes()) {
    ASSERT_TRUE(published.contains(shape.name)) << shape.name << " was not compared with its publisher's";
    EXPECT_EQ(parameters(shape), published.at(shape.name)) << shape.name;
  }
  EXPECT_EQ(shapes().size(), published.size());
}

/// What the number of parameters does not show: a head of twice the length is as large as two heads.
TEST(Shapes, have_heads_of_the_length_that_their_publishers_say) {
  const std::map<std::string_view, std::uint32_t> not_128{{"llama-3.2-1b", 64}, {"qwen2.5-0.5b", 64},
                                                          {"falcon3-10b", 256}, {"gemma-3-1b", 256},
                                                          {"gemma-3-4b", 256},  {"gemma-3-12b", 256}};
  for (const Shape& shape : shapes()) {
    const auto other = not_128.find(shape.name);
    EXPECT_EQ(shape.head_length, other == not_128.end() ? 128 : other->second) << shape.name;
    EXPECT_EQ(shape.heads % shape.kv_heads, 0U) << shape.name;
  }
}

TEST(Shapes, are_found_by_the_names_that_others_give_them) {
  EXPECT_EQ((*shape_named("Qwen3-8B"))->name, "qwen3-8b");
  const auto remedy = [](const char* name) { return shape_named(name).error().remedy; };
  EXPECT_EQ(remedy("meta-llama/Llama-3.2-1B-Instruct"), "Did you mean 'llama-3.2-1b'?");
  EXPECT_EQ(remedy("llama3.2:1b"), "Did you mean 'llama-3.2-1b'?");
  EXPECT_EQ(remedy("llama-3.2"), "Did you mean 'llama-3.2-1b', 'llama-3.2-3b'?");
  EXPECT_EQ(remedy("qwen2.5-0.4b"), "Did you mean 'qwen2.5-0.5b'?");
  EXPECT_EQ(remedy("mixtral-8x22b"), "");
  EXPECT_EQ(remedy(""), "");
  EXPECT_EQ(shape_named("").error().found, "no name of a shape");
}

TEST(Synth, a_file_says_what_it_was_asked_for) {
  const std::string bytes = written(kSmall, {.mix = "Q4_K_M", .layers = 2}, "facts");
  const auto source = bytes_in_memory(bytes, "small");
  const auto file = read_gguf(*source);
  ASSERT_TRUE(file) << message(file.error());
  const ModelFacts facts = describe(*file);
  EXPECT_EQ(facts.architecture, "llama");
  EXPECT_EQ(facts.quantisation, "Q4_K_M");
  EXPECT_EQ(facts.layers, 2U);
  EXPECT_EQ(facts.kv_heads, 2U);
  EXPECT_EQ(facts.vocabulary, 320U);
  EXPECT_EQ(facts.context_length, 2048U);
  EXPECT_FALSE(facts.tied_embedding);
  EXPECT_EQ(facts.name, "small with random weights, 2 of 4 layers");
  const GgufValue* epsilon = file->find("llama.attention.layer_norm_rms_epsilon");
  ASSERT_NE(epsilon, nullptr);
  EXPECT_EQ(*epsilon, GgufValue(1e-6F));
}

TEST(Synth, same_arguments_same_bytes) {
  const std::string one = written(kSmall, {.mix = "Q8_0", .layers = 1, .seed = 3}, "same");
  EXPECT_TRUE(one == written(kSmall, {.mix = "Q8_0", .layers = 1, .seed = 3}, "same"));
  EXPECT_FALSE(one == written(kSmall, {.mix = "Q8_0", .layers = 1, .seed = 4}, "same"));
}

TEST(Synth, the_end_token_has_no_score) {
  const std::string bytes = written(kSmall, {.mix = "Q8_0", .layers = 1}, "end");
  const auto source = bytes_in_memory(bytes, "small");
  const auto file = read_gguf(*source);
  ASSERT_TRUE(file);
  for (const GgufTensor& tensor : file->tensors) {
    if (tensor.name != "output.weight") continue;
    const std::size_t row = 256 / 32 * 34;
    const std::string_view end =
        std::string_view(bytes).substr(file->data_offset + tensor.offset + 2 * row, row);
    EXPECT_EQ(end.find_first_not_of('\0'), std::string_view::npos);
    EXPECT_NE(bytes[file->data_offset + tensor.offset + 3 * row + 1], '\0');
  }
}

/// Files whose names begin as this one.
int left_of(const std::string& path) {
  int count = 0;
  for (const auto& one : std::filesystem::directory_iterator(::testing::TempDir()))
    if (one.path().string().starts_with(path)) ++count;
  return count;
}

TEST(Synth, interrupted_leaves_nothing) {
  const std::string path = place("stopped");
  std::atomic<bool> stop{false};
  EXPECT_FALSE(write_synth(
      kSmall, {}, path, [&](std::uint64_t) { stop = true; }, stop));
  EXPECT_EQ(left_of(path), 0);
}

TEST(Synth, a_folder_is_refused_before_anything_is_written) {
  const std::string path = place("folder");
  std::filesystem::create_directory(path);
  bool written = false;
  const std::atomic<bool> stop{false};
  const auto done = write_synth(
      kSmall, {}, path, [&](std::uint64_t) { written = true; }, stop);
  ASSERT_FALSE(done);
  EXPECT_FALSE(written);
  EXPECT_EQ(done.error().found, "this is a folder");
  EXPECT_EQ(write_synth(
                kSmall, {}, "/dev/null", [](std::uint64_t) {}, stop)
                .error()
                .found,
            "this is no regular file");
  EXPECT_EQ(left_of(path), 1);
  std::filesystem::remove(path);
}

/// A GGUF with this vocabulary and nothing else.
std::string vocabulary_file(GgufArray tokens, const char* name) {
  Gguf file;
  file.pairs.push_back({"general.architecture", std::string("llama")});
  file.pairs.push_back({"tokenizer.ggml.tokens", std::move(tokens)});
  const std::string path = place(name);
  std::ofstream(path, std::ios::binary) << write_gguf_head(file);
  return path;
}

TEST(Synth, a_vocabulary_is_a_list_of_words) {
  GgufArray numbers{GgufType::uint32, 2, std::string(8, '\1')};
  const std::string wrong = vocabulary_file(numbers, "numbers");
  EXPECT_EQ(synth_head(kSmall, {.vocabulary = wrong}).error().found, "the file has no vocabulary");
  GgufArray words{GgufType::string, 2, std::string("\1\0\0\0\0\0\0\0a\1\0\0\0\0\0\0\0b", 18)};
  const std::string right = vocabulary_file(words, "words");
  const auto head = synth_head(kSmall, {.vocabulary = right});
  ASSERT_TRUE(head) << message(head.error());
  EXPECT_EQ(head->tensors.front().shape, (std::vector<std::uint64_t>{256, 2}));
  std::filesystem::remove(wrong);
  std::filesystem::remove(right);
}

TEST(Synth, a_disk_that_is_too_small_is_said_before_anything_is_written) {
  Shape huge = kSmall;  // four layers of 2.6 million GB
  huge.embedding = 16'777'216;
  huge.feed_forward = 16'777'216;
  huge.head_length = 4'194'304;
  const std::string path = place("huge");
  std::atomic<bool> stop{false};
  const auto done = write_synth(
      huge, {.mix = "F16"}, path, [&](std::uint64_t) { stop = true; }, stop);
  ASSERT_FALSE(done);
  EXPECT_FALSE(stop) << "something was written";
  EXPECT_NE(done.error().found.find("are free"), std::string::npos) << done.error().found;
  EXPECT_NE(done.error().remedy.find("--layers"), std::string::npos);
  EXPECT_EQ(left_of(path), 0);
}

TEST(Synth, what_cannot_be_is_refused) {
  EXPECT_EQ(synth_head(kSmall, {.layers = 5}).error().found, "5 layers of small");
  EXPECT_NE(synth_head(kSmall, {.mix = "Q9_Z"}).error().found.find("Q9_Z"), std::string::npos);
  EXPECT_FALSE(synth_head(kSmall, {.vocabulary = "/no/such/file.gguf"}));
  const std::atomic<bool> stop{false};
  EXPECT_FALSE(write_synth(
      kSmall, {}, "/no/such/folder/x.gguf", [](std::uint64_t) {}, stop));
}

TEST(QuantMix, short_names_are_those_of_the_engine_and_a_refusal_has_its_reason) {
  EXPECT_EQ(find_mix("q4_k")->name, "Q4_K_M");
  EXPECT_EQ(find_mix("Q3_K")->name, "Q3_K_M");
  EXPECT_EQ(find_mix("Q5_K")->name, "Q5_K_M");
  const auto refused = [](const char* name) { return find_mix(name).error(); };
  EXPECT_NE(refused("NVFP4").found.find("not by llama-quantize"), std::string::npos);
  EXPECT_NE(refused("q8_k").found.find("intermediate results"), std::string::npos);
  EXPECT_EQ(refused("Q4_KM").remedy, "Did you mean 'Q4_K_M'?");
  EXPECT_EQ(refused("").remedy, "");
}

TEST(QuantMix, gives_more_bits_where_the_engine_does) {
  const MixOf of{*find_mix("q4_k_m"), 16, 4, false};
  const auto type = [&](const char* name) { return type_of({name, {2048, 512}}, of).name; };
  EXPECT_EQ(type("blk.0.attn_v.weight"), "Q6_K");
  EXPECT_EQ(type("blk.2.attn_v.weight"), "Q4_K");
  EXPECT_EQ(type("blk.4.ffn_down.weight"), "Q6_K");
  EXPECT_EQ(type("blk.15.ffn_down.weight"), "Q6_K");
  EXPECT_EQ(type("blk.0.attn_q.weight"), "Q4_K");
  EXPECT_EQ(type("output.weight"), "Q6_K");
  EXPECT_EQ(type("token_embd.weight"), "Q4_K");
  EXPECT_EQ(type_of({"blk.0.attn_norm.weight", {2048}}, of).name, "F32");
  EXPECT_EQ(type_of({"blk.0.attn_q.weight", {896, 896}}, of).name, "Q5_0") << "896 is no multiple of 256";
}

/// What the engine's llama-quantize says of every mix: testdata/make_quant_types.py asked it.
TEST(QuantMix, gives_every_tensor_the_type_that_the_engine_does) {
  const std::map<std::string, MixOf> shapes{{"llama", {{}, 32, 4, false, 0}},
                                            {"halves", {{}, 28, 2, true, 0}},
                                            {"large", {{}, 80, 8, false, 0}},
                                            {"joined", {{}, 40, 4, false, 0}},
                                            {"experts", {{}, 48, 8, false, 128}}};
  std::ifstream file(ASSAY_SOURCE_DIR "/src/model/testdata/quant_types.txt");
  int compared = 0;
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> words = split(line, ' ');
    MixOf of = shapes.at(words[0]);
    of.mix = *find_mix(words[1]);
    // It was asked without an importance matrix, and makes IQ3_XXS only with one, then of these too.
    if (words[1] == "IQ3_XXS" && (words[2] == "ffn_down.weight" || words[2] == "ffn_down_exps.weight" ||
                                  (words[2] == "attn_v.weight" && of.groups < 4)))
      continue;
    std::uint32_t layer = 0;
    const bool in_layer = words[2] != "output.weight" && words[2] != "token_embd.weight";
    for (std::size_t i = 3; i < words.size(); ++i) {
      const std::vector<std::string> run = split(words[i], '*');
      for (int n = std::stoi(run[1]); n > 0; --n, ++layer) {
        const std::string name = (in_layer ? "blk." + std::to_string(layer) + "." : "") + words[2];
        ASSERT_EQ(type_of({name, {256, 256}}, of).name, run[0]) << line << ", layer " << layer;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 50'000);
}

double half(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const double mantissa = bits & 1023;
  const double size = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(mantissa + 1024, exponent - 25);
  return (bits & 0x8000) != 0 ? -size : size;
}

TEST(RandomBlocks, weights_are_small_and_finite) {
  SplitMix64 random(1);
  std::string block(static_cast<std::size_t>(34) * 1000, '\0');
  fill_random(*tensor_type("Q8_0"), random, block);
  double sum = 0;
  double squares = 0;
  for (std::size_t at = 0; at < block.size(); at += 34) {
    std::uint16_t scale = 0;
    std::memcpy(&scale, block.data() + at, sizeof scale);
    for (std::size_t i = 2; i < 34; ++i) {
      const double weight = half(scale) * static_cast<signed char>(block[at + i]);
      sum += weight;
      squares += weight * weight;
    }
  }
  EXPECT_NEAR(sum / 32000, 0, 0.001);
  EXPECT_NEAR(std::sqrt(squares / 32000), 0.02, 0.002);

  std::vector<std::uint16_t> halves(1001);
  fill_random(*tensor_type("F16"), random, {reinterpret_cast<char*>(halves.data()), halves.size() * 2});
  for (const std::uint16_t one : halves) EXPECT_NEAR(std::abs(half(one)), 0.0117, 0.0040);
}

TEST(RandomBlocks, every_mix_can_be_filled) {
  for (const std::string_view name : quant_mixes()) {
    const MixOf of{*find_mix(name), 32, 4, true};
    for (const std::uint64_t row : {2048U, 896U, 80U}) {
      for (const char* tensor :
           {"token_embd.weight", "blk.0.attn_v.weight", "blk.9.ffn_down.weight", "blk.9.ffn_up.weight"})
        EXPECT_TRUE(can_fill(type_of({tensor, {row, 64}}, of))) << name << ' ' << row << ' ' << tensor;
    }
  }
}

}  // namespace
}  // namespace assay::model
