// python-output: the answer is a program, or an expression, and what it prints is the expected value.
#include <fmt/format.h>

#include "base/json.h"
#include "base/python.h"
#include "base/text.h"
#include "evaluator/benchy_rules.h"
#include "evaluator/methods.h"
#include "evaluator/numbers.h"
#include "evaluator/options.h"
#include "evaluator/python_run.h"
#include "record/python_text.h"

namespace assay::evaluator {
namespace {

/// Without trailing blanks of each line and without line breaks at the end.
std::string plain(std::string_view text) {
  std::string kept;
  for (const std::string& line : split(text, '\n')) {
    const std::size_t last = line.find_last_not_of(" \t\r");
    kept.append(line, 0, last == std::string::npos ? 0 : last + 1).push_back('\n');
  }
  kept.erase(kept.find_last_not_of('\n') + 1);
  return kept;
}

/// The text is one number and nothing else.
std::optional<Decimal> number_of(std::string_view text) {
  const std::string_view trimmed = trim(text);
  NumberScanner scanner(trimmed, {});
  const std::optional<NumberToken> token = scanner.next();
  if (!token || token->begin != 0 || token->end != trimmed.size() || scanner.next()) return std::nullopt;
  return value_of(*token, Percent::strip).num;
}

/// What is printed, against what is expected. Everything of an author is checked when one is made.
class Comparison {
 public:
  virtual ~Comparison() = default;
  virtual Judgement judge(const std::string& out, const Subject& subject) const = 0;
};

class CompareText final : public Comparison {
 public:
  explicit CompareText(std::string_view wanted) : wanted_(plain(wanted)) {}
  Judgement judge(const std::string& out, const Subject& /*subject*/) const override {
    const std::string got = plain(out);
    if (got == wanted_) return passed("printed " + as_quoted(got));
    return failed("mismatch", fmt::format("expected {}, printed {}", as_quoted(wanted_), as_quoted(got)));
  }

 private:
  std::string wanted_;
};

class CompareNumber final : public Comparison {
 public:
  CompareNumber(Decimal wanted, Decimal abs, std::string shown)
      : wanted_(std::move(wanted)), abs_(std::move(abs)), shown_(std::move(shown)) {}
  Judgement judge(const std::string& out, const Subject& /*subject*/) const override {
    const std::optional<Decimal> got = number_of(out);
    if (!got) return failed("bad_format", "printed " + as_quoted(out) + ", which is not one number");
    const int side = sign_of_sum({{&*got, false}, {&wanted_, true}});
    const bool near = side == 0 || sign_of_sum({{&*got, side < 0}, {&wanted_, side > 0}, {&abs_, true}}) < 0;
    return matched(near, fmt::format("expected {}, printed {}", shown_, as_quoted(trim(out))));
  }

 private:
  Decimal wanted_;
  Decimal abs_;
  std::string shown_;
};

class CompareJson final : public Comparison {
 public:
  explicit CompareJson(std::unique_ptr<Evaluator> equals) : equals_(std::move(equals)) {}
  Judgement judge(const std::string& out, const Subject& subject) const override {
    return equals_->judge({.text = out, .test_case = subject.test_case, .sample = subject.sample});
  }

 private:
  std::unique_ptr<Evaluator> equals_;
};

class CompareBenchy final : public Comparison {
 public:
  CompareBenchy(std::string wanted, bool number) : wanted_(std::move(wanted)), number_(number) {}
  Judgement judge(const std::string& out, const Subject& /*subject*/) const override {
    const std::string got = benchy::result_of_output(python_newlines(out));
    const bool same = number_ ? benchy::numeric_rule(wanted_, got) : benchy::text_rule(wanted_, got);
    return matched(same, fmt::format("expected {}, got {}", as_quoted(wanted_), as_quoted(got)));
  }

 private:
  std::string wanted_;
  bool number_;
};

/// A program that prints the value of one expression. It is parsed as an expression before anything of it
/// runs, so that `1); import os; (2` is an error and not a program.
std::string printing(const std::string& expression) {
  // A JSON string is a Python string, but for the two halves of an emoji in ASCII.
  const std::string literal = Json(expression).dump(-1, ' ', false, Json::error_handler_t::replace);
  return "print(eval(compile(" + literal + ".strip(), 'answer', 'eval'), {}))\n";
}

class PythonOutput final : public Evaluator {
 public:
  struct Rules {
    bool wrap_in_print = false;
    std::vector<std::string> arguments;
    std::string input;
    sandbox::Limits limits;
  };
  PythonOutput(Rules rules, std::unique_ptr<Comparison> comparison, std::shared_ptr<sandbox::Sandbox> sandbox)
      : rules_(std::move(rules)), comparison_(std::move(comparison)), sandbox_(std::move(sandbox)) {}

