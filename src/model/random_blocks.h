// Random weights in the storage types of GGUF: sane scales, so that a model of them computes like a real one.
#pragma once

#include <span>
#include <string_view>

#include "base/random.h"
#include "model/tensor_type.h"

namespace assay::model {

/// Whether fill_random() knows the type.
bool can_fill(const TensorType& type);
/// Fills whole blocks. Weights have a mean near 0 and a deviation near 0.02, none is infinite or no number.
/// Cost      about 1 ns for 2 bytes on one core. Checked: can_fill(type), and to.size() is a multiple of a
/// block.
void fill_random(const TensorType& type, SplitMix64& random, std::span<char> to);

}  // namespace assay::model
