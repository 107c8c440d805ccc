// Reading: every call takes a connection of its own and sees one state of the store.
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "store/impl.h"
#include "store/run_codec.h"
#include "store/store.h"

namespace assay::store {
namespace {

using record::RunState;
using record::Sample;
using record::Verdict;

Result<Statement> prepared(const Database& database, std::string_view sql,
                           std::initializer_list<Bound> values) {
  Result<Statement> statement = database.prepare(sql);
  if (!statement) return statement;
  if (Result<void> bound = statement->bind(values); !bound) return fail(bound.error());
  return statement;
}

/// Calls `take` for each row until it says false.
template <class Take>
Result<void> each_row(Statement& statement, const Take& take) {
  for (;;) {
    const Result<bool> row = statement.step();
    if (!row) return fail(row.error());
    if (!*row || !take()) return {};
  }
}

Json json_of(std::string_view text) {
  Result<Json> value = parse_json(text);
  return value ? *std::move(value) : Json();
}

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

/// One more than the greatest sequence: the tree is asked for its end, nothing is counted.
Result<std::uint64_t> stored_samples(const Database& database, std::int64_t number) {
  Result<Statement> rows = prepared(database, "SELECT max(id) FROM sample WHERE id BETWEEN ? AND ?",
                                    {row_id(number, 0), row_id(number, kMaxSequence)});
  if (!rows) return fail(rows.error());
  const Result<bool> row = rows->step();
  if (!row) return fail(row.error());
  return rows->is_null(0) ? 0 : (rows->u64(0) & kMaxSequence) + 1;
}

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

std::string conditions(const SampleFilter& filter) {
  std::string sql = "s.id BETWEEN ? AND ?";
  if (!filter.superseded) sql += " AND s.superseded = 0";
  if (filter.model) sql += fmt::format(" AND s.model = {}", *filter.model);
  if (filter.cell) sql += fmt::format(" AND s.cell = {}", *filter.cell);
  if (filter.status) sql += fmt::format(" AND s.status = '{}'", name_of(*filter.status));
  if (filter.case_id) sql += " AND s.case_id = ?3";
  sql += " ORDER BY s.id";
  if (filter.limit != 0) sql += fmt::format(" LIMIT {}", filter.limit);
  return sql;
}

Result<Statement> select(const Database& database, const std::string& sql, std::int64_t number,
                         const SampleFilter& filter) {
  const std::int64_t first = row_id(number, std::min(filter.from_sequence, kMaxSequence));
  const std::int64_t last = row_id(number, kMaxSequence);
  if (filter.case_id) return prepared(database, sql, {first, last, *filter.case_id});
  return prepared(database, sql, {first, last});
}

/// The number of the layer, or absent when the run has none and none was asked for.
Result<std::optional<std::int64_t>> layer_number(const Database& database, std::int64_t run,
                                                 std::optional<LayerId> layer) {
  Result<Statement> rows = prepared(database,
                                    "SELECT number FROM layer WHERE run = ?1 AND (?2 IS NULL OR position = "
                                    "?2) ORDER BY position DESC LIMIT 1",
                                    {run, layer});
  if (!rows) return fail(rows.error());
  const Result<bool> row = rows->step();
  if (!row) return fail(row.error());
  if (*row) return rows->integer(0);
  if (!layer) return std::nullopt;
  return fail({.code = Code::not_found,
               .where = {.file = database.path(), .line = 0, .column = 0},
               .found = fmt::format("the run has no grading {}", *layer),
               .expected = {},
               .remedy = {}});
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

Result<std::vector<RunEntry>> Store::runs(const RunFilter& filter) const {
  Result<Readers::Lease> reader = impl_->readers.take();
  if (!reader) return fail(reader.error());
  Result<Statement> rows = prepared(**reader,
                                    "SELECT number, id, label, state, suite_name, suite_path, suite_sha256, "
                                    "planned, started_wall, ended_wall FROM run "
                                    "WHERE (?1 IS NULL OR suite_sha256 = ?1) AND (?2 IS NULL OR label = ?2) "
                                    "ORDER BY started_wall DESC, number DESC",
                                    {filter.suite_sha256, filter.label});
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
               .remedy = "Write more of its id"});
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
  run.machine = machine_from_json(json_of(row->view(16)));
  run.options = json_of(row->view(17));
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

Result<void> Store::for_each_sample(const std::string& run_id, const SampleFilter& filter,
                                    const SampleSink& sink) const {
  Result<Readers::Lease> lease = impl_->readers.take();
  if (!lease) return fail(lease.error());
  const Result<std::int64_t> number = impl_->number_of(**lease, run_id);
  if (!number) return fail(number.error());
  Result<SampleReader> reader = SampleReader::make(**lease, run_id, filter.texts);
  if (!reader) return fail(reader.error());
  Result<Statement> rows =
      select(**lease,
             "SELECT " + SampleReader::columns(filter.texts) +
                 " FROM sample AS s JOIN answer AS a ON a.id = s.id WHERE " + conditions(filter),
             *number, filter);
  if (!rows) return fail(rows.error());
  Result<void> trouble;
  Result<void> done = each_row(*rows, [&] {
    Result<Sample> sample = reader->read(*rows);
    if (!sample) trouble = fail(sample.error());
    return sample && sink(*std::move(sample));
  });
  return done ? trouble : done;
}

Result<void> Store::for_each_graded(const std::string& run_id, std::optional<LayerId> layer,
                                    const SampleFilter& filter, const GradedSink& sink) const {
  Result<Readers::Lease> lease = impl_->readers.take();
  if (!lease) return fail(lease.error());
  const Result<std::int64_t> number = impl_->number_of(**lease, run_id);
  if (!number) return fail(number.error());
  const Result<std::optional<std::int64_t>> graded = layer_number(**lease, *number, layer);
  if (!graded) return fail(graded.error());
  Result<SampleReader> reader = SampleReader::make(**lease, run_id, filter.texts);
  if (!reader) return fail(reader.error());
  // No layer has the number 0, so that a run without one has no verdicts.
  Result<Statement> rows = select(
      **lease,
      fmt::format("SELECT {}, v.body FROM sample AS s JOIN answer AS a ON a.id = s.id LEFT JOIN verdict AS v "
                  "ON v.id = ({} + "
                  "(s.id & 4294967295)) WHERE {}",
                  SampleReader::columns(filter.texts), row_id(graded->value_or(0), 0), conditions(filter)),
      *number, filter);
  if (!rows) return fail(rows.error());
  Result<void> trouble;
  Result<void> done = each_row(*rows, [&] {
    Result<Sample> sample = reader->read(*rows);
    if (!sample) {
      trouble = fail(sample.error());
      return false;
    }
    if (rows->is_null(SampleReader::kColumns)) return sink(*std::move(sample), nullptr);
    const Verdict verdict = record::verdict_from_json(json_of(rows->view(SampleReader::kColumns)));
    return sink(*std::move(sample), &verdict);
  });
  return done ? trouble : done;
}

Result<Sample> Store::sample(const std::string& run_id, std::uint64_t sequence) const {
  SampleFilter filter;
  filter.from_sequence = sequence;
  filter.limit = 1;
  filter.superseded = true;
  std::optional<Sample> found;
  Result<void> done = for_each_sample(run_id, filter, [&](Sample&& sample) {
    if (sample.sequence == sequence) found = std::move(sample);
    return false;
  });
  if (!done) return fail(done.error());
  if (found) return *std::move(found);
  return fail({.code = Code::not_found,
               .where = {.file = path(), .line = 0, .column = 0},
               .found = fmt::format("run '{}' has no sample {}", run_id, sequence),
               .expected = {},
               .remedy = {}});
}

Result<std::unordered_set<std::string>> Store::done_keys(const std::string& run_id) const {
  Result<Readers::Lease> lease = impl_->readers.take();
  if (!lease) return fail(lease.error());
  const Result<std::int64_t> number = impl_->number_of(**lease, run_id);
  if (!number) return fail(number.error());
  Result<Statement> rows =
      prepared(**lease, "SELECT key FROM sample WHERE id BETWEEN ? AND ? AND superseded = 0 AND status <> ?",
               {row_id(*number, 0), row_id(*number, kMaxSequence), name_of(record::Status::cancelled)});
  if (!rows) return fail(rows.error());
  std::unordered_set<std::string> keys;
  Result<void> done = each_row(*rows, [&] {
    keys.insert(key_text(*rows, 0));
    return true;
  });
  if (!done) return fail(done.error());
  return keys;
}

Result<std::uint64_t> Store::next_sequence(const std::string& run_id) const {
  Result<Readers::Lease> lease = impl_->readers.take();
  if (!lease) return fail(lease.error());
  const Result<std::int64_t> number = impl_->number_of(**lease, run_id);
  if (!number) return fail(number.error());
  return stored_samples(**lease, *number);
}

Result<std::vector<Layer>> Store::layers(const std::string& run_id) const {
  Result<Readers::Lease> lease = impl_->readers.take();
  if (!lease) return fail(lease.error());
  const Result<std::int64_t> number = impl_->number_of(**lease, run_id);
  if (!number) return fail(number.error());
  Result<Statement> rows = prepared(
      **lease, "SELECT position, created, grading, versions FROM layer WHERE run = ? ORDER BY position",
      {*number});
  if (!rows) return fail(rows.error());
  std::vector<Layer> layers;
  Result<void> done = each_row(*rows, [&] {
    layers.push_back({.id = rows->u32(0),
                      .created = Nanos{rows->integer(1)},
                      .grading = rows->text(2),
                      .versions = json_of(rows->view(3))});
    return true;
  });
  if (!done) return fail(done.error());
  return layers;
}

Result<std::vector<std::uint64_t>> Store::ungraded(const std::string& run_id, LayerId layer) const {
  Result<Readers::Lease> lease = impl_->readers.take();
  if (!lease) return fail(lease.error());
  const Result<std::int64_t> number = impl_->number_of(**lease, run_id);
  if (!number) return fail(number.error());
  const Result<std::optional<std::int64_t>> graded = layer_number(**lease, *number, layer);
  if (!graded) return fail(graded.error());
  Result<Statement> rows =
      prepared(**lease,
               "SELECT id & 4294967295 FROM sample AS s WHERE id BETWEEN ?1 AND ?2 AND superseded = 0 AND "
               "NOT EXISTS (SELECT 1 FROM verdict WHERE id = ?3 + (s.id & 4294967295)) ORDER BY id",
               {row_id(*number, 0), row_id(*number, kMaxSequence), row_id(**graded, 0)});
  if (!rows) return fail(rows.error());
  std::vector<std::uint64_t> sequences;
  Result<void> done = each_row(*rows, [&] {
    sequences.push_back(rows->u64(0));
    return true;
  });
  if (!done) return fail(done.error());
  return sequences;
}

}  // namespace assay::store
