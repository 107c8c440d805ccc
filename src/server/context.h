// What all routes share.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "record/run.h"
#include "server/library.h"
#include "server/sample_index.h"
#include "server/summaries.h"
#include "store/store.h"

namespace assay::server {

/// What is kept of the runs that were looked at last: their records, cases and indexes.
class Opened {
 public:
  struct Run {
    record::Run record;
    std::shared_ptr<const CaseTable> cases;
    std::shared_ptr<SampleIndex> index;
    bool suite_lost = false;  ///< the stored suite is no longer read: cases come from the samples alone
  };

  Opened(store::Store& store, Library& library) : store_(store), library_(library) {}
  /// `word` as Store::find_run() takes it. Errors: not_found, bad_input when several fit.
  Result<std::shared_ptr<const Run>> find(const std::string& word);
  /// The run's index, as new as the store.
  Result<std::shared_ptr<SampleIndex>> index(const Run& run);

 private:
  std::string epoch_of(const record::Run& run) const;

  store::Store& store_;
  Library& library_;
  std::mutex mutex_;
  struct Held {
    std::string id, version;
    std::shared_ptr<const Run> run;
  };
  std::list<Held> held_;  ///< the last used first
};

struct Context {
  store::Store& store;
  bool writable = false;
  Library& library;
  RunControl& control;
  record::Machine machine;
  Summaries& summaries;
  Opened& opened;
  const std::atomic<bool>& ending;  ///< event streams stop
};

}  // namespace assay::server
