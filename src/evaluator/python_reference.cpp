#include "evaluator/python_reference.h"

#include <algorithm>

#include "base/json.h"
#include "evaluator/python_harness.h"
#include "evaluator/python_run.h"

namespace assay::evaluator {
namespace {

constexpr Nanos kReferenceTime = std::chrono::seconds(60);
constexpr std::uint64_t kMostSaid = std::uint64_t{16} << 20U;

/// An answer's call may take max(4 s, 4 times the reference's); all of them at most a minute; a second for
/// loading.
Nanos wall_for(const Json& results) {
  double seconds = 0;
  for (const Json& result : results) seconds += std::max(4.0, 4 * result.value("seconds", 0.0));
  return std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(std::min(60.0, seconds) + 1));
}

Expected without(Judgement trouble) {
  return {.results = {}, .wall = Nanos{0}, .trouble = std::move(trouble)};
}

}  // namespace

Expected expected_of(sandbox::Sandbox& sandbox, const PythonTask& task) {
  sandbox::Limits limits;
  limits.wall = kReferenceTime;
  limits.memory = kReferenceMemory;
  limits.out = kMostSaid;
  const Json told{{"setup", task.setup},
                  {"reference", behind_prompt(task, task.reference)},
                  {"entry_point", task.entry},
                  {"inputs", task.rules.at("inputs")}};
  const sandbox::Outcome outcome = sandbox.run(
      {.source = reference_program(told), .arguments = {}, .input = {}, .reply = nullptr}, limits);
  if (const std::optional<Judgement> ended = verdict_on_end(outcome)) {
    Judgement trouble = broken("the reference solution does not run: " + ended->detail);
    if (ended->reason == "sandbox") trouble = *ended;
    return without(std::move(trouble));
  }
  const Result<Json> results = parse_json(outcome.out);
  if (!results || !results->is_array() || results->empty())
    return without(broken("the reference solution gives no results"));
  return {.results = *results, .wall = wall_for(*results), .trouble = std::nullopt};
}

}  // namespace assay::evaluator
