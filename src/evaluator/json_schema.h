// JSON Schema, draft-07, over JSON as it was written.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "evaluator/json_text.h"
#include "record/value.h"

namespace assay::evaluator {

/// Where a value does not fit.
struct SchemaFault {
  std::string pointer;  ///< RFC 6901, into the value; empty: the whole of it
  std::string keyword;  ///< "required", "maximum", …
  std::string what;     ///< a sentence
  bool limit = false;   ///< nothing is wrong: the check took more than its steps
};

/// A compiled schema. Any thread; copies share everything.
///
/// All of draft-07's keywords; `format` is asserted for the formats of json_format.h. A schema that declares
/// a later draft may use only keywords that mean the same there. `$ref` points into the schema itself: files
/// that a suite names are part of it by now (suite/schema_files.h).
class JsonSchema {
 public:
  /// From a mapping, a truth, or JSON as text. Errors: bad_input without place, with the pointer into the
  /// schema: no JSON, an unknown keyword or format (names that begin with x- are free), a keyword of the
  /// wrong type, a pattern that does not compile, a `$ref` without target or outside of the schema.
  static Result<JsonSchema> make(const record::Value& value);

  /// The first fault of the value at `node`, depth first in the schema's order; absent: it fits.
  std::optional<SchemaFault> check(const JsonTree& tree, std::uint32_t node) const;

  struct Compiled;

 private:
  explicit JsonSchema(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace assay::evaluator
