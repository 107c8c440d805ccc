// Model files with random weights in the true shape of a known model: their speed and memory are those of the
// real one, before that is downloaded.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "model/gguf.h"
#include "model/shapes.h"
#include "model/tensor_type.h"

namespace assay::model {

struct SynthOptions {
  std::string mix = "Q4_K_M";
  std::optional<std::uint32_t> layers = std::nullopt;  ///< a slice with the first so many; absent: all
  /// GGUF whose vocabulary is taken; empty: made-up tokens, as many as the model has.
  std::string vocabulary = {};
  std::uint64_t seed = 1;
};

/// Header without a vocabulary, and tensor table, in well under a millisecond: what describe() and
/// memory_need() ask. `layers` 1 to shape.layers, `mix` one that find_mix() gave.
Gguf layout_of(const Shape& shape, const FileType& mix, std::uint32_t layers, std::uint32_t vocabulary);
/// Header and tensor table. Errors: bad_input (quantisation, layers, a vocabulary file without one), io.
Result<Gguf> synth_head(const Shape& shape, const SynthOptions& options);

/// Bytes written so far.
using SynthProgress = std::function<void(std::uint64_t)>;
/// Writes the file, block by block, in the memory of one buffer and the vocabulary. Same arguments, same
/// bytes. What is half written is removed: also when `stop` is set. Errors: those of synth_head(); bad_input
/// where the path is a folder or a device; io with what the disk said, that it has not enough room, before
/// anything is written, or that it was interrupted.
Result<void> write_synth(const Shape& shape, const SynthOptions& options, const std::string& path,
                         const SynthProgress& progress, const std::atomic<bool>& stop);

}  // namespace assay::model
