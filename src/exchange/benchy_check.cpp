#include "exchange/benchy_check.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/python.h"
#include "base/text.h"
#include "exchange/benchy_before_json.h"
#include "record/python_literal.h"
#include "record/template.h"

namespace assay::exchange {
namespace {

using record::Value;
using Kind = Value::Kind;

record::Vars vars_of(const Value& mapping) {
  record::Vars vars;
  vars.reserve(mapping.keys.size());
  for (std::size_t i = 0; i < mapping.keys.size(); ++i) vars.emplace_back(mapping.keys[i], mapping.items[i]);
  return vars;
}

/// The first place where two texts differ, for people.
std::string difference(std::string_view stored, std::string_view rebuilt) {
  const auto [at, other] = std::mismatch(stored.begin(), stored.end(), rebuilt.begin(), rebuilt.end());
  const auto offset = static_cast<std::size_t>(at - stored.begin());
  const std::size_t from = whole_utf8_prefix(stored.substr(0, offset > 10 ? offset - 10 : 0));
  const auto shown = [&](std::string_view text) {
    return printable(text.substr(std::min(from, text.size())), 40);
  };
  return fmt::format("differs from byte {}: stored '{}', rebuilt '{}'", offset, shown(stored),
                     shown(rebuilt));
}

std::string place_of(std::size_t model, std::size_t result) {
  return fmt::format("models[{}].results[{}]", model, result);
}

}  // namespace

Check check_prompts(const BenchyReport& report) {
  Check check;
  for (std::size_t m = 0; m < report.models.size(); ++m) {
    const std::vector<BenchyResult>& results = report.models[m].results;
    for (std::size_t r = 0; r < results.size(); ++r) {
      const BenchyResult& result = results[r];
      const BenchyCase* test = case_of(report, case_index(result, r));
      if (!report.base_prompt || test == nullptr || !result.input_prompt) {
        ++check.not_checked;
        continue;
      }
      const auto rebuilt = record::benchy_expanded(*report.base_prompt, vars_of(test->variables));
      if (!rebuilt) {
        ++check.not_checked;
        continue;
      }
      if (*rebuilt == *result.input_prompt) {
        ++check.same;
        continue;
      }
      const bool explained = json_explains(*report.base_prompt, test->variables, *result.input_prompt);
      ++(explained ? check.explained : check.different);
      check.findings.push_back({"W-PROMPT", place_of(m, r) + ".input_prompt",
                                difference(*result.input_prompt, *rebuilt) +
                                    (explained ? "; a date, nan, inf or key that JSON cannot hold" : "")});
    }
  }
  return check;
}

std::vector<Fit> best_fits(const BenchyReport& report, std::span<const Rule> rules) {
  std::vector<Fit> fits;
  for (const Rule& rule : rules) {
    Fit fit{.name = rule.name, .misfits = {}};
    for (std::size_t m = 0; m < report.models.size(); ++m) {
      const std::vector<BenchyResult>& results = report.models[m].results;
      for (std::size_t r = 0; r < results.size(); ++r) {
        const BenchyResult& result = results[r];
        if (result.errored) continue;
        if (rule.correct(result, case_of(report, case_index(result, r))) != result.correct)
          fit.misfits.push_back({m, r});
      }
    }
    fits.push_back(std::move(fit));
  }
  if (fits.empty()) return fits;
  const auto fewer = [](const Fit& a, const Fit& b) { return a.misfits.size() < b.misfits.size(); };
  const std::size_t fewest = std::min_element(fits.begin(), fits.end(), fewer)->misfits.size();
  std::erase_if(fits, [&](const Fit& fit) { return fit.misfits.size() != fewest; });
  return fits;
}

Check check_verdicts(const BenchyReport& report, std::span<const Fit> fits) {
  Check check;
  for (const BenchyModel& model : report.models) {
    for (const BenchyResult& result : model.results)
      ++(result.errored || fits.empty() ? check.not_checked : check.same);
  }
  if (fits.empty()) return check;
  for (const Misfit& misfit : fits.front().misfits) {
    const BenchyResult& result = report.models[misfit.model].results[misfit.result];
    --check.same;
    ++check.different;
    check.findings.push_back(
        {"W-VERDICT", place_of(misfit.model, misfit.result) + ".correct",
         fmt::format("stored {}, the {} rule says {}: expected '{}', got '{}'", result.correct,
                     fits.front().name, !result.correct, printable(result.expected_result, 40),
                     printable(result.execution_result, 40))});
  }
  return check;
}

Value json_expectation(const BenchyResult& result, const BenchyCase* test) {
  // A case that says its expectation is JSON in a text: `{"a": 1}` would be a literal of Python, too, where
  // escapes and NaN mean something else.
  if (test != nullptr && test->expectation.kind == Kind::text &&
      python_strip(test->expectation.text) == python_strip(result.expected_result))
    return test->expectation;
  if (auto value = record::value_from_python(result.expected_result); value && value->kind == Kind::mapping)
    return *std::move(value);
  if (test != nullptr && test->expectation.kind != Kind::null) return test->expectation;
  return Value::of_text(result.expected_result);
}

}  // namespace assay::exchange
