// Plain scalars by the rules of YAML 1.1, as Python's most used reader applies them: 010 is eight, 1:30 is
// ninety, yes is a truth, 2024-01-02 is a date. For suites of tools that read so; assay's own are YAML 1.2.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "suite/tree.h"

namespace assay::suite {

/// What a scalar is. `text` of a number is what Python prints for it ("8", "1000.0"; not finite: ".inf",
/// "-.inf", ".nan", so that it stays a number of YAML); of a truth "true" or "false"; of a date what Python
/// prints ("2024-01-02", "2024-01-02 03:04:05+00:00"), with the kind text.
struct OldScalar {
  Kind kind = Kind::text;
  bool date = false;
  std::string text;
};

/// The type whose form the scalar matches whole, else text. Errors, without place: a lone `=`, a lone `<<`, a
/// date or time that does not exist, digits that are none, a whole number of more than 4300 digits.
Result<OldScalar> read_old_scalar(std::string_view plain);

/// The same for a scalar with an explicit tag (`!!int`, …), which decides the type. Errors: also a tag other
/// than those of text, null, truth, numbers and dates, and a scalar that lacks the form of its tag.
Result<OldScalar> read_tagged_scalar(std::string_view tag, std::string_view text);

}  // namespace assay::suite
