#include "evaluator/json_format.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

#include "base/text.h"
#include "evaluator/json_pointer.h"
#include "evaluator/pattern.h"

namespace assay::evaluator {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Two digits at `at` as a number, or -1.
int two(std::string_view text, std::size_t at) {
  if (at + 2 > text.size() || !is_digit(text[at]) || !is_digit(text[at + 1])) return -1;
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const int century = two(text, 0);
  const int year = two(text, 2);
  const int month = two(text, 5);
  const int day = two(text, 8);
  if (century < 0 || year < 0 || month < 1 || month > 12 || day < 1) return false;
  constexpr std::array kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int whole = century * 100 + year;
  const bool leap = (whole % 4 == 0 && whole % 100 != 0) || whole % 400 == 0;
  return day <= kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

/// Z, z, +hh:mm or -hh:mm.
bool is_zone(std::string_view text) {
  if (text == "Z" || text == "z") return true;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  const int hours = two(text, 1);
  const int minutes = two(text, 4);
  return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
}

bool is_time(std::string_view text) {
  if (text.size() < 9 || text[2] != ':' || text[5] != ':') return false;
  const int hour = two(text, 0);
  const int minute = two(text, 3);
  const int second = two(text, 6);
  // 60 is a leap second.
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
  std::size_t at = 8;
  if (text[at] == '.') {
    const std::size_t digits = ++at;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at == digits) return false;
  }
  return is_zone(text.substr(at));
}

bool is_date_time(std::string_view text) {
  return text.size() > 11 && (text[10] == 'T' || text[10] == 't') && is_date(text.substr(0, 10)) &&
         is_time(text.substr(11));
}

bool is_hostname(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  const std::vector<std::string> labels = split(text, '.');
  return std::all_of(labels.begin(), labels.end(), [](const std::string& label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(),
                       [](char c) { return is_digit(c) || is_letter(c) || c == '-'; });
  });
}

bool is_address(int family, std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> buffer{};
  return text.find('\0') == std::string_view::npos &&
         inet_pton(family, std::string(text).c_str(), buffer.data()) == 1;
}
bool is_ipv4(std::string_view text) {
  return is_address(AF_INET, text);
}
bool is_ipv6(std::string_view text) {
  return is_address(AF_INET6, text);
}

bool is_email(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64) return false;
  const std::string_view local = text.substr(0, at);
  constexpr std::string_view kMarks = "!#$%&'*+-/=?^_`{|}~.";
  const bool good = std::all_of(local.begin(), local.end(), [&](char c) {
    return is_digit(c) || is_letter(c) || kMarks.find(c) != std::string_view::npos;
  });
  return good && local.front() != '.' && local.back() != '.' && local.find("..") == std::string_view::npos &&
         is_hostname(text.substr(at + 1));
}

bool is_uri_reference(std::string_view text) {
  constexpr std::string_view kMarks = "-._~:/?#[]@!$&'()*+,;=";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      i += 2;
    } else if (!is_digit(c) && !is_letter(c) && kMarks.find(c) == std::string_view::npos) {
      return false;
    }
  }
  return std::count(text.begin(), text.end(), '#') <= 1;
}

bool is_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(text[0])) return false;
  return std::all_of(
             text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon),
             [](char c) { return is_digit(c) || is_letter(c) || c == '+' || c == '-' || c == '.'; }) &&
         is_uri_reference(text);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

bool is_regex(std::string_view text) {
  return Pattern::compile(text, {.flags = "u", .full = false}).has_value();
}

struct Named {
  std::string_view name;
  JsonFormat check;
};

constexpr std::array kFormats{
    Named{"date-time", is_date_time}, Named{"date", is_date},
    Named{"time", is_time},           Named{"email", is_email},
    Named{"hostname", is_hostname},   Named{"ipv4", is_ipv4},
    Named{"ipv6", is_ipv6},           Named{"uri", is_uri},
    Named{"uuid", is_uuid},           Named{"uri-reference", is_uri_reference},
    Named{"regex", is_regex},         Named{"json-pointer", is_pointer},
};

}  // namespace

std::optional<JsonFormat> find_json_format(std::string_view name) {
  const auto found = std::find_if(kFormats.begin(), kFormats.end(),
                                  [&](const Named& format) { return format.name == name; });
  if (found == kFormats.end()) return std::nullopt;
  return found->check;
}

std::string json_format_names() {
  std::vector<std::string> names;
  for (const Named& format : kFormats) names.emplace_back(format.name);
  return join(names, ", ");
}

}  // namespace assay::evaluator
