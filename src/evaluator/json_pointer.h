// JSON pointers (RFC 6901): a place in a JSON value, as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "evaluator/json_text.h"

namespace assay::evaluator {

/// The value at an RFC 6901 pointer; absent when there is none. `pointer` is empty or begins with '/'.
std::optional<std::uint32_t> find_at(const JsonTree& tree, std::string_view pointer);
/// Empty, or '/' and names in which '~' is followed by 0 or 1.
bool is_pointer(std::string_view pointer);
/// "/" and the name with ~ and / escaped.
std::string pointer_step(std::string_view name);

}  // namespace assay::evaluator
