#include "record/python_literal.h"

#include <charconv>
#include <set>

#include "base/python.h"
#include "base/text.h"

namespace assay::record {
namespace {

constexpr int kMaxDepth = 512;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<Value> whole() {
    std::optional<Value> value = this->value();
    skip_blanks();
    return at_ == text_.size() ? value : std::nullopt;
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
  }
  bool take(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::optional<Value> value() {
    skip_blanks();
    if (at_ >= text_.size()) return std::nullopt;
    switch (text_[at_]) {
      case '{': return members(Value::Kind::mapping, '}');
      case '[': return members(Value::Kind::list, ']');
      case '\'':
      case '"': {
        std::optional<std::string> inner = string();
        if (!inner) return std::nullopt;
        return Value::of_text(std::move(*inner));
      }
      default: return word();
    }
  }

  std::optional<Value> members(Value::Kind kind, char end) {
    if (++depth_ > kMaxDepth) return std::nullopt;
    ++at_;
    Value value{.kind = kind, .text = {}, .items = {}, .keys = {}};
    std::set<std::string> names;
    for (bool first = true; !take(end); first = false) {
      if (!first && !take(',')) return std::nullopt;
      if (kind == Value::Kind::mapping) {
        skip_blanks();
        std::optional<std::string> key = string();
        if (!key || !take(':')) return std::nullopt;
        if (!names.insert(*key).second) return std::nullopt;  // Python never prints one twice
        value.keys.push_back(std::move(*key));
      }
      std::optional<Value> item = this->value();
      if (!item) return std::nullopt;
      value.items.push_back(std::move(*item));
    }
    --depth_;
    return value;
  }

  std::optional<Value> word() {
    const std::size_t from = at_;
    while (at_ < text_.size() && std::string_view(",:]} \n\t").find(text_[at_]) == std::string_view::npos)
      ++at_;
    const std::string_view letters = text_.substr(from, at_ - from);
    if (letters == "None") return Value{};
    if (letters == "True" || letters == "False") return Value::of_boolean(letters == "True");
    const bool plain = letters.find_first_not_of("+-.0123456789eE") == std::string_view::npos;
    const bool named = letters == "nan" || letters == "inf" || letters == "-inf";
    if (!(plain || named) || !python_float(letters)) return std::nullopt;
    return Value::of_number(std::string(letters));
  }

  std::optional<std::string> string() {
    if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return std::nullopt;
    const char quote = text_[at_++];
    std::string out;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == quote) return out;
      if (c == '\n') return std::nullopt;
      if (c != '\\')
        out.push_back(c);
      else if (!escape(out))
        return std::nullopt;
    }
    return std::nullopt;
  }

  bool escape(std::string& out) {
    if (at_ >= text_.size()) return false;
    const char letter = text_[at_++];
    constexpr std::string_view kLetters = "\\'\"nrt";
    constexpr std::string_view kMeant = "\\'\"\n\r\t";
    if (const std::size_t found = kLetters.find(letter); found != std::string_view::npos) {
      out.push_back(kMeant[found]);
      return true;
    }
    const std::size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
    if (digits == 0 || at_ + digits > text_.size()) return false;
    std::uint32_t c = 0;
    const char* begin = text_.data() + at_;
    const auto read = std::from_chars(begin, begin + digits, c, 16);
    if (read.ptr != begin + digits || c > 0x10FFFF) return false;
    at_ += digits;
    append_utf8(c, out);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::optional<Value> value_from_python(std::string_view text) {
  return Reader(text).whole();
}

}  // namespace assay::record
