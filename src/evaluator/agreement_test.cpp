// Scores and extracted texts beside those of the programs that published figures come from, on stored answers
// (testdata/agreement, written by make_*.py there). The first line of a file is its head:
//   reference     which program, which version
//   decides       the name of a check; passes_from: a score of it below this is that of a wrong answer
//   checks        a name → {check, pipeline?} as in a suite
//   corpus?       a check → how many references → the score of all answers that have so many
//   differences?  a name → the reason why we differ, which docs/evaluators.md tells in the same words
// and each other line an answer:
//   answer, expect?, choices?
//   scores        a check → the reference's score
//   gives?        a check → the text that its filters leave; null: they find nothing
//   errors?       a check (an error rate) → [errors, length of the reference]
//   counts?       a check → what the verdict keeps for the corpus score
//   differs?      a check → a name of `differences`: here we must differ, and no corpus holds this answer
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/json.h"
#include "evaluator/corpus_test_util.h"
#include "evaluator/grading_test_util.h"
#include "sandbox/table.h"
#include "testing/told_differences.h"

namespace assay::evaluator {
namespace {

constexpr double kNear = 1e-9;
constexpr std::size_t kFewestAnswers = 50;

std::vector<Json> lines_of(const std::string& name) {
  std::vector<Json> lines;
  std::ifstream file(ASSAY_SOURCE_DIR "/src/evaluator/testdata/agreement/" + name + ".jsonl");
  for (std::string line; std::getline(file, line);) {
    const auto read = parse_json(line);
    EXPECT_TRUE(read.has_value()) << line;
    if (read) lines.push_back(*read);
  }
  return lines;
}

using SandboxPointer = std::shared_ptr<sandbox::Sandbox>;

record::Verdict verdict_of(const Json& entry, const Json& row, const SandboxPointer& sandbox) {
  record::Suite suite = testing::suite({testing::check(entry["check"].dump())});
  if (entry.contains("pipeline")) suite.pipelines = {testing::pipeline("main", entry["pipeline"].dump())};
  record::Case& one = suite.cases[0];
  one.allow_empty = true;  // what a protocol makes of silence is compared, too
  if (row.contains("expect")) one.expect = testing::value(row["expect"].dump());
  if (row.contains("choices")) one.choices = testing::value(row["choices"].dump()).items;
  const Result<Grader> grader = Grader::make(suite, sandbox);
  EXPECT_TRUE(grader.has_value()) << message(grader.error());
  return grader ? grader->judge(one, testing::sample(row["answer"])) : record::Verdict{};
}

double score_of(const record::Verdict& verdict) {
  if (!verdict.assertions.empty()) return verdict.assertions[0].score.value_or(NAN);
  return verdict.reason == "no_answer" ? 0 : NAN;
}

/// What part of the reference's say `name` of this row is not ours; empty when all of it is.
std::string disagreement(const std::string& name, const Json& row, const record::Verdict& verdict) {
  const auto said = [&](const char* kind) {
    return row.contains(kind) && row[kind].contains(name) ? row[kind][name] : Json();
  };
  const double score = score_of(verdict);
  const double wanted = row["scores"][name];
  if (!(std::fabs(score - wanted) <= kNear)) return fmt::format("score {}, the reference {}", score, wanted);
  const Json counts = verdict.steps.contains("counts") ? verdict.steps["counts"][0] : Json();
  if (const Json errors = said("errors"); !errors.is_null()) {
    const std::vector<double> n = counts["n"];
    const Json got{n[0] + n[1] + n[2], n[3]};
    if (got != errors) return fmt::format("errors {}, the reference {}", got.dump(), errors.dump());
  }
  if (const Json all = said("counts"); !all.is_null() && all != counts["n"])
    return fmt::format("counts {}, the reference {}", counts["n"].dump(), all.dump());
  if (!row.contains("gives") || !row["gives"].contains(name)) return {};
  const Json& text = row["gives"][name];
  const bool found = verdict.reason != "no_answer";
  if (text.is_null() ? found : !found || text != verdict.extracted)
    return fmt::format("extracted '{}', the reference {}", verdict.extracted, text.dump());
  return {};
}

class File {
 public:
  explicit File(const std::string& name, SandboxPointer sandbox = nullptr)
      : lines_(lines_of(name)), sandbox_(std::move(sandbox)) {}

  void run() {
    ASSERT_GT(lines_.size(), kFewestAnswers);
    const Json& head = lines_[0];
    for (std::size_t i = 1; i < lines_.size(); ++i) {
      SCOPED_TRACE("line " + std::to_string(i + 1) + ": " + lines_[i].dump().substr(0, 400));
      for (const auto& [name, score] : lines_[i]["scores"].items()) compare(name, lines_[i]);
    }
    std::size_t wrong = 0;
    for (std::size_t i = 1; i < lines_.size(); ++i)
      wrong +=
          lines_[i]["scores"].value(head["decides"].get<std::string>(), 1.0) < head["passes_from"] ? 1 : 0;
    EXPECT_GE(2 * wrong, lines_.size() - 1) << "half of the answers must be wrong";
    compare_corpora(head);
    assay::testing::expect_told(head.value("differences", Json::object()), met_, "evaluators.md");
  }

 private:
  void compare(const std::string& name, const Json& row) {
    const record::Verdict verdict = verdict_of(lines_[0]["checks"][name], row, sandbox_);
    const std::string trouble = disagreement(name, row, verdict);
    const bool differs = row.contains("differs") && row["differs"].contains(name);
    EXPECT_EQ(!trouble.empty(), differs) << name << ": " << (differs ? "no difference" : trouble);
    if (differs) met_.insert(row["differs"][name]);
    if (differs || !verdict.steps.contains("counts")) return;
    const std::size_t references = row["expect"].is_array() ? row["expect"].size() : 1;
    EXPECT_TRUE(sums_[name][std::to_string(references)].add(verdict.steps["counts"][0])) << name;
  }

  void compare_corpora(const Json& head) {
    if (!head.contains("corpus")) return;
    for (const auto& [name, groups] : head["corpus"].items()) {
      for (const auto& [references, score] : groups.items()) {
        const testing::CorpusSum& ours = sums_[name][references];
        ASSERT_GT(ours.samples(), 0U) << name;
        EXPECT_NEAR(ours.score(), score.get<double>(), kNear) << name << ", " << references << " references";
      }
    }
  }

  std::vector<Json> lines_;
  SandboxPointer sandbox_;  ///< for programs
  std::map<std::string, std::map<std::string, testing::CorpusSum>> sums_;
  std::set<std::string> met_;
};

TEST(Agreement, overlap) {
  File("overlap").run();
}
TEST(Agreement, rouge) {
  File("rouge").run();
}
TEST(Agreement, error_rate) {
  File("error_rate").run();
}
TEST(Agreement, squad) {
  File("squad").run();
}
TEST(Agreement, vqa) {
  File("vqa").run();
}
TEST(Agreement, anls) {
  File("anls").run();
}
TEST(Agreement, relaxed_number) {
  File("relaxed_number").run();
}
TEST(Agreement, ifeval) {
  File("ifeval").run();
}
TEST(Agreement, gsm8k) {
  File("gsm8k").run();
}
TEST(Agreement, math) {
  File("math").run();
}
TEST(Agreement, multiple_choice) {
  File("multiple_choice").run();
}
TEST(Agreement, programs) {
  const auto sandbox = sandbox::make_best({});
  if (!sandbox) GTEST_SKIP() << message(sandbox.error());
  File("programs", *sandbox).run();
}

}  // namespace
}  // namespace assay::evaluator
