// A run as rows: written and deleted, within the caller's transaction.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "record/run.h"
#include "store/content.h"
#include "store/database.h"

namespace assay::store {

/// The number that the run has in this file.
Result<std::int64_t> insert_run(const Database& database, ContentWriter& content, const record::Run& run);
/// Replaces the one at that position.
Result<void> insert_model(const Database& database, std::int64_t number, std::uint32_t position,
                          const record::ModelRecord& model);
/// Deletes the run's rows. Texts that nobody refers to any more go too, unless somebody writes a run just
/// now: a writer remembers which texts exist.
Result<void> delete_run(const Database& database, std::int64_t number);

}  // namespace assay::store
