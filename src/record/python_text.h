// Values as Python prints them: what a suite of a tool written in Python means by its expectations and
// prompts.
#pragma once

#include <string>

#include "record/value.h"

namespace assay::record {

/// str(value): text is itself, True, False, None; a whole number as its digits, another one as Python's
/// float; lists and mappings as [1, 'a'] and {'k': 1.0}, their members quoted.
std::string python_text(const Value& value);
/// repr(value): as python_text, but text is quoted.
std::string python_quoted(const Value& value);

}  // namespace assay::record
