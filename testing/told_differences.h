// Where our figures differ from those of another program for a reason: the data names each reason, and so
// does a page.
#pragma once

#include <fstream>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/json.h"

namespace assay::testing {

/// Each reason was met by an answer and stands in `page` (a file of docs/) in the same words, whatever its
/// line breaks; and none was met that has no reason.
inline void expect_told(const Json& reasons, const std::set<std::string>& met, const std::string& page) {
  std::ifstream file(std::string(ASSAY_SOURCE_DIR "/docs/") + page);
  std::string told;
  for (std::string word; file >> word;) told += (told.empty() ? "" : " ") + word;
  for (const auto& [name, reason] : reasons.items()) {
    EXPECT_TRUE(met.contains(name)) << name;
    EXPECT_NE(told.find(reason.get<std::string>()), std::string::npos) << reason;
  }
  for (const std::string& name : met) EXPECT_TRUE(reasons.contains(name)) << name;
}

}  // namespace assay::testing
