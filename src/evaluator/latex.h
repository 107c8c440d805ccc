// The little of LaTeX that answers to mathematical questions use.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::evaluator {

/// The content of the last \boxed{…} or \fbox{…} whose braces are balanced; \{ and \} do not count as braces.
/// "Last" is the one that begins last. A view into `text`. Absent: there is none.
std::optional<std::string_view> last_boxed(std::string_view text);

/// Whether the last box that the text opens stays open: then nobody knows what is in it.
bool last_box_is_open(std::string_view text);

/// For reading a number in a box: drops \$ \, \! {,} ^\circ ^{\circ} and \text{…}; \% becomes %, whose
/// meaning the caller decides.
std::string without_number_markup(std::string_view text);

}  // namespace assay::evaluator
