#include "record/python_text.h"

#include <gtest/gtest.h>

namespace assay::record {
namespace {

TEST(PythonText, values_as_str_gives_them) {
  const std::pair<const char*, const char*> texts[] = {
      {R"(["a", "it's", "q\"", "both'\""])", R"(['a', "it's", 'q"', 'both\'"'])"},
      {R"(["tab\t", "nb\u00a0", "\u200b", "\u001b", "\\"])",
       R"(['tab\t', 'nb\xa0', '\u200b', '\x1b', '\\'])"},
      {R"([1, "b", null, []])", "[1, 'b', None, []]"},
      {R"({"k": "it's", "n": {}, "f": 1e3, "t": true})", R"({'k': "it's", 'n': {}, 'f': 1000.0, 't': True})"},
      {"100000000000000000000", "100000000000000000000"},
      {"-0", "0"},
      {"2.50", "2.5"},
      {"\"it's\"", "it's"},
      {"null", "None"},
      {"false", "False"}};
  for (const auto& [json, text] : texts) {
    const Result<Value> value = value_from_json(json);
    ASSERT_TRUE(value.has_value()) << json;
    EXPECT_EQ(python_text(*value), text);
  }
}

}  // namespace
}  // namespace assay::record
