// Reading runs. Every reading call takes a connection of its own and sees one state of the store.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "store/impl.h"
#include "store/query.h"
#include "store/run_codec.h"
#include "store/store.h"

namespace assay::store {
namespace {

using record::RunState;

Result<std::vector<std::string>> model_labels(const Database& database, std::int64_t number) {
  Result<Statement> rows =
      prepared(database, "SELECT label FROM model WHERE run = ? ORDER BY position", {number});
  if (!rows) return fail(rows.error());
  std::vector<std::string> labels;
  Result<void> done = each_row(*rows, [&] {
    labels.push_back(rows->text(0));
    return true;
  });
  if (!done) return fail(done.error());
  return labels;
}

constexpr std::string_view kEntryColumns =
    "SELECT number, id, label, state, suite_name, suite_path, suite_sha256, planned, started_wall, "
    "ended_wall, options, machine "
    "FROM run ";

Result<RunEntry> entry_of(const Database& database, const Statement& row) {
  const std::int64_t number = row.integer(0);
  RunEntry entry;
  entry.id = row.text(1);
  entry.label = row.text(2);
  entry.suite_name = row.text(4);
  entry.suite_path = row.text(5);
  entry.suite_sha256 = row.text(6);
  entry.planned = row.u64(7);
  entry.started_wall = Nanos{row.integer(8)};
  entry.ended_wall = row.nanos_or_absent(9);
  entry.kind = record::kind_of(json_of(row.view(10)));
  entry.host = record::machine_from_json(json_of(row.view(11))).host;
  const Result<RunState> state = true_state(database, number, record::run_state_from(row.view(3)));
  if (!state) return fail(state.error());
  entry.state = *state;
  Result<std::vector<std::string>> labels = model_labels(database, number);
  if (!labels) return fail(labels.error());
  entry.models = *std::move(labels);
  const Result<std::uint64_t> stored = stored_samples(database, number);
  if (!stored) return fail(stored.error());
  entry.stored = *stored;
  return entry;
}

}  // namespace

Result<RunState> true_state(const Database& database, std::int64_t number, RunState stored) {
  if (stored != RunState::running) return stored;
  Result<Statement> rows =
      prepared(database, "SELECT host, boot, pid_space, pid, started FROM claim WHERE run = ?", {number});
  if (!rows) return fail(rows.error());
  const Result<bool> row = rows->step();
  if (!row) return fail(row.error());
  if (!*row) return RunState::interrupted;
  const Owner owner{.host = rows->text(0),
                    .boot = rows->text(1),
                    .pid_space = rows->text(2),
                    .pid = rows->integer(3),
                    .started = rows->integer(4)};
  return life_of(owner) == Life::dead ? RunState::interrupted : RunState::running;
}

void Readers::set(std::string path, OpenHow how) {
  path_ = std::move(path);
  how_ = std::move(how);
}

void Readers::add(std::unique_ptr<Database> idle) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(idle));
}

Result<Readers::Lease> Readers::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Database> database = std::move(idle_.back());
      idle_.pop_back();
      return Lease(this, std::move(database));
    }
  }
  Result<std::unique_ptr<Database>> database = Database::open(path_, how_);
  if (!database) return fail(database.error());
  if (Result<void> set = (*database)->execute("PRAGMA query_only=1; PRAGMA wal_autocheckpoint=0"); !set)
    return fail(set.error());
  return Lease(this, *std::move(database));
}

Result<Store::Impl::Look> Store::Impl::look(const std::string& run_id) {
  Result<Readers::Lease> lease = readers.take();
  if (!lease) return fail(lease.error());
  const Result<std::int64_t> number = number_of(**lease, run_id);
  if (!number) return fail(number.error());
  return Look{*std::move(lease), *number};
}

Result<std::vector<RunEntry>> Store::runs(const RunFilter& filter) const {
  Result<Readers::Lease> reader = impl_->readers.take();
  if (!reader) return fail(reader.error());
  const std::string words = lower_ascii(filter.words);
  Result<Statement> rows =
      prepared(**reader,
               std::string(kEntryColumns) +
                   "WHERE (?1 IS NULL OR suite_sha256 = ?1) AND (?2 IS NULL OR label = ?2) "
                   "AND (?3 = '' OR (started_wall, number) < (SELECT started_wall, number "
                   "FROM run WHERE id = ?3)) "
                   "AND (?4 = '' OR instr(lower(label), ?4) OR instr(lower(suite_name), ?4) "
                   "OR instr(id, ?4) OR EXISTS (SELECT 1 FROM model WHERE model.run = "
                   "run.number AND instr(lower(model.label), ?4))) "
                   "ORDER BY started_wall DESC, number DESC",
               {filter.suite_sha256, filter.label, filter.before, words});
  if (!rows) return fail(rows.error());
  std::vector<RunEntry> entries;
  Result<void> trouble;
  Result<void> done = each_row(*rows, [&] {
    Result<RunEntry> entry = entry_of(**reader, *rows);
    if (!entry) {
      trouble = fail(entry.error());
      return false;
    }
    if (!filter.state || entry->state == *filter.state) entries.push_back(*std::move(entry));
    return filter.limit == 0 || entries.size() < filter.limit;
  });
  if (!done) return fail(done.error());
  if (!trouble) return fail(trouble.error());
  return entries;
}

