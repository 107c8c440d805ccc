#include "base/json.h"

#include <fmt/format.h>

#include "base/text.h"

namespace assay {
namespace {

/// Deepest nesting of brackets outside strings, so that a hostile text is refused before the parser meets it.
std::size_t depth_of(std::string_view text) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.max_bytes) {
    return fail({.code = Code::bad_input,
                 .where = {},
                 .found = fmt::format("JSON of {} bytes", text.size()),
                 .expected = fmt::format("at most {} bytes", limits.max_bytes),
                 .remedy = {}});
  }
  // The parser takes a NUL for the end and would not see what stands behind it; RFC 8259 allows none
  // anywhere.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return fail({.code = Code::bad_input,
                 .where = {},
                 .found = fmt::format("no JSON value: wrong at byte {}", nul),
                 .expected = "JSON as in RFC 8259",
                 .remedy = {}});
  }
  // A text shorter than the limit cannot nest deeper; the chunks of a stream are, and there are many.
  if (const std::size_t depth = text.size() > limits.max_depth ? depth_of(text) : 0;
      depth > limits.max_depth) {
    return fail({.code = Code::bad_input,
                 .where = {},
                 .found = fmt::format("JSON nested {} deep", depth),
                 .expected = fmt::format("at most {}", limits.max_depth),
                 .remedy = {}});
  }
  try {
    return Json::parse(text.begin(), text.end());
  } catch (const Json::parse_error& error) {
    return fail(
        {.code = Code::bad_input,
         .where = {},
         .found = fmt::format("no JSON value: wrong at byte {}", error.byte == 0 ? 0 : error.byte - 1),
         .expected = "JSON as in RFC 8259",
         .remedy = {}});
  } catch (const Json::exception& error) {  // numbers out of range
    return fail({.code = Code::bad_input,
                 .where = {},
                 .found = "JSON that cannot be held: " + printable(error.what(), 120),
                 .expected = "numbers in the range of a double",
                 .remedy = {}});
  }
}

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string dump(const OrderedJson& value) {
  return value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

std::string dump_pretty(const OrderedJson& value) {
  return value.dump(2, ' ', false, OrderedJson::error_handler_t::replace);
}

OrderedJson text_or_null(const std::string& text) {
  return text.empty() ? OrderedJson(nullptr) : OrderedJson(text);
}

}  // namespace assay
