#include "report/sample_line.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "record/metrics.h"
#include "record/price.h"
#include "stats/basis.h"

namespace assay::report {
namespace {

constexpr std::array<std::string_view, 3> kTokenKinds{"answer", "reasoning", "tool"};

OrderedJson ns_or_null(const std::optional<Nanos>& at) {
  return at ? OrderedJson(at->count()) : OrderedJson(nullptr);
}

/// Json keeps the alphabet's order, OrderedJson the order written: text is what both share.
OrderedJson ordered(const Json& value) {
  return OrderedJson(value);
}

void add_identity(OrderedJson& line, const record::Run& run, const record::Sample& sample) {
  CHECK(sample.model < run.models.size() && (sample.cell < run.cells.size() || sample.cell == 0));
  line["schema"] = "assay.sample/1";
  line["assay_version"] = run.assay_version;
  line["run_id"] = run.id;
  line["suite"] = run.suite_name;
  line["model"] = run.models[sample.model].spec.label;
  line["cell"] =
      sample.cell < run.cells.size() ? text_or_null(run.cells[sample.cell].label) : OrderedJson(nullptr);
  line["case"] = sample.case_id;
  line["repeat"] = sample.repeat;
  line["attempt"] = sample.attempt;
  // A store of before they were kept has the number alone.
  const bool known = sample.attempts.size() == sample.attempt;
  line["attempts"] = known ? record::to_json(sample.attempts) : OrderedJson(nullptr);
  line["sequence"] = sample.sequence;
}

void add_answer(OrderedJson& line, const record::Sample& sample) {
  line["status"] = record::name_of(sample.status);
  line["reason"] = text_or_null(sample.reason);
  line["detail"] = text_or_null(sample.detail);
  line["finish"] = text_or_null(sample.finish);
  line["prompt"] = sample.prompt;
  line["raw"] = sample.output;
  line["raw_reasoning"] = text_or_null(sample.reasoning);
  line["tool_calls"] =
      sample.tool_calls.empty() ? OrderedJson(nullptr) : ordered(record::to_json(sample.tool_calls));
}

void add_counts(OrderedJson& line, const record::Counts& counts) {
  line["prompt_tokens"] = or_null(counts.prompt_tokens);
  line["cached_prompt_tokens"] = or_null(counts.cached_prompt_tokens);
  line["output_tokens"] = or_null(counts.output_tokens);
  line["reasoning_tokens"] = or_null(counts.reasoning_tokens);
  line["chunks"] = counts.chunks;
  line["count_source"] = record::name_of(counts.source);
}

void add_times(OrderedJson& line, const record::Run& run, const record::Sample& sample) {
  const record::Times& times = sample.times;
  line["sent"] = times.sent ? OrderedJson(rfc3339(run.started_wall + *times.sent)) : OrderedJson(nullptr);
  line["scheduled_ns"] = times.scheduled.count();
  line["sent_ns"] = ns_or_null(times.sent);
  line["accepted_ns"] = ns_or_null(times.accepted);
  line["first_token_ns"] = ns_or_null(record::first_token(sample));
  line["first_answer_token_ns"] = ns_or_null(record::first_answer_token(sample));
  line["last_token_ns"] = ns_or_null(record::last_token(sample));
  line["done_ns"] = ns_or_null(times.done);
  OrderedJson tokens = OrderedJson::array();
  for (const record::TokenEvent& event : sample.tokens) {
    tokens.push_back({event.at.count(), event.count, kTokenKinds[static_cast<std::size_t>(event.kind)]});
  }
  line["tokens"] = std::move(tokens);
}

void add_metrics(OrderedJson& line, const record::Run& run, const record::Sample& sample) {
  const record::PrefillBasis basis = stats::prefill_basis(run.models[sample.model]);
  for (const record::MetricSpec& metric : record::metric_table()) {
    if (metric.of != nullptr) line[std::string(metric.name)] = or_null(metric.of(sample, basis));
  }
  const auto price = record::price_from(run.models[sample.model].spec.price);
  line["cost_usd"] = or_null(price ? record::cost_usd(*price, sample.counts) : std::nullopt);
  if (!sample.claims.is_object()) return;
  for (const auto& [name, value] : sample.claims.items()) {
    // Never under the name of something that we measured.
    if (name.starts_with("claimed_")) line[name] = ordered(value);
  }
}

void add_verdict(OrderedJson& line, const record::Verdict* verdict) {
  // How the text came to be, under the names that the record of a sample has: reasoning, pipelines, read,
  // votes of judges, choices with their log-likelihoods, what programs took.
  for (const char* stage : {"reasoning", "pipelines", "read", "votes", "choices", "programs"}) {
    const bool there = verdict != nullptr && verdict->steps.is_object() && verdict->steps.contains(stage);
    line[stage] = there ? ordered(verdict->steps[stage]) : OrderedJson(nullptr);
  }
  line["extracted"] = verdict != nullptr ? OrderedJson(verdict->extracted) : OrderedJson(nullptr);
  line["assertions"] = verdict != nullptr ? assertions_json(*verdict) : OrderedJson(nullptr);
  line["verdict"] = verdict != nullptr ? OrderedJson(record::name_of(verdict->mark)) : OrderedJson(nullptr);
  line["score"] = verdict != nullptr ? or_null(verdict->score) : OrderedJson(nullptr);
  line["verdict_reason"] = verdict != nullptr ? text_or_null(verdict->reason) : OrderedJson(nullptr);
  line["verdict_detail"] = verdict != nullptr ? text_or_null(verdict->detail) : OrderedJson(nullptr);
}

}  // namespace

std::vector<std::string> all_flags(const record::Sample& sample, const record::Verdict* verdict) {
  std::vector<std::string> flags = record::names_of(sample.flags);
  if (verdict == nullptr) return flags;
  for (const std::string& flag : verdict->flags) {
    if (std::find(flags.begin(), flags.end(), flag) == flags.end()) flags.push_back(flag);
  }
  return flags;
}

OrderedJson assertions_json(const record::Verdict& verdict) {
  OrderedJson list = OrderedJson::array();
  for (const record::AssertionResult& assertion : verdict.assertions) {
    list.push_back({{"type", assertion.type},
                    {"pipeline", text_or_null(assertion.pipeline)},
                    {"metric", text_or_null(assertion.metric)},
                    {"verdict", record::name_of(assertion.mark)},
                    {"score", or_null(assertion.score)},
                    {"weight", assertion.weight},
                    {"reason", assertion.reason}});
  }
  return list;
}

OrderedJson sample_line(const record::Run& run, const record::Sample& sample,
                        const record::Verdict* verdict) {
  OrderedJson line;
  add_identity(line, run, sample);
  add_answer(line, sample);
  add_counts(line, sample.counts);
  add_times(line, run, sample);
  line["requested"] = ordered(record::to_json(sample.requested));
  line["effective"] = ordered(record::to_json(sample.effective));
  add_metrics(line, run, sample);
  line["flags"] = all_flags(sample, verdict);
  add_verdict(line, verdict);
  return line;
}

}  // namespace assay::report
