// What two gradings say of each other.
#include "stats/grading_changes.h"

#include <gtest/gtest.h>

namespace assay::stats {
namespace {

GradingRecord record_of(const std::string& grading, const std::string& versions) {
  return {.grading = grading, .versions = Json::parse(versions)};
}

std::string shown(const std::vector<Change>& changes) {
  std::string text;
  for (const Change& change : changes) text += change.what + " " + change.a + " " + change.b + "\n";
  return text;
}

TEST(GradingChanges, rules_versions_and_what_only_one_side_has) {
  const GradingRecord a = record_of(
      "assay", R"({"grader": 1, "evaluators": ["numeric@1", "not-contains@1"], "filters": ["trim@1"]})");
  const GradingRecord b = record_of(
      "benchy", R"({"grader": 2, "evaluators": ["numeric@2", "not-contains@1"], "filters": ["trim@1"],
                    "sandbox": "bubblewrap, Python 3.11.2"})");
  EXPECT_EQ(shown(grading_changes(a, b)),
            "judged by: evaluator numeric 1 2\njudged by: grader 1 2\njudged by: grading assay benchy\n"
            "judged by: sandbox – bubblewrap, Python 3.11.2\n");
  EXPECT_TRUE(grading_changes(a, a).empty());
}

TEST(GradingChanges, an_interpreter_has_parts_and_judges_have_lines_elsewhere) {
  const GradingRecord a = record_of("assay", R"({"python": {"version": "Python 3.11.2", "library": "ab"},
                                                 "judging": {"judges": ["x"], "prompt": "p"}})");
  const GradingRecord b = record_of("assay", R"({"python": {"version": "Python 3.12.1", "library": "ab"},
                                                 "judging": {"judges": ["y"], "prompt": "p"}})");
  EXPECT_EQ(shown(grading_changes(a, b)), "judged by: python version Python 3.11.2 Python 3.12.1\n");
}

TEST(GradingChanges, an_imported_run_says_nothing_of_versions) {
  const GradingRecord imported{.grading = "imported", .versions = {}};
  EXPECT_EQ(shown(grading_changes(imported, record_of("assay", R"({"filters": ["trim@1"]})"))),
            "judged by: filter trim – 1\njudged by: grading imported assay\n");
}

TEST(GradingChanges, the_note_names_what_differs) {
  const std::vector<Change> changes{{"judged by: evaluator numeric", "1", "2"},
                                    {"judged by: grading", "assay", "benchy"}};
  EXPECT_EQ(judged_differently(changes, "C").text.substr(0, 62),
            "A and C were judged differently (evaluator numeric, grading), ");
}

}  // namespace
}  // namespace assay::stats
