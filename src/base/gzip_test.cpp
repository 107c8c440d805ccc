// gzip: what was packed comes back, in whatever pieces it is read; what is broken says how.
#include "base/gzip.h"

#include <unistd.h>

#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "testing/gzip.h"

namespace assay {
namespace {

using testing::packed;

constexpr std::uint64_t kPlenty = 1U << 20U;

std::string trouble(std::string_view bytes, std::uint64_t max_bytes = kPlenty) {
  const Result<std::string> text = gunzip(bytes, max_bytes);
  return text ? "" : message(text.error());
}

/// A text that does not pack to nothing.
std::string noise(std::size_t size) {
  std::string text;
  for (std::uint32_t state = 1; text.size() < size; state = state * 1664525U + 1013904223U)
    text.push_back(static_cast<char>('a' + (state >> 24U) % 26));
  return text;
}

TEST(Gzip, gives_back_what_was_packed) {
  for (const std::string& text : {std::string(), std::string("x"), noise(200'000), std::string(300'000, 'a')})
    EXPECT_EQ(gunzip(packed(text), kPlenty), text);
}

TEST(Gzip, members_behind_each_other_are_one_text) {
  EXPECT_EQ(gunzip(packed("one\n") + packed("") + packed("two\n"), kPlenty), "one\ntwo\n");
}

TEST(Gzip, pieces_of_any_size_give_the_same) {
  const std::string text = noise(5000);
  const std::string bytes = packed(text.substr(0, 3000)) + packed(text.substr(3000));
  for (const std::size_t in : {1U, 7U, 4096U}) {
    for (const std::size_t out : {1U, 13U, 65536U}) {
      Gunzip unpacking(kPlenty);
      std::vector<char> room(out);
      std::string read;
      for (std::size_t at = 0; at < bytes.size(); at += in) {
        std::string_view piece = std::string_view(bytes).substr(at, in);
        for (std::size_t made = 1; made > 0;) {
          made = unpacking.unpack(piece, room).value();
          read.append(room.data(), made);
        }
        EXPECT_TRUE(piece.empty());
      }
      EXPECT_TRUE(unpacking.finish().has_value());
      EXPECT_EQ(read, text) << in << " " << out;
    }
  }
}

TEST(Gzip, a_limit_holds_for_all_members_together) {
  const std::string bomb = packed(std::string(600'000, '\0'));
  EXPECT_LT(bomb.size(), 2000U);
  EXPECT_EQ(trouble(bomb), "");
  EXPECT_EQ(trouble(bomb + bomb),
            "gzip data that unpacks to more than 1 MiB; expected at most 1 MiB unpacked. Split the file");
  EXPECT_EQ(gunzip(packed("12345"), 5), "12345");
  EXPECT_NE(trouble(packed("123456"), 5), "");
}

TEST(Gzip, data_that_ends_too_early_is_an_error_wherever_it_ends) {
  const std::string bytes = packed(noise(100));
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    EXPECT_EQ(trouble(bytes.substr(0, size)),
              "gzip data that ends too early, after " + std::to_string(size) +
                  " bytes; expected a whole gzip file. Fetch or pack it again");
  }
  EXPECT_NE(trouble(bytes + bytes.substr(0, 5)), "") << "the second member";
}

TEST(Gzip, a_changed_byte_is_an_error) {
  const std::string bytes = packed(noise(100));
  for (std::size_t at = 10; at < bytes.size(); ++at) {  // behind the header, where time and system may differ
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    EXPECT_NE(trouble(changed), "") << at;
  }
}

TEST(Gzip, what_stands_behind_the_data_is_an_error) {
  const std::string bytes = packed("x");
  EXPECT_EQ(trouble(bytes + "y"), "bytes that are no gzip data, from byte " + std::to_string(bytes.size()) +
                                      "; expected gzip data to the end. Fetch or pack it again");
  EXPECT_NE(trouble(bytes + std::string(8, '\0')), "");
  EXPECT_NE(trouble(bytes + "\x1f nothing"), "");
  EXPECT_NE(trouble("text"), "");
}

TEST(Gzip, a_file_is_unpacked_by_what_it_holds) {
  const std::string path = ::testing::TempDir() + "gzip_" + std::to_string(::getpid());
  ASSERT_TRUE(write_file(path, packed("inside")).has_value());
  EXPECT_EQ(read_unpacked_file(path, 100), "inside");
  ASSERT_TRUE(write_file(path, packed("inside").substr(0, 12)).has_value());
  EXPECT_EQ(read_unpacked_file(path, 100).error().where.file, path);
  ASSERT_TRUE(write_file(path, "plain").has_value());
  EXPECT_EQ(read_unpacked_file(path, 100), "plain");
  ::unlink(path.c_str());
  EXPECT_EQ(read_unpacked_file(path, 100).error().code, Code::not_found);
}

TEST(Gzip, the_name_inside) {
  EXPECT_EQ(without_gz("HumanEval.jsonl.gz"), "HumanEval.jsonl");
  EXPECT_EQ(without_gz("a.json"), "a.json");
}

}  // namespace
}  // namespace assay
