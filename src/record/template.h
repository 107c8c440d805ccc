// Templates of prompts: `{{name}}` is replaced by the variable's value, once; a value is never expanded
// again, so that what a case contains cannot change the question. `\{{` is a literal `{{`. Blanks inside the
// braces do not count.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "record/value.h"

namespace assay::record {

using Vars = std::vector<std::pair<std::string, Value>>;

/// Literal text, or the name of a variable.
struct TemplatePart {
  bool variable = false;
  std::string text;
  std::size_t offset = 0;  ///< of its first byte in the template
  bool operator==(const TemplatePart&) const = default;
};

/// Letters, digits, `_`, `-`, `.` and everything beyond ASCII; not empty.
bool is_variable_name(std::string_view name);
/// Errors: bad_input without place: an opening `{{` that is not closed on its line, or holds no variable
/// name.
Result<std::vector<TemplatePart>> parse_template(std::string_view text);
/// Errors: bad_input without place, when a variable is not in `vars`.
Result<std::string> render(const std::vector<TemplatePart>& parts, const Vars& vars);
/// Both in one, for templates that are used once.
Result<std::string> render(std::string_view text, const Vars& vars);

/// Benchy's way: for each variable in order, every `{{name}}` becomes the value's Python text. The match is
/// literal; holes in an inserted value are filled by later variables; open holes stay. Absent when the text
/// grows beyond `max_bytes` (values may hold the holes of later ones, so it can double with each variable).
std::optional<std::string> benchy_expanded(std::string_view text, const Vars& vars,
                                           std::size_t max_bytes = std::size_t{64} << 20U);

}  // namespace assay::record
