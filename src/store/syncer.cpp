#include "store/syncer.h"

#include <sqlite3.h>

#include <chrono>

namespace assay::store {
namespace {

using namespace std::chrono_literals;

/// From the first unsynced commit to its sync. "At least every second" leaves as much again for the sync.
constexpr auto kDelay = 500ms;

/// The file handle of the log, or nullptr when this connection has not read yet.
sqlite3_file* log_file(const Database& database) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database.handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
  return file != nullptr && file->pMethods != nullptr ? file : nullptr;
}

#ifdef __APPLE__
constexpr int kSyncFlags = SQLITE_SYNC_FULL;  // F_FULLFSYNC: through the drive's cache
#else
constexpr int kSyncFlags = SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY;  // fdatasync
#endif

}  // namespace

Result<std::unique_ptr<Syncer>> Syncer::start(const std::string& path, const OpenOptions& options,
                                              std::mutex& writer) {
  Result<std::unique_ptr<Database>> database =
      Database::open(path, {.write = true, .create = false, .immutable = false, .vfs = options.vfs});
  if (!database) return fail(database.error());
  // checkpoint_fullfsync: the same promise on macOS for the merge; nothing elsewhere.
  Result<void> ready = (*database)->execute(
      "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA checkpoint_fullfsync=1; "
      "SELECT count(*) FROM sqlite_schema");  // the first read opens the log
  if (!ready) return fail(ready.error());
  return std::unique_ptr<Syncer>(new Syncer(*std::move(database), writer, options.merge_pages));
}

Syncer::Syncer(std::unique_ptr<Database> database, std::mutex& writer, int merge_pages)
    : database_(std::move(database)),
      writer_(writer),
      merge_pages_(merge_pages),
      next_merge_(merge_pages),
      thread_([this] { loop(); }) {}

Syncer::~Syncer() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Syncer::note(int pages) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (pages < pages_) next_merge_ = merge_pages_;  // the log has begun anew
    wake = !dirty_ || (pages >= next_merge_ && pages_ < next_merge_);
    pages_ = pages;
    dirty_ = true;
  }
  if (wake) wake_.notify_one();
}

std::optional<Error> Syncer::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

Result<void> Syncer::sync_now() {
  std::unique_lock lock(mutex_);
  const std::uint64_t mine = ++asked_;
  wake_.notify_one();
  answered_.wait(lock, [&] { return done_ >= mine; });
  if (failure_) return fail(*failure_);
  return {};
}

bool Syncer::merge_due() const {
  return pages_ >= next_merge_;
}

void Syncer::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return stop_ || dirty_ || asked_ > done_; });
    wake_.wait_for(lock, kDelay, [&] { return stop_ || asked_ > done_ || merge_due(); });
    if (stop_ && !dirty_ && asked_ == done_) return;
    const std::uint64_t answering = asked_;
    const bool merging = merge_due() && !stop_;
    dirty_ = false;
    lock.unlock();
    std::optional<Error> failed = sync_log();
    if (!failed && merging) failed = merge();
    lock.lock();
    // A reader with an old snapshot can keep the log from beginning anew: try again after another half, not
    // at once.
    if (merging) next_merge_ = pages_ + merge_pages_ / 2;
    if (failed && !failure_) failure_ = std::move(failed);
    done_ = answering;
    answered_.notify_all();
  }
}

std::optional<Error> Syncer::sync_log() {
  sqlite3_file* file = log_file(*database_);
  if (file == nullptr) {
    return sqlite_sentence(database_->path(), SQLITE_IOERR, 0, "the write-ahead log has gone");
  }
  const int code = file->pMethods->xSync(file, kSyncFlags);
  if (code == SQLITE_OK) return std::nullopt;
  return sqlite_sentence(database_->path(), code, 0, "syncing the write-ahead log failed");
}

std::optional<Error> Syncer::merge() {
  const auto pass = [this] {
    int in_log = 0;
    int merged = 0;
    return sqlite3_wal_checkpoint_v2(database_->handle(), "main", SQLITE_CHECKPOINT_PASSIVE, &in_log,
                                     &merged);
  };
  int code = pass();
  if (code == SQLITE_OK) {
    const std::lock_guard no_commits(writer_);
    code = pass();
  }
  // Only a failed sync breaks the promise. A merge that found the disk full, or another program merging,
  // leaves the log as it was: it is tried again later, and an append that finds no room says so itself.
  if (code == SQLITE_IOERR_FSYNC)
    return sqlite_sentence(database_->path(), code, 0, "syncing the store failed");
  return std::nullopt;
}

}  // namespace assay::store
