// The JSON type of the whole program, and careful reading of it. The only place that names the JSON library.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace assay {

/// Object members keep the alphabet's order, so equal values give equal text (hashes depend on it).
using Json = nlohmann::json;
/// Members keep the order in which they were written: for output that people read.
using OrderedJson = nlohmann::ordered_json;

/// Limits for text that a stranger wrote.
struct JsonLimits {
  std::size_t max_bytes = 16U << 20U;
  std::size_t max_depth = 512;
};

/// Strict RFC 8259. Errors say the byte offset; never throws, never recurses deeper than the limit.
Result<Json> parse_json(std::string_view text, JsonLimits limits = {});

/// One line; invalid UTF-8 in strings becomes U+FFFD instead of an exception.
std::string dump(const Json& value);
std::string dump(const OrderedJson& value);
/// Indented by two, for people.
std::string dump_pretty(const OrderedJson& value);

/// Absent is null, never 0 or empty.
template <class AnyJson = OrderedJson, class T>
AnyJson or_null(const std::optional<T>& value) {
  return value ? AnyJson(*value) : AnyJson(nullptr);
}
/// For texts of which the empty one means that there is none.
OrderedJson text_or_null(const std::string& text);

}  // namespace assay
