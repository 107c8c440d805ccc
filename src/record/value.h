// A value that a suite or a case file gives: text, number, truth, list, mapping. Scalars keep the text that
// was written (5.00 stays 5.00), because an expectation means what its author wrote.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace assay::record {

struct Value {
  enum class Kind { null, boolean, number, text, list, mapping };

  Kind kind = Kind::null;
  std::string text;               ///< scalars: as written ("true", "5.00", the text itself)
  std::vector<Value> items;       ///< list: the items; mapping: the values
  std::vector<std::string> keys;  ///< mapping: the keys, parallel to items, in the order written, unique

  static Value of_text(std::string text) {
    return {.kind = Kind::text, .text = std::move(text), .items = {}, .keys = {}};
  }
  static Value of_number(std::string literal) {
    return {.kind = Kind::number, .text = std::move(literal), .items = {}, .keys = {}};
  }
  static Value of_boolean(bool value) {
    return {.kind = Kind::boolean, .text = value ? "true" : "false", .items = {}, .keys = {}};
  }

  bool is_scalar() const { return kind != Kind::list && kind != Kind::mapping; }
  /// The value under `key` of a mapping, else nullptr.
  const Value* find(std::string_view key) const;
  bool operator==(const Value&) const = default;
};

/// What a template prints for the value: scalars as written (null prints nothing), lists and mappings as
/// JSON.
std::string as_text(const Value& value);
/// JSON; a number whose text a double or 64-bit integer does not hold exactly becomes a string. Lossy for
/// literals.
Json to_json(const Value& value);
/// Canonical text that keeps literals and order: equal values, equal text. For hashing and storing.
std::string canonical(const Value& value);
/// The inverse of canonical(). Errors: bad_input.
Result<Value> from_canonical(std::string_view text);
/// From JSON text, keeping number literals as written. Errors: bad_input with the byte offset. Duplicate keys
/// are an error.
Result<Value> value_from_json(std::string_view text);
/// "text", "number", "list", … for messages.
std::string_view name_of(Value::Kind kind);

}  // namespace assay::record
