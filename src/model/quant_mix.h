// Which storage type each tensor of a quantised file gets, as the engine's llama-quantize decides it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/shapes.h"
#include "model/tensor_type.h"

namespace assay::model {

/// Names of the mixes that type_of() knows.
std::span<const std::string_view> quant_mixes();

/// What decides a tensor's type besides its name.
struct MixOf {
  FileType mix;
  std::uint32_t layers = 0;  ///< of the whole model, also for a slice of it: the first layers get more bits
  std::uint32_t groups = 1;  ///< heads that share a KV head
  bool tied = false;
  std::uint32_t experts = 0;
};

/// By its name or one of llama-quantize's short ones ("Q4_K"), in small letters or large. Errors: bad_input
/// for a mix that we do not know, with the reason where the engine has such a type.
Result<FileType> find_mix(std::string_view name);
/// Source: llama-quant.cpp of the pinned engine; with an importance matrix where it makes none of that mix
/// without (IQ1 to IQ3_XXS), else without. Rows that are no multiple of a block get the type that the engine
/// falls back to.
TensorType type_of(const ShapeTensor& tensor, const MixOf& of);

}  // namespace assay::model
