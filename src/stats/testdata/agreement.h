// Stored answers of other programs (testdata/agreement, written by make_*.py there) beside ours. The first
// line of a file is its head:
//   reference    which programs, which versions
//   differences  a name → the reason why we differ, which docs/measurement.md tells in the same words
// and each other line a question:
//   of           a name in the test's table of functions
//   in           what that function is given
//   out          name → number, to nine digits; null: absent; [from, to]: where a bootstrap may end
//   differs?     a name of `differences`: here we must differ
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/json.h"
#include "testing/told_differences.h"

namespace assay::stats::agreement {

using Numbers = std::vector<double>;
using Ids = std::vector<std::uint32_t>;
using Answer = std::map<std::string, std::optional<double>>;
using Table = std::map<std::string, Answer (*)(const Json& in)>;

inline std::vector<Json> lines_of(const std::string& name) {
  std::vector<Json> lines;
  std::ifstream file(ASSAY_SOURCE_DIR "/src/stats/testdata/agreement/" + name + ".jsonl");
  for (std::string line; std::getline(file, line);) {
    const auto read = parse_json(line);
    EXPECT_TRUE(read.has_value()) << line;
    if (read) lines.push_back(*read);
  }
  return lines;
}

/// What may differ beside nine digits: rounding of the numbers that went in. A probability has no such
/// excuse, however small it is.
inline double rounding_of(const std::string& name, const Json& in) {
  if (name == "p" || name == "value" || name == "tail") return 0;
  constexpr double kRounding = 1e-13;
  double scale = 0;
  for (const char* list : {"values", "differences"}) {
    if (!in.contains(list)) continue;
    for (const Json& one : in[list]) scale = std::max(scale, std::abs(one.get<double>()));
  }
  return kRounding * (scale == 0 ? 1 : scale);
}

/// Empty when `found` is what the reference says.
inline std::string disagreement(const std::string& name, const Json& in, std::optional<double> found,
                                const Json& wanted) {
  constexpr double kNear = 1e-9;
  const std::string ours = fmt::format("{} {}", name, found ? fmt::format("{:.17g}", *found) : "absent");
  if (found && !std::isfinite(*found)) return ours;
  if (wanted.is_null() != !found) return fmt::format("{}, the reference {}", ours, wanted.dump());
  if (wanted.is_null()) return {};
  if (wanted.is_array()) {
    const bool inside = wanted[0].get<double>() <= *found && *found <= wanted[1].get<double>();
    return inside ? "" : fmt::format("{} outside {}", ours, wanted.dump());
  }
  const double off = std::abs(*found - wanted.get<double>());
  const bool near = off <= kNear * std::abs(wanted.get<double>()) + rounding_of(name, in);
  return near ? "" : fmt::format("{}, the reference {}", ours, wanted.dump());
}

/// Every row of a file; at least `fewest`.
class File {
 public:
  explicit File(const std::string& name, Table table) : lines_(lines_of(name)), table_(std::move(table)) {}

  void run(std::size_t fewest) {
    ASSERT_GT(lines_.size(), fewest);
    for (std::size_t i = 1; i < lines_.size(); ++i) {
      SCOPED_TRACE(fmt::format("line {}: {}", i + 1, lines_[i].dump().substr(0, 400)));
      compare(lines_[i]);
    }
    for (const auto& [name, function] : table_) EXPECT_TRUE(asked_.contains(name)) << name;
    assay::testing::expect_told(lines_[0]["differences"], met_, "measurement.md");
  }

 private:
  void compare(const Json& row) {
    const std::string of = row["of"];
    ASSERT_TRUE(table_.contains(of)) << of;
    asked_.insert(of);
    const Answer answer = table_.at(of)(row["in"]);
    std::string trouble;
    for (const auto& [name, wanted] : row["out"].items()) {
      const auto found = answer.find(name);
      ASSERT_NE(found, answer.end()) << name;
      const std::string one = disagreement(name, row["in"], found->second, wanted);
      if (!one.empty()) trouble += (trouble.empty() ? "" : "; ") + one;
    }
    const bool differs = row.contains("differs");
    EXPECT_EQ(!trouble.empty(), differs) << (differs ? "no difference" : trouble);
    if (differs) met_.insert(row["differs"]);
  }

  std::vector<Json> lines_;
  Table table_;
  std::set<std::string> asked_, met_;
};

}  // namespace assay::stats::agreement
