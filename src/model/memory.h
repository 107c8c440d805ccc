// How much memory a model will need, from its facts alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "model/facts.h"
#include "model/repack.h"

namespace assay::model {

/// What decides the memory besides the file. Defaults are the engine's.
struct MemoryOptions {
  std::uint64_t context = 4096;  ///< tokens, of all streams together
  std::string key_type = "F16";  ///< storage type of the cached keys
  std::string value_type = "F16";
  std::uint64_t micro_batch = 512;  ///< prompt tokens that are computed at once
  /// Layers whose attention slides keep the window and a micro-batch, as llama-server, Ollama and `assay
  /// bench` do, and not the whole context, as the worker does for answers.
  bool windows_alone = false;
  Processor processor = this_processor();
};

struct MemoryNeed {
  std::uint64_t weights = 0;   ///< the tensors: mapped from the file, resident once they were used
  std::uint64_t kv_cache = 0;  ///< exact for plain attention and known windows
  std::uint64_t compute = 0;   ///< estimate of the engine's buffers for intermediate results
  std::uint64_t runtime = 0;   ///< estimate of the process itself with its vocabulary
  std::uint64_t total = 0;     ///< of these four: less is not enough
  /// Second copies of weights (repack.h). Until the system takes back the file's own, they come on top.
  std::uint64_t repacked = 0;
  std::uint64_t peak() const { return total + repacked; }  ///< what the process will be seen to hold
  bool operator==(const MemoryNeed&) const = default;
};

/// Bytes of the KV cache.
///   context (rounded up to 256) x sum over layers of KV heads x (key length x key bytes + value length x
///   value bytes); with windows_alone, in layers that slide, of window + micro-batch where that is less
/// Absent   the model is no plain attention model, the shape is not in the file, or the type is unknown.
/// Source   llama.cpp's allocation (llama-kv-cache); it pads the context to 256.
std::optional<std::uint64_t> kv_cache_bytes(const ModelFacts& facts, const MemoryOptions& options);

/// Absent when the KV cache or the shape is, or the file has no tensors.
std::optional<MemoryNeed> memory_need(const ModelFacts& facts, const MemoryOptions& options);

/// Whether the model fits into `available` bytes, as a preflight asks. Unknown needs pass.
/// Errors: out_of_memory, with the need by part and what would make it smaller.
Result<void> fits_memory(const std::string& path, const ModelFacts& facts, const MemoryOptions& options,
                         std::uint64_t available);

}  // namespace assay::model
