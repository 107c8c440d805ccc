// Requests and answers between two threads of which each feeds one program of a dialogue.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace assay::evaluator {

/// Hands one request at a time from who asks to the program that answers, and the answer back.
class Exchange {
 public:
  /// Absent: the answering program is gone.
  std::optional<std::string> ask(std::string request) {
    std::unique_lock lock(mutex_);
    request_ = std::move(request);
    answer_.reset();
    changed_.notify_all();
    changed_.wait(lock, [&] { return answer_ || gone_; });
    return std::move(answer_);
  }
  /// For sandbox::Program::reply of the answering program: it said `line`, the first time only that it is
  /// ready. Absent: nobody asks any more.
  std::optional<std::string> said(std::string_view line) {
    std::unique_lock lock(mutex_);
    if (ready_) answer_ = line;
    ready_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return request_ || closed_; });
    if (closed_) return std::nullopt;
    std::string request = std::move(*request_);
    request_.reset();
    return request + "\n";
  }
  /// Nobody asks any more.
  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  /// The answering program has ended.
  void end() {
    const std::scoped_lock lock(mutex_);
    gone_ = true;
    changed_.notify_all();
  }
  bool ended() const {
    const std::scoped_lock lock(mutex_);
    return gone_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::string> request_;
  std::optional<std::string> answer_;
  bool ready_ = false;
  bool closed_ = false;
  bool gone_ = false;
};

}  // namespace assay::evaluator
