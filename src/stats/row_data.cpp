#include "stats/row_data.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "stats/basis.h"

namespace assay::stats {

CaseTable::CaseTable(const std::vector<CaseFacts>& facts) {
  for (const CaseFacts& fact : facts) {
    if (!numbers_.contains(fact.id)) add(fact);
  }
}

std::uint32_t CaseTable::add(const CaseFacts& facts) {
  const auto number = static_cast<std::uint32_t>(ids_.size());
  numbers_.emplace(facts.id, number);
  ids_.push_back(facts.id);
  weights_.push_back(facts.weight);
  questions_.emplace_back();
  if (!facts.rotation_of.empty()) {
    const auto [place, fresh] =
        question_numbers_.try_emplace(facts.rotation_of, static_cast<std::uint32_t>(rotations_.size()));
    if (fresh) rotations_.push_back(0);
    ++rotations_[place->second];
    questions_.back() = place->second;
  }
  if (facts.cluster.empty()) {
    clusters_.push_back(next_cluster_++);
  } else {
    const auto [place, fresh] = cluster_numbers_.try_emplace(facts.cluster, next_cluster_);
    if (fresh) ++next_cluster_;
    clusters_.push_back(place->second);
  }
  return number;
}

std::uint32_t CaseTable::index_of(const std::string& id) {
  const auto found = numbers_.find(id);
  return found != numbers_.end() ? found->second : add({.id = id, .cluster = {}, .weight = 1});
}

std::vector<std::uint32_t> CaseTable::in_order() const {
  std::vector<std::uint32_t> order(ids_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [this](std::uint32_t a, std::uint32_t b) { return ids_[a] < ids_[b]; });
  return order;
}

namespace {

record::Mark mark_of(const record::Sample& sample, const record::Verdict* verdict) {
  if (verdict != nullptr) return verdict->mark;
  switch (sample.status) {
    case record::Status::error: return record::Mark::error;
    case record::Status::timeout: return record::Mark::incomplete;
    default: return record::Mark::ungraded;
  }
}

std::string reason_of(const record::Sample& sample, const record::Verdict* verdict) {
  if (verdict != nullptr) return verdict->reason;
  switch (sample.status) {
    case record::Status::error: return sample.reason;
    case record::Status::timeout: return "time_limit";
    default: return "not_judged";
  }
}

/// What a named score of weight 0 weighs: it decides nothing, and is reported all the same.
double naming_weight(const record::AssertionResult& assertion) {
  return assertion.weight > 0 ? assertion.weight : 1;
}

}  // namespace

std::span<const record::MetricSpec* const> sample_metrics() {
  static const std::vector<const record::MetricSpec*> metrics = [] {
    std::vector<const record::MetricSpec*> found;
    for (const record::MetricSpec& spec : record::metric_table()) {
      if (spec.of != nullptr && spec.name != "peak_memory_mib") found.push_back(&spec);
    }
    return found;
  }();
  return metrics;
}

std::size_t decode_column() {
  const auto metrics = sample_metrics();
  const auto at = std::find(metrics.begin(), metrics.end(), record::find_metric("decode_tps"));
  CHECK(at != metrics.end());
  return static_cast<std::size_t>(at - metrics.begin());
}

RowData::RowData(const record::Run& run, const record::ModelRecord& model)
    : columns(sample_metrics().size()),
      parallel_(run.load.streams()),
      basis_(prefill_basis(model)),
      price_(record::price_from(model.spec.price)) {}

bool RowData::fit(const record::Sample& sample, const record::MetricSpec& metric) const {
  // What broke off says nothing about the model; what was cut at the time limit has no end to measure to.
  const bool needs_end = metric.name == "e2e_ms" || metric.name == "scheduled_e2e_ms";
  const bool ended =
      sample.status == record::Status::ok || (sample.status == record::Status::timeout && !needs_end);
  return ended && !record::spoils(sample.flags, metric, parallel_);
}

void RowData::add(const record::Sample& sample, const record::Verdict* verdict, std::uint32_t case_index,
                  double case_weight, const CorpusReader& reader) {
  cases.push_back(case_index);
  repeats.push_back(sample.repeat);
  weights.push_back(case_weight);
  const std::optional<Nanos> began = sample.tokens.empty() ? sample.times.sent : sample.tokens.front().at;
  began_s.push_back(began ? std::chrono::duration<double>(*began).count() : kNone);
  add_verdict(sample, verdict, case_index, case_weight);
  if (verdict != nullptr) corpus.add(case_index, *verdict, reader);
  add_metrics(sample);
  add_claims(sample);
  add_cost(sample);
  add_attempts(sample);
  const std::uint64_t prompt = sample.counts.prompt_tokens.value_or(0);
  longest_tokens = std::max(longest_tokens, prompt + sample.counts.output_tokens.value_or(0));
  if (verdict != nullptr && verdict->reason == "context_full")
    longest_cut_prompt = std::max(longest_cut_prompt, prompt);
  for (const std::string& flag : record::names_of(sample.flags)) ++flags[flag];
  for (const auto& [name, effective] : sample.effective) {
    if (effective.how == record::Applied::not_supported) ++unapplied[name];
  }
  if (const auto asked = sample.requested.find("temperature");
      asked != sample.requested.end() && asked->second.is_number()) {
    hottest = std::max(hottest, asked->second.get<double>());
  }
  if (sample.peak_memory_bytes) {
    peak_memory_bytes = std::max(peak_memory_bytes.value_or(0), *sample.peak_memory_bytes);
    ++memory_readings;
  }
}

namespace {

/// All checks have weight 0, and one of them could say something: a metric, and no trouble.
bool is_only_scored(const record::Verdict& verdict) {
  return verdict.mark == record::Mark::ungraded && verdict.reason == "grader_missing" &&
         std::any_of(verdict.assertions.begin(), verdict.assertions.end(),
                     [](const record::AssertionResult& said) {
                       return said.mark == record::Mark::pass || said.mark == record::Mark::fail;
                     }) &&
         std::all_of(verdict.assertions.begin(), verdict.assertions.end(),
                     [](const record::AssertionResult& said) { return said.weight <= 0; });
}

}  // namespace

void RowData::add_verdict(const record::Sample& sample, const record::Verdict* verdict,
                          std::uint32_t case_index, double case_weight) {
  const record::Mark mark = mark_of(sample, verdict);
  marks.push_back(mark);
  const std::string reason = reason_of(sample, verdict);
  if (mark != record::Mark::pass)
    ++reasons[std::string(record::name_of(mark)) + ":" + (reason.empty() ? "unknown" : reason)];
  const bool graded = mark == record::Mark::pass || mark == record::Mark::fail;
  scores.push_back(graded && verdict != nullptr && verdict->score ? *verdict->score : kNone);
  if (verdict == nullptr) return;
  only_scored += is_only_scored(*verdict) ? 1 : 0;
  const std::vector<AcrossRecord> records = across_records(*verdict);
  across.add(case_index, sample.repeat, *verdict, records);
  // The mean of the scores of samples is another number than that of all answers together, and does not go by
  // the same name.
  const auto elsewhere = [&](std::size_t place) {
    return std::any_of(records.begin(), records.end(), [&](const AcrossRecord& one) {
      return std::find(one.places.begin(), one.places.end(), place) != one.places.end();
    });
  };
  for (std::size_t i = 0; i < verdict->assertions.size(); ++i) {
    const record::AssertionResult& assertion = verdict->assertions[i];
    if (assertion.metric.empty() || !assertion.score || elsewhere(i)) continue;
    std::vector<RatioTerm>& sums = named[assertion.metric];
    if (case_index >= sums.size()) sums.resize(case_index + std::size_t{1});
    const double weight = case_weight * naming_weight(assertion);
    sums[case_index].numerator += weight * *assertion.score;
    sums[case_index].denominator += weight;
  }
}

void RowData::add_claims(const record::Sample& sample) {
  if (sample.status != record::Status::ok) return;
  const auto keep = [&](const char* name, std::vector<double>& values) {
    const auto at = sample.claims.find(name);
    if (at != sample.claims.end() && at->is_number()) values.push_back(at->get<double>());
  };
  keep("claimed_decode_tps", claimed_decode_tps);
  keep("claimed_prefill_ms", claimed_prefill_ms);
  if (!sample.counts.prompt_tokens) return;
  prompt_tokens += *sample.counts.prompt_tokens;
  ++prompt_samples;
}

void RowData::add_cost(const record::Sample& sample) {
  if (!price_ || !sample.times.sent) return;
  ++sent_samples;
  const auto cost = record::cost_usd(*price_, sample.counts);
  if (!cost) return;
  cost_usd = cost_usd.value_or(0) + *cost;
  ++charged_samples;
}

void RowData::add_attempts(const record::Sample& sample) {
  if (sample.attempt == 0) return;
  ++tried_again;
  for (const record::Attempt& one : sample.attempts) ++failed_tries[record::cause_of(one)];
  if (sample.attempts.empty()) failed_tries["not recorded"] += sample.attempt;
}

void RowData::add_metrics(const record::Sample& sample) {
  const auto metrics = sample_metrics();
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    const record::MetricSpec& metric = *metrics[i];
    const std::optional<double> value = metric.of(sample, basis_);
    const bool used = value && fit(sample, metric);
    columns[i].values.push_back(used ? *value : kNone);
    columns[i].unfit += value && !used ? 1 : 0;
    if (metric.rate == nullptr) continue;
    const auto rate = metric.rate(sample, basis_);
    columns[i].terms.push_back(used && rate ? RatioTerm{rate->tokens, rate->seconds} : RatioTerm{});
  }
  const std::vector<double> gaps = record::itl_gaps_ms(sample);
  if (gaps.empty()) return;
  const bool used = fit(sample, *record::find_metric("itl_ms"));
  ++(used ? gap_samples : gap_unfit);
  if (!used) return;
  for (const double gap : gaps) gaps_ms.add(std::max(0.0, gap));
}

}  // namespace assay::stats
