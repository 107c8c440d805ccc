// What other programs give for the same numbers; how they were asked stands in the file itself.
#pragma once

#include "base/file.h"
#include "base/json.h"

namespace assay::stats::example {

inline const Json& known_answers() {
  static const Json parsed = [] {
    const auto text = read_file(ASSAY_SOURCE_DIR "/src/stats/testdata/known_answers.json", 1U << 20U);
    return *parse_json(text.value());
  }();
  return parsed;
}

}  // namespace assay::stats::example
