#include "speed/ranges.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::speed {
namespace {

constexpr std::int64_t kGreatest = 1LL << 31;
constexpr std::size_t kMostValues = 1000;

tl::unexpected<Error> bad(std::string_view option, std::string_view text, std::string why) {
  return fail({.code = Code::bad_input,
               .where = {},
               .found = fmt::format("{} {}: {}", option, printable(text, 60), why),
               .expected = "a number, a list (512,1024), or a range (1-8, 0-128+32, 1-64*2)",
               .remedy = {}});
}

/// Takes a number off the front of `text`.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || value >= kGreatest || value <= -kGreatest) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

Result<std::vector<std::int64_t>> parse_range(std::string_view text, std::string_view option,
                                              bool allow_negative) {
  std::vector<std::int64_t> values;
  std::vector<std::string> items = split(text, ',');
  if (items.size() > 1 && items.back().empty()) items.pop_back();  // "512," is taken there, too
  for (const std::string& item : items) {
    std::string_view rest = item;
    const auto first = take_number(rest);
    if (!first) return bad(option, text, fmt::format("'{}' is no number", printable(item, 40)));
    if (*first < 0 && !allow_negative) return bad(option, text, fmt::format("{} is negative", *first));
    std::int64_t last = *first;
    char step_kind = '+';
    std::int64_t step = 1;
    if (take(rest, '-')) {
      const auto end = take_number(rest);
      if (!end) return bad(option, text, fmt::format("'{}' has no end", printable(item, 40)));
      last = *end;
      if (!rest.empty()) {
        step_kind = rest.front();
        const bool is_step = take(rest, '+') || take(rest, '*');
        const auto size = is_step ? take_number(rest) : std::nullopt;
        if (!size) return bad(option, text, fmt::format("'{}' has no step", printable(item, 40)));
        step = *size;
      }
    }
    if (!rest.empty()) return bad(option, text, fmt::format("'{}' cannot be read", printable(item, 40)));
    if (last < *first) return bad(option, text, fmt::format("{} to {} is empty", *first, last));
    for (std::int64_t value = *first; value <= last;) {
      values.push_back(value);
      const std::int64_t next = step_kind == '*' ? value * step : value + step;
      if (next <= value && value < last) return bad(option, text, "the range never ends");
      if (values.size() > kMostValues)
        return bad(option, text, fmt::format("more than {} values", kMostValues));
      if (next <= value) break;
      value = next;
    }
  }
  return values;
}

Result<std::pair<std::uint32_t, std::uint32_t>> parse_pair(std::string_view text, std::string_view option) {
  const std::vector<std::string> parts = split(text, ',');
  if (parts.size() == 2) {
    std::string_view first = parts[0];
    std::string_view second = parts[1];
    const auto a = take_number(first);
    const auto b = take_number(second);
    if (a && b && *a >= 0 && *b >= 0 && first.empty() && second.empty())
      return std::pair{static_cast<std::uint32_t>(*a), static_cast<std::uint32_t>(*b)};
  }
  return fail({.code = Code::bad_input,
               .where = {},
               .found = fmt::format("{} {}", option, printable(text, 60)),
               .expected = "two numbers: tokens of the prompt, tokens to generate (512,128)",
               .remedy = {}});
}

}  // namespace assay::speed
