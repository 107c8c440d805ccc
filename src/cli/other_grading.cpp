#include "cli/other_grading.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "cli/grade_many.h"
#include "cli/summarise.h"
#include "evaluator/grader.h"
#include "stats/words.h"

namespace assay::cli {
namespace {

constexpr std::size_t kShownIds = 5;

using Marks = std::map<std::uint64_t, record::Mark>;

Result<Marks> marks_of(const store::Store& store, const record::Run& run, store::LayerId layer) {
  Marks marks;
  store::SampleFilter filter;
  filter.texts = false;
  filter.verdict_steps = false;
  const auto read = store.for_each_graded(run.id, layer, filter,
                                          [&](record::Sample&& sample, const record::Verdict* verdict) {
                                            if (verdict != nullptr) marks[sample.sequence] = verdict->mark;
                                            return true;
                                          });
  if (!read) return fail(read.error());
  return marks;
}

Result<Marks> judged_now(const store::Store& store, const record::Run& run, const record::Suite& suite) {
  const auto grader = evaluator::Grader::make(suite);
  if (!grader) return fail(grader.error());
  const ManyGrader many(*grader, suite, false);
  Marks marks;
  const auto read = store.for_each_sample(run.id, {}, [&](record::Sample&& sample) {
    marks[sample.sequence] = many.judge(sample).mark;
    return true;
  });
  if (!read) return fail(read.error());
  return marks;
}

void add(stats::Summary& summary, std::string text, std::vector<std::string> cases = {}) {
  summary.notes.push_back(
      {.kind = "gradings", .text = std::move(text), .row = std::nullopt, .case_ids = std::move(cases)});
}

/// Walks over what is shown and compares.
Result<void> compare(const store::Store& store, const record::Run& run, const Marks& other,
                     const std::string& name, stats::Summary& summary) {
  std::uint64_t both = 0;
  std::uint64_t differ = 0;
  std::set<std::string> cases;
  store::SampleFilter filter;
  filter.texts = false;
  filter.verdict_steps = false;
  const auto read = store.for_each_graded(run.id, std::nullopt, filter,
                                          [&](record::Sample&& sample, const record::Verdict* verdict) {
                                            const auto at = other.find(sample.sequence);
                                            if (verdict == nullptr || at == other.end()) return true;
                                            ++both;
                                            if (at->second == verdict->mark) return true;
                                            ++differ;
                                            cases.insert(sample.case_id);
                                            return true;
                                          });
  if (!read) return fail(read.error());
  const std::string of = fmt::format("{} of {}", differ == 0 ? "none" : std::to_string(differ),
                                     stats::counted(both, "verdict", "verdicts"));
  const std::vector<std::string> ids(cases.begin(), cases.end());
  const std::string which = ids.empty() ? "" : ": " + stats::listed(ids, kShownIds);
  add(summary, fmt::format("{} would differ under grading {}{}", of, name, which), ids);
  return {};
}

}  // namespace

Result<void> note_other_grading(const store::Store& store, const record::Run& run, const record::Suite& suite,
                                stats::Summary& summary) {
  if (!suite.benchy) return {};
  const auto layers = store.layers(run.id);
  if (!layers) return fail(layers.error());
  if (layers->empty()) return {};
  const bool by_benchy = layers->back().grading == name_of(record::Grading::benchy);
  const record::Grading other = by_benchy ? record::Grading::assay : record::Grading::benchy;
  const std::string name(name_of(other));
  const auto stored = std::find_if(layers->rbegin(), layers->rend(),
                                   [&](const store::Layer& layer) { return layer.grading == name; });
  Result<Marks> marks = Marks{};
  if (stored != layers->rend()) {
    marks = marks_of(store, run, stored->id);
  } else {
    const auto other_suite = stored_suite(run, other);
    // Where it refuses an expectation that this one takes, the run is shown all the same.
    if (!other_suite) {
      add(summary, fmt::format("grading {} refuses this suite: {}", name, message(other_suite.error())));
      return {};
    }
    if (evaluator::needs_sandbox(*other_suite)) {
      add(summary,
          fmt::format("how many verdicts would differ under grading {0}: assay grade {1} --grading {0}", name,
                      run.id));
      return {};
    }
    marks = judged_now(store, run, *other_suite);
  }
  if (!marks) return fail(marks.error());
  return compare(store, run, *marks, name, summary);
}

}  // namespace assay::cli
