// Benchy's five evaluators under their own names. The rules are in benchy_rules; here they meet an answer
// and, for three of them, a sandbox. What was compared is kept as `read`, since Benchy's report shows it.
#include <fmt/format.h>

#include "base/python.h"
#include "base/text.h"
#include "evaluator/benchy_rules.h"
#include "evaluator/methods.h"
#include "evaluator/python_run.h"
#include "record/python_text.h"

namespace assay::evaluator {
namespace {

using benchy::JsonRuling;

Judgement ruled(bool correct, std::string detail, std::string result) {
  Judgement judgement = matched(correct, std::move(detail));
  judgement.read = std::move(result);
  return judgement;
}

Judgement compared(bool correct, const std::string& expected, std::string result) {
  std::string detail = correct ? as_quoted(result) + " is right"
                               : fmt::format("expected {}, got {}", as_quoted(expected), as_quoted(result));
  return ruled(correct, std::move(detail), std::move(result));
}

class RawString final : public Evaluator {
 public:
  explicit RawString(std::string expected) : expected_(std::move(expected)) {}

  Judgement judge(const Subject& subject) const override {
    std::string result = benchy::without_fences(subject.text);
    const bool correct = benchy::text_rule(expected_, result);
    return compared(correct, expected_, std::move(result));
  }

 private:
  std::string expected_;
};

class JsonValidator final : public Evaluator {
 public:
  explicit JsonValidator(record::Value expectation) : expectation_(std::move(expectation)) {}

  Judgement judge(const Subject& subject) const override {
    std::string result = benchy::without_fences(subject.text);
    JsonRuling ruling = benchy::json_rule(expectation_, result);
    return ruled(ruling.correct, std::move(ruling.why), std::move(result));
  }

 private:
  record::Value expectation_;
};

enum class Compare { number, text };

class PythonCode final : public Evaluator {
 public:
  PythonCode(std::string expected, Compare compare, bool wrap_in_print,
             std::shared_ptr<sandbox::Sandbox> sandbox)
      : expected_(std::move(expected)),
        compare_(compare),
        wrap_(wrap_in_print),
        sandbox_(std::move(sandbox)) {}

  Judgement judge(const Subject& subject) const override {
    const sandbox::Outcome outcome =
        sandbox_->run({.source = benchy::program_of(benchy::without_fences(subject.text), wrap_),
                       .arguments = {"--ignore-warnings"},
                       .input = {},
                       .reply = nullptr},
                      {});
    Judgement judgement = judge_outcome(outcome);
    judgement.programs = {{"program", record_of(outcome)}};
    return judgement;
  }

 private:
  Judgement judge_outcome(const sandbox::Outcome& outcome) const {
    if (const std::string_view limit = limit_of(outcome.end); !limit.empty())
      return with_result(failed(limit, outcome.detail), "Error: " + outcome.detail);
    if (outcome.end == sandbox::End::broken) {
      Judgement judgement = broken(outcome.detail);
      judgement.reason = "sandbox";
      return judgement;
    }
    std::string result = result_of(outcome);
    const bool correct = compare_ == Compare::number ? benchy::numeric_rule(expected_, result)
                                                     : benchy::text_rule(expected_, result);
    const bool crashed = outcome.end != sandbox::End::exited || outcome.status != 0;
    Judgement judgement = compared(correct, expected_, std::move(result));
    if (crashed && !correct) judgement.reason = "crash";
    return judgement;
  }

  static std::string_view limit_of(sandbox::End end) {
    switch (end) {
      case sandbox::End::timeout: return "timeout";
      case sandbox::End::memory_limit: return "memory_limit";
      case sandbox::End::output_limit: return "output_limit";
      default: return {};
    }
  }

  static Judgement with_result(Judgement judgement, std::string result) {
    judgement.read = std::move(result);
    return judgement;
  }

  /// A crash loses what was printed; output that is no UTF-8 is no result.
  static std::string result_of(const sandbox::Outcome& outcome) {
    if (first_invalid_utf8(outcome.out) || first_invalid_utf8(outcome.err))
      return "Execution error: the program's output is not UTF-8";
    if (outcome.end != sandbox::End::exited || outcome.status != 0)
      return "Error: " + python_newlines(outcome.err);
    return benchy::result_of_output(python_newlines(outcome.out));
  }

  std::string expected_;
  Compare compare_;
  bool wrap_;
  std::shared_ptr<sandbox::Sandbox> sandbox_;
};

}  // namespace

MadeEvaluator make_benchy_text(const Recipe& recipe) {
  return std::make_unique<RawString>(record::python_text(*recipe.value));
}

MadeEvaluator make_benchy_json(const Recipe& recipe) {
  return std::make_unique<JsonValidator>(*recipe.value);
}

MadeEvaluator make_benchy_python(const Recipe& recipe) {
  const Compare compare =
      recipe.type == "execute_python_code_with_string_output" ? Compare::text : Compare::number;
  const bool wrap = recipe.type == "python_print_execution_with_num_output";
  return std::make_unique<PythonCode>(record::python_text(*recipe.value), compare, wrap, recipe.sandbox);
}

}  // namespace assay::evaluator
