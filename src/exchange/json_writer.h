// JSON as Python's json.dump(ensure_ascii=False) writes it, piece by piece: with indent=4, or on one line
// with separators=(",", ":").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "record/value.h"

namespace assay::exchange {

enum class Layout { indented, compact };

/// Appends to `out`. Objects and lists are closed by the caller, in order; nothing is checked.
class JsonWriter {
 public:
  JsonWriter(std::string& out, Layout layout) : out_(out), layout_(layout) {}

  void open(char bracket);
  void close(char bracket);
  /// Within an object, before its value.
  void key(std::string_view name);
  /// Within a list, before the value.
  void item() { next(); }

  void text(std::string_view text);
  /// With a point or an exponent, so that a reader takes it for a float. Infinite and nan become 0.0.
  void real(double value);
  void whole(std::int64_t value);
  void boolean(bool value) { out_ += value ? "true" : "false"; }
  void null() { out_ += "null"; }
  /// Numbers as written where that is JSON; else as Python prints the float; nan and infinite ones are null.
  void value(const record::Value& value);

 private:
  void next();
  void new_line();

  std::string& out_;
  Layout layout_;
  std::size_t depth_ = 0;
  bool empty_ = true;  ///< nothing stands yet in the innermost open bracket
};

/// Whether the text is a number of RFC 8259.
bool is_json_number(std::string_view text);

}  // namespace assay::exchange
