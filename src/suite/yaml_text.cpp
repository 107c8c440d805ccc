#include "suite/yaml_text.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "suite/tree.h"

namespace assay::suite {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Narrower than YAML: begins with a letter, no mark that means something anywhere, and no null, truth or
/// number.
bool is_safe_plain(std::string_view text) {
  if (text.empty() || text.size() > 200 || !is_letter(text.front()) || text.back() == ' ') return false;
  const auto safe = [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') ||
           std::string_view(" _-./+()=").find(c) != std::string_view::npos;
  };
  // YAML 1.1 readers, which are many, take these for truths.
  constexpr std::array<std::string_view, 6> kOldTruths{"yes", "no", "on", "off", "y", "n"};
  const bool old_truth =
      std::find(kOldTruths.begin(), kOldTruths.end(), lower_ascii(text)) != kOldTruths.end();
  return std::all_of(text.begin(), text.end(), safe) && !old_truth && kind_of_plain(text) == Kind::text;
}

/// Escapes what YAML does not print, and the line separators that a reader might fold.
void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::string_view two = text.substr(i, 2);
    const std::string_view three = text.substr(i, 3);
    if (c == '"' || c == '\\')
      (out += '\\') += text[i];
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\r')
      out += "\\r";
    else if (c < 0x20 || c == 0x7F)
      out += fmt::format("\\x{:02x}", c);
    else if (two.size() == 2 && c == 0xC2 && static_cast<unsigned char>(two[1]) < 0xA0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(two[1]));
      ++i;
    } else if (three == "\xE2\x80\xA8" || three == "\xE2\x80\xA9" || three == "\xEF\xBB\xBF") {
      out += three[0] == '\xEF' ? "\\ufeff" : three[2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += text[i];
    }
  }
  out += '"';
}

/// Lines that a literal block keeps to the byte: text without odd characters, no line that is only blanks, no
/// blank at the beginning, at most one line end at the end.
bool is_safe_block(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || text.ends_with("\n\n") || text.size() < 2) return false;
  const auto odd = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F; };
  if (std::any_of(text.begin(), text.end(), odd) || text.find('\xC2') != std::string_view::npos ||
      text.find("\xE2\x80") != std::string_view::npos || text.find("\xEF\xBB\xBF") != std::string_view::npos)
    return false;
  if (text.front() == '\n' || text.front() == ' ') return false;
  const std::vector<std::string> lines = split(text, '\n');
  return std::none_of(lines.begin(), lines.end(),
                      [](const std::string& line) { return !line.empty() && trim(line).empty(); });
}

void append(std::string& out, const record::Value& value);

void append_key(std::string& out, std::string_view text) {
  out += key(text);
  out += ": ";
}

void append(std::string& out, const record::Value& value) {
  switch (value.kind) {
    case Kind::null: out += "null"; return;
    case Kind::boolean:
    case Kind::number: out += value.text; return;
    case Kind::text:
      if (value.text.starts_with("file://")) out += "!!str ";
      out += scalar(value.text);
      return;
    case Kind::list:
      out += '[';
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i > 0) out += ", ";
        append(out, value.items[i]);
      }
      out += ']';
      return;
    case Kind::mapping:
      out += '{';
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i > 0) out += ", ";
        append_key(out, value.keys[i]);
        append(out, value.items[i]);
      }
      out += '}';
      return;
  }
}

record::Value value_from(const Json& json) {
  record::Value value;
  switch (json.type()) {
    case Json::value_t::boolean: return record::Value::of_boolean(json.get<bool>());
    case Json::value_t::string: return record::Value::of_text(json.get<std::string>());
    case Json::value_t::array:
      value.kind = Kind::list;
      for (const Json& item : json) value.items.push_back(value_from(item));
      return value;
    case Json::value_t::object:
      value.kind = Kind::mapping;
      for (const auto& [name, item] : json.items()) {
        value.keys.push_back(name);
        value.items.push_back(value_from(item));
      }
      return value;
    case Json::value_t::null:
    case Json::value_t::discarded: return value;
    default: return record::Value::of_number(dump(json));
  }
}

}  // namespace

std::string scalar(std::string_view text) {
  if (is_safe_plain(text)) return std::string(text);
  std::string out;
  append_quoted(out, text);
  return out;
}

std::string key(std::string_view text) {
  std::string out = scalar(text);
  return out.size() > 900 ? "? " + out + " " : out;
}

std::string block_scalar(std::string_view text, std::size_t indent) {
  if (!is_safe_block(text)) return scalar(text);
  const bool ends = text.ends_with('\n');
  std::string out = ends ? "|" : "|-";
  for (const std::string& line : split(ends ? text.substr(0, text.size() - 1) : text, '\n')) {
    out += '\n';
    if (!line.empty()) out.append(indent, ' ') += line;
  }
  return out;
}

std::string flow(const record::Value& value) {
  std::string out;
  append(out, value);
  return out;
}

std::string flow(const Json& value) {
  return flow(value_from(value));
}

}  // namespace assay::suite
