// Files with a JSON value on each line.
#pragma once

#include <functional>
#include <string>

#include "suite/reader.h"

namespace assay::suite {

/// Lines and rows beyond this are a mistake.
constexpr std::size_t kMaxLineBytes = 16U << 20U;

/// Calls `visit` with the value of every line that is not blank, in order, until it returns false. Lines that
/// are no JSON are reported and passed over; so is a file that cannot be read. A line is in memory only for
/// the call. `bad_line`, when given, is told of a line with mistakes (the first of them) instead of the
/// reader, and the line is passed over.
void for_each_json_line(Reader& reader, const std::string& path, const std::function<bool(Node)>& visit,
                        const std::function<void(const Error&)>& bad_line = {});

}  // namespace assay::suite
