// script: a Python check of the suite's author says what an answer is worth. It runs in a sandbox, in one
// interpreter that lives as long as the grading: starting one for each answer costs 65 ms.
#include <csignal>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "evaluator/exchange.h"
#include "evaluator/methods.h"
#include "evaluator/options.h"
#include "evaluator/python_harness.h"
#include "evaluator/python_run.h"

namespace assay::evaluator {
namespace {

// An interpreter that lived this long is replaced.
constexpr Nanos kLongestLife = std::chrono::hours(24);
constexpr std::uint64_t kMostSaid = std::uint64_t{1} << 30U;
constexpr double kDefaultThreshold = 0.5;

// The timer ends the process where the check does not come to an end, also within a regular expression.
constexpr const char* kWorker = R"py(import json, os, random, signal, sys, types


def told(result):
    if isinstance(result, bool):
        return {"pass": result}
    if isinstance(result, (int, float)):
        result = {"score": result}
    if not isinstance(result, dict) or not ("pass" in result or "score" in result):
        raise TypeError("it returned %s, not True or False, a score, or a dict with 'pass' or 'score'"
                        % type(result).__name__)
    said = {"reason": str(result.get("reason") or "")}
    if "pass" in result:
        said["pass"] = bool(result["pass"])
    if "score" in result:
        said["score"] = float(result["score"])
        if not 0 <= said["score"] <= 1:
            raise ValueError("its score is %r, not a number from 0 to 1" % result["score"])
    return said


def serve(source, limit):
    requests, answers = take_streams()
    module = types.ModuleType("check")
    sys.modules["check"] = module
    signal.setitimer(signal.ITIMER_REAL, limit)
    exec(compile(source, "check.py", "exec", 0, True), module.__dict__)
    signal.setitimer(signal.ITIMER_REAL, 0)
    check = module.__dict__.get("check") or module.__dict__["get_assert"]
    answers.write("ready\n")
    answers.flush()
    for line in requests:
        asked = json.loads(line)
        signal.setitimer(signal.ITIMER_REAL, limit)
        try:
            said = told(check(asked["output"], asked["context"]))
        except Exception as error:
            said = {"error": "%s: %s" % (type(error).__name__, error)}
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(json.dumps(said) + "\n")
        answers.flush()


)py";

/// One interpreter that holds the script.
class Worker {
 public:
  Worker(sandbox::Sandbox& sandbox, const std::string& source)
      : thread_([this, &sandbox, source] {
          sandbox::Limits limits;
          limits.wall = kLongestLife;
          limits.out = limits.err = kMostSaid;
          // Held, because no other program can wait for the end of this one.
          outcome_ = sandbox.run({.source = source,
                                  .arguments = {},
                                  .input = {},
                                  .reply = [this](std::string_view line) { return exchange_.said(line); },
                                  .held = true},
                                 limits);
          exchange_.end();
        }) {}
  ~Worker() {
    exchange_.close();
    if (thread_.joinable()) thread_.join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Absent: it has ended, and outcome() says how.
  std::optional<std::string> ask(std::string request) {
    std::optional<std::string> answer = exchange_.ask(std::move(request));
    if (!answer) thread_.join();
    answered_ = answered_ || answer;
    return answer;
  }
  bool answered() const { return answered_; }
  const sandbox::Outcome& outcome() const { return outcome_; }

 private:
  Exchange exchange_;
  sandbox::Outcome outcome_;
  bool answered_ = false;
  std::thread thread_;  // last: it uses the others
};

/// The worker ended instead of answering. That is never the model's failure.
Judgement ended(const sandbox::Outcome& outcome, double limit) {
  if (outcome.end == sandbox::End::broken) {
    Judgement judgement = broken(outcome.detail);
    judgement.reason = "sandbox";
    return judgement;
  }
  if (outcome.end == sandbox::End::signalled && outcome.status == SIGALRM)
    return broken(fmt::format("the script took more than {:.3g} s", limit));
  const std::string said(trim(to_valid_utf8(outcome.err)));
  const std::size_t line = said.rfind('\n');
  return broken(fmt::format("the script ended: {}{}{}", outcome.detail, said.empty() ? "" : ": ",
                            line == std::string::npos ? said : said.substr(line + 1)));
}

Judgement judgement_of(const std::string& answer) {
  const Result<Json> said = parse_json(answer);
  if (!said || !said->is_object()) return broken("the script's interpreter answers with no verdict");
  if (said->contains("error")) return broken("the script: " + said->value("error", ""));
  const std::string reason = said->value("reason", "");
  if (!said->contains("pass")) {
    const double score = said->value("score", 0.0);
    return scored(score, kDefaultThreshold, reason.empty() ? fmt::format("score {:.4f}", score) : reason);
  }
  Judgement judgement = said->value("pass", false) ? passed(reason) : failed("mismatch", reason);
  if (said->contains("score")) judgement.score = said->value("score", 0.0);
  return judgement;
}

/// What the check is told beside the text.
Json context_of(const Subject& subject) {
  Json vars = Json::object();
  for (const auto& [name, value] : subject.test_case.vars) vars[name] = to_json(value);
  return {{"case", subject.test_case.id},
          {"vars", std::move(vars)},
          {"expect", subject.test_case.expect ? to_json(*subject.test_case.expect) : Json()},
          {"reasoning", to_valid_utf8(subject.sample.reasoning)},
          {"finish", subject.sample.finish}};
}

class Script final : public Evaluator {
 public:
  Script(const std::string& code, double limit, std::shared_ptr<sandbox::Sandbox> sandbox)
      : limit_(limit), sandbox_(std::move(sandbox)) {
    const std::string literal = Json(code).dump(-1, ' ', false, Json::error_handler_t::replace);
    program_ = fmt::format("{}{}\n\nserve({}, {})\n", kWorker, dialogue_streams(), literal, limit);
  }

  Judgement judge(const Subject& subject) const override {
    const Json request{{"output", subject.text}, {"context", context_of(subject)}};
    const std::string line = request.dump(-1, ' ', true, Json::error_handler_t::replace);
    const std::scoped_lock lock(mutex_);
    for (;;) {
      if (!worker_) worker_ = std::make_unique<Worker>(*sandbox_, program_);
      if (const std::optional<std::string> answer = worker_->ask(line)) return judgement_of(*answer);
      const std::unique_ptr<Worker> dead = std::move(worker_);
      // What an earlier answer left behind may be why.
      if (!dead->answered()) return ended(dead->outcome(), limit_);
    }
  }

 private:
  double limit_;
  std::shared_ptr<sandbox::Sandbox> sandbox_;
  std::string program_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<Worker> worker_;  ///< started by the first answer
};

}  // namespace

MadeEvaluator make_script(const Recipe& recipe) {
  const Result<Nanos> limit = time_limit(Options(recipe.options), recipe.type);
  if (!limit) return fail(limit.error());
  constexpr const char* kWanted = "Python code that defines check(output, context)";
  if (recipe.value == nullptr || !recipe.value->is_scalar()) {
    return fail(suite_error("script has no code", kWanted, "Name its file with value: file://check.py"));
  }
  const std::string& code = recipe.value->text;
  if (!defines(code, "check") && !defines(code, "get_assert"))
    return fail(suite_error("the code of script defines no function check", kWanted));
  return std::make_unique<Script>(code, std::chrono::duration<double>(*limit).count(), recipe.sandbox);
}

}  // namespace assay::evaluator