Result<RunEntry> Store::entry(const std::string& run_id) const {
  Result<Readers::Lease> reader = impl_->readers.take();
  if (!reader) return fail(reader.error());
  Result<Statement> row = prepared(**reader, std::string(kEntryColumns) + "WHERE id = ?", {run_id});
  if (!row) return fail(row.error());
  const Result<bool> exists = row->step();
  if (!exists) return fail(exists.error());
  if (!*exists) return fail(impl_->no_run(run_id));
  return entry_of(**reader, *row);
}

Result<std::string> Store::find_run(std::string_view word) const {
  const Result<std::vector<RunEntry>> all = runs();
  if (!all) return fail(all.error());
  if (all->empty()) {
    return fail({.code = Code::not_found,
                 .where = {.file = path(), .line = 0, .column = 0},
                 .found = "the store holds no run yet",
                 .expected = {},
                 .remedy = "assay run makes one"});
  }
  if (word == "last") return all->front().id;
  const std::string lower = lower_ascii(word);
  std::vector<const RunEntry*> labelled;
  std::vector<const RunEntry*> beginning;
  for (const RunEntry& entry : *all) {
    if (entry.id == lower) return entry.id;
    if (!entry.label.empty() && entry.label == word) labelled.push_back(&entry);
    if (!lower.empty() && entry.id.starts_with(lower)) beginning.push_back(&entry);
  }
  const std::vector<const RunEntry*>& fitting = labelled.empty() ? beginning : labelled;
  if (fitting.empty()) return fail(impl_->no_run(word));
  if (fitting.size() == 1) return fitting.front()->id;
  std::vector<std::string> ids;
  constexpr std::size_t kMostNamed = 8;
  for (std::size_t i = 0; i < std::min(fitting.size(), kMostNamed); ++i) ids.push_back(fitting[i]->id);
  if (fitting.size() > kMostNamed) ids.emplace_back("…");
  return fail({.code = Code::bad_input,
               .where = {.file = path(), .line = 0, .column = 0},
               .found = fmt::format("'{}' means {} runs: {}", word, fitting.size(), join(ids, ", ")),
               .expected = "one run",
               .remedy = labelled.empty() ? "Write more of its id" : "Give the id of one"});
}

Result<record::Run> Store::run(const std::string& run_id) const {
  Result<Readers::Lease> reader = impl_->readers.take();
  if (!reader) return fail(reader.error());
  Result<Statement> row = prepared(**reader,
                                   "SELECT number, label, state, suite_name, suite_path, suite_sha256, "
                                   "iif(typeof(suite_text) = 'integer', (SELECT body "
                                   "FROM content WHERE id = suite_text), suite_text), cells, seed, repeats, "
                                   "load, planned, started_wall, started_mono, "
                                   "ended_wall, assay_version, machine, options FROM run WHERE id = ?",
                                   {run_id});
  if (!row) return fail(row.error());
  const Result<bool> exists = row->step();
  if (!exists) return fail(exists.error());
  if (!*exists) return fail(impl_->no_run(run_id));
  record::Run run;
  const std::int64_t number = row->integer(0);
  run.id = run_id;
  run.label = row->text(1);
  run.suite_name = row->text(3);
  run.suite_path = row->text(4);
  run.suite_sha256 = row->text(5);
  run.suite_text = row->text(6);
  run.cells = cells_from_json(json_of(row->view(7)));
  run.seed = row->u64(8);
  run.repeats = static_cast<int>(row->integer(9));
  run.load = load_from_json(json_of(row->view(10)));
  run.planned = row->u64(11);
  run.started_wall = Nanos{row->integer(12)};
  run.started_mono = Nanos{row->integer(13)};
  run.ended_wall = row->nanos_or_absent(14);
  run.assay_version = row->text(15);
  run.machine = record::machine_from_json(json_of(row->view(16)));
  run.options = options_from_json(json_of(row->view(17)));
  const Result<RunState> state = true_state(**reader, number, record::run_state_from(row->view(2)));
  if (!state) return fail(state.error());
  run.state = *state;
  Result<Statement> models =
      prepared(**reader, "SELECT record FROM model WHERE run = ? ORDER BY position", {number});
  if (!models) return fail(models.error());
  Result<void> done = each_row(*models, [&] {
    run.models.push_back(model_from_json(json_of(models->view(0))));
    return true;
  });
  if (!done) return fail(done.error());
  return run;
}

Result<std::optional<std::string>> Store::newest_unfinished(const std::string& suite_sha256) const {
  const Result<std::vector<RunEntry>> all =
      runs({.suite_sha256 = suite_sha256, .state = {}, .label = {}, .limit = 0});
  if (!all) return fail(all.error());
  for (const RunEntry& entry : *all) {
    if (entry.state != RunState::finished) return entry.id;
  }
  return std::nullopt;
}

}  // namespace assay::store
