// --max-cost: no request is sent that could take the run over what it may cost.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "record/price.h"
#include "record/sample.h"
#include "record/suite.h"
#include "runner/runner.h"

namespace assay::cli {

/// Holds for each request in flight the most that it can cost, and for each that ended what it did cost; one
/// that ended without a count stays with the most. Thread: one.
class Budget {
 public:
  /// Errors: unsupported, for a service whose price is not known.
  static Result<Budget> make(double limit_usd, const std::vector<record::ModelSpec>& models);

  /// Runner's question; empty when the request may go, and then it is held.
  std::string refusal(std::uint32_t model, const runner::TrialRequest& request);
  void ended(const record::Sample& sample);
  /// A sample of the run that this one goes on with.
  void spent_before(const record::Sample& sample);

 private:
  explicit Budget(double limit) : limit_(limit) {}

  double limit_;
  double committed_ = 0;                              ///< US dollars: spent, and held for what is in flight
  std::vector<std::optional<record::Price>> prices_;  ///< by model; absent: nobody charges
  std::map<std::pair<std::uint32_t, std::string>, double> held_;  ///< by model and key of the trial
};

/// "$1.50", "$0.0012": an amount for people.
std::string dollars(double amount);

/// Gives each model that somebody charges for, and whose suite says no price, the listed one. Errors: those
/// of reading the list.
Result<void> set_prices(std::vector<record::ModelSpec>& models);

}  // namespace assay::cli
