// Reading for people who look around in a large run: narrow columns, single samples, texts.
#include <algorithm>

#include <fmt/format.h>

#include "store/impl.h"
#include "store/query.h"
#include "store/store.h"

namespace assay::store {
namespace {

/// For LIKE with ESCAPE '\': what the text holds is no pattern.
std::string containing(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + '%';
}

}  // namespace

Result<void> Store::for_each_brief(const std::string& run_id, std::optional<LayerId> layer,
                                   std::uint64_t from_sequence, const BriefSink& sink) const {
  Result<Impl::Look> look = impl_->look(run_id);
  if (!look) return fail(look.error());
  const auto& [database, number] = *look;
  const Result<std::optional<std::int64_t>> graded = layer_number(*database, number, layer);
  if (!graded) return fail(graded.error());
  Result<Statement> rows = prepared(
      *database,
      "SELECT s.id, s.model, s.cell, s.case_id, s.status, s.flags, v.mark FROM sample AS s LEFT JOIN verdict "
      "AS v ON v.id = (?3 + (s.id & 4294967295)) WHERE s.id BETWEEN ?1 AND ?2 AND s.superseded = 0 ORDER BY "
      "s.id",
      {row_id(number, std::min(from_sequence, kMaxSequence)), row_id(number, kMaxSequence),
       row_id(graded->value_or(0), 0)});
  if (!rows) return fail(rows.error());
  return each_row(*rows, [&] {
    SampleBrief brief{.sequence = rows->u64(0) & kMaxSequence,
                      .model = rows->u32(1),
                      .cell = rows->u32(2),
                      .case_id = rows->view(3),
                      .status = record::status_from(rows->view(4)),
                      .flags = rows->u32(5),
                      .mark = std::nullopt};
    if (!rows->is_null(6)) brief.mark = record::mark_from(rows->view(6));
    return sink(brief);
  });
}

Result<void> Store::for_each_of(const std::string& run_id, std::optional<LayerId> layer,
                                std::span<const std::uint64_t> sequences, const GradedSink& sink) const {
  Result<Impl::Look> look = impl_->look(run_id);
  if (!look) return fail(look.error());
  const auto& [database, number] = *look;
  const Result<std::optional<std::int64_t>> graded = layer_number(*database, number, layer);
  if (!graded) return fail(graded.error());
  Result<SampleReader> reader = SampleReader::make(*database, number, run_id, true);
  if (!reader) return fail(reader.error());
  Result<Statement> row = database->prepare(
      fmt::format("SELECT {}, (SELECT body FROM verdict WHERE id = ?2) FROM sample AS s JOIN answer AS a ON "
                  "a.id = s.id WHERE s.id = ?1",
                  SampleReader::columns(true)));
  if (!row) return fail(row.error());
  for (const std::uint64_t sequence : sequences) {
    Result<void> bound = row->bind(
        {row_id(number, sequence & kMaxSequence), row_id(graded->value_or(0), sequence & kMaxSequence)});
    if (!bound) return bound;
    const Result<bool> exists = row->step();
    if (!exists) return fail(exists.error());
    if (!*exists) continue;
    Result<record::Sample> sample = reader->read(*row);
    if (!sample) return fail(sample.error());
    std::optional<record::Verdict> verdict;
    if (!row->is_null(SampleReader::kColumns))
      verdict = record::verdict_from_json(json_of(row->view(SampleReader::kColumns)));
    if (!sink(*std::move(sample), verdict ? &*verdict : nullptr)) return {};
  }
  return {};
}

Result<std::vector<std::uint64_t>> Store::find_text(const std::string& run_id, std::uint64_t from,
                                                    std::uint64_t to, std::string_view text) const {
  if (from >= to || from > kMaxSequence) return std::vector<std::uint64_t>();
  Result<Impl::Look> look = impl_->look(run_id);
  if (!look) return fail(look.error());
  const auto& [database, number] = *look;
  const std::string pattern = containing(text);
  Result<Statement> rows = prepared(
      *database,
      "SELECT s.id & 4294967295 FROM sample AS s JOIN answer AS a ON a.id = s.id WHERE s.id BETWEEN ?1 AND "
      "?2 AND s.superseded = 0 AND (s.case_id LIKE ?3 ESCAPE '\\' OR a.output LIKE ?3 ESCAPE '\\' OR "
      "a.reasoning LIKE ?3 ESCAPE '\\' OR iif(typeof(a.prompt) = 'integer', (SELECT body FROM content WHERE "
      "id = a.prompt), a.prompt) LIKE ?3 ESCAPE '\\') ORDER BY s.id",
      {row_id(number, from), row_id(number, std::min(to - 1, kMaxSequence)), pattern});
  if (!rows) return fail(rows.error());
  return numbers_of(*rows);
}

Result<Store::Neighbours> Store::neighbours(const std::string& run_id, std::uint64_t sequence) const {
  Result<Impl::Look> look = impl_->look(run_id);
  if (!look) return fail(look.error());
  const auto& [database, number] = *look;
  Neighbours found;
  const std::int64_t here = row_id(number, std::min(sequence, kMaxSequence));
  for (const bool before : {true, false}) {
    Result<Statement> row = prepared(
        *database,
        before ? "SELECT id & 4294967295 FROM sample WHERE id >= ?1 AND id < ?2 AND superseded = 0 ORDER BY "
                 "id DESC LIMIT 1"
               : "SELECT id & 4294967295 FROM sample WHERE id > ?2 AND id <= ?1 AND superseded = 0 ORDER BY "
                 "id LIMIT 1",
        {before ? row_id(number, 0) : row_id(number, kMaxSequence), here});
    if (!row) return fail(row.error());
    const Result<bool> exists = row->step();
    if (!exists) return fail(exists.error());
    if (*exists) (before ? found.previous : found.next) = row->u64(0);
  }
  return found;
}

}  // namespace assay::store
