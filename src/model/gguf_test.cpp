#include "model/gguf.h"

#include <fstream>
#include <limits>
#include <memory>

#include <gtest/gtest.h>

#include "testing/tiny_gguf.h"

namespace assay::model {
namespace {

using testing::tiny_llama;
using testing::TinyGguf;

Result<Gguf> read(std::string_view bytes) {
  return read_gguf(*bytes_in_memory(bytes, "m.gguf"));
}

std::string error_of(std::string_view bytes) {
  const Result<Gguf> file = read(bytes);
  return file ? "no error" : message(file.error());
}

template <class Number>
std::string patched(std::string bytes, std::size_t at, Number number) {
  bytes.replace(at, sizeof number, reinterpret_cast<const char*>(&number), sizeof number);
  return bytes;
}

std::size_t after(std::string_view bytes, std::string_view needle) {
  const std::size_t at = bytes.find(needle);
  EXPECT_NE(at, std::string_view::npos);
  return at + needle.size();
}

TEST(Gguf, reads_what_was_written) {
  TinyGguf tiny = tiny_llama();
  tiny.set("a.u8", GgufValue(std::uint8_t{1}))
      .set("a.i64", GgufValue(std::int64_t{-5}))
      .set("a.bool", GgufValue(true))
      .set("a.double", GgufValue(0.5))
      .set_numbers("a.list", {1, -2});
  const std::string bytes = tiny.bytes();
  const Result<Gguf> file = read(bytes);
  ASSERT_TRUE(file) << message(file.error());
  EXPECT_EQ(file->file_bytes, bytes.size());
  EXPECT_EQ(file->tensors.size(), 8U);
  EXPECT_EQ(std::get<std::string>(*file->find("general.name")), "tiny");
  EXPECT_EQ(std::get<std::int64_t>(*file->find("a.i64")), -5);
  EXPECT_TRUE(std::get<bool>(*file->find("a.bool")));
  EXPECT_DOUBLE_EQ(std::get<double>(*file->find("a.double")), 0.5);
  EXPECT_EQ(std::get<GgufArray>(*file->find("a.list")).count, 2U);
  EXPECT_EQ(file->find("a.none"), nullptr);
  EXPECT_EQ(write_gguf_head(*file), tiny.head());
}

TEST(Gguf, reads_a_file_on_disk_without_its_weights) {
  const std::string path = ::testing::TempDir() + "/assay_model_gguf_test.gguf";
  std::ofstream(path, std::ios::binary) << tiny_llama().bytes();
  const auto source = open_bytes(path);
  ASSERT_TRUE(source);
  EXPECT_TRUE(read_gguf(**source));
}

TEST(Gguf, a_file_without_tensors_and_version_2_are_fine) {
  TinyGguf tiny;
  tiny.set("general.architecture", "llama");
  tiny.file().version = 2;
  EXPECT_TRUE(read(tiny.bytes()));
}

TEST(Gguf, says_what_a_file_is_that_is_no_gguf) {
  EXPECT_EQ(error_of(""), "m.gguf: the file is empty; expected a GGUF file. Download it again");
  EXPECT_NE(error_of("PK\x03\x04zip").find("PyTorch or ZIP"), std::string::npos);
  EXPECT_NE(error_of("version https://git-lfs.github.com/spec/v1").find("git lfs pull"), std::string::npos);
  EXPECT_NE(error_of("<!DOCTYPE html>").find("web page"), std::string::npos);
  EXPECT_NE(error_of(std::string("\x10\0\0\0\0\0\0\0{\"a\":", 13)).find("safetensors"), std::string::npos);
  EXPECT_NE(error_of("hello world").find("begins with 'hell'"), std::string::npos);
}

TEST(Gguf, says_which_version_it_cannot_read) {
  const std::string bytes = tiny_llama().bytes();
  EXPECT_NE(error_of(patched(bytes, 4, std::uint32_t{1})).find("GGUF version 1; expected version 2 or 3"),
            std::string::npos);
  EXPECT_NE(error_of(patched(bytes, 4, std::uint32_t{4})).find("newer assay"), std::string::npos);
  EXPECT_NE(error_of(patched(bytes, 4, std::uint32_t{0x03000000})).find("big-endian"), std::string::npos);
}

TEST(Gguf, every_cut_is_noticed) {
  const std::string bytes = tiny_llama().bytes();
  // Each length inside the head, then every 97th: the weights are one block after the other.
  const std::size_t head = tiny_llama().head().size();
  for (std::size_t length = 0; length < bytes.size(); length += length < head ? 1 : 97) {
    ASSERT_FALSE(read(std::string_view(bytes).substr(0, length)))
        << "cut at " << length << " of " << bytes.size();
  }
}

TEST(Gguf, a_cut_in_the_weights_names_the_tensor) {
  std::string bytes = tiny_llama().bytes();
  bytes.resize(bytes.size() - 300);
  const std::string error = error_of(bytes);
  EXPECT_NE(error.find("inside tensor 'blk.1.ffn_up.weight' of 16384 bytes"), std::string::npos) << error;
  EXPECT_NE(error.find("Download the file again"), std::string::npos) << error;
}

// Found by fuzzing: the data of an empty tensor behind the last padding, which may lack, is not beyond the
// file.
TEST(Gguf, an_empty_last_tensor_adds_no_data) {
  std::string bytes = TinyGguf().tensor("a", {32, 1}, "Q8_0").tensor("b", {0}, "F32").bytes();
  bytes.resize(bytes.size() - 30);  // the padding of a: 34 bytes, rounded up to 64
  const Result<Gguf> file = read(bytes);
  ASSERT_TRUE(file) << message(file.error());
  EXPECT_EQ(file->data_bytes, 34U);
}

TEST(Gguf, hostile_counts_and_lengths_are_errors_before_anything_is_reserved) {
  constexpr auto kHuge = std::numeric_limits<std::uint64_t>::max();
  const std::string bytes = tiny_llama().bytes();
  EXPECT_NE(error_of(patched(bytes, 8, kHuge)).find("are announced in a file of"), std::string::npos);
  EXPECT_NE(error_of(patched(bytes, 16, kHuge / 2)).find("are announced in a file of"), std::string::npos);
  EXPECT_NE(error_of(patched(bytes, 24, kHuge)).find("metadata key 1 at byte 32 needs"), std::string::npos);
  const std::size_t count = after(bytes, "tokenizer.ggml.tokens") + 8;
  EXPECT_NE(error_of(patched(bytes, count, kHuge / 8)).find("'tokenizer.ggml.tokens' has"),
            std::string::npos);
  const std::size_t length = count + 8;
  EXPECT_NE(error_of(patched(bytes, length, kHuge - 1)).find("'tokenizer.ggml.tokens' at byte"),
            std::string::npos);
}

TEST(Gguf, hostile_shapes_are_errors) {
  const std::string bytes = tiny_llama().bytes();
  const std::size_t shape = after(bytes, "token_embd.weight") + 4;
  EXPECT_NE(error_of(patched(bytes, shape, std::uint64_t{1} << 62U)).find("more than 2^63"),
            std::string::npos);
  EXPECT_NE(error_of(patched(bytes, shape - 4, std::uint32_t{5})).find("has 5 dimensions"),
            std::string::npos);
  EXPECT_NE(error_of(patched(bytes, shape + 16, std::uint32_t{99})).find("storage type 99"),
            std::string::npos);
  EXPECT_NE(error_of(patched(bytes, shape + 16, std::uint32_t{12})).find("a multiple of 256 for Q4_K"),
            std::string::npos);
  EXPECT_NE(error_of(patched(bytes, shape + 20, std::uint64_t{32})).find("lies at 32 in the data"),
            std::string::npos);
}

TEST(Gguf, what_appears_twice_or_has_no_name_is_an_error) {
  EXPECT_NE(error_of(tiny_llama().set("general.name", "again").bytes()).find("'general.name' appears twice"),
            std::string::npos);
  EXPECT_NE(error_of(tiny_llama().tensor("output_norm.weight", {32}, "F32").bytes()).find("appears twice"),
            std::string::npos);
  EXPECT_NE(error_of(tiny_llama().set("", "x").bytes()).find("is empty"), std::string::npos);
  EXPECT_NE(error_of(tiny_llama().set("\xFF", "x").bytes()).find("is not UTF-8"), std::string::npos);
}

TEST(Gguf, odd_types_are_errors) {
  const std::string bytes = tiny_llama().bytes();
  EXPECT_NE(error_of(patched(bytes, after(bytes, "general.name"), std::uint32_t{13})).find("value type 13"),
            std::string::npos);
  const std::size_t item = after(bytes, "tokenizer.ggml.tokens") + 4;
  EXPECT_NE(error_of(patched(bytes, item, std::uint32_t{9})).find("array of arrays"), std::string::npos);
  EXPECT_NE(
      error_of(tiny_llama().set("general.alignment", std::uint32_t{24}).bytes()).find("no power of two"),
      std::string::npos);
}

TEST(Gguf, what_is_no_file_is_said) {
  EXPECT_EQ(open_bytes("/no/such.gguf").error().code, Code::not_found);
  EXPECT_NE(message(open_bytes("/").error()).find("this is a folder"), std::string::npos);
}

}  // namespace
}  // namespace assay::model
