// Tables of (id, body): JSON that few samples have, beside the columns that all have.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "store/database.h"

namespace assay::store {

/// Looks rows of one such table up. A finder that was not made finds nothing.
class BodyFinder {
 public:
  /// A file of an older format that was opened for reading has no such table: nothing is found then.
  static Result<BodyFinder> make(const Database& database, std::string_view table);

  /// What stands under this id. Absent: nothing. Errors: the body is no JSON, or what SQLite says.
  Result<std::optional<Json>> body_of(std::int64_t id);

 private:
  std::optional<Statement> find_;  ///< absent: no such table
};

}  // namespace assay::store
