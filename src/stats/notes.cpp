#include "stats/notes.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "record/price.h"
#include "stats/drift.h"
#include "stats/notes_http.h"
#include "stats/notes_load.h"
#include "stats/quantile.h"
#include "stats/words.h"

namespace assay::stats {
namespace {

constexpr std::size_t kShownIds = 5;

/// Collects the notes about one row.
struct RowNotes {
  Summary& summary;
  std::uint32_t index;
  const SummaryRow& row() const { return summary.rows[index]; }
  /// "tiny-s", or "tiny-s at temperature=0.7".
  std::string name() const {
    return row().cell_label.empty() ? row().model_label : row().model_label + " at " + row().cell_label;
  }
  void add(std::string kind, std::string text) {
    summary.notes.push_back({.kind = std::move(kind), .text = std::move(text), .row = index, .case_ids = {}});
  }
};

void note_missing(RowNotes notes, const record::Run& run) {
  const SummaryRow& row = notes.row();
  if (row.missing == 0) return;
  const std::string& ended = run.models[row.model].ended;
  const std::string why = ended.empty() ? (run.state == record::RunState::running ? "the run is still going"
                                                                                  : "the run was interrupted")
                                        : ended;
  notes.add("missing", fmt::format("{}: {} of {} samples are missing: {}", notes.name(), row.missing,
                                   row.cases * row.repeats, why));
}

/// "server_exit 3, transport 1" of the reasons that begin with `mark`.
std::string reasons_text(const SummaryRow& row, std::string_view mark) {
  std::string text;
  for (const auto& [reason, count] : row.reasons) {
    if (!reason.starts_with(mark)) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", reason.substr(mark.size()), count);
  }
  return text;
}

void note_coverage(RowNotes notes, const RowData& data) {
  const SummaryRow& row = notes.row();
  if (!row.coverage || *row.coverage >= kFullEnough) return;
  // A suite of metrics: nothing was to be graded, so a share of graded samples would be true and no help.
  const bool only_metrics = data.only_scored > 0 && row.passed + row.failed == 0;
  std::string parts;
  const auto part = [&](std::uint64_t count, std::string_view word, std::string_view mark) {
    if (count == 0) return;
    const std::string reasons = mark.empty() ? "" : reasons_text(row, mark);
    parts += fmt::format("{}{} {}{}", parts.empty() ? "" : ", ", count, word,
                         reasons.empty() ? "" : " (" + reasons + ")");
  };
  part(row.errors, row.errors == 1 ? "error" : "errors", "error:");
  part(row.incomplete, "incomplete", "incomplete:");
  if (!only_metrics) part(row.ungraded, "ungraded", "ungraded:");
  part(row.missing, "missing", "");
  if (only_metrics) {
    const std::uint64_t samples = row.errors + row.incomplete + row.ungraded + row.missing;
    const std::uint64_t unscored = row.ungraded - data.only_scored;
    part(unscored, "without a score", "");
    notes.add(
        "only_metrics",
        fmt::format("{}: every check has weight 0, so nothing passes or fails and there is no accuracy; "
                    "{} of {} scored{}{}",
                    notes.name(), data.only_scored, counted(samples, "sample was", "samples were"),
                    parts.empty() ? "" : ": ", parts));
    return;
  }
  notes.add("coverage",
            fmt::format("{}: only {} was graded, so the accuracy of all lies between {} and {}: {}",
                        notes.name(), percent(*row.coverage), percent(*row.low), percent(*row.high), parts));
}

/// Server trouble that no figure shows.
void note_tried_again(RowNotes notes, const RowData& data) {
  if (data.tried_again == 0) return;
  std::uint64_t all = 0;
  std::string causes;
  for (const auto& [cause, count] : data.failed_tries) {
    all += count;
    causes += fmt::format("{}{} {}", causes.empty() ? "" : ", ", cause, count);
  }
  notes.add("tried_again",
            fmt::format("{}: {} failed and {} tried again, for {}; causes: {}; no figure holds them",
                        notes.name(), counted(all, "request", "requests"), all == 1 ? "was" : "were",
                        counted(data.tried_again, "sample", "samples"), causes));
}

/// A pipeline that misses the answer looks like a model that is wrong.
void note_no_answer(RowNotes notes) {
  const SummaryRow& row = notes.row();
  const auto found = row.reasons.find("fail:no_answer");
  const std::uint64_t graded = row.passed + row.failed;
  if (found == row.reasons.end() || found->second < kFewestUnfound) return;
  const double share = static_cast<double>(found->second) / static_cast<double>(graded);
  if (share < kManyUnfound) return;
  notes.add("no_answer", fmt::format("{}: nothing was found in {} of {} graded answers ({}): a pipeline that "
                                     "misses them more often than a bad model; look at some",
                                     notes.name(), found->second, graded, percent(share)));
}

void note_few(RowNotes notes, const std::vector<CaseTotals>& totals) {
  const auto graded = static_cast<std::uint64_t>(
      std::count_if(totals.begin(), totals.end(), [](const CaseTotals& total) { return total.graded > 0; }));
  if (graded == 0 || graded >= kFewestForInterval) return;
  notes.add("few", fmt::format("{}: n={}, too few cases for an interval", notes.name(), graded));
}

void note_unfit(RowNotes notes) {
  // One sentence per row: the same flag spoils several metrics, and the flags say why.
  std::string metrics;
  std::uint64_t most = 0;
  for (const auto& [name, metric] : notes.row().metrics) {
    if (metric.unfit == 0) continue;
    metrics += (metrics.empty() ? "" : ", ") + name;
    most = std::max(most, metric.unfit);
  }
  if (most == 0) return;
  std::string flags;
  for (const auto& [flag, count] : notes.row().flags)
    flags += fmt::format("{}{} {}", flags.empty() ? "" : ", ", flag, count);
  notes.add("unfit", fmt::format("{}: up to {} left out of {}; flags: {}", notes.name(),
                                 counted(most, "sample", "samples"), metrics, flags));
}

void note_dead_zone(RowNotes notes, const SummaryOptions& options) {
  const auto decode = notes.row().metrics.find("decode_tps");
  if (decode == notes.row().metrics.end() || !decode->second.headline ||
      *decode->second.headline >= options.dead_zone_tps)
    return;
  notes.add("dead_zone", fmt::format("{}: {} tok/s is below {} tok/s, too slow to talk with", notes.name(),
                                     rounded(*decode->second.headline), options.dead_zone_tps));
}

/// Median of the values of the first, or last, fifth in time.
double fifth(const std::vector<double>& in_time, bool last) {
  const std::size_t count = std::max<std::size_t>(1, in_time.size() / 5);
  const auto begin = last ? in_time.end() - static_cast<std::ptrdiff_t>(count) : in_time.begin();
  return *median(std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(count)));
}

void note_drift(RowNotes notes, const RowData& data) {
  std::vector<std::pair<double, double>> points;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const RatioTerm& term = data.columns[decode_column()].terms[i];
    if (term.denominator > 0 && !std::isnan(data.began_s[i]))
      points.emplace_back(data.began_s[i], term.numerator / term.denominator);
  }
  std::sort(points.begin(), points.end());
  std::vector<double> time, speed;
  for (const auto& [at, tps] : points) {
    time.push_back(at);
    speed.push_back(tps);
  }
  const auto slope = theil_sen(time, speed);
  if (!slope || (slope->ci95.low <= 0 && slope->ci95.high >= 0)) return;
  const double first = fifth(speed, false);
  const double last = fifth(speed, true);
  const double change = last / first - 1;
  if (std::abs(change) < kLeastDrift) return;
  constexpr double kPerMinute = 60;
  std::string text = fmt::format(
      "{}: decode speed {} from {} to {} tok/s ({}{} %) between the first and the last fifth of the samples",
      notes.name(), change < 0 ? "fell" : "rose", rounded(first), rounded(last), change > 0 ? "+" : "",
      fixed(100 * change, 1));
  // A slope per minute of a run that took a second would be an extrapolation, and reads as nonsense.
  if (time.back() - time.front() >= kPerMinute)
    text += fmt::format("; slope {}…{} tok/s per minute", rounded(kPerMinute * slope->ci95.low),
                        rounded(kPerMinute * slope->ci95.high));
  notes.add("drift", std::move(text));
}

