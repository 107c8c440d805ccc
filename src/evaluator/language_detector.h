// Which language a text is written in. The only place that knows CLD2, which a build may lack.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace assay::evaluator {

/// The codes that a suite may ask for, sorted: those of langdetect (IFEval's reference) that CLD2 tells
/// apart.
std::span<const std::string_view> language_codes();

/// Whether this build has CLD2.
bool has_language_detector();
/// For signatures: "cld2-V2.0-20141016"; "none" without CLD2.
std::string language_detector();

/// The code of the language that most of `text` is in, of language_codes() or another of ISO 639. Addresses
/// of pages and mail do not count. Absent: no letters that tell a language, or no detector. `text` is valid
/// UTF-8.   Thread  any.
std::optional<std::string> language_of(std::string_view text);

}  // namespace assay::evaluator
