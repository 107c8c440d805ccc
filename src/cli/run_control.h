// Runs that a page starts, in a thread of this process: the same code as `assay run` (run_session.h).
#pragma once

#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>

#include "base/thread.h"
#include "cli/run_listener.h"
#include "cli/run_options.h"
#include "cli/run_session.h"
#include "server/library.h"
#include "store/store.h"

namespace assay::cli {

/// What was sent to start a run, as a command line would mean it. `warnings` are of the suite.
tl::expected<Prepared, Errors> prepare_request(const server::StartRequest& request, Errors& warnings);

/// One run at a time. Its thread makes, uses and ends the engines: on Linux a worker dies with the thread
/// that started it.
class LocalRuns final : public server::RunControl {
 public:
  explicit LocalRuns(store::Store& store) : store_(store) {}
  /// As end_all(), and waits for the run.
  ~LocalRuns() override;
  LocalRuns(const LocalRuns&) = delete;
  LocalRuns& operator=(const LocalRuns&) = delete;

  tl::expected<std::string, Errors> start(const server::StartRequest& request) override;
  tl::expected<std::string, Errors> resume(const std::string& run_id) override;
  Result<void> cancel(const std::string& run_id) override;
  std::optional<std::string> running() override;
  std::optional<server::Live> wait(const std::string& run_id, std::uint64_t seen,
                                   std::chrono::milliseconds longest) override;
  bool ended(const std::string& run_id, std::chrono::milliseconds longest) override;

  /// Ends the run soon, as Ctrl-C would, also while its models are being proven, and begins none any more.
  void end_all();

 private:
  /// Writes what the run tells to where wait() reads it.
  class Listener;
  using Begun = tl::expected<std::string, Errors>;

  Begun begin(Prepared prepared, SessionOptions options, const std::string& resumed);
  void run(Prepared prepared, const SessionOptions& options, const std::string& resumed,
           std::promise<Begun> begun);

  store::Store& store_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable ended_;  ///< apart, because `changed_` is told of every sample
  bool busy_ = false;
  bool closing_ = false;
  bool over_ = false;   ///< all is stored; the thread only puts engines away
  std::string run_id_;  ///< of the run that goes on; empty while its suite is being checked
  server::Live live_;
  std::atomic<bool> stop_{false};
  Thread thread_;
};

}  // namespace assay::cli
