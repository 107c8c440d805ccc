// python-tests: the answer is Python code, and the tests of the case hold for it. The code and the tests run
// in two processes that share nothing; what the code returns travels as data and is compared where the tests
// are.
#include <csignal>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "evaluator/methods.h"
#include "evaluator/options.h"
#include "evaluator/python_dialogue.h"
#include "evaluator/python_harness.h"
#include "evaluator/python_reference.h"
#include "evaluator/python_run.h"
#include "evaluator/python_task.h"
#include "sandbox/once.h"

namespace assay::evaluator {
namespace {

using sandbox::Once;

/// "0 of 1 assertions answered": how far the tests came.
std::string progress_of(const Dialogue& dialogue) {
  return fmt::format("{} of {} assertions answered", dialogue.held, dialogue.assertions);
}

Judgement sandbox_error(const std::string& detail) {
  Judgement judgement = broken(detail);
  judgement.reason = "sandbox";
  return judgement;
}

/// The judge came to a verdict.
Judgement verdict_of(const Json& said, const Dialogue& dialogue) {
  const std::string mark = said.value("mark", "");
  const std::string detail = said.value("detail", "");
  if (mark == "pass") {
    return passed(fmt::format("{} of {} assertions hold", said.value("held", 0), dialogue.assertions));
  }
  if (mark == "fail") return failed(said.value("reason", "mismatch"), detail);
  return broken(detail);
}

/// A call went on until the timer that its request had set: only those of the reference form have one.
bool stopped_by_timer(const Dialogue& dialogue) {
  return dialogue.candidate && dialogue.candidate->end == sandbox::End::signalled &&
         dialogue.candidate->status == SIGALRM;
}

/// It did not: one of the two ended before.
Judgement verdict_without_word(const Dialogue& dialogue, bool timed) {
  if (dialogue.candidate && dialogue.candidate->end != sandbox::End::stopped) {
    Judgement judgement = failed("crash", dialogue.candidate->detail);
    if (std::optional<Judgement> ended = verdict_on_end(*dialogue.candidate)) judgement = std::move(*ended);
    if (timed && stopped_by_timer(dialogue))
      judgement = failed("timeout", "a call took 4 s and more than 4 times the reference's");
    judgement.detail += " (" + progress_of(dialogue) + ")";
    return judgement;
  }
  // What the candidate gave kept the tests too busy.
  if (std::optional<Judgement> ended = verdict_on_end(dialogue.judge); ended && ended->reason != "crash") {
    ended->detail = "the tests: " + ended->detail;
    return *ended;
  }
  return broken("the tests ended without a result: " + excerpt(trim(to_valid_utf8(dialogue.judge.err))));
}

bool too_slow(const Dialogue& dialogue) {
  if (stopped_by_timer(dialogue)) return true;
  return !dialogue.end && (dialogue.judge.end == sandbox::End::timeout ||
                           (dialogue.candidate && dialogue.candidate->end == sandbox::End::timeout));
}

class PythonTests final : public Evaluator {
 public:
  /// `wall`: absent in the reference form, which then takes it from what the reference took. `continues`: the
  /// answer always stands behind the prompt, and not only when it does not define the entry point.
  PythonTests(PythonTask task, bool continues, std::optional<Nanos> wall,
              std::shared_ptr<sandbox::Sandbox> sandbox)
      : task_(std::move(task)), continues_(continues), wall_(wall), sandbox_(std::move(sandbox)) {}

  Judgement judge(const Subject& subject) const override {
    std::string code = code_of(subject.text, task_.entry);
    code = continues_ ? task_.prompt + code : behind_prompt(task_, std::move(code));
    return known_.get(
        code, [&] { return judge_code(code); },
        [](const Judgement& judgement) { return judgement.reason != "sandbox"; });
  }

 private:
  Judgement judge_code(const std::string& code) const {
    Talk talk{
        .judge = {}, .candidate = candidate_program(code), .wall = wall_.value_or(Nanos{0}), .memory = {}};
    if (const std::optional<Judgement> trouble = prepare(talk)) return *trouble;
    Dialogue dialogue = converse(*sandbox_, talk, false);
    // Load must never turn a pass into a fail: without other programs beside them they have the last word.
    if (too_slow(dialogue)) dialogue = converse(*sandbox_, talk, true);
    Judgement judgement = decide(dialogue);
    judgement.read = excerpt(code);
    judgement.programs = {{"tests", record_of(dialogue.judge)}};
    if (dialogue.candidate) judgement.programs["candidate"] = record_of(*dialogue.candidate);
    return judgement;
  }

  /// The judge's side, and in the reference form the limits. Absent: it can begin.
  std::optional<Judgement> prepare(Talk& talk) const {
    Json task{{"tests", task_.tests},
              {"setup", task_.setup},
              {"entry_point", task_.entry.empty() ? Json() : Json(task_.entry)}};
    if (by_reference()) {
      const Expected expected = expected_of(*sandbox_, task_);
      if (expected.trouble) return expected.trouble;
      task["reference"] = task_.rules;
      task["reference"]["results"] = expected.results;
      talk.wall = wall_.value_or(expected.wall);
      talk.memory = kReferenceMemory;
    }
    talk.judge = judge_program(task);
    return std::nullopt;
  }

  bool by_reference() const { return !task_.reference.empty(); }

  Judgement decide(const Dialogue& dialogue) const {
    if (dialogue.judge.end == sandbox::End::broken) return sandbox_error(dialogue.judge.detail);
    if (dialogue.candidate && dialogue.candidate->end == sandbox::End::broken)
      return sandbox_error(dialogue.candidate->detail);
    if (!dialogue.end) return verdict_without_word(dialogue, by_reference());
    const Result<Json> said = parse_json(*dialogue.end);
    if (!said || !said->is_object()) return broken("the tests ended without a result");
    return verdict_of(*said, dialogue);
  }

  PythonTask task_;
  bool continues_;
  std::optional<Nanos> wall_;
  std::shared_ptr<sandbox::Sandbox> sandbox_;
  mutable Once<Judgement> known_;  ///< by code: several samples of a case may hold the same
};

}  // namespace

MadeEvaluator make_python_tests(const Recipe& recipe) {
  const Options options(recipe.options);
  const Result<Nanos> given = time_limit(options, recipe.type);
  if (!given) return fail(given.error());
  Result<PythonTask> task = python_task_of(*recipe.value);
  if (!task) return fail(task.error());
  const bool continues = options.boolean("continues", false);
  if (continues && task->prompt.empty())
    return fail(suite_error("the value of python-tests has no prompt, which 'continues' needs",
                            "the begin of the function"));
  const bool by_reference = !task->reference.empty() && !options.has("timeout_s");
  return std::make_unique<PythonTests>(std::move(*task), continues,
                                       by_reference ? std::nullopt : std::optional(*given), recipe.sandbox);
}

}  // namespace assay::evaluator