/// The temperature that a silent case of this row has.
double temperature_of(const SummaryRow& row, const record::Run& run, const SummaryOptions& options) {
  const record::Params params = params_of(row, run, options);
  const auto found = params.find("temperature");
  return found != params.end() && found->second.is_number() ? found->second.get<double>() : 0;
}

void note_parameters(RowNotes notes, const record::Run& run, const SummaryOptions& options,
                     const RowData& data) {
  const SummaryRow& row = notes.row();
  if (run.repeats == 1 && data.size() > 0 && std::max(data.hottest, temperature_of(row, run, options)) > 0) {
    notes.add(
        "temperature",
        fmt::format("{}: temperature is above 0 and every case ran once, so chance in the answers is part of "
                    "the interval and cannot be told apart; set repeats",
                    notes.name()));
  }
  for (const auto& [param, count] : data.unapplied) {
    notes.add("not_supported", fmt::format("{}: the engine does not support '{}', asked for in {}",
                                           notes.name(), param, counted(count, "sample", "samples")));
  }
  if (const auto flag = row.flags.find("param_unverified"); flag != row.flags.end()) {
    notes.add("param_unverified", fmt::format("{}: in {} the engine did not confirm every parameter",
                                              notes.name(), counted(flag->second, "sample", "samples")));
  }
}

