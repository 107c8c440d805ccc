// Opening the file: what can be wrong with it, in sentences, and how a read-only place is read all the same.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "store/database.h"
#include "store/store.h"

namespace assay::store {

struct Opened {
  std::unique_ptr<Database> database;
  OpenHow how;  ///< for further connections
};

/// A connection to a file that is ours, of the newest format, in WAL mode.
Result<Opened> open_store(const std::string& path, Mode mode, const OpenOptions& options);

}  // namespace assay::store
