// What stands for the value of an option, read from the descriptions that CLI11's checks give of themselves.

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/help.h"

namespace assay::cli {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> known) {
  return std::find(known.begin(), known.end(), word) != known.end();
}

/// "{a,b}" and "value in {a->1,b->0} OR {1,0}" → a, b: what a person writes, not what it becomes.
std::vector<std::string> choices_in(const std::string& description) {
  const std::size_t open = description.find('{');
  const std::size_t close = description.find('}', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) return {};
  std::vector<std::string> choices;
  for (const std::string& one : split(description.substr(open + 1, close - open - 1), ','))
    choices.push_back(one.substr(0, one.find("->")));
  return choices;
}

/// "INT in [1 - 4096]" → "1 to 4096".
std::string range_in(const std::string& description) {
  const std::size_t open = description.find(" in [");
  const std::size_t middle = description.find(" - ", open == std::string::npos ? 0 : open);
  if (open == std::string::npos || middle == std::string::npos || !description.ends_with(']')) return {};
  constexpr std::size_t kOpening = 5;
  constexpr std::size_t kDash = 3;
  return description.substr(open + kOpening, middle - open - kOpening) + " to " +
         description.substr(middle + kDash, description.size() - middle - kDash - 1);
}

std::string own_word(const CLI::Option& option, const std::string& type, const Values& values) {
  const bool unnamed = type.empty() || values.number || is_one_of(type, {"TEXT", "ENUM", "BOOLEAN", "CHAR"});
  if (!unnamed) return type;
  if (!values.choices.empty()) return join(values.choices, "|");
  if (values.file) return "FILE";
  if (values.number) return "NUMBER";
  if (!option.get_positional()) return "TEXT";
  std::string name = option.get_name(true, false);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

}  // namespace

bool is_flag(const CLI::Option& option) {
  return option.get_items_expected_max() == 0;
}

Values values_of(const CLI::Option& option) {
  Values values;
  if (is_flag(option)) return values;
  const std::vector<std::string> parts = split(option.get_type_name(), ':');
  values.number = is_one_of(parts.front(), {"INT", "UINT", "FLOAT"});
  values.whole = is_one_of(parts.front(), {"INT", "UINT"});
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (auto choices = choices_in(parts[i]); !choices.empty()) values.choices = std::move(choices);
    if (auto range = range_in(parts[i]); !range.empty()) values.range = std::move(range);
    values.whole |= parts[i] == "WHOLE" || parts[i].starts_with("INT in") || parts[i].starts_with("UINT in");
    if (parts[i] == "NONNEGATIVE") values.range = "at least 0";
    if (parts[i] == "FILE") values.file = true;
    if (parts[i].starts_with("a ")) values.sentence = parts[i];
  }
  values.word = own_word(option, parts.front(), values);
  if (option.get_delimiter() != '\0') values.word += std::string(1, option.get_delimiter()) + "…";
  return values;
}

}  // namespace assay::cli
