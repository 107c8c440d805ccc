#include "store/body_finder.h"

#include <utility>

#include <fmt/format.h>

namespace assay::store {

Result<BodyFinder> BodyFinder::make(const Database& database, std::string_view table) {
  BodyFinder finder;
  const Result<std::int64_t> exists =
      database.integer_of(fmt::format("SELECT count(*) FROM sqlite_schema WHERE name = '{}'", table));
  if (!exists) return fail(exists.error());
  if (*exists == 0) return finder;
  Result<Statement> find = database.prepare(fmt::format("SELECT body FROM {} WHERE id = ?", table));
  if (!find) return fail(find.error());
  finder.find_ = *std::move(find);
  return finder;
}

Result<std::optional<Json>> BodyFinder::body_of(std::int64_t id) {
  if (!find_) return std::optional<Json>();
  if (Result<void> bound = find_->bind({id}); !bound) return fail(bound.error());
  const Result<bool> exists = find_->step();
  if (!exists) return fail(exists.error());
  std::optional<Json> body;
  if (*exists) {
    Result<Json> read = parse_json(find_->view(0));
    if (!read) return fail(read.error());
    body = *std::move(read);
  }
  find_->reset();
  return body;
}

}  // namespace assay::store
