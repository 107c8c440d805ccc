// The GGUF container: header, metadata and tensor table of a model file, without its weights.
//
// Layout, little-endian (the engine's gguf.h has the last word):
//   magic "GGUF", u32 version, u64 tensor count, u64 pair count,
//   per pair:    key (string), u32 type, value;     an array is u32 item type, u64 count, items
//   per tensor:  name (string), u32 dimensions (0..4), u64 each, u32 type, u64 offset into the data
//   zeroes up to the alignment, then the tensors' data, each padded to the alignment
// A string is a u64 length and its bytes. Versions 2 and 3 have the same layout for little-endian files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "model/byte_source.h"

namespace assay::model {

enum class GgufType : std::uint32_t {
  uint8 = 0,
  int8 = 1,
  uint16 = 2,
  int16 = 3,
  uint32 = 4,
  int32 = 5,
  float32 = 6,
  boolean = 7,
  string = 8,
  array = 9,
  uint64 = 10,
  int64 = 11,
  float64 = 12,
};

/// Items as they lie in the file: a vocabulary has 150,000 strings of which we only need the number.
struct GgufArray {
  GgufType item = GgufType::uint8;
  std::uint64_t count = 0;
  std::string raw;
  bool operator==(const GgufArray&) const = default;
};

using GgufValue =
    std::variant<std::uint8_t, std::int8_t, std::uint16_t, std::int16_t, std::uint32_t, std::int32_t, float,
                 bool, std::string, GgufArray, std::uint64_t, std::int64_t, double>;

struct GgufPair {
  std::string key;  ///< not empty, valid UTF-8, unique in its file
  GgufValue value;  ///< strings are as in the file, which may not be UTF-8
};

struct GgufTensor {
  std::string name;                  ///< unique in its file
  std::vector<std::uint64_t> shape;  ///< row length first; at most 4
  std::uint32_t type = 0;            ///< see tensor_type.h; always a known one
  std::uint64_t offset = 0;          ///< from the beginning of the data
  std::uint64_t elements = 0;
  std::uint64_t bytes = 0;
};

struct Gguf {
  std::uint32_t version = 3;
  std::vector<GgufPair> pairs;
  std::vector<GgufTensor> tensors;
  std::uint64_t alignment = 32;
  std::uint64_t data_offset = 0;  ///< of the tensors' data in the file
  std::uint64_t data_bytes = 0;   ///< of all tensors, with the padding between them
  std::uint64_t file_bytes = 0;

  const GgufValue* find(std::string_view key) const;
};

/// Reads header, metadata and tensor table; the weights are not touched, but the file must be long enough for
/// them. Whatever the engine would refuse is refused here as well: what this returns can be loaded, memory
/// permitting.
/// Cost      the metadata's size (a few MB for a large vocabulary); memory is bounded by what the file really
///           holds.
/// Errors    bad_input with what is wrong and where (byte, key or tensor); unsupported for other versions and
///           for big-endian files; io.
Result<Gguf> read_gguf(const ByteSource& source);

/// The bytes up to the tensors' data, padding included. The inverse of read_gguf(): the data follows, each
/// tensor at its offset.
std::string write_gguf_head(const Gguf& file);

/// `value` rounded up to a multiple of `alignment`, a power of two; absent values of 64 bits do not overflow
/// here because callers bound them by a file's size first.
constexpr std::uint64_t padded(std::uint64_t value, std::uint64_t alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

}  // namespace assay::model
