#include "evaluator/said.h"

#include <algorithm>

#include <fmt/format.h>

namespace assay::evaluator {
namespace {

using record::Mark;

bool is_decided(const Judgement& judgement) {
  return judgement.mark == Mark::pass || judgement.mark == Mark::fail;
}

/// Which checks spoke of a pipeline whose end looks at all answers to the case: what a count of those answers
/// gives a score to.
void keep_across(const std::vector<Said>& all, record::Verdict& verdict) {
  if (!verdict.steps.is_object() || !verdict.steps.contains("pipelines")) return;
  for (const auto& [name, record] : verdict.steps["pipelines"].items()) {
    if (!record.contains("across")) continue;
    Json& checks = record["across"]["checks"] = Json::array();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].of_pipeline && all[i].result.pipeline == name) checks.push_back(i);
    }
  }
}

/// One entry for each assertion, where one of them has something to keep.
void keep_list(std::vector<Said>& all, record::Verdict& verdict, const char* name, Json Said::*part) {
  if (std::all_of(all.begin(), all.end(), [&](const Said& said) { return (said.*part).is_null(); })) return;
  Json& list = verdict.steps[name] = Json::array();
  for (Said& said : all) list.push_back(std::move(said.*part));
}

void keep_reads(const std::vector<Said>& all, record::Verdict& verdict) {
  if (std::all_of(all.begin(), all.end(), [](const Said& said) { return !said.read; })) return;
  Json& list = verdict.steps["read"] = Json::array();
  for (const Said& said : all) list.push_back(said.read ? Json(*said.read) : Json());
}

}  // namespace

Said said_of(const Assertion& assertion, const std::string& pipeline, Judgement judgement) {
  Said said;
  said.result.type = assertion.label;
  said.result.pipeline = pipeline;
  said.result.metric = assertion.metric;
  said.result.mark = judgement.mark;
  said.result.score = judgement.score;
  said.result.weight = assertion.weight;
  const std::string_view between = judgement.reason.empty() || judgement.detail.empty() ? "" : ": ";
  said.result.reason = fmt::format("{}{}{}", judgement.reason, between, judgement.detail);
  said.word = std::move(judgement.reason);
  said.sentence = std::move(judgement.detail);
  said.read = std::move(judgement.read);
  said.table = std::move(judgement.table);
  said.counts = std::move(judgement.counts);
  said.programs = std::move(judgement.programs);
  said.votes = std::move(judgement.votes);
  return said;
}

Vote vote_of(const Said& said) {
  return {.mark = said.result.mark,
          .score = said.result.score,
          .weight = said.result.weight,
          .reason = said.word,
          .detail = said.sentence};
}

void negate(Judgement& judgement) {
  if (!is_decided(judgement)) return;
  const bool passed = judgement.mark == Mark::pass;
  judgement.mark = passed ? Mark::fail : Mark::pass;
  judgement.reason = passed ? "mismatch" : "";
  if (judgement.score) judgement.score = 1 - *judgement.score;
}

void apply_threshold(Judgement& judgement, double threshold) {
  if (!judgement.score || !is_decided(judgement)) return;
  const bool passes = *judgement.score >= threshold;
  if (passes == (judgement.mark == Mark::pass)) return;
  judgement.mark = passes ? Mark::pass : Mark::fail;
  judgement.reason = passes ? "" : "threshold";
}

void make_metric(record::AssertionResult& result) {
  result.weight = 0;
  result.metric = result.metric.empty() ? result.pipeline : result.metric + "/" + result.pipeline;
}

void keep(std::vector<Said>&& all, record::Verdict& verdict) {
  keep_across(all, verdict);
  keep_reads(all, verdict);
  keep_list(all, verdict, "votes", &Said::votes);
  keep_list(all, verdict, "counts", &Said::counts);
  keep_list(all, verdict, "programs", &Said::programs);
  for (Said& said : all) {
    if (!said.table.is_null()) verdict.steps["choices"] = std::move(said.table);
    verdict.assertions.push_back(std::move(said.result));
  }
}

}  // namespace assay::evaluator
