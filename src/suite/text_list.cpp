#include "suite/text_list.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/json.h"
#include "base/text.h"

namespace assay::suite {
namespace {

std::optional<std::vector<std::string>> json_list(std::string_view text) {
  const Result<Json> read = parse_json(text);
  if (!read || !read->is_array()) return std::nullopt;
  std::vector<std::string> all;
  for (const Json& item : *read) {
    if (!item.is_string()) return std::nullopt;
    all.push_back(item.get<std::string>());
  }
  return all;
}

/// What Python's repr() writes, in one list.
class PrintedList {
 public:
  explicit PrintedList(std::string_view text) : rest_(text) {}

  std::optional<std::vector<std::string>> read() {
    std::vector<std::string> all;
    skip_blank();
    if (!take('[')) return std::nullopt;
    skip_blank();
    while (!take(']')) {
      std::string& item = all.emplace_back();
      if (!read_text(item)) return std::nullopt;
      const bool blank = skip_blank();
      const bool comma = take(',');
      if (comma) skip_blank();
      const bool last = rest_.starts_with(']');
      if (last ? comma : !blank && !comma) return std::nullopt;
    }
    skip_blank();
    if (!rest_.empty()) return std::nullopt;
    return all;
  }

 private:
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool skip_blank() {
    const std::size_t before = rest_.size();
    rest_ = rest_.substr(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
    return rest_.size() < before;
  }

  bool read_text(std::string& item) {
    const char quote = rest_.empty() ? '\0' : rest_.front();
    if (quote != '\'' && quote != '"') return false;
    rest_.remove_prefix(1);
    while (!take(quote)) {
      if (rest_.empty() || rest_.front() == '\n') return false;
      if (take('\\')) {
        if (!read_escape(item)) return false;
      } else {
        item.push_back(rest_.front());
        rest_.remove_prefix(1);
      }
    }
    return true;
  }

  bool read_escape(std::string& item) {
    if (rest_.empty()) return false;
    const char letter = rest_.front();
    rest_.remove_prefix(1);
    switch (letter) {
      case '\\':
      case '\'':
      case '"': item.push_back(letter); return true;
      case 'n': item.push_back('\n'); return true;
      case 'r': item.push_back('\r'); return true;
      case 't': item.push_back('\t'); return true;
      case 'x': return read_code(2, item);
      case 'u': return read_code(4, item);
      case 'U': return read_code(8, item);
      default: return false;
    }
  }

  bool read_code(std::size_t digits, std::string& item) {
    if (rest_.size() < digits) return false;
    std::uint32_t code = 0;
    const char* end = rest_.data() + digits;
    const auto [at, trouble] = std::from_chars(rest_.data(), end, code, 16);
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (trouble != std::errc{} || at != end || surrogate || code > 0x10FFFF) return false;
    append_utf8(code, item);
    rest_.remove_prefix(digits);
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<std::vector<std::string>> texts_of_list(std::string_view text) {
  if (auto list = json_list(text)) return list;
  return PrintedList(text).read();
}

}  // namespace assay::suite
