// Small helpers around statements.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "store/database.h"

namespace assay::store {

inline Result<Statement> prepared(const Database& database, std::string_view sql,
                                  std::initializer_list<Bound> values) {
  Result<Statement> statement = database.prepare(sql);
  if (!statement) return statement;
  if (Result<void> bound = statement->bind(values); !bound) return fail(bound.error());
  return statement;
}

/// Runs one statement that is not worth keeping.
inline Result<void> run_once(const Database& database, std::string_view sql,
                             std::initializer_list<Bound> values) {
  Result<Statement> statement = database.prepare(sql);
  if (!statement) return fail(statement.error());
  return statement->run(values);
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

/// The first column of every row, as whole numbers.
Result<std::vector<std::uint64_t>> numbers_of(Statement& statement);

/// JSON that we wrote ourselves; null when it is damaged.
inline Json json_of(std::string_view text) {
  Result<Json> value = parse_json(text);
  return value ? *std::move(value) : Json();
}

/// The number of the layer, or absent when the run has none and none was asked for.
Result<std::optional<std::int64_t>> layer_number(const Database& database, std::int64_t run,
                                                 std::optional<std::uint32_t> layer);

/// One more than the greatest sequence of a run: the tree is asked for its end, nothing is counted.
Result<std::uint64_t> stored_samples(const Database& database, std::int64_t run_number);

}  // namespace assay::store
