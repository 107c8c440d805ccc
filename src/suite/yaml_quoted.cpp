#include "suite/yaml_quoted.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "base/text.h"

namespace assay::suite {
namespace {

/// Behind `&anchor` and `!tag`, and the blanks, line ends and comments between them and the value.
std::string_view without_properties(std::string_view source) {
  while (source.starts_with('&') || source.starts_with('!')) {
    source.remove_prefix(std::min(source.find_first_of(" \t\r\n"), source.size()));
    source.remove_prefix(std::min(source.find_first_not_of(" \t\r\n"), source.size()));
    while (source.starts_with('#')) {
      source.remove_prefix(std::min(source.find('\n'), source.size()));
      source.remove_prefix(std::min(source.find_first_not_of(" \t\r\n"), source.size()));
    }
  }
  return source;
}

/// The four hexadecimal digits of a \u that `text` begins with.
std::optional<std::uint32_t> escape_at(std::string_view text) {
  constexpr std::size_t kSize = 6;
  if (text.size() < kSize || !text.starts_with("\\u")) return std::nullopt;
  std::uint32_t code = 0;
  const auto read = std::from_chars(text.data() + 2, text.data() + kSize, code, 16);
  return read.ptr == text.data() + kSize ? std::optional(code) : std::nullopt;
}

/// The character of two escapes that belong together.
std::optional<std::uint32_t> pair_at(std::string_view text) {
  const auto high = escape_at(text);
  if (!high || *high < 0xD800 || *high > 0xDBFF) return std::nullopt;
  const auto low = escape_at(text.substr(6));
  if (!low || *low < 0xDC00 || *low > 0xDFFF) return std::nullopt;
  return 0x10000 + ((*high - 0xD800) << 10U) + (*low - 0xDC00);
}

constexpr std::size_t kPairSize = 12;

/// Reads one quoted scalar as YAML 1.2 §7.3 says.
class Quoted {
 public:
  Quoted(std::string_view source, bool old) : rest_(source), old_(old) {}

  std::optional<std::string> text() {
    const char quote = rest_.front();
    rest_.remove_prefix(1);
    while (!rest_.empty()) {
      if (take_blanks()) continue;
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == quote && quote == '\'' && rest_.starts_with('\'')) {
        rest_.remove_prefix(1);
        out_ += '\'';
      } else if (c == quote) {
        return std::move(out_);
      } else if (c == '\\' && quote == '"') {
        if (!take_pair() && !take_escape()) return std::nullopt;
      } else {
        out_ += c;
      }
    }
    return std::nullopt;
  }

 private:
  /// What a line break means in the text; empty: here is none.
  std::string_view take_break() {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kBreaks{
        {{"\r\n", "\n"},
         {"\n", "\n"},
         {"\r", "\n"},
         {"\xC2\x85", "\n"},
         {"\xE2\x80\xA8", "\xE2\x80\xA8"},
         {"\xE2\x80\xA9", "\xE2\x80\xA9"}}};
    constexpr std::size_t kOfBoth = 3;
    for (std::size_t i = 0; i < (old_ ? kBreaks.size() : kOfBoth); ++i) {
      if (!rest_.starts_with(kBreaks[i].first)) continue;
      rest_.remove_prefix(kBreaks[i].first.size());
      return kBreaks[i].second;
    }
    return {};
  }

  std::string_view take_run() {
    const std::string_view run = rest_.substr(0, std::min(rest_.find_first_not_of(" \t"), rest_.size()));
    rest_.remove_prefix(run.size());
    return run;
  }

  /// Empty lines, each a break.
  std::string take_breaks() {
    std::string breaks;
    while (true) {
      take_run();
      const std::string_view one = take_break();
      if (one.empty()) return breaks;
      breaks += one;
    }
  }

  /// Blanks inside a line stay; a single line break is a blank, and each empty line behind it a break.
  bool take_blanks() {
    const std::string_view blanks = take_run();
    const std::string_view first = take_break();
    if (first.empty()) {
      out_ += blanks;
      return !blanks.empty();
    }
    const std::string breaks = take_breaks();
    if (first != "\n")
      out_ += first;
    else if (breaks.empty())
      out_ += ' ';
    out_ += breaks;
    return true;
  }

