// A model server that assay starts, watches and stops.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "backend/backend.h"
#include "base/process.h"
#include "base/result.h"

namespace assay::backend {

/// How to start one. In `command`, a line for the shell, {port}, {model} and {parallel} are filled in.
struct StartRule {
  std::string command;
  std::string address;  ///< with {port}: "http://127.0.0.1:{port}/v1"
  std::string health;   ///< whole address with {port} that answers 200 when the model can be asked
};

class ManagedServer {
 public:
  /// Starts it on a free port of the loopback and waits until it is healthy, or `stop` is true where one is
  /// given. Errors: not_found, engine (it ended; with its last words), timeout.
  static Result<std::unique_ptr<ManagedServer>> start(const StartRule& rule, const std::string& model,
                                                      int parallel, Clock& clock,
                                                      const std::atomic<bool>* stop = nullptr);
  /// Asks it to end, waits five seconds, then kills its whole process group.
  ~ManagedServer();
  ManagedServer(const ManagedServer&) = delete;
  ManagedServer& operator=(const ManagedServer&) = delete;

  const std::string& address() const { return address_; }
  Nanos took() const { return took_; }
  /// Reads what it wrote, so that its pipe never fills; false when it has ended.
  bool alive();
  /// "It ended (exit code 1). Its last words: …"
  std::string obituary();
  /// The peak of its memory counts from now on.
  void forget_peak();
  std::optional<Memory> memory() const;

 private:
  ManagedServer(std::unique_ptr<Process> process, Clock& clock)
      : process_(std::move(process)), clock_(clock) {}

  std::unique_ptr<Process> process_;
  Clock& clock_;
  std::string address_;
  Nanos took_{0};
};

}  // namespace assay::backend
