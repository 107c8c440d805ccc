#include "store/open.h"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "base/file.h"
#include "store/refuse.h"
#include "store/schema.h"

namespace assay::store {
namespace {

bool is_folder(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

/// What SQLite would report as "unable to open database file", told apart. It looks by name only: opening the
/// file here and closing it would drop SQLite's locks on it, if this program has it open already.
Result<void> check_place(const std::string& path, Mode mode) {
  if (path.empty()) return refuse("", Code::bad_input, "the store has no path", "a file", "Set ASSAY_STORE");
  const std::string parent = folder_of(path);
  const std::string folder = parent.empty() ? "." : parent;
  if (is_folder(path)) {
    return refuse(path, Code::bad_input, "this is a folder", "a file", fmt::format("Use {}/assay.db", path));
  }
  if (file_exists(path)) {
    if (::access(path.c_str(), R_OK) != 0) {
      return refuse(path, Code::permission, "the file may not be read", "permission to read it",
                    "Change the permission, or choose another store with ASSAY_STORE");
    }
    if (mode == Mode::read_write_create && ::access(path.c_str(), W_OK) != 0) {
      return refuse(path, Code::permission, "the file is read-only", "permission to write it",
                    "Change the permission, or choose another store with ASSAY_STORE");
    }
  } else if (mode == Mode::read_only) {
    return refuse(path, Code::not_found, "there is no store", "a file that assay made",
                  "assay run makes one");
  } else if (!is_folder(folder)) {
    return refuse(path, Code::not_found, fmt::format("cannot create, folder '{}' does not exist", folder),
                  "a folder", "Create it, or choose another store with ASSAY_STORE");
  }
  if (mode == Mode::read_write_create && ::access(folder.c_str(), W_OK) != 0) {
    return refuse(path, Code::permission, fmt::format("folder '{}' is read-only", folder),
                  "a folder that can be written (the write-ahead log lies beside the store)",
                  "Change the permission, or choose another store with ASSAY_STORE");
  }
  return {};
}

/// WAL mode is a property of the file, set once. SQLite does not ask the busy handler while it changes the
/// mode, so we wait ourselves for another program that creates the same file.
Result<void> use_log(Database& database) {
  for (int waited_ms = 0;; ++waited_ms) {
    const Result<std::string> mode = database.text_of("PRAGMA journal_mode=WAL");
    if (mode && *mode == "wal") return {};
    if (mode) {
      return refuse(database.path(), Code::unsupported,
                    fmt::format("this file system keeps no write-ahead log (journal mode '{}')", *mode),
                    "a local disk", "Choose another store with ASSAY_STORE");
    }
    if (mode.error().code != Code::conflict || waited_ms >= kBusyLimitMs) return fail(mode.error());
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Result<void> set_up_writer(Database& database) {
  // A file that we turn down must not change, not even by merging its log when we close it.
  database.merge_on_close(false);
  if (Result<void> ours = check_identity(database, true); !ours) return ours;
  if (Result<void> log = use_log(database); !log) return log;
  database.merge_on_close(true);
  // synchronous=FULL while the tables are made, NORMAL from then on (syncer.h). cache: 8 MiB, the top levels
  // of all trees at 200,000 samples. journal_size_limit: a log that a long reader let grow is cut to 64 MiB
  // again.
  if (Result<void> made = prepare(database, true); !made) return made;
  return database.execute(
      "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA checkpoint_fullfsync=1; PRAGMA "
      "temp_store=MEMORY; "
      "PRAGMA cache_size=-8192; PRAGMA journal_size_limit=67108864");
}

Result<std::unique_ptr<Database>> open_reader(const std::string& path, const OpenHow& how) {
  Result<std::unique_ptr<Database>> database = Database::open(path, how);
  if (!database) return database;
  if (Result<void> ours = prepare(**database, false); !ours) return fail(ours.error());
  return database;
}

/// Reads without changing anything. SQLite needs a file for shared memory beside a store in WAL mode and
/// makes one. In a read-only folder it cannot; there `immutable` promises that nobody writes, and SQLite
/// reads the store alone. A log that is still there would be ignored without a word, so that is refused.
Result<Opened> open_read_only(const std::string& path, const OpenOptions& options) {
  OpenHow how{.write = false, .create = false, .immutable = false, .vfs = options.vfs};
  Result<std::unique_ptr<Database>> database = open_reader(path, how);
  if (database) return Opened{*std::move(database), how};
  const Code code = database.error().code;
  if (code != Code::io && code != Code::permission) return fail(database.error());
  if (file_size(path + "-wal").value_or(0) > 0) {
    return refuse(path, Code::permission,
                  "samples in the write-ahead log beside it cannot be read in a read-only folder",
                  "a folder that can be written, or a store that was closed",
                  fmt::format("Copy {0} and {0}-wal to another folder, and open the copy", file_name(path)));
  }
  how.immutable = true;
  database = open_reader(path, how);
  if (!database) return fail(database.error());
  return Opened{*std::move(database), how};
}

}  // namespace

Result<Opened> open_store(const std::string& path, Mode mode, const OpenOptions& options) {
  if (Result<void> place = check_place(path, mode); !place) return fail(place.error());
  if (mode == Mode::read_only) return open_read_only(path, options);
  const OpenHow how{.write = true, .create = true, .immutable = false, .vfs = options.vfs};
  Result<std::unique_ptr<Database>> database = Database::open(path, how);
  if (!database) return fail(database.error());
  if (Result<void> ready = set_up_writer(**database); !ready) return fail(ready.error());
  OpenHow further = how;
  further.create = false;
  return Opened{*std::move(database), further};
}

}  // namespace assay::store
