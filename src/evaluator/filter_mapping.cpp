// Filters without options that map a text to a text: trim, collapse-space, lower, upper, nfc, nfkc,
// strip-punct, strip-ansi. They always find something.
#include "evaluator/filters.h"

#include <algorithm>
#include <array>

#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

/// ! to /, : to @, [ to `, { to ~.
bool is_punct(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

std::string without_punct(std::string_view text) {
  std::string rest;
  std::copy_if(text.begin(), text.end(), std::back_inserter(rest), [](char c) { return !is_punct(c); });
  return rest;
}

constexpr char kEscape = '\x1b';

/// Behind a control string (title, link, …): ended by BEL or by ESC back-slash, or by the end of the text.
std::size_t behind_string(std::string_view text, std::size_t at) {
  for (; at < text.size(); ++at) {
    if (text[at] == '\a') return at + 1;
    if (text[at] == kEscape) return at + 1 < text.size() && text[at + 1] == '\\' ? at + 2 : at;
  }
  return at;
}

/// Behind the escape sequence at `at` (ECMA-48): CSI with parameters, a control string, or a short one.
std::size_t behind_escape(std::string_view text, std::size_t at) {
  const auto skip = [&](char low, char high) {
    while (at < text.size() && text[at] >= low && text[at] <= high) ++at;
  };
  ++at;
  if (at >= text.size()) return at;
  const char kind = text[at];
  if (kind == '[') {
    ++at;
    skip('0', '?');
    skip(' ', '/');
  } else if (kind == ']' || kind == 'P' || kind == 'X' || kind == '^' || kind == '_') {
    return behind_string(text, at + 1);
  } else {
    skip(' ', '/');
  }
  const bool final_byte = at < text.size() && text[at] >= '0' && text[at] <= '~';
  return final_byte ? at + 1 : at;
}

std::string without_ansi(std::string_view text) {
  std::string rest;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == kEscape)
      at = behind_escape(text, at);
    else
      rest.push_back(text[at++]);
  }
  return rest;
}

struct Mapping {
  std::string_view name;
  std::string (*map)(std::string_view);
};

constexpr std::array kMappings{
    Mapping{"collapse-space", collapse_space},
    Mapping{"lower", lower},
    Mapping{"upper", upper},
    Mapping{"nfc", nfc},
    Mapping{"nfkc", nfkc},
    Mapping{"strip-punct", without_punct},
    Mapping{"strip-ansi", without_ansi},
};

class MappingFilter final : public TextFilter {
 public:
  explicit MappingFilter(std::string (*map)(std::string_view)) : map_(map) {}

  Filtered apply(std::string_view text, const FilterContext& /*context*/) const override {
    std::string made = map_(text);
    // Unchanged text stays a view, so that the record can point into the raw answer.
    if (made == text) return Filtered::part(text);
    return Filtered::text(std::move(made));
  }

 private:
  std::string (*map_)(std::string_view);
};

class TrimFilter final : public TextFilter {
 public:
  Filtered apply(std::string_view text, const FilterContext& /*context*/) const override {
    return Filtered::part(trim_space(text));
  }
};

}  // namespace

MadeFilter make_mapping(std::string_view name, const record::Value& /*options*/) {
  const auto mapping =
      std::find_if(kMappings.begin(), kMappings.end(), [&](const Mapping& m) { return m.name == name; });
  if (mapping == kMappings.end()) return std::make_unique<TrimFilter>();
  return std::make_unique<MappingFilter>(mapping->map);
}

}  // namespace assay::evaluator
