// Syncs the write-ahead log in the background, and merges it into the file before it grows too long.
//
// The problem: SQLite with synchronous=NORMAL writes a commit into the log and returns. The kernel has it
// then, so a killed process loses nothing; the disk has it only after a sync, which takes 1 to 20 ms and
// would stand between two trials. With synchronous=FULL every commit would pay that.
//
// The idea: one thread per writing store, with a connection of its own. Half a second after the first commit
// that is not yet synced it syncs the log: fdatasync, or F_FULLFSYNC on macOS, where fsync leaves the data in
// the drive's cache. The other half second is for the sync itself. A torn log is no harm: every frame has a
// checksum, and SQLite reads the log up to the first bad one, so what is found is the first k commits.
//
// The sync goes through SQLite's own file handle of the log (SQLITE_FCNTL_JOURNAL_POINTER), never through a
// file that we open: POSIX drops all locks of a process on a file when it closes any descriptor of it, and
// SQLite's locks on the file would go. It also means that a test's file layer sees the sync and can let it
// fail.
//
// Merging (a checkpoint) costs two syncs and a copy of the changed pages. SQLite would do it inside every
// commit that finds 1,000 pages in the log, on the thread that measures. Here the thread does the bulk while
// commits go on, and then holds the writer back for the small rest, so that the log can start from its
// beginning.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/result.h"
#include "store/database.h"
#include "store/store.h"

namespace assay::store {

/// Thread   note() and failure() from the writing thread, sync_now() from any that does not hold `writer`.
class Syncer {
 public:
  /// `writer` is the lock of the writing connection. Starts the thread.
  static Result<std::unique_ptr<Syncer>> start(const std::string& path, const OpenOptions& options,
                                               std::mutex& writer);
  /// Syncs what is left, then ends the thread.
  ~Syncer();
  Syncer(const Syncer&) = delete;
  Syncer& operator=(const Syncer&) = delete;

  /// A commit has happened; the log now has `pages` pages. Cost: an uncontended lock.
  void note(int pages);
  /// Set once a sync has failed, and for ever: after a failed sync the kernel may have dropped the data and
  /// reports success the next time, so nothing can be promised any more.
  std::optional<Error> failure() const;
  /// Returns when everything noted before the call is synced, or with the failure.
  Result<void> sync_now();

 private:
  Syncer(std::unique_ptr<Database> database, std::mutex& writer, int merge_pages);
  void loop();
  bool merge_due() const;
  std::optional<Error> sync_log();
  std::optional<Error> merge();

  std::unique_ptr<Database> database_;  // of the thread alone
  std::mutex& writer_;
  const int merge_pages_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::condition_variable answered_;
  bool dirty_ = false;
  bool stop_ = false;
  int pages_ = 0;
  int next_merge_;
  std::uint64_t asked_ = 0;
  std::uint64_t done_ = 0;
  std::optional<Error> failure_;

  std::thread thread_;
};

}  // namespace assay::store
