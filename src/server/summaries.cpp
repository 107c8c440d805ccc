#include "server/summaries.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json_members.h"
#include "base/text.h"
#include "report/json_values.h"
#include "report/report.h"
#include "stats/bench_figures.h"

namespace assay::server {
namespace {

constexpr const char* kRows = "assay-rows.json";
constexpr const char* kDetail = "assay-summary.json";
// Details of so many runs stay in memory: some 10 KB each.
constexpr std::size_t kMostDetails = 200;
constexpr auto kFresh = std::chrono::seconds{2};
/// The form of what is kept. Raise it when the JSON changes.
constexpr int kForm = 2;

const stats::MetricSummary& metric_of(const stats::SummaryRow& row, const char* name) {
  static const stats::MetricSummary absent;
  const auto at = row.metrics.find(name);
  return at == row.metrics.end() ? absent : at->second;
}

/// A list of rows, each of which names its model.
bool are_rows(const Json& json) {
  return json.is_array() && std::all_of(json.begin(), json.end(), [](const Json& row) {
           return row.is_object() && row.contains("model") && row["model"].is_string();
         });
}

bool is_detail(const Json& json) {
  return json.is_object() && json.contains("summary") && list_of(json, "notes") != nullptr;
}

/// The JSON behind the first line, when that is the key. It goes into answers as it is, so what somebody else
/// put into the store is as none, and is made again.
std::optional<std::string> body_if(const std::optional<std::string>& kept, const std::string& key,
                                   bool (*fits)(const Json&)) {
  if (!kept || !kept->starts_with(key + "\n")) return std::nullopt;
  std::string body = kept->substr(key.size() + 1);
  const auto json = parse_json(body, {.max_bytes = body.size() + 1});
  if (!json || !fits(*json)) return std::nullopt;
  return std::string(trim(body));
}

}  // namespace

OrderedJson list_row(const stats::SummaryRow& row) {
  const stats::MetricSummary& prefill = metric_of(row, "prefill_tps");
  const stats::MetricSummary& decode = metric_of(row, "decode_tps");
  OrderedJson json{{"model", row.model_label}};
  json["cell"] = row.cell_label.empty() ? OrderedJson(nullptr) : OrderedJson(row.cell_label);
  json["accuracy"] = or_null(row.accuracy);
  json["accuracy_ci95"] = report::interval_or_null(row.accuracy_ci95);
  json["coverage"] = or_null(row.coverage);
  json["prefill_tps"] = or_null(prefill.headline);
  json["prefill_tps_ci95"] = report::interval_or_null(prefill.ci95);
  json["decode_tps"] = or_null(decode.headline);
  json["decode_tps_ci95"] = report::interval_or_null(decode.ci95);
  for (const char* name : {"ttft_ms", "peak_memory_mib", "j_per_output_token"})
    json[name] = or_null(metric_of(row, name).headline);
  json["flags"] = OrderedJson::object();
  for (const auto& [flag, count] : row.flags) json["flags"][flag] = count;
  return json;
}

OrderedJson list_row(const record::BenchReport& report, const record::BenchRow& row) {
  constexpr double kMiB = 1U << 20U;
  const stats::BenchFigures figures = stats::bench_figures(report, row).value_or(stats::BenchFigures{});
  std::string test = name_of(row.test);
  if (row.test.path != record::BenchPath::engine) test += fmt::format(", {}", record::name_of(row.test.path));
  OrderedJson json{{"model", report.models[row.model].label}, {"cell", std::move(test)}};
  for (const char* name : {"accuracy", "accuracy_ci95", "coverage"}) json[name] = nullptr;
  // The interval is of the whole test's speed: where the test has both parts it is of neither.
  json["prefill_tps"] = or_null(figures.prefill_tps);
  json["prefill_tps_ci95"] =
      row.test.generate == 0 ? report::interval_or_null(figures.ci95) : OrderedJson(nullptr);
  json["decode_tps"] = or_null(figures.decode_tps);
  json["decode_tps_ci95"] =
      row.test.prompt == 0 ? report::interval_or_null(figures.ci95) : OrderedJson(nullptr);
  json["ttft_ms"] = or_null(figures.ttft_ms);
  json["peak_memory_mib"] =
      row.memory_bytes ? OrderedJson(static_cast<double>(*row.memory_bytes) / kMiB) : OrderedJson(nullptr);
  json["j_per_output_token"] = nullptr;
  json["flags"] = OrderedJson::object();
  return json;
}

Summaries::Summaries(store::Store& store, bool writable, Library& library, RunControl& control)
    : store_(store), writable_(writable), library_(library), control_(control), worker_([this] { work(); }) {}

Summaries::~Summaries() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  worker_.join();
}

