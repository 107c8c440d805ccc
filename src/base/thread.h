// A thread whose stack is as deep on every system as that of a program's first thread.
#pragma once

#include <pthread.h>

#include <memory>
#include <utility>

namespace assay {

/// As std::thread, but with 8 MiB of stack at least: macOS gives later threads 512 KiB, and judging an answer
/// by a deep JSON schema takes 3 MiB. Only what is touched takes memory. Errors: std::system_error when the
/// system has no more threads, as with std::thread.
class Thread {
 public:
  Thread() = default;
  template <class Work>
  explicit Thread(Work work) {
    start(std::make_unique<Of<Work>>(std::move(work)));
  }
  /// It must have been joined, or never started.
  ~Thread();
  Thread(Thread&& other) noexcept : id_(other.id_), running_(std::exchange(other.running_, false)) {}
  Thread& operator=(Thread&& other) noexcept;

  bool joinable() const { return running_; }
  void join();

 private:
  struct Body {
    virtual ~Body() = default;
    virtual void run() = 0;
  };
  template <class Work>
  struct Of final : Body {
    explicit Of(Work work) : work_(std::move(work)) {}
    void run() override { work_(); }
    Work work_;
  };

  void start(std::unique_ptr<Body> body);
  static void* enter(void* body);

  pthread_t id_{};
  bool running_ = false;
};

}  // namespace assay
