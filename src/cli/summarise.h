// A stored run → its Summary.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "record/run.h"
#include "record/suite.h"
#include "stats/summary.h"
#include "store/store.h"

namespace assay::cli {

/// The suite that the run was made with, from the text stored in it. Errors: bad_input when this assay no
/// longer reads it.
/// `grading` is taken over the stored one.
Result<record::Suite> stored_suite(const record::Run& run,
                                   std::optional<record::Grading> grading = std::nullopt);

/// How sandbox_of() calls programs that ran without protection.
constexpr std::string_view kNoSandbox = "none";
/// What ran the programs behind the verdicts of `layer` (absent: of the newest): kNoSandbox, or the sandbox's
/// own words. Empty where none ran.
Result<std::string> sandbox_of(const store::Store& store, const record::Run& run,
                               std::optional<store::LayerId> layer = std::nullopt);

/// Streams over the samples; memory does not hold them.
Result<stats::Summary> summarise(const store::Store& store, const record::Run& run,
                                 const record::Suite& suite,
                                 std::optional<store::LayerId> layer = std::nullopt);

}  // namespace assay::cli