std::optional<std::string> Summaries::key_of(const store::RunEntry& entry) const {
  const auto layers = store_.layers(entry.id);
  if (!layers) return std::nullopt;
  return fmt::format("{} {} {} {} {}", kForm, ASSAY_VERSION, layers->empty() ? 0 : layers->back().id,
                     entry.stored, record::name_of(entry.state));
}

std::optional<std::string> Summaries::rows(const store::RunEntry& entry) {
  const auto key = key_of(entry);
  if (!key) return std::nullopt;
  {
    const std::lock_guard lock(mutex_);
    const auto at = entries_.find(entry.id);
    if (at != entries_.end() && at->second.rows_key == *key) return at->second.rows;
  }
  if (const auto kept = store_.attachment(entry.id, kRows)) {
    if (auto rows = body_if(*kept, *key, are_rows)) {
      const std::lock_guard lock(mutex_);
      Entry& mine = entries_[entry.id];
      mine.rows_key = *key;
      mine.rows = *rows;
      return rows;
    }
  }
  // A running one changes with every sample; whoever looks at it asks for it.
  if (entry.state == record::RunState::running) return std::nullopt;
  const std::lock_guard lock(mutex_);
  enqueue(entry.id, *key, false);
  return std::nullopt;
}

std::shared_ptr<const KeptSummary> Summaries::read_kept(const std::string& run_id,
                                                        const std::string& key) const {
  const auto rows = store_.attachment(run_id, kRows);
  const auto detail = store_.attachment(run_id, kDetail);
  if (!rows || !detail) return nullptr;
  auto rows_body = body_if(*rows, key, are_rows);
  auto detail_body = body_if(*detail, key, is_detail);
  if (!rows_body || !detail_body) return nullptr;
  return std::make_shared<KeptSummary>(KeptSummary{key, *std::move(rows_body), *std::move(detail_body)});
}

Summaries::Answer Summaries::detail(const store::RunEntry& entry, std::chrono::milliseconds longest) {
  const auto key = key_of(entry);
  if (!key) return {.state = State::failed, .kept = nullptr, .trouble = "the run's gradings cannot be read"};
  const auto now = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  Entry& mine = entries_[entry.id];
  mine.used = ++uses_;
  const auto good = [&] {
    if (!mine.kept) return false;
    const bool young =
        entry.state == record::RunState::running && now - mine.made < kFresh && mine.made <= now;
    return mine.kept->key == *key || young;
  };
  if (!good()) {
    lock.unlock();
    auto stored = read_kept(entry.id, *key);
    lock.lock();
    if (stored) {
      mine.kept = std::move(stored);
    } else if (mine.failed_key != *key) {
      enqueue(entry.id, *key, true);
      changed_.notify_all();
      changed_.wait_for(lock, longest, [&] {
        return ending_ || mine.failed_key == *key || (mine.kept && mine.kept->key == *key);
      });
    }
  }
  forget_old();
  if (mine.failed_key == *key) return {.state = State::failed, .kept = nullptr, .trouble = mine.trouble};
  if (good()) return {.state = State::ready, .kept = mine.kept, .trouble = {}};
  return {};
}

