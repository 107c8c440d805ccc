// Which slices of a model to write, so that its speed can be told without writing the whole.
#pragma once

#include <cstdint>
#include <string>

#include "model/shapes.h"
#include "model/tensor_type.h"

namespace assay::model {

/// The first `few` and the first `more` layers, each with embedding and output. few == more: the whole model,
/// because it is small.
struct Slices {
  std::uint32_t few = 0;
  std::uint32_t more = 0;
  bool whole() const { return few == more; }
};
/// Whole below 256 MiB. Else a quarter of the layers, 4 to 12 of them, and a third of that, fewer where the
/// larger slice would have more than 3 GiB.
Slices slices_of(const Shape& shape, const FileType& mix);

/// How many times the difference of the two slices lies between the smaller one and the whole model: by the
/// weights that a token reads for decoding (the first layers of a mix have more bits than most), by layers
/// for prefill, where each costs the same number of operations.
struct Reach {
  double decode = 1;
  double prefill = 1;
};
Reach reach_of(const Shape& shape, const FileType& mix, const Slices& slices);

}  // namespace assay::model
