#include "evaluator/words.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "evaluator/options.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

/// Calls visit(word) for each word.
template <class Visit>
void for_each_word(std::string_view text, const Visit& visit) {
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    if (is_space(c.value)) {
      if (at > begin) visit(text.substr(begin, at - begin));
      begin = at + c.length;
    }
    at += c.length;
  }
  if (text.size() > begin) visit(text.substr(begin));
}

}  // namespace

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for_each_word(text, [&](std::string_view word) { words.push_back(word); });
  return words;
}

std::size_t count_words(std::string_view text) {
  std::size_t count = 0;
  for_each_word(text, [&](std::string_view /*word*/) { ++count; });
  return count;
}

std::vector<std::uint32_t> code_points_of(std::string_view text) {
  std::vector<std::uint32_t> points;
  points.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    points.push_back(c.value);
    at += c.length;
  }
  return points;
}

Result<std::vector<std::string>> references_of(const Recipe& recipe) {
  using Kind = record::Value::Kind;
  const record::Value& value = *recipe.value;
  if (value.is_scalar()) return std::vector{as_text(value)};
  const bool plain = value.kind == Kind::list && !value.items.empty() &&
                     std::all_of(value.items.begin(), value.items.end(),
                                 [](const record::Value& item) { return item.is_scalar(); });
  if (!plain) {
    return fail(suite_error(
        fmt::format("the value of {} is {}", recipe.type,
                    value.kind != Kind::list ? record::name_of(value.kind)
                    : value.items.empty()    ? std::string_view("an empty list")
                                             : std::string_view("a list of other things than texts")),
        "a reference text, or a list of them, of which the best one counts"));
  }
  std::vector<std::string> texts;
  for (const record::Value& item : value.items) texts.push_back(as_text(item));
  return texts;
}

std::vector<std::vector<std::uint32_t>> numbered(const std::vector<std::vector<std::string>>& texts) {
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  std::vector<std::vector<std::uint32_t>> result;
  for (const std::vector<std::string>& text : texts) {
    std::vector<std::uint32_t>& row = result.emplace_back();
    row.reserve(text.size());
    for (const std::string& word : text) {
      row.push_back(numbers.try_emplace(word, static_cast<std::uint32_t>(numbers.size())).first->second);
    }
  }
  return result;
}

}  // namespace assay::evaluator
