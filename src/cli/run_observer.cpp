#include "cli/run_observer.h"

#include <algorithm>

#include "model/facts.h"

namespace assay::cli {
namespace {

/// The greater of what was known and what is told now.
void raise_to(std::optional<std::uint64_t>& known, std::optional<std::uint64_t> told) {
  if (told) known = std::max(known.value_or(0), *told);
}

}  // namespace

RunObserver::RunObserver(store::Store& store, record::Run& run, const record::Suite& suite,
                         const evaluator::Grader& grader, store::LayerId layer, RunListener& listener)
    : store_(store),
      run_(run),
      grader_(grader, suite, evaluator::needs_sandbox(suite)),
      layer_(layer),
      listener_(listener),
      last_(!evaluator::judges_of(suite).empty()) {}

void RunObserver::on_load_begin(std::uint32_t model) {
  listener_.loading(model, run_.models[model].spec.label);
}

void RunObserver::on_loaded(std::uint32_t model, const backend::Loaded& loaded,
                            const std::optional<backend::Memory>& memory) {
  record::ModelRecord& entry = run_.models[model];
  if (entry.load_times.empty()) entry.page_cache_share = loaded.page_cache_share;
  entry.engine_version = loaded.engine_version;
  entry.engine_build = loaded.engine_build;
  entry.facts = loaded.facts;
  if (entry.spec.engine == "llama" && entry.facts.is_object()) {
    if (const auto facts = model::inspect(entry.spec.model); facts && facts->bytes_per_token)
      entry.facts["bytes_per_token"] = *facts->bytes_per_token;
  }
  entry.parameters = loaded.parameters;
  entry.load_params = loaded.effective;
  entry.over_http = loaded.over_http;
  entry.base_latency = loaded.base_latency;
  if (loaded.load) entry.load_times.push_back(*loaded.load);
  if (memory) raise_to(entry.load_memory_bytes, memory->resident);
  listener_.model_begins(entry.spec.label, model < trials_.size() ? trials_[model] : 0);
  if (loaded.load) listener_.loaded(model, *loaded.load);
  // A store that cannot take this cannot take the first sample either, which reports it.
  static_cast<void>(store_.update_model(run_.id, model, entry));
}

Result<void> RunObserver::on_sample(record::Sample&& sample, bool idle) {
  if (auto kept = store_.append(sample); !kept) return kept;
  if (budget_ != nullptr) budget_->ended(sample);
  raise_to(run_.models[sample.model].peak_memory_bytes, sample.peak_memory_bytes);
  listener_.finished_one();
  if (!idle || last_) {  // judging costs time that the requests in flight would feel
    pending_ = true;
    return {};
  }
  if (pending_) return grade_pending();
  const record::Verdict verdict = grader_.judge(sample);
  listener_.graded(verdict.mark);
  return store_.put_verdict(run_.id, layer_, sample.sequence, verdict);
}

void RunObserver::on_again(std::uint32_t model, std::uint32_t cell, const std::string& case_id, bool same) {
  std::vector<record::BatchCheck>& checks = run_.models[model].batch_checks;
  auto at = std::find_if(checks.begin(), checks.end(),
                         [&](const record::BatchCheck& check) { return check.cell == cell; });
  if (at == checks.end()) at = checks.insert(checks.end(), {.cell = cell});
  ++at->compared;
  if (!same) at->differing.push_back(case_id);
}

void RunObserver::on_streams(std::uint32_t model, const record::BatchSpeed& speed) {
  std::vector<record::BatchSpeed>& speeds = run_.models[model].batch_speeds;
  const auto at = std::find_if(speeds.begin(), speeds.end(), [&](const record::BatchSpeed& known) {
    return known.load_params == speed.load_params;
  });
  if (at != speeds.end())
    *at = speed;
  else
    speeds.push_back(speed);
}

Result<void> RunObserver::grade_pending() {
  pending_ = false;
  const auto sequences = store_.ungraded(run_.id, layer_);
  if (!sequences) return fail(sequences.error());
  // In blocks, so that a large run with many in flight is not held in memory.
  constexpr std::size_t kAtOnce = 1000;
  for (std::size_t from = 0; from < sequences->size(); from += kAtOnce) {
    const std::size_t end = std::min(from + kAtOnce, sequences->size());
    std::vector<record::Sample> samples;
    for (std::size_t i = from; i < end; ++i) {
      auto sample = store_.sample(run_.id, (*sequences)[i]);
      if (!sample) return fail(sample.error());
      samples.push_back(std::move(*sample));
    }
    std::vector<store::GradedSequence> verdicts;
    for (record::Verdict& verdict : grader_.judge(samples)) {
      listener_.graded(verdict.mark);
      verdicts.push_back({(*sequences)[from + verdicts.size()], std::move(verdict)});
    }
    if (auto kept = store_.put_verdicts(run_.id, layer_, verdicts); !kept) return kept;
  }
  return {};
}

Result<void> RunObserver::on_model_end(std::uint32_t model, const std::optional<backend::Memory>& memory,
                                       const std::string& why) {
  record::ModelRecord& entry = run_.models[model];
  if (memory) {
    raise_to(entry.peak_memory_bytes, memory->peak_resident);
    raise_to(entry.mapped_memory_bytes, memory->mapped);
  }
  entry.ended = why;
  if (pending_ && !last_) {
    if (auto graded = grade_pending(); !graded) return graded;
  }
  listener_.model_ends(why);
  return store_.update_model(run_.id, model, entry);
}

}  // namespace assay::cli
