// The two ends of the wire: a thread that reads requests, and a writer of replies.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/result.h"
#include "wire/messages.h"

namespace assay::llama {

/// A line that came in: a request, or why it is none. `id` is set in both cases where it can be told.
struct Incoming {
  Result<wire::Request> request;
  wire::Id id = 0;
};

/// Reads on a thread of its own, so that the loop that generates looks at one atomic number per token.
/// The end of the input means that assay is gone or wants no more: the process ends at once, whatever it
/// does.
/// Thread   wait() and send() belong to one thread.
class Channel {
 public:
  /// Takes over both descriptors.
  Channel(int input, int output);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  bool has_request() const { return waiting_.load(std::memory_order_acquire) != 0; }
  /// Blocks until a request is there.
  Incoming wait();
  /// One line. A reader that has gone away ends the process.
  void send(const wire::Reply& reply);

 private:
  void read_all();
  void take(std::string_view line, bool too_long);

  int input_;
  int output_;
  std::atomic<int> waiting_{0};
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Incoming> queue_;
};

}  // namespace assay::llama
