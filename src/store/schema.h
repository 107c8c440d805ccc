// The tables, their version, and the way from each older version to the newest.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "store/database.h"

namespace assay::store {

/// In the file's header (PRAGMA application_id): "ASAY". `file` and other tools can tell our files by it.
constexpr std::int32_t kApplicationId = 0x41534159;

/// One step of the way: brings a file of format `to` - 1 to format `to`.
struct Migration {
  int to;
  std::string_view sql;
  /// Only new tables, which reading does without: a file of the format before can be read as it is.
  bool adds_only = false;
};

/// All steps, from an empty file (format 0) to the newest format.
std::span<const Migration> migrations();

/// Checks that the file is ours (or empty, when we may write) and of a format that these steps know; changes
/// nothing.
Result<void> check_identity(const Database& database, bool may_write,
                            std::span<const Migration> steps = migrations());

/// Checks the same, and brings it to the newest one, all steps in one
/// transaction. Two programs may do this at once. Errors: unsupported (newer format; read-only and older),
/// bad_input (another program's file).
Result<void> prepare(Database& database, bool may_write, std::span<const Migration> steps = migrations());

}  // namespace assay::store
