#include "evaluator/json_text.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::evaluator {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Value of four hexadecimal digits at `at`, or -1.
int hex4(std::string_view text, std::size_t at) {
  if (at + 4 > text.size()) return -1;
  int value = 0;
  for (const char c : text.substr(at, 4)) {
    int digit = 0;
    if (is_digit(c))
      digit = c - '0';
    else if (c >= 'a' && c <= 'f')
      digit = c - 'a' + 10;
    else if (c >= 'A' && c <= 'F')
      digit = c - 'A' + 10;
    else
      return -1;
    value = value * 16 + digit;
  }
  return value;
}

bool is_high_surrogate(int unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low_surrogate(int unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

/// Recursion is at most kMaxJsonDepth deep.
class Parser {
 public:
  Parser(std::string_view text, std::size_t at, JsonDialect dialect = JsonDialect::rfc8259)
      : at_(at), python_(dialect == JsonDialect::python) {
    tree_.text = text;
  }

  /// Reads one value at the current byte. False: fault() says why.
  bool value() {
    if (at_ >= size()) return stop("expected a value, found the end");
    switch (here()) {
      case '{': return object();
      case '[': return array();
      case '"': return string();
      case 't': return word("true", JsonKind::boolean);
      case 'f': return word("false", JsonKind::boolean);
      case 'n': return word("null", JsonKind::null);
      case 'N': return python_ ? word("NaN", JsonKind::decimal) : number();
      case 'I': return python_ ? word("Infinity", JsonKind::decimal) : number();
      default: return python_ && here_is("-I") ? word("-Infinity", JsonKind::decimal) : number();
    }
  }

  void skip_space() {
    while (at_ < size() && (here() == ' ' || here() == '\t' || here() == '\n' || here() == '\r')) ++at_;
  }
  std::size_t at() const { return at_; }
  JsonFault fault() const { return {.offset = at_, .what = what_}; }
  bool stop(std::string what) {
    what_ = std::move(what);
    return false;
  }
  JsonTree take() { return std::move(tree_); }

 private:
  std::size_t size() const { return tree_.text.size(); }
  char here() const { return tree_.text[at_]; }
  bool here_is(std::string_view letters) const { return tree_.text.substr(at_).starts_with(letters); }
  bool next_is(char c) const { return at_ < size() && here() == c; }

  std::uint32_t open(JsonKind kind) {
    tree_.nodes.push_back(
        {.kind = kind, .escaped = false, .begin = static_cast<std::uint32_t>(at_), .end = 0, .next = 0});
    return static_cast<std::uint32_t>(tree_.nodes.size() - 1);
  }
  bool close(std::uint32_t node) {
    tree_.nodes[node].end = static_cast<std::uint32_t>(at_);
    tree_.nodes[node].next = static_cast<std::uint32_t>(tree_.nodes.size());
    return true;
  }

  bool word(std::string_view letters, JsonKind kind) {
    const std::uint32_t node = open(kind);
    for (const char c : letters) {
      if (!next_is(c)) return stop("expected a value");
      ++at_;
    }
    return close(node);
  }

  bool digits() {
    if (at_ >= size() || !is_digit(here())) return stop("expected a digit");
    while (at_ < size() && is_digit(here())) ++at_;
    return true;
  }

  bool number() {
    if (!is_digit(here()) && here() != '-') return stop("expected a value");
    const std::uint32_t node = open(JsonKind::integer);
    if (here() == '-') ++at_;
    if (next_is('0')) {
      ++at_;
      if (at_ < size() && is_digit(here())) return stop("a number with a leading zero");
    } else if (!digits()) {
      return false;
    }
    if (next_is('.')) {
      ++at_;
      tree_.nodes[node].kind = JsonKind::decimal;
      if (!digits()) return false;
    }
    if (next_is('e') || next_is('E')) {
      ++at_;
      tree_.nodes[node].kind = JsonKind::decimal;
      if (next_is('+') || next_is('-')) ++at_;
      if (!digits()) return false;
    }
    return close(node);
  }

  /// The escape at the current back-slash; ends behind it.
  bool escape() {
    const std::string_view text = tree_.text;
    if (at_ + 1 >= size()) return stop("a string that does not end");
    if (text[at_ + 1] != 'u') {
      if (std::string_view("\"\\/bfnrt").find(text[at_ + 1]) == std::string_view::npos)
        return stop("an unknown escape");
      at_ += 2;
      return true;
    }
    const int unit = hex4(text, at_ + 2);
    if (unit < 0) return stop("\\u without four hexadecimal digits");
    if (!is_high_surrogate(unit) && !is_low_surrogate(unit)) {
      at_ += 6;
      return true;
    }
    const bool pair = is_high_surrogate(unit) && text.substr(at_ + 6).starts_with("\\u") &&
                      is_low_surrogate(hex4(text, at_ + 8));
    if (!pair && !python_) return stop("half of a surrogate pair");
    at_ += pair ? 12 : 6;
    return true;
  }

  bool string() {
    const std::uint32_t node = open(JsonKind::string);
    for (++at_; at_ < size();) {
      const char c = here();
      if (c == '"') {
        ++at_;
        return close(node);
      }
      if (c == '\\') {
        tree_.nodes[node].escaped = true;
        if (!escape()) return false;
      } else if (static_cast<std::uint8_t>(c) < 0x20) {
        return stop("a control character in a string");
      } else {
        ++at_;
      }
    }
    return stop("a string that does not end");
  }

  bool enter() {
    if (++depth_ > kMaxJsonDepth) return stop(fmt::format("nested deeper than {}", kMaxJsonDepth));
    ++at_;
    skip_space();
    return true;
  }

  bool array() {
    const std::uint32_t node = open(JsonKind::array);
    if (!enter()) return false;
    for (bool first = true; !next_is(']'); first = false) {
      if (!first && !comma(']')) return false;
      if (!value()) return false;
      skip_space();
    }
    return leave(node);
  }

  bool object() {
    const std::uint32_t node = open(JsonKind::object);
    if (!enter()) return false;
    for (bool first = true; !next_is('}'); first = false) {
      if (!first && !comma('}')) return false;
      if (!next_is('"')) return stop("expected a name in double quotes");
      if (!string()) return false;
      skip_space();
      if (!next_is(':')) return stop("expected ':'");
      ++at_;
      skip_space();
      if (!value()) return false;
      skip_space();
    }
    leave(node);
    find_duplicate(node);
    return true;
  }

  bool comma(char end) {
    if (!next_is(',')) return stop(fmt::format("expected ',' or '{}'", end));
    ++at_;
    skip_space();
    return true;
  }

  bool leave(std::uint32_t node) {
    ++at_;
    --depth_;
    return close(node);
  }

  void find_duplicate(std::uint32_t object) {
    const std::vector<JsonNode>& nodes = tree_.nodes;
    const std::uint32_t end = nodes[object].next;
    if (tree_.duplicate || object + 1 == end || nodes[object + 2].next == end)
      return;  // known, or fewer than two
    std::unordered_set<std::string> names;
    for (std::uint32_t name = object + 1; name < end; name = nodes[name + 1].next) {
      if (names.insert(tree_.string_at(name)).second) continue;
      tree_.duplicate = nodes[name].begin;
      return;
    }
  }

  JsonTree tree_;
  std::size_t at_;
  int depth_ = 0;
  bool python_;
  std::string what_;
};

void write(const record::Value& value, std::string& out) {
  using Kind = record::Value::Kind;
  if (value.kind == Kind::list || value.kind == Kind::mapping) {
    const bool mapping = value.kind == Kind::mapping;
    out.push_back(mapping ? '{' : '[');
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      if (i > 0) out.push_back(',');
      if (mapping) out += dump(Json(value.keys[i])) + ":";
      write(value.items[i], out);
    }
    out.push_back(mapping ? '}' : ']');
  } else if (value.kind == Kind::text) {
    out += dump(Json(value.text));
  } else {
    out += value.kind == Kind::null ? "null" : value.text;
  }
}

}  // namespace

