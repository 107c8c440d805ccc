#include "record/python_text.h"

#include <gtest/gtest.h>

#include "record/python_literal.h"

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

TEST(PythonLiteral, reads_back_what_repr_prints) {
  for (const char* json :
       {R"({"a": [1, 2.5, -3e-7, null, true, false], "it's": {"n": {}}, "l": []})",
        R"(["tab\t", "nb\u00a0", "\u200b", "\u001b", "\\", "both'\"", "😀", "\ue000"])", "\"x\"", "-12"}) {
    const Result<Value> value = value_from_json(json);
    ASSERT_TRUE(value.has_value()) << json;
    const std::string printed = python_quoted(*value);
    const std::optional<Value> read = value_from_python(printed);
    ASSERT_TRUE(read.has_value()) << printed;
    EXPECT_EQ(python_quoted(*read), printed);
    EXPECT_EQ(read->keys, value->keys);
  }
}

TEST(PythonLiteral, refuses_what_is_none) {
  for (const char* text : {"", "{", "{'a'}", "{'a': }", "{1: 2}", "{'a': 1} x", "[1,,2]", "'a", "'\\q'",
                           "'\\x4'", "{'a': 1, 'a': 2}", "true", "f(1)", "{'a': 1", "1 2", "'a\nb'"})
    EXPECT_FALSE(value_from_python(text).has_value()) << text;
  EXPECT_FALSE(value_from_python(std::string(100000, '[')).has_value());
}

}  // namespace
}  // namespace assay::record
