#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/result.h"

namespace assay {
namespace {

using namespace std::chrono_literals;

TEST(Duration, reads_numbers_with_units) {
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("1.5 min"), 90s);
  EXPECT_EQ(parse_duration("250us"), 250us);
  EXPECT_EQ(parse_duration("2h"), 2h);
  EXPECT_EQ(parse_duration("0s"), 0s);
  for (const char* bad : {"", "s", "30", "-1s", "1 week", "nan s", "inf s", "1e30h", "1s2"})
    EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
}

TEST(Duration, format_and_parse_agree) {
  for (const Nanos value : {Nanos{0}, Nanos{1}, Nanos{1500ms}, Nanos{30s}, Nanos{7200s}, Nanos{123456789}}) {
    EXPECT_EQ(parse_duration(format_duration(value)), value) << format_duration(value);
  }
}

TEST(Duration, is_short_for_people) {
  EXPECT_EQ(human_duration(1300ms), "1.3 s");
  EXPECT_EQ(human_duration(125s), "2 min 05 s");
  EXPECT_EQ(human_duration(450us), "450 us");
  EXPECT_EQ(human_duration(3h + 4min), "3 h 04 min");
}

TEST(Clock, wall_time_prints_as_rfc_3339) {
  EXPECT_EQ(rfc3339(Nanos{0}), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(rfc3339(Nanos{1'700'000'000'123'456'789}), "2023-11-14T22:13:20.123456789Z");
}

TEST(Clock, the_system_clock_never_goes_back) {
  SystemClock clock;
  Nanos before = clock.now();
  for (int i = 0; i < 1000; ++i) {
    const Nanos now = clock.now();
    ASSERT_GE(now, before);
    before = now;
  }
}

TEST(Hash, is_sha_256) {
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(short_hash("abc", 8), "ba7816bf");
}

TEST(JsonText, is_strict_and_says_where) {
  EXPECT_TRUE(parse_json(R"({"a":[1,2.5,"x"]})").has_value());
  for (const char* bad : {"", "{", "[1,]", "{'a':1}", "NaN", "01", "[1] 2", "\"\xff\"", "// x\n1"})
    EXPECT_FALSE(parse_json(bad).has_value()) << bad;
  const auto error = parse_json("[1,]");
  EXPECT_NE(error.error().found.find("byte 3"), std::string::npos) << error.error().found;
}

TEST(JsonText, depth_and_size_are_limited_before_parsing) {
  EXPECT_FALSE(parse_json(std::string(100'000, '[')).has_value());
  EXPECT_TRUE(parse_json("\"" + std::string(1000, '[') + "\"").has_value());  // brackets in a string are text
  EXPECT_FALSE(
      parse_json("\"" + std::string(100, 'x') + "\"", {.max_bytes = 50, .max_depth = 5}).has_value());
  EXPECT_FALSE(parse_json("1e999").has_value());
  EXPECT_LT(parse_json("1" + std::string(100'000, '0')).error().found.size(), 300U);
  EXPECT_FALSE(parse_json(std::string_view("1\0 rubbish", 10)).has_value());
}

TEST(ErrorMessage, has_place_found_expected_remedy) {
  const Error error{.code = Code::bad_input,
                    .where = {"s.yaml", 3, 5},
                    .found = "unknown key 'promt'",
                    .expected = "prompt",
                    .remedy = "Did you mean 'prompt'?"};
  EXPECT_EQ(message(error), "s.yaml:3:5: unknown key 'promt'; expected prompt. Did you mean 'prompt'?");
  EXPECT_EQ(sentence(error), "unknown key 'promt'; expected prompt. Did you mean 'prompt'?");
}

TEST(Nearest, finds_typing_mistakes_and_not_strangers) {
  const std::vector<std::string> known{"temperature", "seed", "max_tokens"};
  EXPECT_EQ(nearest("temperture", known), "temperature");
  EXPECT_EQ(nearest("sead", known), "seed");
  EXPECT_EQ(nearest("banana", known), "");
}

TEST(File, round_trip_and_sentences) {
  const std::string path = ::testing::TempDir() + "assay_file_" + std::to_string(::getpid());
  ASSERT_TRUE(write_file(path, "hello").has_value());
  EXPECT_EQ(read_file(path, 100).value_or(""), "hello");
  EXPECT_EQ(file_size(path), 5U);
  EXPECT_FALSE(read_file(path, 4).has_value());
  EXPECT_EQ(page_cache_share(path), 1.0);
  ::unlink(path.c_str());
  const auto missing = read_file(path, 100);
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, Code::not_found);
  EXPECT_EQ(read_file(::testing::TempDir(), 100).error().found, "this is a folder");
  EXPECT_FALSE(write_file(::testing::TempDir() + "no/such/folder/x", "x").has_value());
}

TEST(File, what_is_no_plain_file_is_written_into_and_a_link_stays_one) {
  namespace fs = std::filesystem;
  const std::string folder = ::testing::TempDir() + "assay_links_" + std::to_string(::getpid());
  ASSERT_TRUE(make_folder(folder).has_value());
  EXPECT_EQ(write_file(folder, "x").error().expected, "a file, not a folder");
  EXPECT_EQ(write_file(folder + "/no/x", "x").error().expected, "a file in a folder that exists");
  ASSERT_TRUE(write_file(folder + "/real", "old").has_value());
  fs::create_symlink("real", folder + "/link");
  ASSERT_TRUE(write_file(folder + "/link", "new").has_value());
  EXPECT_TRUE(fs::is_symlink(folder + "/link"));
  EXPECT_EQ(read_file(folder + "/real", 100).value_or(""), "new");
  fs::create_symlink("/dev/null", folder + "/nothing");
  ASSERT_TRUE(write_file(folder + "/nothing", "lost").has_value());
  EXPECT_TRUE(fs::is_symlink(folder + "/nothing"));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  fs::remove_all(folder);
}

TEST(File, paths_resolve_against_a_folder) {
  EXPECT_EQ(resolve("suites", "../models/x.gguf"), "models/x.gguf");
  EXPECT_EQ(resolve("suites", "/abs/x"), "/abs/x");
  EXPECT_EQ(resolve("", "x"), "x");
}

TEST(File, a_tilde_is_the_home_folder_only_in_front) {
  const std::string home = environment("HOME").value_or("");
  ::setenv("HOME", "/home/ada", 1);
  EXPECT_EQ(from_home("~/models/x.gguf"), "/home/ada/models/x.gguf");
  EXPECT_EQ(from_home("~eve/x"), "~eve/x");
  EXPECT_EQ(from_home("a/~/x"), "a/~/x");
  ::unsetenv("HOME");
  EXPECT_EQ(from_home("~/x"), "~/x");
  ::setenv("HOME", home.c_str(), 1);
}

}  // namespace
}  // namespace assay
