// Reading samples and verdicts.
#include <algorithm>

#include <fmt/format.h>

#include "store/impl.h"
#include "store/query.h"
#include "store/store.h"
#include "store/trial_key.h"

namespace assay::store {
namespace {

using record::Sample;
using record::Verdict;

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

/// The columns of a verdict behind those of its sample.
constexpr int kMark = SampleReader::kColumns;
constexpr int kReason = kMark + 1;
constexpr int kBody = kMark + 2;

Verdict verdict_of(const Statement& row, bool steps) {
  if (steps) return record::verdict_from_json(json_of(row.view(kBody)));
  Verdict verdict;
  verdict.mark = record::mark_from(row.view(kMark)).value_or(record::Mark::ungraded);
  verdict.reason = row.text(kReason);
  return verdict;
}

}  // namespace

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

Result<std::vector<std::uint64_t>> numbers_of(Statement& statement) {
  std::vector<std::uint64_t> numbers;
  const Result<void> done = each_row(statement, [&] {
    numbers.push_back(statement.u64(0));
    return true;
  });
  if (!done) return fail(done.error());
  return numbers;
}

Result<std::uint64_t> stored_samples(const Database& database, std::int64_t number) {
  Result<Statement> rows = prepared(database, "SELECT max(id) FROM sample WHERE id BETWEEN ? AND ?",
                                    {row_id(number, 0), row_id(number, kMaxSequence)});
  if (!rows) return fail(rows.error());
  const Result<bool> row = rows->step();
  if (!row) return fail(row.error());
  return rows->is_null(0) ? 0 : (rows->u64(0) & kMaxSequence) + 1;
}

Result<void> Store::for_each_sample(const std::string& run_id, const SampleFilter& filter,
                                    const SampleSink& sink) const {
  Result<Impl::Look> look = impl_->look(run_id);
  if (!look) return fail(look.error());
  const auto& [database, number] = *look;
  Result<SampleReader> reader = SampleReader::make(*database, number, run_id, filter.texts);
  if (!reader) return fail(reader.error());
  Result<Statement> rows =
      select(*database,
             "SELECT " + SampleReader::columns(filter.texts) +
                 " FROM sample AS s JOIN answer AS a ON a.id = s.id WHERE " + conditions(filter),
             number, filter);
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
  Result<Impl::Look> look = impl_->look(run_id);
  if (!look) return fail(look.error());
  const auto& [database, number] = *look;
  const Result<std::optional<std::int64_t>> graded = layer_number(*database, number, layer);
  if (!graded) return fail(graded.error());
  Result<SampleReader> reader = SampleReader::make(*database, number, run_id, filter.texts);
  if (!reader) return fail(reader.error());
  // No layer has the number 0, so that a run without one has no verdicts.
  Result<Statement> rows =
      select(*database,
             fmt::format("SELECT {}, v.mark, v.reason, {} FROM sample AS s JOIN answer AS a ON a.id = s.id "
                         "LEFT JOIN verdict AS v "
                         "ON v.id = ({} + "
                         "(s.id & 4294967295)) WHERE {}",
                         SampleReader::columns(filter.texts), filter.verdict_steps ? "v.body" : "NULL",
                         row_id(graded->value_or(0), 0), conditions(filter)),
             number, filter);
  if (!rows) return fail(rows.error());
  Result<void> trouble;
  Result<void> done = each_row(*rows, [&] {
    Result<Sample> sample = reader->read(*rows);
    if (!sample) {
      trouble = fail(sample.error());
      return false;
    }
    if (rows->is_null(kMark)) return sink(*std::move(sample), nullptr);
    const Verdict verdict = verdict_of(*rows, filter.verdict_steps);
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
  Result<Impl::Look> look = impl_->look(run_id);
  if (!look) return fail(look.error());
  const auto& [database, number] = *look;
  Result<Statement> rows = prepared(
      *database, "SELECT key FROM sample WHERE id BETWEEN ? AND ? AND superseded = 0 AND status <> ?",
      {row_id(number, 0), row_id(number, kMaxSequence), name_of(record::Status::cancelled)});
  if (!rows) return fail(rows.error());
  const Result<std::uint64_t> most = stored_samples(*database, number);
  if (!most) return fail(most.error());
  std::unordered_set<std::string> keys;
  keys.reserve(*most);
  Result<void> done = each_row(*rows, [&] {
    keys.insert(key_text(*rows, 0));
    return true;
  });
  if (!done) return fail(done.error());
  return keys;
}

Result<std::uint64_t> Store::next_sequence(const std::string& run_id) const {
  Result<Impl::Look> look = impl_->look(run_id);
  if (!look) return fail(look.error());
  const auto& [database, number] = *look;
  return stored_samples(*database, number);
}

Result<std::vector<Layer>> Store::layers(const std::string& run_id) const {
  Result<Impl::Look> look = impl_->look(run_id);
  if (!look) return fail(look.error());
  const auto& [database, number] = *look;
  Result<Statement> rows = prepared(
      *database, "SELECT position, created, grading, versions FROM layer WHERE run = ? ORDER BY position",
      {number});
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
  Result<Impl::Look> look = impl_->look(run_id);
  if (!look) return fail(look.error());
  const auto& [database, number] = *look;
  const Result<std::optional<std::int64_t>> graded = layer_number(*database, number, layer);
  if (!graded) return fail(graded.error());
  Result<Statement> rows =
      prepared(*database,
               "SELECT id & 4294967295 FROM sample AS s WHERE id BETWEEN ?1 AND ?2 AND superseded = 0 AND "
               "NOT EXISTS (SELECT 1 FROM verdict WHERE id = ?3 + (s.id & 4294967295)) ORDER BY id",
               {row_id(number, 0), row_id(number, kMaxSequence), row_id(**graded, 0)});
  if (!rows) return fail(rows.error());
  return numbers_of(*rows);
}

}  // namespace assay::store
