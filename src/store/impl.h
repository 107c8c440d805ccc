// What a Store consists of. Only for the .cpp files of Store.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/content.h"
#include "store/database.h"
#include "store/open.h"
#include "store/owner.h"
#include "store/sample_rows.h"
#include "store/store.h"
#include "store/syncer.h"

namespace assay::store {

/// Connections for reading, used again. A reader has its own, so that it sees a snapshot and appends go on.
class Readers {
 public:
  void set(std::string path, OpenHow how);
  void add(std::unique_ptr<Database> idle);
  void close() { idle_.clear(); }

  /// A connection for one caller; goes back when this ends. Statements on it must end before.
  class Lease {
   public:
    Lease(Readers* home, std::unique_ptr<Database> database) : home_(home), database_(std::move(database)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (database_) home_->add(std::move(database_));
    }
    Database& operator*() const { return *database_; }
    Database* operator->() const { return database_.get(); }

   private:
    Readers* home_;
    std::unique_ptr<Database> database_;
  };
  Result<Lease> take();

 private:
  std::string path_;
  OpenHow how_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Database>> idle_;
};

struct Store::Impl {
  std::string path;
  OpenOptions options;
  std::int64_t token = 0;  ///< tells this Store's claims from those of another Store of this program

  std::mutex mutex;                  ///< guards everything below but `readers`
  std::unique_ptr<Database> writer;  ///< nullptr: opened for reading only
  std::unique_ptr<Syncer> syncer;
  int log_pages = 0;
  /// Statements of the hot path, made before the first write.
  struct Prepared {
    Statement begin, commit, rollback, find_layer, put_verdict;
    ContentWriter content;
    SampleWriter samples;
  };
  std::unique_ptr<Prepared> prepared;
  std::map<std::string, std::int64_t, std::less<>> claimed;  ///< run id → number, of the runs that we write

  Readers readers;

  /// A connection for reading, and the run's number in this file.
  struct Look {
    Readers::Lease database;
    std::int64_t number;
  };
  Result<Look> look(const std::string& run_id);

  ~Impl();
  Result<void> make_ready();
  void undo();
  /// Runs `body` in a transaction of the writer. Leaves nothing behind when it fails.
  template <class Body>
  Result<void> write(const Body& body) {
    const std::lock_guard lock(mutex);
    if (Result<void> ready = make_ready(); !ready) return ready;
    Result<void> done = prepared->begin.run({});
    if (!done) return done;
    done = body();
    if (done) done = prepared->commit.run({});
    if (done)
      syncer->note(log_pages);
    else
      undo();
    return done;
  }

  Error no_run(std::string_view run_id) const;
  Result<std::int64_t> number_of(const Database& database, std::string_view run_id) const;
  Result<std::int64_t> claimed_number(std::string_view run_id) const;
  /// Errors: conflict when a living process, or one that we cannot look up, has the run.
  Result<void> check_claim(const std::string& run_id, std::int64_t number, Takeover takeover);
  Result<void> set_claim(std::int64_t number);
};

/// `running` as stored is true only while its writer lives.
Result<record::RunState> true_state(const Database& database, std::int64_t number, record::RunState stored);

}  // namespace assay::store
