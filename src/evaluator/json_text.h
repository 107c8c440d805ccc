// JSON as it was written: strict RFC 8259, numbers keep their literals, and a table of nodes instead of a
// tree of values, so that a hostile 16 MiB of `[0,0,0,…` costs tens of bytes a value and not hundreds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "record/value.h"

namespace assay::evaluator {

constexpr std::size_t kMaxJsonBytes = 16U << 20U;
constexpr int kMaxJsonDepth = 512;

/// The seven types of docs/evaluators.md. A number with '.', 'e' or 'E' is `decimal`.
enum class JsonKind : std::uint8_t { object, array, string, boolean, null, integer, decimal };
std::string_view name_of(JsonKind kind);

/// One value, or the name of a member. Children follow their parent: an array's elements; an object's names
/// and values in turn. The next sibling of node i is nodes[i].next.
struct JsonNode {
  JsonKind kind = JsonKind::null;
  bool escaped = false;     ///< string: has a back-slash inside
  std::uint32_t begin = 0;  ///< bytes of the text, with quotes
  std::uint32_t end = 0;
  std::uint32_t next = 0;  ///< index behind the last node that belongs to this one
};

struct JsonTree {
  std::string_view text;  ///< borrowed; outlives the tree
  std::vector<JsonNode> nodes;
  std::optional<std::size_t> duplicate;  ///< offset of the first name that its object already had

  std::string_view source(std::uint32_t node) const {
    return text.substr(nodes[node].begin, nodes[node].end - nodes[node].begin);
  }
  /// What a string says, escapes undone.
  std::string string_at(std::uint32_t node) const;
};

struct JsonFault {
  std::size_t offset = 0;  ///< byte at which the text stops being JSON
  std::string what;        ///< "expected a value", "nested deeper than 512", …
};

/// Python's json module also takes NaN, Infinity and -Infinity (nodes of kind decimal) and halves of
/// surrogate pairs.
enum class JsonDialect { rfc8259, python };

/// The whole text but white space around it. Node 0 is the value.
tl::expected<JsonTree, JsonFault> parse_json_text(std::string_view text,
                                                  JsonDialect dialect = JsonDialect::rfc8259);

struct JsonKinds {
  bool objects = true;
  bool arrays = true;
};

/// Where a JSON value lies in a text that holds other things, too.
struct JsonPlace {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct JsonSearch {
  std::optional<JsonPlace> place;
  bool limit = false;  ///< gave up: the text is built so that looking on would take too long
};

/// From left to right: at each '{' or '[' that the kinds allow, the value that begins there, if one does.
JsonSearch find_json(std::string_view text, JsonKinds kinds);
/// The same from byte `from` on. `budget` is what all searches of one text share; json_budget() is its start.
JsonSearch find_json(std::string_view text, JsonKinds kinds, std::size_t from, std::size_t& budget);
std::size_t json_budget(std::string_view text);

/// JSON text of a suite's value, numbers as written.
std::string json_text_of(const record::Value& value);

}  // namespace assay::evaluator
