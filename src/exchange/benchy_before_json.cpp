#include "exchange/benchy_before_json.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "base/python.h"
#include "exchange/json_writer.h"
#include "record/python_text.h"
#include "record/template.h"

namespace assay::exchange {
namespace {

using record::Value;
using Kind = Value::Kind;

// "None" is what null gives by itself: then something else changed.
constexpr std::array<std::string_view, 4> kNulls{"None", "nan", "inf", "-inf"};
constexpr std::size_t kEachNull = 4;  // beyond, all are taken for the same: 256 guesses are enough

/// One guess at what stood in the suite.
struct Guess {
  std::size_t nulls = 0;    ///< which of kNulls each null was, two bits for each
  bool same_nulls = false;  ///< all are the one of the lowest bits
  bool dates = false;       ///< texts in lists and mappings that look like dates were dates
  bool keys = false;        ///< keys that look like numbers, truths, null or dates were that

  std::string_view next_null() {
    const std::string_view null = kNulls[nulls % kNulls.size()];
    if (!same_nulls) nulls /= kNulls.size();
    return null;
  }
};

std::size_t nulls_in(const Value& value) {
  std::size_t count = value.kind == Kind::null ? 1 : 0;
  for (const Value& item : value.items) count += nulls_in(item);
  return count;
}

/// Whether the text begins as `form`, where 0 stands for any digit.
bool begins_as(std::string_view text, std::string_view form) {
  if (text.size() < form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '0' ? !digit : text[i] != form[i]) return false;
  }
  return true;
}

bool is_date(std::string_view text) {
  return text.size() == 10 && begins_as(text, "0000-00-00");
}

/// A date with a time as JSON has it, in Python's text.
std::string with_time(std::string text) {
  text[10] = ' ';
  if (text.ends_with('Z')) text.replace(text.size() - 1, 1, "+00:00");
  return text;
}

/// As a member of a list is printed.
std::string quoted(std::string_view text, bool dates) {
  if (!dates || !is_date(text)) return python_quoted(text);
  const auto part = [&](std::size_t from, std::size_t size) {  // without leading zeros
    const std::string_view digits = text.substr(from, size);
    return digits.substr(std::min(digits.find_first_not_of('0'), size - 1));
  };
  return fmt::format("datetime.date({}, {}, {})", part(0, 4), part(5, 2), part(8, 2));
}

std::string key_text(const std::string& key, bool in_container, const Guess& guess) {
  if (guess.keys) {
    if (key == "true" || key == "false") return key == "true" ? "True" : "False";
    if (key == "null") return "None";
    if (is_json_number(key)) return record::python_text(Value::of_number(key));
  }
  return in_container ? quoted(key, guess.keys) : key;
}

std::string text_of(const Value& value, bool in_container, Guess& guess) {
  if (value.kind == Kind::null) return std::string(guess.next_null());
  if (value.kind == Kind::text) {
    if (begins_as(value.text, "0000-00-00T00:00:00")) return with_time(value.text);
    return in_container ? quoted(value.text, guess.dates) : value.text;
  }
  if (value.is_scalar()) return record::python_text(value);
  const bool mapping = value.kind == Kind::mapping;
  std::string out(1, mapping ? '{' : '[');
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (i > 0) out += ", ";
    if (mapping) out += key_text(value.keys[i], true, guess) + ": ";
    out += text_of(value.items[i], true, guess);
  }
  return out + (mapping ? '}' : ']');
}

bool fits(Guess guess, const std::string& base, const Value& variables, const std::string& prompt) {
  record::Vars vars;
  vars.reserve(variables.keys.size());
  for (std::size_t i = 0; i < variables.keys.size(); ++i) {
    vars.emplace_back(key_text(variables.keys[i], false, guess),
                      Value::of_text(text_of(variables.items[i], false, guess)));
  }
  return record::benchy_expanded(base, vars) == prompt;
}

}  // namespace

bool json_explains(const std::string& base_prompt, const Value& variables, const std::string& prompt) {
  const std::size_t nulls = nulls_in(variables);
  const std::size_t guesses = nulls > kEachNull ? kNulls.size() : std::size_t{1} << (2 * nulls);
  for (std::size_t guess = 0; guess < guesses; ++guess) {
    for (const bool dates : {false, true}) {
      for (const bool keys : {false, true}) {
        if (fits({.nulls = guess, .same_nulls = nulls > kEachNull, .dates = dates, .keys = keys}, base_prompt,
                 variables, prompt))
          return true;
      }
    }
  }
  return false;
}

}  // namespace assay::exchange
