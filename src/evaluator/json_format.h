// The formats of JSON Schema that assay asserts: syntax only, nothing is looked up.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::evaluator {

using JsonFormat = bool (*)(std::string_view);

/// The check of a format: date-time, date, time (RFC 3339), email, hostname, ipv4, ipv6, uri, uri-reference,
/// uuid, regex, json-pointer. Absent: not one of them.
std::optional<JsonFormat> find_json_format(std::string_view name);
/// Their names, for messages.
std::string json_format_names();

}  // namespace assay::evaluator