std::string_view name_of(JsonKind kind) {
  static constexpr std::array<std::string_view, 7> kNames{"object", "array",   "string", "boolean",
                                                          "null",   "integer", "decimal"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string JsonTree::string_at(std::uint32_t node) const {
  const std::string_view quoted_text = source(node);
  const std::string_view inner = quoted_text.substr(1, quoted_text.size() - 2);
  if (!nodes[node].escaped) return std::string(inner);
  static constexpr std::string_view kLetters = "bfnrt";
  static constexpr std::string_view kControls = "\b\f\n\r\t";
  std::string out;
  for (std::size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] != '\\') {
      out.push_back(inner[i]);
      continue;
    }
    const char letter = inner[++i];
    if (letter == 'u') {
      const int unit = hex4(inner, i + 1);
      i += 4;
      auto c = static_cast<std::uint32_t>(unit);
      const int second =
          is_high_surrogate(unit) && inner.substr(i + 1).starts_with("\\u") ? hex4(inner, i + 3) : 0;
      if (is_low_surrogate(second)) {  // a half alone stays one, in three bytes: only Python's dialect has it
        c = 0x10000U + ((c - 0xD800U) << 10U) + (static_cast<std::uint32_t>(second) - 0xDC00U);
        i += 6;
      }
      append_utf8(c, out);
    } else if (const std::size_t control = kLetters.find(letter); control != std::string_view::npos) {
      out.push_back(kControls[control]);
    } else {
      out.push_back(letter);
    }
  }
  return out;
}

