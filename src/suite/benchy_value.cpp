#include "suite/benchy_value.h"

#include <charconv>

#include <fmt/format.h>

#include "base/python.h"
#include "record/python_text.h"

namespace assay::suite {
namespace {

constexpr std::size_t kDateSize = 10;  // 2024-01-02

int number_at(std::string_view text, std::size_t from, std::size_t size) {
  int value = 0;
  std::from_chars(text.data() + from, text.data() + from + size, value);
  return value;
}

/// repr(): as a member of a list or mapping is printed.
std::string repr(Node node) {
  if (node.is_date()) {
    const std::string_view text = node.text();
    return fmt::format("datetime.date({}, {}, {})", number_at(text, 0, 4), number_at(text, 5, 2),
                       number_at(text, 8, 2));
  }
  if (node.is(Kind::text)) return python_quoted(node.text());
  return python_text_of(node);
}

/// Whether a Value holds all of a list or mapping.
bool is_plain(Node node) {
  bool plain = true;
  if (node.is(Kind::list)) {
    for_each_item(node, [&](Node item) { plain = plain && !item.is_date() && is_plain(item); });
  } else if (node.is(Kind::mapping)) {
    for_each_pair(node, [&](Node key, Node value) {
      plain = plain && key.is(Kind::text) && !key.is_date() && !value.is_date() && is_plain(value);
    });
  }
  return plain;
}

bool has_no_time(Reader& reader, Node node) {
  bool good = true;
  const auto look = [&](Node member) {
    if (member.is_date() && member.text().size() > kDateSize) {
      reader.error(member.where(),
                   fmt::format("'{}', a date with a time inside a list or mapping", member.text()),
                   "a date, or a text", "Put it in quotes");
      good = false;
    }
    good = has_no_time(reader, member) && good;
  };
  if (node.is(Kind::list)) for_each_item(node, look);
  if (node.is(Kind::mapping)) {
    for_each_pair(node, [&](Node key, Node value) {
      look(key);
      look(value);
    });
  }
  return good;
}

}  // namespace

std::string python_text_of(Node node) {
  if (node.is(Kind::list)) {
    std::string out = "[";
    for_each_item(node, [&](Node item) { out += (out.size() > 1 ? ", " : "") + repr(item); });
    return out + "]";
  }
  if (node.is(Kind::mapping)) {
    std::string out = "{";
    for_each_pair(node, [&](Node key, Node value) {
      out += fmt::format("{}{}: {}", out.size() > 1 ? ", " : "", repr(key), repr(value));
    });
    return out + "}";
  }
  return record::python_text(value_of(node));
}

std::optional<record::Value> benchy_value(Reader& reader, Node node) {
  if (!has_no_time(reader, node)) return std::nullopt;
  if (node.is_date() || !is_plain(node)) return record::Value::of_text(python_text_of(node));
  return value_of(node);
}

}  // namespace assay::suite