  Judgement judge(const Subject& subject) const override {
    const std::string code = code_of(subject.text);
    const sandbox::Outcome outcome = sandbox_->run({.source = rules_.wrap_in_print ? printing(code) : code,
                                                    .arguments = rules_.arguments,
                                                    .input = rules_.input,
                                                    .reply = nullptr},
                                                   rules_.limits);
    Judgement judgement = judge_outcome(outcome, subject);
    judgement.programs = {{"program", record_of(outcome)}};
    return judgement;
  }

 private:
  Judgement judge_outcome(const sandbox::Outcome& outcome, const Subject& subject) const {
    if (std::optional<Judgement> ended = verdict_on_end(outcome)) return *ended;
    const bool repaired = first_invalid_utf8(outcome.out).has_value();
    const std::string out = repaired ? to_valid_utf8(outcome.out) : outcome.out;
    Judgement judgement = comparison_->judge(out, subject);
    judgement.read = excerpt(out);
    if (repaired) judgement.flags.emplace_back("invalid_utf8");
    return judgement;
  }

  Rules rules_;
  std::unique_ptr<Comparison> comparison_;
  std::shared_ptr<sandbox::Sandbox> sandbox_;
};

using MadeComparison = Result<std::unique_ptr<Comparison>>;

MadeComparison compare_number(const record::Value& value, const Options& options) {
  const std::optional<Decimal> wanted =
      value.is_scalar() ? number_of(as_text(value)) : std::optional<Decimal>{};
  if (!wanted) {
    const std::string what =
        value.is_scalar() ? as_quoted(as_text(value)) : std::string(record::name_of(value.kind));
    return fail(suite_error("python-output compares numbers, and its value is " + what, "one number",
                            "For text: compare: text"));
  }
  std::optional<Decimal> abs = decimal_from(options.text("abs", "1e-6"));
  if (!abs || abs->negative) {
    return fail(suite_error("option 'abs' of python-output is " + as_quoted(options.text("abs", "")),
                            "a number that is not negative"));
  }
  return std::make_unique<CompareNumber>(*wanted, std::move(*abs), as_text(value));
}

MadeComparison comparison_of(const Recipe& recipe, const Options& options) {
  const record::Value& value = *recipe.value;
  const bool number = value.kind == record::Value::Kind::number;
  const std::string how = options.text("compare", number ? "number" : value.is_scalar() ? "text" : "json");
  if (how != "number" && options.has("abs")) {
    return fail(suite_error("option 'abs' of python-output with compare: " + how, "compare: number"));
  }
  if (how == "number") return compare_number(value, options);
  if (how == "json") {
    const record::Value none;
    MadeEvaluator equals = make_json_equals({.type = "json-equals", .value = &value, .options = none});
    if (!equals) return fail(equals.error());
    return std::make_unique<CompareJson>(std::move(*equals));
  }
  if (how == "benchy") return std::make_unique<CompareBenchy>(record::python_text(value), number);
  if (!value.is_scalar()) {
    return fail(suite_error(
        "python-output compares text, and its value is a " + std::string(record::name_of(value.kind)),
        "a text", "For lists and mappings: compare: json"));
  }
  return std::make_unique<CompareText>(as_text(value));
}

}  // namespace

MadeEvaluator make_python_output(const Recipe& recipe) {
  const Options options(recipe.options);
  MadeComparison comparison = comparison_of(recipe, options);
  if (!comparison) return fail(comparison.error());
  const Result<Nanos> limit = time_limit(options, recipe.type);
  if (!limit) return fail(limit.error());
  PythonOutput::Rules rules{.wrap_in_print = options.text("wrap", "none") == "print",
                            .arguments = options.texts("args", {}),
                            .input = options.text("stdin", ""),
                            .limits = {}};
  rules.limits.wall = *limit;
  return std::make_unique<PythonOutput>(std::move(rules), std::move(*comparison), recipe.sandbox);
}

}  // namespace assay::evaluator
