#include "suite/rounding.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "record/template.h"

namespace assay::suite {
namespace {

constexpr std::array<std::string_view, 11> kNumbers{"zero", "one",   "two",   "three", "four", "five",
                                                    "six",  "seven", "eight", "nine",  "ten"};
constexpr std::array<std::string_view, 4> kFractions{"integer", "tenth", "hundredth", "thousandth"};

/// Lower-case words of letters and digits.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : lower_ascii(text)) {
    const bool part = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (part)
      words.back().push_back(c);
    else if (!words.back().empty())
      words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

std::optional<int> number_word(const std::string& word) {
  if (word.size() == 1 && word[0] >= '0' && word[0] <= '9') return word[0] - '0';
  const auto* const at = std::find(kNumbers.begin(), kNumbers.end(), word);
  return at == kNumbers.end() ? std::nullopt : std::optional(static_cast<int>(at - kNumbers.begin()));
}

/// What the words from `at` on order: "2 decimal places", "2 decimals", "two digits after the decimal",
/// "nearest tenth".
std::optional<int> order_at(const std::vector<std::string>& words, std::size_t at) {
  const auto word = [&](std::size_t i) { return at + i < words.size() ? words[at + i] : std::string(); };
  if (word(0) == "nearest") {
    if (word(1) == "whole" || word(1) == "int") return 0;
    for (std::size_t i = 0; i < kFractions.size(); ++i) {
      if (word(1) == kFractions[i]) return static_cast<int>(i);
    }
    return std::nullopt;
  }
  const std::optional<int> count = number_word(word(0));
  if (!count) return std::nullopt;
  const bool places =
      word(2).starts_with("place") || word(2).starts_with("digit") || word(2).starts_with("point");
  const bool decimals = word(1) == "decimals" || (word(1) == "decimal" && (places || *count == 1));
  const bool digits = (word(1).starts_with("digit") || word(1).starts_with("place")) && word(2) == "after" &&
                      (word(3) == "the" ? word(4) : word(3)) == "decimal";
  return decimals || digits ? count : std::nullopt;
}

std::string prompt_of(const record::Suite& suite, const record::Case& test) {
  std::string all;
  for (const record::Message& message : suite.prompt.messages) {
    if (suite.benchy) {
      all += record::benchy_expanded(message.content, test.vars).value_or("") + "\n";
    } else if (const Result<std::string> text = record::render(message.content, test.vars)) {
      all += *text + "\n";
    }
  }
  return all;
}

}  // namespace

std::optional<int> places_ordered(std::string_view prompt) {
  // "Round" far from "to two decimals" is still an order; a text that speaks of decimals and not of rounding
  // is none.
  const std::vector<std::string> words = words_of(prompt);
  const bool rounds = std::any_of(words.begin(), words.end(),
                                  [](const std::string& word) { return word.starts_with("round"); });
  if (!rounds) return std::nullopt;
  std::set<int> orders;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (const std::optional<int> order = order_at(words, i)) orders.insert(*order);
  }
  return orders.size() == 1 ? std::optional(*orders.begin()) : std::nullopt;
}

std::optional<int> places_of(std::string_view number) {
  number = trim(number);
  if (number.starts_with('-') || number.starts_with('+')) number.remove_prefix(1);
  const std::size_t point = number.find('.');
  const std::string_view whole = number.substr(0, point);
  std::string_view places = point == std::string_view::npos ? std::string_view{} : number.substr(point + 1);
  const auto digits = [](std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (whole.size() + places.size() == 0 || !digits(whole) || !digits(places)) return std::nullopt;
  while (places.ends_with('0')) places.remove_suffix(1);
  return static_cast<int>(places.size());
}

void check_rounding(Reader& reader, const record::Suite& suite) {
  for (const record::Case& test : suite.cases) {
    if (!test.expect || !test.expect->is_scalar()) continue;
    const std::optional<int> places = places_of(test.expect->text);
    if (!places || *places == 0) continue;
    const std::optional<int> ordered = places_ordered(prompt_of(suite, test));
    if (!ordered || *places <= *ordered) continue;
    reader.warning(
        test.where,
        fmt::format("case '{}' expects {}, and its prompt orders {} decimal place{}", printable(test.id, 40),
                    printable(test.expect->text, 40), *ordered, *ordered == 1 ? "" : "s"),
        "no more places than the prompt allows", "A model that does as it is told is graded wrong");
  }
}

}  // namespace assay::suite
