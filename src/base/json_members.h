// Members of a JSON object that somebody else wrote (a server, another program, a hand in the store): absent
// where they are missing, of another type, or out of range. What is no object has no members.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "base/json.h"

namespace assay {

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

inline std::optional<bool> flag_of(const Json& object, std::string_view name) {
  const auto at = object.find(name);
  if (at == object.end() || !at->is_boolean()) return std::nullopt;
  return at->get<bool>();
}

inline std::optional<double> number_of(const Json& object, std::string_view name) {
  const auto at = object.find(name);
  if (at == object.end() || !at->is_number()) return std::nullopt;
  return at->get<double>();
}

/// From 0 on. Text is read as unsigned; what was made here of an int is not.
inline std::optional<std::uint64_t> whole_from(const Json& value) {
  if (!value.is_number_integer()) return std::nullopt;
  if (!value.is_number_unsigned() && value.get<std::int64_t>() < 0) return std::nullopt;
  return value.get<std::uint64_t>();
}

inline std::optional<std::uint64_t> whole_of(const Json& object, std::string_view name) {
  const auto at = object.find(name);
  return at == object.end() ? std::nullopt : whole_from(*at);
}

/// A whole number of 32 bits, such as a count of tokens.
inline std::optional<std::uint32_t> count_of(const Json& object, std::string_view name) {
  const auto value = whole_of(object, name);
  if (!value || *value > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

/// A whole number of either sign that an int holds.
inline std::optional<int> int_of(const Json& object, std::string_view name) {
  const auto at = object.find(name);
  if (at == object.end() || !at->is_number_integer()) return std::nullopt;
  const auto value = at->get<std::int64_t>();
  const bool too_large =
      at->is_number_unsigned() && at->get<std::uint64_t>() > std::numeric_limits<int>::max();
  if (too_large || value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max())
    return std::nullopt;
  return static_cast<int>(value);
}

}  // namespace assay
