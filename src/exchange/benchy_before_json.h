// What a suite's variables were before the report's JSON changed them.
#pragma once

#include <string>

#include "record/value.h"

namespace assay::exchange {

/// Whether `prompt` is what the template gives with the values that a suite had. JSON has no dates (they
/// became ISO text), no nan and no infinities (null), and only texts as keys (1 became "1"), so Python may
/// have printed something else into the prompt than `variables`, a mapping, gives now.
bool json_explains(const std::string& base_prompt, const record::Value& variables, const std::string& prompt);

}  // namespace assay::exchange
