// Trial keys as a column: mostly hexadecimal digests, which take 32 bytes instead of 64 characters.
#pragma once

#include <optional>
#include <string>

#include "store/database.h"

namespace assay::store {

/// The digest's bytes. Absent: `key` is no text of lower-case hexadecimal pairs, and is stored as it is.
std::optional<std::string> packed_key(const std::string& key);

/// The key that a column holds, packed or not.
std::string key_text(const Statement& row, int column);

}  // namespace assay::store
