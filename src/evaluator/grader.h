// Case + Sample → Verdict: the front door of this folder.
//
// A grader is made once per suite: it compiles every pattern, reads every option and expectation, and so
// finds every mistake of the author before a request is sent. Judging never fails: an answer that cannot be
// judged is a verdict.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "evaluator/ratings.h"
#include "record/sample.h"
#include "record/suite.h"
#include "record/verdict.h"
#include "sandbox/sandbox.h"

namespace assay::evaluator {

struct GraderPlan;

class Embeddings;  // embeddings.h
class Judges;      // judges.h

/// True when a check of the suite runs programs that a model wrote.
bool needs_sandbox(const record::Suite& suite);
/// One check that wants a person.
struct HumanCheck {
  std::string name;      ///< name_for_raters()
  std::string question;  ///< its value; may be empty
};
/// What people are asked of a case's answers.
struct HumanQuestion {
  bool blind = false;                ///< who must not know the model
  std::vector<HumanCheck> checks{};  ///< empty: nobody is asked; each name once
};
HumanQuestion question_of(const record::Suite& suite, const record::Case& test_case);
/// The models that the suite's checks ask, as written, each once.
std::vector<std::string> judges_of(const record::Suite& suite);

/// Thread    judge() and versions() from any number of threads at once.
/// Copies    are cheap and share everything.
class Grader {
 public:
  /// `sandbox` runs what models wrote, each program once however many samples hold it; a suite that
  /// needs_sandbox() is refused without one.
  /// `judges` answers for models that judge; without it such assertions are `ungraded: grader_missing`.
  /// `embeddings` the same for models that give vectors. `ratings` are what people said of this run's
  /// samples; those without one are `ungraded: awaiting_human`.
  /// Errors: bad_input with the place of the check, filter or case; unavailable without a needed sandbox.
  static Result<Grader> make(const record::Suite& suite, std::shared_ptr<sandbox::Sandbox> sandbox = nullptr,
                             std::shared_ptr<Judges> judges = nullptr,
                             std::shared_ptr<Embeddings> embeddings = nullptr,
                             std::shared_ptr<const Ratings> ratings = nullptr);

  /// The verdict on one sample. `test_case` is a case of the suite (known by its id); another one is compiled
  /// on the way, and is `ungraded: grader_missing` when that fails.
  ///
  /// Verdict::assertions holds, in the suite's order, one entry for each assertion and pipeline. What an
  /// assertion says of a second or later pipeline has weight 0 and the pipeline's name as metric: it never
  /// decides. An assert-set is one entry, "assert-set@1", followed by its members; only the set decides.
  /// Verdict::steps is {"reasoning": {"span", "how", "filter", "closed"}, "pipelines": {NAME: {"steps":
  /// [{"f", "opt", "span" or nothing}], "span" or "extracted", and "across": {"first", "majority", "checks":
  /// [place in assertions]} where the pipeline ends with first-k or majority}}, "read": […]}; spans are bytes
  /// of the sample's output (with each invalid byte replaced by U+FFFD, then the flag invalid_utf8 is set),
  /// `read` is parallel to the assertions: the part that each looked at, or null; so are `votes`: what judges
  /// said, `counts`: what each gives to a corpus score (corpus.h), and `programs`: {"program": {"end",
  /// "wall_ms", "cpu_ms"}}, or "candidate" and "tests", of those that ran. What did not happen is not there.
  /// Of an incomplete sample only assertions on the run (latency, finish-reason, …) speak, and they do not
  /// decide.
  record::Verdict judge(const record::Case& test_case, const record::Sample& sample) const;

  /// {"evaluators": ["numeric@1"], "filters": ["trim@1"], "grader": 3, "icu", "unicode", "pcre2"}; where
  /// programs run "sandbox": "bubblewrap, Python 3.11.2" and "python": {"version": "Python 3.11.2",
  /// "library": SHA-256 or nothing}; and where models judge "judging": {"judges", "prompt": a hash of what
  /// judges are told, without what cases bring}: what this suite uses. Verdicts made under different versions
  /// never share a table without a mark.
  Json versions() const;

 private:
  explicit Grader(std::shared_ptr<const GraderPlan> plan) : plan_(std::move(plan)) {}
  std::shared_ptr<const GraderPlan> plan_;
};

}  // namespace assay::evaluator
