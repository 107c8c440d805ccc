// A report of Benchy becomes a run: what `assay import` and `assay serve` share.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "exchange/benchy_check.h"
#include "exchange/benchy_figures.h"
#include "exchange/benchy_report.h"
#include "record/run.h"
#include "store/store.h"

namespace assay::cli {

/// Everything that can be said of a report without storing it.
struct Checked {
  exchange::FigureCheck figures;
  exchange::Check prompts;
  std::vector<exchange::Fit> fits;
  exchange::Check verdicts;
};

Checked checked(const exchange::BenchyReport& report);

/// {same, different, explained, not_checked}
template <class Counts>
Json counts_json(const Counts& counts) {
  return {{"same", counts.same},
          {"different", counts.different},
          {"explained", counts.explained},
          {"not_checked", counts.not_checked}};
}

/// Keeps the report as a run, with the file itself. `file`: its name, for the record. Errors: what cannot be
/// read again; what the store says. Half an import is taken away.
Result<record::Run> keep_report(store::Store& store, const exchange::BenchyReport& report,
                                const std::string& bytes, const std::string& file, const std::string& label);

}  // namespace assay::cli
