#include "suite/json_tree.h"

#include <optional>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::suite {
namespace {

/// Recursive descent, at most kMaxDepth deep. Every function returns kNone or false after it has reported an
/// error.
class JsonReader {
 public:
  JsonReader(std::string_view text, Place start, Tree& tree, Errors& errors)
      : text_(text), place_(start), tree_(tree), errors_(errors) {}

  bool read() {
    const std::uint32_t root = value(1);
    if (root == Tree::kNone) return false;
    skip_blank();
    if (at_ < text_.size()) return wrong("something behind the value", "one JSON value");
    tree_.root = root;
    return true;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void advance() {
    const auto c = static_cast<unsigned char>(text_[at_++]);
    if (c == '\n') {
      ++place_.line;
      place_.column = 1;
    } else if ((c & 0xC0U) != 0x80U) {
      ++place_.column;
    }
  }

  void skip_blank() {
    while (at_ < text_.size() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r'))
      advance();
  }

  bool wrong(std::string_view found, std::string_view expected) {
    errors_.push_back({.code = Code::bad_input,
                       .where = {tree_.file, static_cast<int>(place_.line), static_cast<int>(place_.column)},
                       .found = fmt::format("not JSON: {}", found),
                       .expected = std::string(expected),
                       .remedy = {}});
    return false;
  }

  /// What stands here, for a message.
  std::string here() const {
    if (at_ >= text_.size()) return "the end";
    std::size_t end = at_ + 1;
    while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0U) == 0x80U) ++end;
    return fmt::format("'{}'", printable(text_.substr(at_, end - at_), 20));
  }

  std::uint32_t value(std::size_t depth) {
    skip_blank();
    if (depth > kMaxDepth) {
      wrong(fmt::format("nested more than {} deep", kMaxDepth), "a flatter value");
      return Tree::kNone;
    }
    switch (peek()) {
      case '{': return mapping(depth);
      case '[': return list(depth);
      case '"': return text();
      case 't': return word("true", Kind::boolean);
      case 'f': return word("false", Kind::boolean);
      case 'n': return word("null", Kind::null);
      default: return number();
    }
  }

  std::uint32_t word(std::string_view word, Kind kind) {
    const Place begin = place_;
    if (text_.substr(at_, word.size()) != word) {
      wrong(here(), "a JSON value");
      return Tree::kNone;
    }
    for (std::size_t i = 0; i < word.size(); ++i) advance();
    return tree_.add(kind, begin, kind == Kind::null ? std::string_view{} : word);
  }

  std::size_t digits() {
    std::size_t count = 0;
    for (; peek() >= '0' && peek() <= '9'; ++count) advance();
    return count;
  }

  std::uint32_t number() {
    const Place begin = place_;
    const std::size_t from = at_;
    if (peek() == '-') advance();
    const bool zero = peek() == '0';
    const std::size_t whole = digits();
    bool good = whole > 0 && !(zero && whole > 1);
    if (good && peek() == '.') {
      advance();
      good = digits() > 0;
    }
    if (good && (peek() == 'e' || peek() == 'E')) {
      advance();
      if (peek() == '+' || peek() == '-') advance();
      good = digits() > 0;
    }
    if (!good) {
      wrong(here(), "a JSON value");
      return Tree::kNone;
    }
    return tree_.add(Kind::number, begin, text_.substr(from, at_ - from));
  }

  std::optional<std::uint32_t> hex4() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = peek();
      std::uint32_t digit = 0;
      if (c >= '0' && c <= '9')
        digit = static_cast<std::uint32_t>(c - '0');
      else if (c >= 'a' && c <= 'f')
        digit = static_cast<std::uint32_t>(c - 'a' + 10);
      else if (c >= 'A' && c <= 'F')
        digit = static_cast<std::uint32_t>(c - 'A' + 10);
      else
        return std::nullopt;
      value = value * 16 + digit;
      advance();
    }
    return value;
  }

  bool escape(std::string& out) {
    advance();  // the backslash
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    const char c = peek();
    if (const std::size_t at = kNames.find(c); at != std::string_view::npos && at_ < text_.size()) {
      out += kMeant[at];
      advance();
      return true;
    }
    if (c != 'u') return wrong(fmt::format("{} behind a backslash", here()), "an escape of RFC 8259");
    advance();
    std::optional<std::uint32_t> code = hex4();
    if (code && *code >= 0xD800 && *code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
      advance();
      advance();
      const std::optional<std::uint32_t> low = hex4();
      const bool pair = low && *low >= 0xDC00 && *low < 0xE000;
      code = pair ? std::optional(0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00)) : std::nullopt;
    }
    if (!code || (*code >= 0xD800 && *code < 0xE000))
      return wrong("a broken \\u escape", "\\u with four hexadecimal digits, surrogates in pairs");
    append_utf8(*code, out);
    return true;
  }

  std::uint32_t text() {
    const Place begin = place_;
    advance();
    std::string out;
    while (at_ < text_.size() && peek() != '"') {
      if (peek() == '\\') {
        if (!escape(out)) return Tree::kNone;
      } else if (static_cast<unsigned char>(peek()) < 0x20) {
        wrong("a control character in a text", "it escaped");
        return Tree::kNone;
      } else {
        out += peek();
        advance();
      }
    }
    if (at_ >= text_.size()) {
      wrong("a text that does not end", "a closing \"");
      return Tree::kNone;
    }
    advance();
    return tree_.add(Kind::text, begin, out);
  }

  std::uint32_t list(std::size_t depth) {
    const std::uint32_t self = tree_.add(Kind::list, place_, {});
    advance();
    skip_blank();
    std::uint32_t last = Tree::kNone;
    while (peek() != ']') {
      const std::uint32_t item = value(depth + 1);
      if (item == Tree::kNone) return Tree::kNone;
      tree_.link(self, last, item);
      ++tree_.at(self).count;
      if (!separator(']')) return Tree::kNone;
    }
    advance();
    return self;
  }

  std::uint32_t mapping(std::size_t depth) {
    const std::uint32_t self = tree_.add(Kind::mapping, place_, {});
    advance();
    skip_blank();
    std::uint32_t last = Tree::kNone;
    while (peek() != '}') {
      if (peek() != '"') {
        wrong(here(), "a key in double quotes");
        return Tree::kNone;
      }
      const std::uint32_t key = text();
      if (key == Tree::kNone) return Tree::kNone;
      skip_blank();
      if (peek() != ':') {
        wrong(here(), "':' behind the key");
        return Tree::kNone;
      }
      advance();
      const std::uint32_t item = value(depth + 1);
      if (item == Tree::kNone) return Tree::kNone;
      tree_.link(self, last, key);
      tree_.link(self, last, item);
      ++tree_.at(self).count;
      if (!separator('}')) return Tree::kNone;
    }
    advance();
    report_duplicate_keys(Node(tree_, self), errors_);
    return self;
  }

  /// After an item: a comma with another item behind it, or the closing bracket (which stays).
  bool separator(char closing) {
    skip_blank();
    if (peek() == closing && at_ < text_.size()) return true;
    if (peek() != ',') return wrong(here(), fmt::format("',' or '{}'", closing));
    advance();
    skip_blank();
    if (peek() == closing) return wrong(here(), "another item behind the comma");
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Place place_;
  Tree& tree_;
  Errors& errors_;
};

}  // namespace

bool read_json(std::string_view text, Place start, Tree& tree, Errors& errors) {
  tree.clear();
  if (start.line == 1 && start.column == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return JsonReader(text, start, tree, errors).read();
}

}  // namespace assay::suite
