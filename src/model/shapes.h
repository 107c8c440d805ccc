// The shapes of models that people run: enough to know what a file will hold before it is downloaded.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay::model {

/// One model's shape, as its publisher's configuration gives it.
struct Shape {
  std::string_view name;          ///< "llama-3.2-1b"
  std::string_view architecture;  ///< as in GGUF: "llama", "qwen2", …
  std::uint32_t layers = 0;
  std::uint32_t embedding = 0;
  std::uint32_t heads = 0;
  std::uint32_t kv_heads = 0;
  std::uint32_t head_length = 0;
  std::uint32_t feed_forward = 0;
  std::uint32_t vocabulary = 0;
  std::uint32_t context = 0;
  double rope_base = 10000;
  double norm_epsilon = 1e-5;
  bool tied = false;          ///< the token embedding is the output matrix as well
  std::uint32_t experts = 0;  ///< 0: dense
  std::uint32_t experts_used = 0;
  std::uint32_t expert_feed_forward = 0;
  std::uint32_t sliding_window = 0;
};

std::span<const Shape> shapes();
/// By name, in small letters or large; nullptr when there is none.
const Shape* find_shape(std::string_view name);
/// The same. Errors: bad_input, with the names that it may be meant for.
Result<const Shape*> shape_named(std::string_view name);

/// A tensor of the shape in the engine's naming; row length first.
struct ShapeTensor {
  std::string name;
  std::vector<std::uint64_t> extents;
};
/// All tensors of a model with `layers` layers, in the order of their use.
std::vector<ShapeTensor> tensors_of(const Shape& shape, std::uint32_t layers, std::uint32_t vocabulary);

}  // namespace assay::model
