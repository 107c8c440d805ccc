// The engine's threads for one context.
#pragma once

#include <llama.h>

namespace assay::llama {

/// Without OpenMP the engine would start its threads anew for every token; a pool keeps them, as llama-bench
/// does. The functions are asked for by name because a system's engine may load its CPU code as a plug-in;
/// where they are missing this does nothing.
/// Lifetime   longer than the context that it is attached to.
class ThreadPool {
 public:
  ThreadPool() = default;
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  /// Once.
  void attach(llama_context* context, int threads);

 private:
  ggml_threadpool_t pool_ = nullptr;
  void (*free_)(ggml_threadpool_t) = nullptr;
};

}  // namespace assay::llama
