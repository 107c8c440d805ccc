// A run as JUnit XML, for build servers: one testsuite for each model and cell, one testcase for each sample.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "record/run.h"
#include "record/sample.h"
#include "record/verdict.h"
#include "stats/summary.h"

namespace assay::report {

/// Feed it every sample, then ask for the text. It keeps the text of the test cases, some 200 bytes each.
/// `fail` is a failure; `error` and `incomplete` are errors, because the answer says nothing; `ungraded` is
/// skipped. Characters that XML 1.0 forbids become U+FFFD.
class JUnit {
 public:
  /// `verdict` is nullptr for a sample without one.
  void add(const record::Run& run, const record::Sample& sample, const record::Verdict* verdict);
  /// The document. Accuracy, its interval and coverage of a row are its properties.
  std::string text(const stats::Summary& summary) const;

 private:
  struct Group {
    std::string cases;
    std::uint64_t tests = 0, failures = 0, errors = 0, skipped = 0;
    double seconds = 0;
  };
  std::map<std::pair<std::uint32_t, std::uint32_t>, Group> groups_;  ///< by model and cell
};

}  // namespace assay::report
