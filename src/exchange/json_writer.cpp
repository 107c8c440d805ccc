#include "exchange/json_writer.h"

#include <cmath>

#include <fmt/format.h>

#include "base/python.h"
#include "base/text.h"
#include "record/python_text.h"

namespace assay::exchange {
namespace {

constexpr std::size_t kIndent = 4;

std::size_t digits_from(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  return end - at;
}

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    default: break;
  }
  if (static_cast<unsigned char>(c) < 0x20)
    out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
  else
    out += c;
}

}  // namespace

bool is_json_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = digits_from(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = digits_from(text, at + 1);
    if (fraction == 0) return false;
    at += 1 + fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = digits_from(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

void JsonWriter::new_line() {
  if (layout_ == Layout::compact) return;
  out_ += '\n';
  out_.append(depth_ * kIndent, ' ');
}

void JsonWriter::next() {
  if (!empty_) out_ += ',';
  new_line();
  empty_ = false;
}

void JsonWriter::open(char bracket) {
  out_ += bracket;
  ++depth_;
  empty_ = true;
}

void JsonWriter::close(char bracket) {
  --depth_;
  if (!empty_) new_line();
  out_ += bracket;
  empty_ = false;  // what was closed stands in the bracket around it
}

void JsonWriter::key(std::string_view name) {
  next();
  text(name);
  out_ += layout_ == Layout::compact ? ":" : ": ";
}

void JsonWriter::text(std::string_view text) {
  std::string mended;
  if (first_invalid_utf8(text)) {
    mended = to_valid_utf8(text);
    text = mended;
  }
  out_ += '"';
  for (const char c : text) append_escaped(out_, c);
  out_ += '"';
}

void JsonWriter::real(double value) {
  out_ += python_float_text(std::isfinite(value) ? value : 0.0);
}

void JsonWriter::whole(std::int64_t value) {
  out_ += fmt::format("{}", value);
}

void JsonWriter::value(const record::Value& value) {
  using ValueKind = record::Value::Kind;
  switch (value.kind) {
    case ValueKind::null: null(); return;
    case ValueKind::boolean: out_ += value.text; return;
    case ValueKind::text: text(value.text); return;
    case ValueKind::number: {
      const auto number = python_float(record::python_text(value));  // .nan and .inf are numbers of a suite
      const bool plain = is_json_number(value.text);
      // A float that no double holds would be read as infinite; whole numbers have no limit.
      const bool whole = value.text.find_first_of(".eE") == std::string::npos;
      if (plain && (whole || (number && std::isfinite(*number))))
        out_ += value.text;
      else if (number && std::isfinite(*number))
        real(*number);
      else if (number)
        null();
      else
        text(value.text);
      return;
    }
    case ValueKind::list:
      open('[');
      for (const record::Value& one : value.items) {
        item();
        this->value(one);
      }
      close(']');
      return;
    case ValueKind::mapping:
      open('{');
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        key(value.keys[i]);
        this->value(value.items[i]);
      }
      close('}');
      return;
  }
}

}  // namespace assay::exchange
