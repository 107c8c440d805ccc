// Values → YAML that reads back as it was.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "record/value.h"

namespace assay::suite {

/// A text as a scalar of one line: plain where that is safe, else in double quotes.
std::string scalar(std::string_view text);
/// A key, which may be long: YAML allows plain `key: value` only up to 1024 characters.
std::string key(std::string_view text);
/// A text as the value of a key in block style at this indentation: `|` where it has lines and allows it.
std::string block_scalar(std::string_view text, std::size_t indent);
/// Any value on one line. Texts that begin with file:// are tagged !!str, so that they stay texts.
std::string flow(const record::Value& value);
std::string flow(const Json& value);

}  // namespace assay::suite
