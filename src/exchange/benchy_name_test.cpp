#include "exchange/benchy_name.h"

#include <gtest/gtest.h>

#include <utility>

namespace assay::exchange {
namespace {

TEST(BenchyName, stems_are_safe_on_every_file_system) {
  const std::pair<const char*, const char*> rows[] = {
      {"Unit sums: A/B", "Unit_sums__A_B"},     // K01
      {"../../etc/x", "_.._etc_x"},             // K02
      {"..", "report"},                         // K03
      {"-rf", "_-rf"},                          // K04
      {"nul.txt", "_nul.txt"},                  // K05
      {"a\tb\nc", "a_b_c"},                     // K06
      {"ends with dots...", "ends_with_dots"},  // K07
      {"a\u202eb", "a_b"},                      // K08
      {"", "report"},
      {"COM7", "_COM7"},
      {"COM0", "COM0"},
      {"console", "console"},
      {"wide\u3000\u00a0gap\u2066", "wide__gap_"},
      {"\u00fcber \u4f60\u597d", "\u00fcber_\u4f60\u597d"},
      {"bad\xff", "bad\ufffd"},
  };
  for (const auto& [name, stem] : rows) EXPECT_EQ(benchy_stem(name), stem);
}

TEST(BenchyName, long_names_are_cut_between_characters) {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "\u00fc";
  EXPECT_EQ(benchy_stem("x" + name).size(), 119U);
  EXPECT_EQ(benchy_stem(name).size(), 120U);
  EXPECT_EQ(benchy_stem(std::string(119, 'x') + ".json").size(), 119U) << "the dot at the cut goes";
}

TEST(BenchyName, a_run_time_is_a_real_date_at_the_end_of_the_name) {
  const auto text = [](std::string_view name) {
    const auto time = benchy_run_time(name);
    return time ? text_of(*time) : std::string("none");
  };
  EXPECT_EQ(text("Unit_sums:_A_B_20260102_030405.json"), "2026-01-02 03:04:05");  // I11
  EXPECT_EQ(text("x_20261301_000000.json"), "none");                              // I11
  EXPECT_EQ(text("x_20260229_000000.json"), "none");
  EXPECT_EQ(text("x_20240229_235959.json"), "2024-02-29 23:59:59");
  EXPECT_EQ(text("x_20240229_235960.json"), "none");
  EXPECT_EQ(text("x_20260102_030405_2.json"), "2026-01-02 03:04:05");
  EXPECT_EQ(text("x_20260102_030405.txt"), "none");
  EXPECT_EQ(text("20260102_030405.json"), "none");
  EXPECT_EQ(text(".json"), "none");
  EXPECT_EQ(text(""), "none");
}

TEST(BenchyName, a_moment_goes_into_a_name_and_back) {
  const Nanos wall{1767323045'000000000};
  EXPECT_EQ(benchy_time_suffix(wall), "_20260102_030405");
  EXPECT_EQ(as_wall(*benchy_run_time("x" + benchy_time_suffix(wall) + ".json")), wall);
}

}  // namespace
}  // namespace assay::exchange
