// Whether a report agrees with itself: prompts against their template, verdicts against rules. The rules come
// from outside; here is only counted.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/benchy_report.h"

namespace assay::exchange {

/// Same, different, and why not: of the prompts or of the verdicts.
struct Check {
  std::size_t same = 0;
  std::size_t explained = 0;  ///< different, and we can say why
  std::size_t different = 0;
  std::size_t not_checked = 0;
  std::vector<Finding> findings;  ///< one for each that differs
};

/// Rebuilds every prompt from the template and the case's variables. Not checked: without template, case or
/// stored prompt. Explained: JSON has no dates and no nan, so those variables look otherwise in the report
/// than they did in the prompt. Findings: W-PROMPT.
Check check_prompts(const BenchyReport& report);

/// A way to decide whether a result is correct. `test` is nullptr when the report does not hold the case.
struct Rule {
  std::string_view name;
  std::function<bool(const BenchyResult& result, const BenchyCase* test)> correct;
};

struct Misfit {
  std::size_t model = 0;
  std::size_t result = 0;
  bool operator==(const Misfit&) const = default;
};
/// How well a rule explains the stored verdicts.
struct Fit {
  std::string_view name;
  std::vector<Misfit> misfits;
};
/// All rules that explain all verdicts; if none does, those with the fewest misfits. In the order of `rules`.
/// Errored results have no verdict and are left out.
std::vector<Fit> best_fits(const BenchyReport& report, std::span<const Rule> rules);

/// W-VERDICT for each misfit of the first of the best rules.
Check check_verdicts(const BenchyReport& report, std::span<const Fit> fits);

/// What the JSON rule compares with: the expected result when it is a mapping as Python prints it, else the
/// case's expectation, else the text.
record::Value json_expectation(const BenchyResult& result, const BenchyCase* test);

}  // namespace assay::exchange
