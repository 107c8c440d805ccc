// Members of a stranger's JSON object, absent where they are missing or of another type.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/json.h"

namespace assay::backend {

/// Empty when absent. The view holds as long as the object.
inline std::string_view text_of(const Json& object, std::string_view name) {
  const auto at = object.find(name);
  if (at == object.end() || !at->is_string()) return {};
  return at->get_ref<const std::string&>();
}

inline const Json* object_of(const Json& object, std::string_view name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_object() ? &*at : nullptr;
}

inline const Json* list_of(const Json& object, std::string_view name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_array() ? &*at : nullptr;
}

inline std::optional<double> number_of(const Json& object, std::string_view name) {
  const auto at = object.find(name);
  if (at == object.end() || !at->is_number()) return std::nullopt;
  return at->get<double>();
}

inline std::optional<std::uint64_t> whole_of(const Json& object, std::string_view name) {
  const auto at = object.find(name);
  if (at == object.end() || !at->is_number_unsigned()) return std::nullopt;
  return at->get<std::uint64_t>();
}

/// A count of tokens; what is no such number is absent.
inline std::optional<std::uint32_t> count_of(const Json& object, std::string_view name) {
  const auto value = whole_of(object, name);
  if (!value || *value > 0xFFFFFFFFU) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

}  // namespace assay::backend
