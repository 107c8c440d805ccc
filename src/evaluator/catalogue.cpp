#include "evaluator/catalogue.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "evaluator/caption_images.h"
#include "evaluator/filter.h"
#include "evaluator/options.h"
#include "evaluator/pipeline.h"
#include "evaluator/table.h"
#include "evaluator/toolbox.h"

namespace assay::evaluator {
namespace {

template <class Entry>
record::NameSpec spec_of(const Entry& entry) {
  return {.name = entry.name, .help = entry.help, .options = {entry.options.begin(), entry.options.end()}};
}

std::optional<Error> try_weight(const record::Check& check) {
  if (std::isfinite(check.weight) && check.weight >= 0) return std::nullopt;
  return suite_error(fmt::format("weight is {}", check.weight), "a number that is not negative");
}

std::optional<Error> try_set(const record::Check& set, const record::Value* expect,
                             const record::Case* test_case) {
  if (set.negate) return suite_error("a negated assert-set", "assert-set", "Negate its members instead");
  if (set.threshold && !(*set.threshold >= 0 && *set.threshold <= 1)) {
    return suite_error(fmt::format("threshold of assert-set is {}", *set.threshold), "a score from 0 to 1");
  }
  if (set.members.empty()) return suite_error("assert-set has no assertions", "a list under 'assert'");
  for (const record::Check& member : set.members) {
    if (!member.members.empty() || member.type == "assert-set") {
      return suite_error("an assert-set inside an assert-set", "assertions", "Sets do not nest");
    }
    if (std::optional<Error> error = try_check(member, expect, test_case)) {
      if (error->where == Location{}) error->where = member.where;
      return error;
    }
  }
  return std::nullopt;
}

/// Weighs words by the references of the suite.
bool asks_for_images(const std::vector<record::Check>& checks) {
  return std::any_of(checks.begin(), checks.end(), [](const record::Check& check) {
    return check.members.empty() ? check.type == "cider" && caption_frequencies_of(check.options) == nullptr
                                 : asks_for_images(check.members);
  });
}

/// A file of frequencies is too large to be looked at for each case.
std::optional<Error> try_frequencies(const std::vector<record::Check>& checks) {
  for (const record::Check& check : checks) {
    if (auto error = try_frequencies(check.members)) return error;
    const record::Value* df = check.type == "cider" ? caption_frequencies_of(check.options) : nullptr;
    if (df == nullptr) continue;
    const auto read = CaptionFrequencies::from(*df);
    if (read) continue;
    Error error = read.error();
    error.where = check.where;
    return error;
  }
  return std::nullopt;
}

}  // namespace

std::vector<record::NameSpec> evaluator_names() {
  std::vector<record::NameSpec> names;
  for (const EvaluatorEntry& entry : evaluator_table())
    names.emplace_back(spec_of(entry)).value_is_schema = entry.traits.value_is_schema;
  return names;
}

std::vector<record::NameSpec> filter_names() {
  std::vector<record::NameSpec> names;
  for (const FilterEntry& entry : filter_table()) names.push_back(spec_of(entry));
  return names;
}

std::optional<Error> try_check(const record::Check& check, const record::Value* expect,
                               const record::Case* test_case) {
  if (std::optional<Error> error = try_weight(check)) return error;
  if (!check.members.empty() || check.type == "assert-set") return try_set(check, expect, test_case);
  const MadeEvaluator evaluator = make_evaluator(check, expect, nullptr, {.test_case = test_case});
  if (!evaluator) return evaluator.error();
  return std::nullopt;
}

std::optional<Error> try_filter(const record::Filter& filter) {
  const MadeFilter made = make_filter(filter);
  if (!made) return made.error();
  return std::nullopt;
}

std::optional<Error> try_suite(const record::Suite& suite) {
  for (const record::Pipeline& pipeline : suite.pipelines) {
    if (const Result<Pipeline> made = Pipeline::make(pipeline); !made) return made.error();
  }
  if (auto error = try_tools(suite)) return error;
  if (auto error = try_frequencies(suite.checks)) return error;
  for (const record::Case& one : suite.cases) {
    if (auto error = try_frequencies(one.checks)) return error;
  }
  const bool of_suite = asks_for_images(suite.checks);
  const auto has_image = [&](const record::Case& one) {
    return one.checks.empty() ? of_suite : asks_for_images(one.checks);
  };
  const auto only = std::find_if(suite.cases.begin(), suite.cases.end(), has_image);
  if (std::count_if(suite.cases.begin(), suite.cases.end(), has_image) == 1) return single_image(only->where);
  return std::nullopt;
}

}  // namespace assay::evaluator
