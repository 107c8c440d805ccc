// Weights that the engine stores a second time, in a layout that suits this kind of processor.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/facts.h"

namespace assay::model {

/// What the engine's kernels are chosen by. `other`: weights stay as they are in the file, because a graphics
/// card computes, or because there is no such kernel.
enum class Processor { other, avx2, avx512, arm };

/// The one that this program runs on. macOS is `other`: there the graphics card computes.
Processor this_processor();

/// Whether matrices of this storage type are kept a second time.
/// Source   ggml 0.25.3, ggml-cpu/repack.cpp (ggml_repack_get_optimal_repack_type)
bool is_repacked(Processor processor, std::string_view type);

/// Bytes of the second copies. The engine reads the file's own ones only while it loads, so a system that is
/// short of memory can take those back; until then both are resident.
std::uint64_t repacked_bytes(const ModelFacts& facts, Processor processor);

}  // namespace assay::model