tl::expected<JsonTree, JsonFault> parse_json_text(std::string_view text, JsonDialect dialect) {
  if (text.size() > kMaxJsonBytes) {
    return tl::unexpected(
        JsonFault{.offset = kMaxJsonBytes, .what = fmt::format("longer than {} bytes", kMaxJsonBytes)});
  }
  if (const std::optional<std::size_t> bad = first_invalid_utf8(text)) {
    return tl::unexpected(JsonFault{.offset = *bad, .what = "not UTF-8"});
  }
  Parser parser(text, 0, dialect);
  parser.skip_space();
  bool good = parser.value();
  if (good) {
    parser.skip_space();
    good = parser.at() == text.size() || parser.stop("something behind the value");
  }
  if (!good) return tl::unexpected(parser.fault());
  return parser.take();
}

// Each try can run to the end of the text and fail there, and the next begins one bracket later. Real answers
// fail a handful of times; 64 readings of the text (and a MiB, for short ones) is where a hostile one is
// given up.
std::size_t json_budget(std::string_view text) {
  return 64 * text.size() + (1U << 20U);
}

JsonSearch find_json(std::string_view text, JsonKinds kinds) {
  std::size_t budget = json_budget(text);
  return find_json(text, kinds, 0, budget);
}

JsonSearch find_json(std::string_view text, JsonKinds kinds, std::size_t from, std::size_t& budget) {
  for (std::size_t at = text.find_first_of("{[", from); at != std::string_view::npos;
       at = text.find_first_of("{[", at + 1)) {
    if (text[at] == '{' ? !kinds.objects : !kinds.arrays) continue;
    Parser parser(text.substr(0, std::min(text.size(), at + kMaxJsonBytes)), at);
    const bool good = parser.value();
    if (good) return {.place = JsonPlace{.begin = at, .end = parser.at()}, .limit = false};
    const std::size_t used = parser.at() - at + 1;
    if (used > budget) return {.place = {}, .limit = true};
    budget -= used;
  }
  return {};
}

std::string json_text_of(const record::Value& value) {
  std::string text;
  write(value, text);
  return text;
}

}  // namespace assay::evaluator
