#include "suite/yaml_old.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/python.h"
#include "base/text.h"

namespace assay::suite {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::size_t kMostDigits = 4300;    // Python prints no more of a whole number
constexpr std::size_t kMostLiteral = 20000;  // 4300 digits in binary are 14,285

/// Reads a text from its beginning, form by form.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  /// Takes the characters out of `known`, at most `most`; gives their number.
  std::size_t run(std::string_view known, std::size_t most = std::string_view::npos) {
    const std::size_t end = std::min({rest_.find_first_not_of(known), rest_.size(), most});
    rest_.remove_prefix(end);
    return end;
  }
  bool one_of(std::string_view known) { return run(known, 1) == 1; }
  bool word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool done() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

Error wrong(std::string found, std::string expected,
            std::string remedy = "Put it in quotes to make it a text") {
  return bad_input(std::move(found), std::move(expected), std::move(remedy));
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::optional<bool> truth(std::string_view text) {
  if (is_one_of(text, {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})) return true;
  if (is_one_of(text, {"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})) return false;
  return std::nullopt;
}

// --- whole numbers ---

/// Takes `:[0-5]?[0-9]`, once or more.
bool take_sixties(Cursor& at) {
  std::size_t parts = 0;
  while (at.rest().starts_with(':')) {
    at.one_of(":");
    const std::string_view rest = at.rest();
    const std::size_t digits = at.run(kDigits, 2);
    if (digits == 0 || (digits == 2 && rest.front() > '5')) return false;
    ++parts;
  }
  return parts > 0;
}

bool is_whole(std::string_view text) {
  Cursor at(text);
  at.one_of("+-");
  if (at.word("0b")) return at.run("01_") > 0 && at.done();
  if (at.word("0x")) return at.run("0123456789abcdefABCDEF_") > 0 && at.done();
  if (at.one_of("0")) return at.done() || (at.run("01234567_") > 0 && at.done());
  if (!at.one_of("123456789")) return false;
  at.run("0123456789_");
  return at.done() || (take_sixties(at) && at.done());
}

std::uint32_t digit_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
  return static_cast<std::uint32_t>((c | 0x20) - 'a') + 10;
}

/// A whole number of any size, in limbs of nine digits, the lowest first.
class Whole {
 public:
  void times_plus(std::uint32_t factor, std::uint32_t addend) {
    std::uint64_t carry = addend;
    for (std::uint32_t& limb : limbs_) {
      carry += std::uint64_t{limb} * factor;
      limb = static_cast<std::uint32_t>(carry % kBase);
      carry /= kBase;
    }
    if (carry > 0) limbs_.push_back(static_cast<std::uint32_t>(carry));
  }
  /// Beyond kMostDigits: the exact value no longer matters.
  bool is_too_long() const { return limbs_.size() > kMostDigits / 9 + 1; }
  std::string text() const {
    if (limbs_.empty()) return "0";
    std::string out = fmt::format("{}", limbs_.back());
    for (std::size_t i = limbs_.size() - 1; i-- > 0;) out += fmt::format("{:09}", limbs_[i]);
    return out;
  }

 private:
  static constexpr std::uint64_t kBase = 1'000'000'000;
  std::vector<std::uint32_t> limbs_;
};

/// Digits of a base without sign and `_`, in steps of as many as fit into 30 bits: a file full of long
/// numbers must not take minutes.
std::string in_decimal(std::string_view digits, std::uint32_t base) {
  Whole whole;
  for (std::size_t i = 0; i < digits.size() && !whole.is_too_long();) {
    std::uint32_t factor = 1;
    std::uint32_t step = 0;
    for (; i < digits.size() && factor < (1U << 26U); ++i) {
      factor *= base;
      step = step * base + digit_value(digits[i]);
    }
    whole.times_plus(factor, step);
  }
  return whole.text();
}

std::string sixties_in_decimal(std::string_view text) {
  Whole total;
  const std::vector<std::string> parts = split(text, ':');
  for (const char c : parts.front()) {
    if (!total.is_too_long()) total.times_plus(10, digit_value(c));
  }
  for (std::size_t i = 1; i < parts.size() && !total.is_too_long(); ++i)
    total.times_plus(60, static_cast<std::uint32_t>(std::strtoul(parts[i].c_str(), nullptr, 10)));
  return total.text();
}

Result<OldScalar> whole_number(std::string_view plain) {
  std::string text(plain);
  std::erase(text, '_');
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.erase(0, 1);
  const Error too_long = wrong(fmt::format("a whole number of {} characters", plain.size()),
                               fmt::format("at most {} digits", kMostDigits));
  if (text.size() > kMostLiteral) return fail(too_long);
  std::string digits;
  if (text.starts_with("0b") || text.starts_with("0x")) {
    if (text.size() == 2) return fail(wrong(fmt::format("'{}', which has no digits", plain), "a number"));
    digits = in_decimal(std::string_view(text).substr(2), text[1] == 'b' ? 2 : 16);
  } else if (text.find(':') != std::string::npos) {
    digits = sixties_in_decimal(text);
  } else if (text.starts_with('0')) {
    digits = in_decimal(text, 8);
  } else {
    digits = text;
  }
  if (digits.size() > kMostDigits) return fail(too_long);
  if (negative && digits != "0") digits.insert(0, 1, '-');
  return OldScalar{.kind = Kind::number, .date = false, .text = std::move(digits)};
}

// --- numbers with a point ---

bool take_exponent(Cursor& at) {
  return !at.one_of("eE") || (at.one_of("+-") && at.run(kDigits) > 0);
}

bool is_real(std::string_view text) {
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return true;
  Cursor at(text);
  const bool has_sign = at.one_of("+-");
  if (is_one_of(at.rest(), {".inf", ".Inf", ".INF"})) return true;
  if (at.one_of(kDigits)) {
    at.run("0123456789_");
    const bool sixties = at.rest().starts_with(':');
    if (sixties && !take_sixties(at)) return false;
    if (!at.one_of(".")) return false;
    at.run("0123456789_");
    return sixties ? at.done() : take_exponent(at) && at.done();
  }
  if (has_sign || !at.one_of(".") || !at.one_of(kDigits)) return false;
  at.run("0123456789_");
  return take_exponent(at) && at.done();
}

std::string real_text(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
  return python_float_text(value);
}

Result<OldScalar> real_number(std::string_view plain) {
  std::string text = lower_ascii(plain);
  std::erase(text, '_');
  const double sign = text.starts_with('-') ? -1 : 1;
  if (text.starts_with('-') || text.starts_with('+')) text.erase(0, 1);
  double value = 0;
  if (text == ".nan") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else if (text == ".inf") {
    value = std::numeric_limits<double>::infinity();
  } else {
    const std::vector<std::string> parts = split(text, ':');
    double base = 1;
    for (std::size_t i = parts.size(); i-- > 0; base *= 60)
      value += python_float(parts[i]).value_or(0) * base;
  }
  return OldScalar{.kind = Kind::number, .date = false, .text = real_text(sign * value)};
}

// --- dates ---

struct Stamp {
  int year = 0, month = 0, day = 0;
  bool has_time = false;
  int hour = 0, minute = 0, second = 0;
  int micros = 0;
  std::optional<int> offset;  ///< minutes
};

/// A number of `least` to `most` digits.
bool take_number(Cursor& at, std::size_t least, std::size_t most, int& value) {
  const std::string_view before = at.rest();
  const std::size_t count = at.run(kDigits, most);
  value = 0;
  for (const char c : before.substr(0, count)) value = value * 10 + (c - '0');
  return count >= least;
}

bool take_offset(Cursor& at, Stamp& stamp) {
  at.run(" \t");
  if (at.one_of("Z")) {
    stamp.offset = 0;
    return at.done();
  }
  const bool negative = at.rest().starts_with('-');
  int hours = 0;
  int minutes = 0;
  if (!at.one_of("+-") || !take_number(at, 1, 2, hours)) return false;
  if (at.one_of(":") && !take_number(at, 2, 2, minutes)) return false;
  stamp.offset = (negative ? -1 : 1) * (hours * 60 + minutes);
  return at.done();
}

std::optional<Stamp> parse_stamp(std::string_view text) {
  Stamp stamp;
  Cursor at(text);
  if (!take_number(at, 4, 4, stamp.year) || !at.one_of("-")) return std::nullopt;
  const std::size_t before_month = at.rest().size();
  if (!take_number(at, 1, 2, stamp.month) || !at.one_of("-") || !take_number(at, 1, 2, stamp.day))
    return std::nullopt;
  const bool full = before_month - at.rest().size() == 5;
  if (at.done()) return full ? std::optional(stamp) : std::nullopt;
  stamp.has_time = true;
  if (!at.one_of("Tt") && at.run(" \t") == 0) return std::nullopt;
  if (!take_number(at, 1, 2, stamp.hour) || !at.one_of(":") || !take_number(at, 2, 2, stamp.minute) ||
      !at.one_of(":") || !take_number(at, 2, 2, stamp.second))
    return std::nullopt;
  if (at.one_of(".")) {
    const std::string_view fraction = at.rest().substr(0, at.rest().find_first_not_of(kDigits));
    at.run(kDigits);
    int scale = 100'000;
    for (const char c : fraction.substr(0, 6)) {
      stamp.micros += (c - '0') * scale;
      scale /= 10;
    }
  }
  if (!at.done() && !take_offset(at, stamp)) return std::nullopt;
  return stamp;
}

int days_of(int year, int month) {
  constexpr std::array kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays.at(static_cast<std::size_t>(month) - 1);
}

bool exists(const Stamp& stamp) {
  constexpr int kDayMinutes = 24 * 60;
  return stamp.year >= 1 && stamp.month >= 1 && stamp.month <= 12 && stamp.day >= 1 &&
         stamp.day <= days_of(stamp.year, stamp.month) && stamp.hour < 24 && stamp.minute < 60 &&
         stamp.second < 60 && std::abs(stamp.offset.value_or(0)) < kDayMinutes;
}

Result<OldScalar> date(std::string_view plain, const Stamp& stamp) {
  if (!exists(stamp))
    return fail(wrong(fmt::format("'{}', a date or time that does not exist", printable(plain, 60)),
                      "one of the calendar"));
  std::string text = fmt::format("{:04}-{:02}-{:02}", stamp.year, stamp.month, stamp.day);
  if (stamp.has_time) text += fmt::format(" {:02}:{:02}:{:02}", stamp.hour, stamp.minute, stamp.second);
  if (stamp.micros != 0) text += fmt::format(".{:06}", stamp.micros);
  if (stamp.offset) {
    const int minutes = std::abs(*stamp.offset);
    text += fmt::format("{}{:02}:{:02}", *stamp.offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
  }
  return OldScalar{.kind = Kind::text, .date = true, .text = std::move(text)};
}

}  // namespace

Result<OldScalar> read_old_scalar(std::string_view plain) {
  if (plain.empty() || is_one_of(plain, {"~", "null", "Null", "NULL"}))
    return OldScalar{.kind = Kind::null, .date = false, .text = {}};
  if (const auto value = truth(plain))
    return OldScalar{.kind = Kind::boolean, .date = false, .text = *value ? "true" : "false"};
  if (is_real(plain)) return real_number(plain);
  if (is_whole(plain)) return whole_number(plain);
  if (const auto stamp = parse_stamp(plain)) return date(plain, *stamp);
  if (plain == "=" || plain == "<<")
    return fail(wrong(fmt::format("a lone {}, which YAML 1.1 keeps for itself", plain), "a value"));
  return OldScalar{.kind = Kind::text, .date = false, .text = std::string(plain)};
}

Result<OldScalar> read_tagged_scalar(std::string_view tag, std::string_view text) {
  constexpr std::string_view kPrefix = "tag:yaml.org,2002:";
  const std::string_view name = tag.starts_with(kPrefix) ? tag.substr(kPrefix.size()) : std::string_view{};
  if (tag == "!" || name == "str")
    return OldScalar{.kind = Kind::text, .date = false, .text = std::string(text)};
  if (name == "null") return OldScalar{.kind = Kind::null, .date = false, .text = {}};
  if (!is_one_of(name, {"bool", "int", "float", "timestamp"})) {
    return fail(wrong(fmt::format("tag '{}'", printable(tag, 60)),
                      "none, or one of: !!str, !!null, !!bool, !!int, !!float, !!timestamp",
                      "Remove the tag"));
  }
  if (name == "float" && is_whole(text)) {
    auto whole = whole_number(text);
    if (!whole) return whole;
    whole->text = real_text(python_float(whole->text).value_or(0));
    return whole;
  }
  auto plain = read_old_scalar(text);
  if (!plain) return plain;
  const bool fits = name == "bool"        ? plain->kind == Kind::boolean
                    : name == "int"       ? is_whole(text)
                    : name == "timestamp" ? plain->date
                                          : is_real(text);
  if (!fits)
    return fail(wrong(fmt::format("'{}' with the tag !!{}", printable(text, 60), name),
                      "a value of that type", "Remove the tag"));
  return plain;
}

}  // namespace assay::suite
