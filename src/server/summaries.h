// Summaries made once. A run that has ended changes only when it is graded again, and a summary of a million
// samples takes seconds: so it is kept, in memory and, where the store can be written, beside the run.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/result.h"
#include "record/bench.h"
#include "server/library.h"
#include "store/store.h"

namespace assay::server {

/// A summary as the interface gives it.
struct KeptSummary {
  std::string key;     ///< what it was made of: grading, samples, state, version of assay
  std::string rows;    ///< JSON list of ListRow
  std::string detail;  ///< JSON: {"summary": …, "notes": […]}
};

/// Thread   any. Has one thread of its own that makes summaries, one at a time; it rests while this process
/// measures a run, but for what somebody waits for.
class Summaries {
 public:
  /// All three must live as long as this.
  Summaries(store::Store& store, bool writable, Library& library, RunControl& control);
  ~Summaries();
  Summaries(const Summaries&) = delete;
  Summaries& operator=(const Summaries&) = delete;

  /// The rows, when there is a summary that still holds; else it will be made some time, and absent.
  std::optional<std::string> rows(const store::RunEntry& entry);

  enum class State { ready, computing, failed };
  struct Answer {
    State state = State::computing;
    std::shared_ptr<const KeptSummary> kept;  ///< when ready
    std::string trouble;                      ///< when failed
  };
  /// Waits at most so long for it. While a run goes on, one that is up to two seconds old is good enough.
  Answer detail(const store::RunEntry& entry, std::chrono::milliseconds longest);

 private:
  struct Entry {
    std::shared_ptr<const KeptSummary> kept;
    std::string rows_key, rows;       ///< kept longer than the detail, being small
    std::string wanted;               ///< key that is queued or being made; empty: none
    std::string failed_key, trouble;  ///< what could not be made
    std::chrono::steady_clock::time_point made{};
    std::uint64_t used = 0;  ///< for throwing away what was not asked for lately
  };
  struct Job {
    std::string run_id;
    std::string key;
    bool waited_for = false;
  };

  std::optional<std::string> key_of(const store::RunEntry& entry) const;
  std::shared_ptr<const KeptSummary> read_kept(const std::string& run_id, const std::string& key) const;
  void enqueue(const std::string& run_id, const std::string& key, bool waited_for);
  void work();
  Result<KeptSummary> make(const Job& job) const;
  void keep(const Job& job, const KeptSummary& made);
  void forget_old();

  store::Store& store_;
  bool writable_;
  Library& library_;
  RunControl& control_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Entry> entries_;
  std::deque<Job> jobs_;
  std::uint64_t uses_ = 0;
  bool ending_ = false;
  std::thread worker_;
};

/// A row of a list, from a summary's.
OrderedJson list_row(const stats::SummaryRow& row);
/// The same for a test of a bench: its name is the cell, and its speed is the prefill's or the decode's.
OrderedJson list_row(const record::BenchReport& report, const record::BenchRow& row);

}  // namespace assay::server