/// Caller holds the mutex.
void Summaries::enqueue(const std::string& run_id, const std::string& key, bool waited_for) {
  Entry& mine = entries_[run_id];
  if (mine.failed_key == key) return;
  if (mine.wanted == key && !waited_for) return;
  std::erase_if(jobs_, [&](const Job& job) { return job.run_id == run_id; });
  mine.wanted = key;
  if (waited_for)
    jobs_.push_front({run_id, key, true});
  else
    jobs_.push_back({run_id, key, false});
  changed_.notify_all();
}

/// Caller holds the mutex. Entries stay, being small; their details go.
void Summaries::forget_old() {
  std::vector<Entry*> held;
  for (auto& [id, entry] : entries_) {
    if (entry.kept) held.push_back(&entry);
  }
  if (held.size() <= kMostDetails) return;
  std::sort(held.begin(), held.end(), [](const Entry* a, const Entry* b) { return a->used < b->used; });
  for (std::size_t i = 0; i < held.size() / 2; ++i) held[i]->kept.reset();
}

Result<KeptSummary> Summaries::make(const Job& job) const {
  const auto run = store_.run(job.run_id);
  if (!run) return fail(run.error());
  KeptSummary made;
  made.key = job.key;
  OrderedJson rows = OrderedJson::array();
  if (record::kind_of(run->options) == record::RunKind::bench) {
    const auto bench = library_.bench(*run);
    if (!bench) return fail(bench.error());
    if (*bench) {
      for (const record::BenchRow& row : (*bench)->rows)
        if (row.source.empty()) rows.push_back(list_row(**bench, row));
    }
    made.rows = dump(rows);
    made.detail = R"({"summary":null,"notes":[]})";
    return made;
  }
  const auto summary = library_.summary(*run);
  if (!summary) return fail(summary.error());
  for (const stats::SummaryRow& row : summary->rows) rows.push_back(list_row(row));
  made.rows = dump(rows);
  OrderedJson notes = OrderedJson::array();
  for (const stats::Note& note : summary->notes) notes.push_back(note.text);
  std::string json = report::find_format("json")->render(*summary, {});
  while (json.ends_with('\n')) json.pop_back();
  made.detail = fmt::format("{{\"summary\":{},\"notes\":{}}}", json, dump(notes));
  return made;
}

void Summaries::keep(const Job& job, const KeptSummary& made) {
  const auto entry = store_.entry(job.run_id);
  // What was made of a run that goes on, or that is being graded, holds for a moment only.
  if (!writable_ || !entry || entry->state == record::RunState::running || key_of(*entry) != job.key) return;
  const auto layers = store_.layers(job.run_id);
  if (layers && !layers->empty()) {
    const auto open = store_.ungraded(job.run_id, layers->back().id);
    if (!open || !open->empty()) return;
  }
  // A full disk is no reason to show nothing: it is made again next time.
  static_cast<void>(store_.attach(job.run_id, kRows, made.key + "\n" + made.rows));
  static_cast<void>(store_.attach(job.run_id, kDetail, made.key + "\n" + made.detail));
}

void Summaries::work() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (jobs_.empty()) {
      changed_.wait(lock);
      continue;
    }
    if (!jobs_.front().waited_for) {
      lock.unlock();
      const bool measuring = control_.running().has_value();
      lock.lock();
      if (measuring) {
        changed_.wait_for(lock, std::chrono::seconds{1});
        continue;
      }
      if (jobs_.empty() || ending_) continue;
    }
    const Job job = jobs_.front();
    jobs_.pop_front();
    lock.unlock();
    auto made = make(job);
    if (made) keep(job, *made);
    lock.lock();
    Entry& mine = entries_[job.run_id];
    if (mine.wanted == job.key) mine.wanted.clear();
    if (made) {
      mine.rows_key = made->key;
      mine.rows = made->rows;
      mine.made = std::chrono::steady_clock::now();
      // Lists ask for rows only.
      if (job.waited_for) mine.kept = std::make_shared<KeptSummary>(*std::move(made));
    } else {
      mine.failed_key = job.key;
      mine.trouble = message(made.error());
    }
    changed_.notify_all();
  }
}

}  // namespace assay::server
