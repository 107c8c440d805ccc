// The storage types of tensors in a GGUF file, and the names of whole-file quantisations.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace assay::model {

/// Weights are stored in blocks along a row: `block_bytes` hold `block_elements` numbers.
struct TensorType {
  std::uint32_t id;
  std::string_view name;  ///< as the engine writes it, in capitals: "Q4_K"
  std::uint32_t block_elements;
  std::uint32_t block_bytes;
};

/// Absent for an id that we do not know: too new, or retired.
std::optional<TensorType> tensor_type(std::uint32_t id);
/// By name, capitals or not: "f16", "Q8_0". Absent for a name that we do not know.
std::optional<TensorType> tensor_type(std::string_view name);

/// A mix of tensor types, as `general.file_type` numbers it.
struct FileType {
  std::uint32_t id;
  std::string_view name;  ///< "Q4_K_M"
  std::string_view main;  ///< the tensor type that gives it its name: "Q4_K"
};

/// Absent for a number that we do not know.
std::optional<FileType> file_type(std::uint32_t id);

}  // namespace assay::model
