#include "stats/summariser.h"

#include "base/check.h"
#include "stats/differences.h"
#include "stats/notes.h"
#include "stats/row_data.h"
#include "stats/row_summary.h"

namespace assay::stats {

struct Summariser::State {
  State(const record::Run& of, SummaryOptions with)
      : run(of), options(std::move(with)), cases(options.cases) {
    cells = std::max<std::size_t>(1, run.cells.size());
    for (const record::ModelRecord& model : run.models) {
      for (std::size_t cell = 0; cell < cells; ++cell) rows.emplace_back(run, model);
    }
  }

  const record::Run& run;
  SummaryOptions options;
  CaseTable cases;
  std::size_t cells = 1;
  std::vector<RowData> rows;  ///< model by model, cell by cell
};

Summariser::Summariser(const record::Run& run, SummaryOptions options)
    : state_(std::make_unique<State>(run, std::move(options))) {}
Summariser::~Summariser() = default;
Summariser::Summariser(Summariser&&) noexcept = default;
Summariser& Summariser::operator=(Summariser&&) noexcept = default;

void Summariser::add(const record::Sample& sample, const record::Verdict* verdict) {
  State& state = *state_;
  CHECK(sample.model < state.run.models.size() && sample.cell < state.cells);
  const std::uint32_t index = state.cases.index_of(sample.case_id);
  state.rows[sample.model * state.cells + sample.cell].add(sample, verdict, index, state.cases.weight(index),
                                                           state.options.corpus);
}

namespace {

std::vector<CaseTries> tries_of(const std::vector<CaseTotals>& totals, const CaseTable& cases) {
  std::vector<CaseTries> tries;
  for (const std::uint32_t i : cases.in_order())
    tries.push_back({totals[i].graded, totals[i].passed, cases.cluster(i)});
  return tries;
}

}  // namespace

Summary Summariser::finish() const {
  const State& state = *state_;
  Summary summary;
  summary.run_id = state.run.id;
  summary.suite_name = state.run.suite_name;
  summary.state = record::name_of(state.run.state);
  summary.started = rfc3339(state.run.started_wall);
  summary.assay_version = state.run.assay_version;
  std::vector<const RowData*> data;
  std::vector<const CorpusData*> corpora;
  std::vector<std::vector<CaseTotals>> totals;
  for (std::size_t r = 0; r < state.rows.size(); ++r) {
    const auto model = static_cast<std::uint32_t>(r / state.cells);
    const auto cell = static_cast<std::uint32_t>(r % state.cells);
    data.push_back(&state.rows[r]);
    corpora.push_back(&state.rows[r].corpus);
    totals.push_back(case_totals(state.rows[r], state.cases));
    summary.rows.push_back(summarise_row(state.run, model, cell, state.rows[r], state.cases));
    summary.rows.back().repeated = repeated(tries_of(totals.back(), state.cases));
    summary.rows.back().across = state.rows[r].across.figures(state.cases);
    if (auto circular = every_rotation(state.rows[r], state.cases))
      summary.rows.back().across.push_back(*std::move(circular));
  }
  add_differences(summary, totals, state.cases, corpora, state.options.only_pairs);
  add_notes(summary, state.run, state.options, data, totals, state.cases);
  return summary;
}

}  // namespace assay::stats