void note_model(RowNotes notes, const record::Run& run) {
  const record::ModelRecord& model = run.models[notes.row().model];
  if (notes.row().cell != 0 || !model.page_cache_share || *model.page_cache_share >= kWarmCache ||
      model.load_times.empty())
    return;
  notes.add("cold_load", fmt::format("{}: the first load was cold, {} of the file was in memory before",
                                     notes.row().model_label, percent(*model.page_cache_share)));
}

void note_cost(RowNotes notes, const record::Run& run, const RowData& data) {
  const auto price = record::price_from(run.models[notes.row().model].spec.price);
  if (!price || data.sent_samples == 0) return;
  std::string text = fmt::format("{}: cost by {}", notes.name(),
                                 price->as_of.empty() ? std::string("the price that the suite gives")
                                                      : fmt::format("a price list of {}", price->as_of));
  if (const std::uint64_t unknown = data.sent_samples - data.charged_samples; unknown > 0)
    text += fmt::format("; without {} whose tokens the service did not count",
                        counted(unknown, "sample", "samples"));
  notes.add("cost", std::move(text));
}

/// Says how many answers batching changed, also when it changed none: that is what a reader wants to know.
void note_batch_answers(RowNotes notes) {
  const std::optional<BatchAnswers>& answers = notes.row().batch_answers;
  if (!answers) return;
  std::string text = fmt::format(
      "{}: of {} given alone and again in the batch, {} differ: {}", notes.name(),
      counted(answers->n, "greedy answer", "greedy answers"), answers->differ,
      percent_with(static_cast<double>(answers->differ) / static_cast<double>(answers->n), answers->ci95));
  if (answers->differ > 0)
    text +=
        fmt::format("; {}; --exact gives the answers of a single stream", listed(answers->cases, kShownIds));
  notes.summary.notes.push_back(
      {.kind = "batch_answers", .text = std::move(text), .row = notes.index, .case_ids = answers->cases});
}

/// "together: 16 at once, 144 tokens/s; 61 alone, 151 with 32". Once for the cells that ran in one load.
void note_batch_speed(RowNotes notes) {
  const std::optional<record::BatchSpeed>& speed = notes.row().batch_speed;
  if (!speed) return;
  for (std::uint32_t r = 0; r < notes.index; ++r) {
    const SummaryRow& before = notes.summary.rows[r];
    if (before.model == notes.row().model && before.batch_speed == speed) return;
  }
  const std::string& label = notes.row().model_label;
  std::string chosen;
  std::string others;
  for (const record::BatchSpeed::Point& point : speed->measured) {
    if (point.streams == speed->streams)
      chosen = fmt::format("{} tokens/s", rounded(point.tokens_per_s));
    else if (point.streams == 1 || &point == &speed->measured.back())
      others += fmt::format("{} {} {}", others.empty() ? ";" : ",", rounded(point.tokens_per_s),
                            point.streams == 1 ? "alone" : fmt::format("with {}", point.streams));
  }
  if (chosen.empty()) chosen = "which fit; the shared part was too short to measure how many are best";
  notes.add("batch_speed",
            fmt::format("{}: together: {} at once, {}{}", label, speed->streams, chosen, others));
}

/// What holds for a load is said once for the cells that ran in it.
void note_load(RowNotes notes, const record::Run& run, std::string kind, const char* param,
               const std::optional<std::string>& what) {
  if (!what) return;
  const bool swept = is_swept(notes.row(), run, param);
  const std::string text = fmt::format("{}: {}", swept ? notes.name() : notes.row().model_label, *what);
  const bool told = std::any_of(notes.summary.notes.begin(), notes.summary.notes.end(),
                                [&](const Note& note) { return note.kind == kind && note.text == text; });
  if (!told) notes.add(std::move(kind), text);
}

