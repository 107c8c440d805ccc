// Files that are kept with a run.
#include <fmt/format.h>

#include "store/impl.h"
#include "store/query.h"
#include "store/store.h"

namespace assay::store {
namespace {

/// SQLite takes at most 10^9 bytes in a row.
constexpr std::size_t kMostBytes = 900'000'000;

}  // namespace

Result<void> Store::attach(const std::string& run_id, std::string_view name, std::string_view body) {
  if (body.size() > kMostBytes) {
    return fail({.code = Code::bad_input,
                 .where = {.file = path(), .line = 0, .column = 0},
                 .found = fmt::format("'{}' has {} bytes", name, body.size()),
                 .expected = fmt::format("at most {} bytes", kMostBytes),
                 .remedy = {}});
  }
  return impl_->write([&]() -> Result<void> {
    const Result<std::int64_t> number = impl_->number_of(*impl_->writer, run_id);
    if (!number) return fail(number.error());
    Result<Statement> insert =
        impl_->writer->prepare("INSERT OR REPLACE INTO attachment (run, name, body) VALUES (?, ?, ?)");
    if (!insert) return fail(insert.error());
    return insert->run({*number, name, Blob{body}});
  });
}

Result<std::optional<std::string>> Store::attachment(const std::string& run_id, std::string_view name) const {
  Result<Impl::Look> look = impl_->look(run_id);
  if (!look) return fail(look.error());
  // A file of format 1 that was opened for reading has no such table.
  const Result<std::int64_t> table =
      look->database->integer_of("SELECT count(*) FROM sqlite_schema WHERE name = 'attachment'");
  if (!table) return fail(table.error());
  if (*table == 0) return std::nullopt;
  Result<Statement> row = prepared(*look->database, "SELECT body FROM attachment WHERE run = ? AND name = ?",
                                   {look->number, name});
  if (!row) return fail(row.error());
  const Result<bool> found = row->step();
  if (!found) return fail(found.error());
  if (!*found) return std::nullopt;
  return row->text(0);
}

}  // namespace assay::store
