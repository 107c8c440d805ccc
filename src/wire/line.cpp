#include "wire/line.h"

namespace assay::wire {
namespace {

// Deep enough for a JSON schema in a request, shallow enough for every reader.
constexpr std::size_t kMaxDepth = 128;
constexpr std::size_t kShownColumns = 200;

}  // namespace

Json base_json(const char* type, Id id) {
  return {{"type", type}, {"id", id}};
}

Result<Json> parse_line(std::string_view line) {
  // The JSON library takes a NUL for the end of the text.
  if (line.find('\0') != std::string_view::npos) return fail(bad_input("the line has a NUL byte", "JSON"));
  Result<Json> parsed = parse_json(line, {.max_bytes = kMaxLine, .max_depth = kMaxDepth});
  if (!parsed) {  // the library repeats the text that it dislikes, however long
    parsed.error().found = printable(parsed.error().found, kShownColumns);
    return parsed;
  }
  if (!parsed->is_object())
    return fail(bad_input("the line is JSON, but no object", "an object with type and id"));
  const auto type = parsed->find("type");
  if (type == parsed->end() || !type->is_string())
    return fail(bad_input("the message has no 'type'", "a text"));
  return parsed;
}

Id id_of(std::string_view line) {
  const Result<Json> object = parse_line(line);
  if (!object) return 0;
  const auto id = object->find("id");
  return id != object->end() && id->is_number_unsigned() ? id->get<Id>() : 0;
}

}  // namespace assay::wire
