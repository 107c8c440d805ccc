// JSON of other tools' files: keeps the order of keys and the literals of numbers, and says where it is
// wrong.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/value.h"

namespace assay::exchange {

/// What a file may ask of us. A value takes about 100 bytes of memory, however short its text is.
struct JsonFileLimits {
  std::size_t max_bytes = std::size_t{256} << 20U;
  std::size_t max_values = 16'000'000;
  std::size_t max_depth = 200;
};

struct JsonFile {
  record::Value value;
  std::vector<std::string> repeated_keys;  ///< keys that came twice in an object; the last value was kept
};

/// RFC 8259; a byte order mark at the start is skipped. `file` is only for messages.
/// Errors: bad_input with line and column (in characters, from 1).
Result<JsonFile> read_json_file(std::string_view text, const std::string& file,
                                const JsonFileLimits& limits = {});

}  // namespace assay::exchange