  /// `rest_` is behind the first backslash.
  bool take_pair() {
    const auto code = pair_at({rest_.data() - 1, rest_.size() + 1});
    if (!code) return false;
    append_utf8(*code, out_);
    rest_.remove_prefix(kPairSize - 1);
    return true;
  }

  bool take_escape() {
    if (!take_break().empty()) {
      out_ += take_breaks();
      return true;
    }
    if (rest_.empty()) return false;
    const char letter = rest_.front();
    rest_.remove_prefix(1);
    constexpr std::string_view kPlain = "0abt\tnvfre \"\\/";
    constexpr std::string_view kMeant("\0\a\b\t\t\n\v\f\r\x1b \"\\/", 14);
    if (const std::size_t at = kPlain.find(letter); at != std::string_view::npos) {
      out_ += kMeant[at];
      return true;
    }
    switch (letter) {
      case 'N': out_ += "\xC2\x85"; return true;
      case '_': out_ += "\xC2\xA0"; return true;
      case 'L': out_ += "\xE2\x80\xA8"; return true;
      case 'P': out_ += "\xE2\x80\xA9"; return true;
      case 'x': return take_code(2);
      case 'u': return take_code(4);
      case 'U': return take_code(8);
      default: return false;
    }
  }

  bool take_code(std::size_t digits) {
    std::uint32_t code = 0;
    const char* begin = rest_.data();
    if (rest_.size() < digits) return false;
    const auto read = std::from_chars(begin, begin + digits, code, 16);
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (read.ptr != begin + digits || code > 0x10FFFF || surrogate) return false;
    rest_.remove_prefix(digits);
    append_utf8(code, out_);
    return true;
  }

  std::string_view rest_;
  bool old_;
  std::string out_;
};

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::optional<std::string> quoted_text(std::string_view source, bool old) {
  source = without_properties(source);
  if (!source.starts_with('"') && !source.starts_with('\'')) return std::nullopt;
  return Quoted(source, old).text();
}

std::string without_pairs(std::string_view text) {
  std::string out(text);
  for (std::size_t i = out.find('\\'); i < out.size(); i = out.find('\\', i)) {
    const bool pair = pair_at(text.substr(i)).has_value();
    if (pair) out.replace(i, kPairSize, "\\u0020\\u0020");
    i += pair ? kPairSize : 2;
  }
  return out;
}

bool is_folded_keep(std::string_view source) {
  source = without_properties(source);
  return source.starts_with('>') && source.substr(0, 3).find('+') != std::string_view::npos;
}

std::optional<std::string> folded_kept(std::string_view source, std::string_view value) {
  if (!is_folded_keep(source) || value.find_first_not_of('\n') == std::string_view::npos) return std::nullopt;
  source = without_properties(source);
  take_line(source);
  // What the first line has left of its blanks lies behind the block's indentation.
  const std::string_view first = value.substr(value.find_first_not_of('\n'));
  const std::size_t inner = std::min(first.find_first_not_of(' '), first.size());
  std::optional<std::size_t> indent;
  std::size_t blank_lines = 0;
  bool ended = true;  // the last line of text has a line break
  while (!source.empty()) {
    const bool terminated = source.find('\n') != std::string_view::npos;
    const std::string_view line = take_line(source);
    const std::size_t blanks = line.find_first_not_of(' ');
    if (blanks == std::string_view::npos && line.size() <= indent.value_or(line.size())) {
      ++blank_lines;
      continue;
    }
    if (!indent) indent = blanks - std::min(blanks, inner);
    if (blanks < *indent) break;
    blank_lines = 0;
    ended = terminated;
  }
  std::string kept(value.substr(0, value.find_last_not_of('\n') + 1));
  return kept.append(ended ? blank_lines + 1 : 0, '\n');
}

}  // namespace assay::suite