void note_settings(RowNotes notes, const record::Run& run, const SummaryOptions& options,
                   const RowData& data) {
  const SummaryRow& row = notes.row();
  if (const auto text = answers_cut_by_the_context(row, run, options, data))
    notes.add("context_full", fmt::format("{}: {}", notes.name(), *text));
  note_load(notes, run, "context_length", "context", context_beyond_the_model(row, run, options, data));
  note_load(notes, run, "threads", "threads", threads_beyond_the_machine(row, run, options));
}

/// What the store cannot tell of a vote is left out of it, and said: judging again writes it anew.
void note_across(RowNotes notes, const RowData& data) {
  const std::uint64_t unreadable = data.across.unreadable();
  if (unreadable == 0) return;
  notes.add("across",
            fmt::format("{}: {} no vote: what the store keeps of {} pipelines cannot be read; assay grade "
                        "makes it again",
                        notes.name(), counted(unreadable, "sample has", "samples have"),
                        unreadable == 1 ? "its" : "their"));
}

/// Cases whose every graded sample passed (or failed) in every row, where at least two models graded it.
std::vector<std::string> unanimous(const Summary& summary, const std::vector<std::vector<CaseTotals>>& totals,
                                   const CaseTable& cases, bool passed) {
  std::vector<std::string> ids;
  for (const std::uint32_t id : cases.in_order()) {
    bool all = true;
    std::vector<std::uint32_t> models;
    for (std::size_t r = 0; r < totals.size() && all; ++r) {
      const CaseTotals& total = totals[r][id];
      if (total.graded == 0) continue;
      all = total.passed == (passed ? total.graded : 0);
      const std::uint32_t model = summary.rows[r].model;
      if (std::find(models.begin(), models.end(), model) == models.end()) models.push_back(model);
    }
    if (all && models.size() >= 2) ids.push_back(cases.id(id));
  }
  return ids;
}

void note_unanimous(Summary& summary, const std::vector<std::vector<CaseTotals>>& totals,
                    const CaseTable& cases) {
  for (const bool passed : {false, true}) {
    std::vector<std::string> ids = unanimous(summary, totals, cases, passed);
    if (ids.empty()) continue;
    std::string text =
        fmt::format("every model {} {}: {} nothing apart; check the {}: {}", passed ? "passes" : "fails",
                    counted(ids.size(), "case", "cases"), ids.size() == 1 ? "it tells" : "they tell",
                    ids.size() == 1 ? "case" : "cases", listed(ids, kShownIds));
    summary.notes.push_back(
        {.kind = "tells_nothing", .text = std::move(text), .row = std::nullopt, .case_ids = std::move(ids)});
  }
}

void note_not_compared(Summary& summary) {
  // Two models were measured, and yet nothing could be compared: say why instead of saying nothing.
  const bool several = std::any_of(summary.rows.begin(), summary.rows.end(), [&](const SummaryRow& row) {
    return row.model != summary.rows.front().model && row.coverage.value_or(0) > 0;
  });
  if (!several || !summary.differences.empty()) return;
  summary.notes.push_back(
      {.kind = "not_compared",
       .text = fmt::format("models are not compared: fewer than {} cases were measured for both",
                           kFewestForComparison),
       .row = std::nullopt,
       .case_ids = {}});
}

}  // namespace

void add_notes(Summary& summary, const record::Run& run, const SummaryOptions& options,
               const std::vector<const RowData*>& data, const std::vector<std::vector<CaseTotals>>& totals,
               const CaseTable& cases) {
  for (std::uint32_t r = 0; r < summary.rows.size(); ++r) {
    RowNotes notes{.summary = summary, .index = r};
    note_missing(notes, run);
    note_coverage(notes, *data[r]);
    note_no_answer(notes);
    note_tried_again(notes, *data[r]);
    note_few(notes, totals[r]);
    note_unfit(notes);
    note_dead_zone(notes, options);
    note_drift(notes, *data[r]);
    note_parameters(notes, run, options, *data[r]);
    note_model(notes, run);
    note_settings(notes, run, options, *data[r]);
    note_cost(notes, run, *data[r]);
    note_across(notes, *data[r]);
    note_batch_answers(notes);
    note_batch_speed(notes);
    if (auto text = where_time_went(summary.rows[r], run.models[summary.rows[r].model], *data[r]))
      notes.add("over_http", fmt::format("{}: {}", notes.name(), *text));
  }
  for (std::string& text : different_templates(summary, run, data))
    summary.notes.push_back(
        {.kind = "templates", .text = std::move(text), .row = std::nullopt, .case_ids = {}});
  note_not_compared(summary);
  note_unanimous(summary, totals, cases);
}

}  // namespace assay::stats
