// One loaded model with its context: what the scheduler decodes with, and the facts that `loaded` tells.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <llama.h>

#include "base/json.h"
#include "outcome.h"
#include "prompt.h"
#include "record/params.h"
#include "thread_pool.h"
#include "wire/messages.h"

namespace assay::llama {

struct FreeModel {
  void operator()(llama_model* model) const { llama_model_free(model); }
};
struct FreeContext {
  void operator()(llama_context* context) const { llama_free(context); }
};
struct FreeBatch {
  void operator()(llama_batch_ext* batch) const { llama_batch_ext_free(batch); }
};
/// A model of which only the vocabulary is there.
using Vocabulary = std::unique_ptr<llama_model, FreeModel>;
/// Errors: as Engine::load.
Outcome<Vocabulary> read_vocabulary(const std::string& path);

class Engine {
 public:
  struct Load {
    std::unique_ptr<Engine> engine;
    wire::Loaded told;  ///< without id
  };
  /// Errors: bad_request (options), not_found, bad_model, engine_oom, not_supported. Whatever the file is, an
  /// Error is the worst that should happen; where the engine asserts instead, the process ends and assay sees
  /// that.
  static Outcome<Load> load(const wire::Load& request);
  ~Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  llama_model* model() const { return model_.get(); }
  llama_context* context() const { return context_.get(); }
  const llama_vocab* vocab() const { return vocab_; }
  const ChatTemplate& chat() const { return *chat_; }
  int parallel() const { return parallel_; }
  /// Tokens that one request may have, prompt and output together.
  std::uint32_t context_per_request() const { return context_each_; }
  /// Sequences beside those of the requests, for computed prompts; 0: none is kept.
  int kept() const { return kept_; }
  /// Tokens that all sequences together may have, where they share one cache.
  std::uint32_t context_of_all() const { return llama_n_ctx(context_.get()); }
  /// What the context was made with, for others beside it that shall compute the same.
  const llama_context_params& context_params() const { return context_params_; }
  /// Most tokens of one decode step that are computed together.
  std::uint32_t step_tokens() const { return llama_n_ubatch(context_.get()); }

 private:
  Engine() = default;
  Json facts() const;

  std::unique_ptr<llama_model, FreeModel> model_;
  ThreadPool threads_;  // outlives the context
  std::unique_ptr<llama_context, FreeContext> context_;
  std::unique_ptr<ChatTemplate> chat_;
  const llama_vocab* vocab_ = nullptr;
  llama_context_params context_params_{};
  int parallel_ = 1;
  int kept_ = 0;
  std::uint32_t context_each_ = 0;
};

}  // namespace assay::llama
