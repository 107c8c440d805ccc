#include "thread_pool.h"

#include <ggml-backend.h>

namespace assay::llama {

ThreadPool::~ThreadPool() {
  if (pool_ != nullptr) free_(pool_);
}

void ThreadPool::attach(llama_context* context, int threads) {
  ggml_backend_dev_t cpu = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  if (cpu == nullptr) return;
  ggml_backend_reg_t reg = ggml_backend_dev_backend_reg(cpu);
  const auto make = reinterpret_cast<ggml_threadpool_t (*)(ggml_threadpool_params*)>(
      ggml_backend_reg_get_proc_address(reg, "ggml_threadpool_new"));
  free_ = reinterpret_cast<void (*)(ggml_threadpool_t)>(
      ggml_backend_reg_get_proc_address(reg, "ggml_threadpool_free"));
  if (make == nullptr || free_ == nullptr) return;
  ggml_threadpool_params params = ggml_threadpool_params_default(threads);
  pool_ = make(&params);
  if (pool_ != nullptr) llama_attach_threadpool(context, pool_, nullptr);
}

}  // namespace assay::llama
