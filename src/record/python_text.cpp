#include "record/python_text.h"

#include "base/python.h"

namespace assay::record {
namespace {

std::string number_text(const std::string& literal) {
  // YAML writes them with a point, which keeps them numbers in a file.
  const std::string_view unsigned_part =
      std::string_view(literal).substr(literal.find_first_not_of("+-") == 1);
  if (unsigned_part == ".nan" || unsigned_part == ".NaN" || unsigned_part == ".NAN") return "nan";
  if (unsigned_part == ".inf" || unsigned_part == ".Inf" || unsigned_part == ".INF")
    return literal.starts_with('-') ? "-inf" : "inf";
  const std::size_t sign = literal.starts_with('-') || literal.starts_with('+') ? 1 : 0;
  const bool whole =
      literal.size() > sign && literal.find_first_not_of("0123456789", sign) == std::string::npos;
  if (!whole) {
    const std::optional<double> value = python_float(literal);
    return value ? python_float_text(*value) : literal;
  }
  std::size_t first = literal.find_first_not_of('0', sign);
  if (first == std::string::npos) return "0";
  return (literal[0] == '-' ? "-" : "") + literal.substr(first);
}

std::string members(const Value& value) {
  const bool mapping = value.kind == Value::Kind::mapping;
  std::string text(1, mapping ? '{' : '[');
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (i > 0) text += ", ";
    if (mapping) text += assay::python_quoted(value.keys[i]) + ": ";
    text += python_quoted(value.items[i]);
  }
  text.push_back(mapping ? '}' : ']');
  return text;
}

}  // namespace

std::string python_text(const Value& value) {
  switch (value.kind) {
    case Value::Kind::null: return "None";
    case Value::Kind::boolean: return value.text == "true" ? "True" : "False";
    case Value::Kind::number: return number_text(value.text);
    case Value::Kind::text: return value.text;
    case Value::Kind::list:
    case Value::Kind::mapping: return members(value);
  }
  return {};
}

std::string python_quoted(const Value& value) {
  return value.kind == Value::Kind::text ? assay::python_quoted(value.text) : python_text(value);
}

}  // namespace assay::record
