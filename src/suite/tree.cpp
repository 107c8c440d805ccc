#include "suite/tree.h"

#include <charconv>
#include <unordered_map>

#include <fmt/format.h>

#include "base/number.h"
#include "base/text.h"

namespace assay::suite {
namespace {

std::size_t digits_at(std::string_view text, std::size_t from) {
  std::size_t i = from;
  while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
  return i - from;
}

/// 0o17 and 0x1F, as YAML 1.2 writes them; no sign.
bool is_based_integer(std::string_view text) {
  if (text.size() < 3 || text[0] != '0' || (text[1] != 'o' && text[1] != 'x')) return false;
  const std::string_view known = text[1] == 'o' ? "01234567" : "0123456789abcdefABCDEF";
  return text.find_first_not_of(known, 2) == std::string_view::npos;
}

bool is_decimal(std::string_view text) {
  std::size_t i = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const std::size_t whole = digits_at(text, i);
  i += whole;
  std::size_t fraction = 0;
  if (i < text.size() && text[i] == '.') {
    fraction = digits_at(text, i + 1);
    i += 1 + fraction;
  }
  if (whole + fraction == 0) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    const std::size_t exponent = digits_at(text, i);
    if (exponent == 0) return false;
    i += exponent;
  }
  return i == text.size();
}

bool is_infinite_or_nan(std::string_view text) {
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return true;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return text == ".inf" || text == ".Inf" || text == ".INF";
}

/// A YAML number as JSON: what is a JSON number once `+`, leading zeros and bare points are put right.
Json json_number(std::string_view literal) {
  if (is_based_integer(literal)) {
    std::uint64_t value = 0;
    const auto [end, status] = std::from_chars(literal.data() + 2, literal.data() + literal.size(), value,
                                               literal[1] == 'o' ? 8 : 16);
    if (status == std::errc{} && end == literal.data() + literal.size()) return value;
    return std::string(literal);
  }
  if (!literal.empty() && literal[0] == '+') literal.remove_prefix(1);
  std::int64_t whole = 0;
  const char* const last = literal.data() + literal.size();
  if (const auto [end, status] = std::from_chars(literal.data(), last, whole);
      status == std::errc{} && end == last)
    return whole;
  if (const auto real = double_from(literal)) return *real;
  return std::string(literal);
}

}  // namespace

std::uint32_t Tree::add(Kind kind, Place place, std::string_view text) {
  Data node;
  node.kind = kind;
  node.place = place;
  node.text_at = static_cast<std::uint32_t>(text_.size());
  node.text_size = static_cast<std::uint32_t>(text.size());
  text_ += text;
  nodes_.push_back(node);
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

void Tree::clear() {
  nodes_.clear();
  text_.clear();
  root = kNone;
}

Location Node::where() const {
  const Place& place = data().place;
  return {
      .file = tree_->file, .line = static_cast<int>(place.line), .column = static_cast<int>(place.column)};
}

Node Node::find_key(std::string_view key) const {
  for (Node at = first(); at; at = at.next().next()) {
    if (at.text() == key) return at;
  }
  return {};
}

Node Node::find(std::string_view key) const {
  const Node at = find_key(key);
  return at ? at.next() : Node{};
}

record::Value value_of(Node node) {
  record::Value value;
  value.kind = node.kind();
  if (value.is_scalar()) {
    value.text = node.is(Kind::boolean) ? lower_ascii(node.text()) : std::string(node.text());
    return value;
  }
  value.items.reserve(node.count());
  if (node.is(Kind::list)) {
    for_each_item(node, [&](Node item) { value.items.push_back(value_of(item)); });
    return value;
  }
  value.keys.reserve(node.count());
  for_each_pair(node, [&](Node key, Node item) {
    value.keys.emplace_back(key.text());
    value.items.push_back(value_of(item));
  });
  return value;
}

Json json_of(Node node) {
  switch (node.kind()) {
    case Kind::null: return nullptr;
    case Kind::boolean: return lower_ascii(node.text()) == "true";
    case Kind::number: return json_number(node.text());
    case Kind::text: return std::string(node.text());
    case Kind::list: {
      Json list = Json::array();
      for_each_item(node, [&](Node item) { list.push_back(json_of(item)); });
      return list;
    }
    case Kind::mapping: {
      Json object = Json::object();
      for_each_pair(node, [&](Node key, Node item) { object[std::string(key.text())] = json_of(item); });
      return object;
    }
  }
  return nullptr;
}

void report_duplicate_keys(Node mapping, Errors& errors) {
  const auto report = [&](Node key, Place earlier) {
    errors.push_back({.code = Code::bad_input,
                      .where = key.where(),
                      .found = fmt::format("key '{}' is already there at {}:{}", printable(key.text(), 60),
                                           earlier.line, earlier.column),
                      .expected = "each key once",
                      .remedy = "Remove or rename one"});
  };
  if (mapping.count() <= 16) {  // nearly all mappings; no allocation
    for (Node key = mapping.first(); key; key = key.next().next()) {
      const Node earlier = mapping.find_key(key.text());
      if (earlier.index() != key.index()) report(key, earlier.place());
    }
    return;
  }
  std::unordered_map<std::string_view, Place> seen;
  for_each_pair(mapping, [&](Node key, Node) {
    const auto [at, fresh] = seen.emplace(key.text(), key.place());
    if (!fresh) report(key, at->second);
  });
}

Kind kind_of_plain(std::string_view text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return Kind::null;
  if (text == "true" || text == "True" || text == "TRUE" || text == "false" || text == "False" ||
      text == "FALSE")
    return Kind::boolean;
  if (is_decimal(text) || is_based_integer(text) || is_infinite_or_nan(text)) return Kind::number;
  return Kind::text;
}

}  // namespace assay::suite
