// A worker's process, and questions to it that are answered one at a time: hello, load, tokenize, bench.
// What comes while it generates is worker.cpp's.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "backend/worker.h"
#include "base/clock.h"
#include "base/process.h"
#include "base/result.h"
#include "wire/messages.h"

namespace assay::backend {

class WorkerLink {
 public:
  /// Starts the process and greets it. Errors: not_found, permission, io (the start); engine, timeout,
  /// unsupported (the greeting).
  static Result<std::unique_ptr<WorkerLink>> open(const WorkerOptions& options, Clock& clock);

  Process& process() { return *process_; }
  const std::string& name() const { return name_; }
  const wire::HelloReply& hello() const { return hello_; }
  /// Members that came with a capability are only for workers that have it.
  bool can(std::string_view capability) const;
  wire::Id next_id() { return next_id_++; }

  Result<void> write(const wire::Request& request);
  /// Sends the request and waits for its answer; an answer of another type is an error. `doing` completes
  /// "the worker ended while". With `stop` it looks there ten times a second, and then the error is timeout.
  template <class Answer, class Question>
  Result<Answer> ask(Question question, Nanos until, std::string_view doing,
                     const std::atomic<bool>* stop = nullptr) {
    question.id = next_id();
    if (!write(question)) return fail(died(doing));
    Result<wire::Reply> reply = answer_to(question.id, until, doing, stop);
    if (!reply) return fail(reply.error());
    if (auto* answer = std::get_if<Answer>(&*reply)) return std::move(*answer);
    return fail({.code = Code::engine,
                 .where = {},
                 .found = fmt::format("the worker '{}' answered with a message of another type while {}",
                                      name_, doing),
                 .expected = {},
                 .remedy = {}});
  }
  /// What is said of a worker whose output has ended, with its exit and its last words.
  Error died(std::string_view doing);
  /// Asks it to go, and waits a moment for that.
  void quit();

 private:
  WorkerLink(std::unique_ptr<Process> process, const WorkerOptions& options, Clock& clock);
  Result<void> greet(Nanos patience);
  Result<wire::Reply> answer_to(wire::Id id, Nanos until, std::string_view doing,
                                const std::atomic<bool>* stop);
  /// ". Its last words: …", or nothing when it had none.
  std::string farewell();

  std::unique_ptr<Process> process_;
  std::string name_;
  Clock& clock_;
  wire::HelloReply hello_;
  wire::Id next_id_ = 1;
};

}  // namespace assay::backend
