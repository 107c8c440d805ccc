// python-tests: the answer is Python code, and the tests of the case hold for it. The code and the tests run
// in two processes that share nothing; what the code returns travels as data and is compared where the tests
// are.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "evaluator/filter.h"
#include "evaluator/methods.h"
#include "evaluator/options.h"
#include "evaluator/python_dialogue.h"
#include "evaluator/python_harness.h"
#include "evaluator/python_run.h"

namespace assay::evaluator {
namespace {

using record::Value;

struct Task {
  std::string tests;
  std::string setup;   ///< run before the tests, in the judge; the prompt, when none is given
  std::string prompt;  ///< what the answer continues when it does not define the entry point
  std::string entry;   ///< empty: what the tests use and do not define
};

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

/// It did not: one of the two ended before.
Judgement verdict_without_word(const Dialogue& dialogue) {
  if (dialogue.candidate && dialogue.candidate->end != sandbox::End::stopped) {
    Judgement judgement = failed("crash", dialogue.candidate->detail);
    if (std::optional<Judgement> ended = verdict_on_end(*dialogue.candidate)) judgement = std::move(*ended);
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
  return !dialogue.end && (dialogue.judge.end == sandbox::End::timeout ||
                           (dialogue.candidate && dialogue.candidate->end == sandbox::End::timeout));
}

class PythonTests final : public Evaluator {
 public:
  PythonTests(Task task, bool continues, Nanos wall, std::shared_ptr<sandbox::Sandbox> sandbox)
      : task_(std::move(task)), continues_(continues), wall_(wall), sandbox_(std::move(sandbox)) {
    judge_ = judge_program({{"tests", task_.tests},
                            {"setup", task_.setup},
                            {"entry_point", task_.entry.empty() ? Json() : Json(task_.entry)}});
  }

  Judgement judge(const Subject& subject) const override {
    const std::string code = program_of(subject.text);
    const std::string candidate = candidate_program(code);
    Dialogue dialogue = converse(*sandbox_, judge_, candidate, wall_, false);
    // Load must never turn a pass into a fail: without other programs beside them they have the last word.
    if (too_slow(dialogue)) dialogue = converse(*sandbox_, judge_, candidate, wall_, true);
    Judgement judgement = decide(dialogue);
    judgement.read = excerpt(code);
    return judgement;
  }

 private:
  static Judgement decide(const Dialogue& dialogue) {
    if (dialogue.judge.end == sandbox::End::broken) return sandbox_error(dialogue.judge.detail);
    if (dialogue.candidate && dialogue.candidate->end == sandbox::End::broken)
      return sandbox_error(dialogue.candidate->detail);
    if (!dialogue.end) return verdict_without_word(dialogue);
    const Result<Json> said = parse_json(*dialogue.end);
    if (!said || !said->is_object()) return broken("the tests ended without a result");
    return verdict_of(*said, dialogue);
  }

  /// The code of the answer, behind the prompt when it continues that.
  std::string program_of(std::string_view answer) const {
    std::string code = code_of(answer, task_.entry);
    if (task_.prompt.empty() || (!continues_ && defines(code, task_.entry))) return code;
    return task_.prompt + code;
  }

  Task task_;
  bool continues_;  ///< always, and not only when it does not define the entry point
  Nanos wall_;
  std::shared_ptr<sandbox::Sandbox> sandbox_;
  std::string judge_;
};

constexpr std::array<std::string_view, 4> kKeys{"tests", "entry_point", "setup", "prompt"};

Error wrong(std::string found, std::string expected) {
  return suite_error("the value of python-tests " + std::move(found), std::move(expected));
}

std::optional<Error> shape_error(const Value& value) {
  if (value.kind != Value::Kind::mapping) {
    return wrong("is " + std::string(record::name_of(value.kind)),
                 "a mapping: {tests: …, entry_point: …, setup: …, prompt: …}");
  }
  for (std::size_t i = 0; i < value.keys.size(); ++i) {
    if (std::find(kKeys.begin(), kKeys.end(), value.keys[i]) == kKeys.end())
      return wrong("has the unknown key " + as_quoted(value.keys[i]), "tests, entry_point, setup, prompt");
    const bool list = value.keys[i] == "tests" && value.items[i].kind == Value::Kind::list;
    const bool texts = list && std::all_of(value.items[i].items.begin(), value.items[i].items.end(),
                                           [](const Value& one) { return one.kind == Value::Kind::text; });
    if (value.items[i].kind != Value::Kind::text && !texts)
      return wrong(fmt::format("has {} that {} {}", value.keys[i], value.keys[i] == "tests" ? "are" : "is",
                               record::name_of(value.items[i].kind)),
                   value.keys[i] == "tests" ? "Python code, or a list of such texts" : "a text");
  }
  return std::nullopt;
}

std::string text_under(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  if (found == nullptr) return {};
  if (found->is_scalar()) return found->text;
  std::string all;
  for (const Value& part : found->items) all += part.text + "\n";
  return all;
}

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && letter(text[0]) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

Result<Task> task_of(const Value& value) {
  if (std::optional<Error> error = shape_error(value)) return fail(*error);
  Task task{.tests = text_under(value, "tests"),
            .setup = text_under(value, "setup"),
            .prompt = text_under(value, "prompt"),
            .entry = text_under(value, "entry_point")};
  if (trim(task.tests).empty()) return fail(wrong("has no tests", "Python code with at least one assert"));
  if (!task.entry.empty() && !is_name(task.entry))
    return fail(wrong("has the entry_point " + as_quoted(task.entry), "the name of a function or class"));
  // Tests may call functions that the prompt defines beside the one that it begins (HumanEval/32, 38, 50).
  if (task.setup.empty()) task.setup = task.prompt;
  if (!task.prompt.empty() && task.entry.empty())
    return fail(wrong("has a prompt and no entry_point", "the name of the function that the prompt begins"));
  return task;
}

}  // namespace

MadeEvaluator make_python_tests(const Recipe& recipe) {
  const Options options(recipe.options);
  const Result<Nanos> wall = time_limit(options, recipe.type);
  if (!wall) return fail(wall.error());
  Result<Task> task = task_of(*recipe.value);
  if (!task) return fail(task.error());
  const bool continues = options.boolean("continues", false);
  if (continues && task->prompt.empty())
    return fail(wrong("has no prompt, which 'continues' needs", "the begin of the function"));
  return std::make_unique<PythonTests>(std::move(*task), continues, *wall, recipe.sandbox);
}

}  // namespace assay::evaluator
