#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "model/gguf.h"
#include "model/tensor_type.h"

namespace assay::model {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are read as they lie in the file");

constexpr std::uint32_t kMaxDimensions = 4;
constexpr std::size_t kMaxTensorName = 63;  // the engine's GGML_MAX_NAME holds a terminating zero as well

// Metadata that a real model never reaches: the largest vocabularies, of 260,000 tokens, need about 12 MB. A
// larger one is damage, and reading it would only cost memory.
constexpr std::uint64_t kMaxMetadataBytes = 512U << 20U;

// The least that a pair and a tensor take, for bounding their counts by the file's size before anything is
// reserved: an empty key, a type and one byte; an empty name, no dimensions, type and offset.
constexpr std::uint64_t kLeastPairBytes = 8 + 4 + 1;
constexpr std::uint64_t kLeastTensorBytes = 8 + 4 + 4 + 8;

// Walks through the source from its beginning, with a window so that a number costs no system call. The first
// error stays: later reads do nothing and give zeroes, so a caller may read a whole group and look at the
// error once.
class Reader {
 public:
  explicit Reader(const ByteSource& source) : source_(source) {}

  bool ok() const { return !error_; }
  std::uint64_t position() const { return position_; }
  std::uint64_t left() const { return source_.size() - position_; }
  tl::unexpected<Error> error() const { return fail(*error_); }

  /// Records what is wrong, unless something was wrong before.
  void wrong(std::string found, std::string expected,
             std::string remedy = "Download or convert the file again", Code code = Code::bad_input) {
    if (error_) return;
    error_ = Error{.code = code,
                   .where = {.file = source_.name()},
                   .found = std::move(found),
                   .expected = std::move(expected),
                   .remedy = std::move(remedy)};
  }

  template <class Number>
  Number number(std::string_view what) {
    std::array<char, sizeof(Number)> raw{};
    take(raw, what);
    if constexpr (std::is_same_v<Number, bool>) {
      return raw[0] != 0;
    } else {
      return std::bit_cast<Number>(raw);
    }
  }

  std::string bytes(std::uint64_t count, std::string_view what) {
    std::string text;
    if (!room_for(count, what)) return text;
    text.resize(static_cast<std::size_t>(count));
    take(text, what);
    return text;
  }

  std::string string(std::string_view what) { return bytes(number<std::uint64_t>(what), what); }

  /// Whether `count` bytes lie before the end of the file and the limit; an error if not.
  bool room_for(std::uint64_t count, std::string_view what) {
    if (!ok()) return false;
    if (count > left()) {
      wrong(fmt::format("{} at byte {} needs {} bytes, {} are left in the file", what, position_, count,
                        left()),
            "a whole GGUF file");
    } else if (position_ + count > kMaxMetadataBytes) {
      wrong(fmt::format("{} at byte {} takes the metadata beyond {} MiB", what, position_,
                        kMaxMetadataBytes >> 20U),
            "metadata of a language model, some MiB");
    }
    return ok();
  }

 private:
  void take(std::span<char> to, std::string_view what) {
    if (!room_for(to.size(), what)) return;
    while (!to.empty()) {
      if (position_ < window_begin_ || position_ >= window_begin_ + window_.size()) {
        window_begin_ = position_;
        window_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left(), kWindow)));
        if (const Result<void> got = source_.read(window_begin_, window_); !got) {
          error_ = got.error();
          return;
        }
      }
      const auto at = static_cast<std::size_t>(position_ - window_begin_);
      const std::size_t count = std::min(to.size(), window_.size() - at);
      std::memcpy(to.data(), window_.data() + at, count);
      position_ += count;
      to = to.subspan(count);
    }
  }

  static constexpr std::uint64_t kWindow = 256U << 10U;

  const ByteSource& source_;
  std::uint64_t position_ = 0;
  std::uint64_t window_begin_ = 0;
  std::string window_;
  std::optional<Error> error_;
};

// What a file is that is no GGUF: the usual mistakes have a remedy of their own.
std::string remedy_for(std::string_view beginning) {
  const auto begins = [&](std::string_view with) { return beginning.starts_with(with); };
  if (begins("version https://git-lfs"))
    return "This is a Git LFS pointer, not the model: fetch it with git lfs pull";
  if (begins("<!DO") || begins("<htm") || begins("<!do"))
    return "This is a web page: the download went wrong; try it again";
  if (begins("lmgg") || begins("fmgg") || begins("tjgg") || begins("ggjt") || begins("ggml")) {
    return "This is a GGML file from before GGUF: convert it again from the original model";
  }
  if (begins(std::string_view("PK\x03\x04", 4)))
    return "This is a PyTorch or ZIP file: convert the model to GGUF";
  if (beginning.size() > 8 && beginning[8] == '{')
    return "This looks like safetensors: convert the model to GGUF";
  if (begins("FUGG")) return "This is a big-endian file: convert the model for a little-endian machine";
  return "Give a .gguf file";
}

void check_magic(const ByteSource& source, Reader& reader) {
  std::array<char, 32> beginning{};
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(source.size(), beginning.size()));
  if (const Result<void> got = source.read(0, std::span(beginning).first(count)); !got) {
    return reader.wrong(got.error().found, got.error().expected, got.error().remedy, got.error().code);
  }
  const std::string_view seen(beginning.data(), count);
  if (seen.empty()) return reader.wrong("the file is empty", "a GGUF file", "Download it again");
  if (!seen.starts_with("GGUF")) {
    reader.wrong(fmt::format("no GGUF file: it begins with '{}'", printable(seen.substr(0, 4), 40)), "'GGUF'",
                 remedy_for(seen));
  }
}

void read_version(Reader& reader, Gguf& file) {
  reader.bytes(4, "the magic");
  file.version = reader.number<std::uint32_t>("the version");
  if (!reader.ok() || file.version == 2 || file.version == 3) return;
  if ((file.version & 0xFFFFU) == 0 && file.version != 0) {
    reader.wrong("a big-endian GGUF file", "a little-endian one",
                 "Convert the model for this kind of machine", Code::unsupported);
  } else {
    reader.wrong(fmt::format("GGUF version {}", file.version), "version 2 or 3",
                 file.version < 2 ? "Convert the model again with a current converter" : "Use a newer assay",
                 Code::unsupported);
  }
}

/// Bytes of one item of a fixed size; 0 for strings and arrays.
std::uint64_t item_bytes(GgufType type) {
  switch (type) {
    case GgufType::uint8:
    case GgufType::int8:
    case GgufType::boolean: return 1;
    case GgufType::uint16:
    case GgufType::int16: return 2;
    case GgufType::uint32:
    case GgufType::int32:
    case GgufType::float32: return 4;
    case GgufType::uint64:
    case GgufType::int64:
    case GgufType::float64: return 8;
    case GgufType::string:
    case GgufType::array: return 0;
  }
  return 0;
}

GgufType read_type(Reader& reader, std::string_view what) {
  const auto number = reader.number<std::uint32_t>(what);
  if (number > static_cast<std::uint32_t>(GgufType::float64)) {
    reader.wrong(fmt::format("{} has the value type {}", what, number), "a type from 0 to 12");
    return GgufType::uint8;
  }
  return static_cast<GgufType>(number);
}

GgufArray read_array(Reader& reader, std::string_view what) {
  GgufArray array;
  array.item = read_type(reader, what);
  array.count = reader.number<std::uint64_t>(what);
  if (array.item == GgufType::array) {
    reader.wrong(fmt::format("{} is an array of arrays", what), "an array of numbers or strings");
    return array;
  }
  const std::uint64_t each = array.item == GgufType::string ? 8 : item_bytes(array.item);
  if (array.count > reader.left() / each) {
    reader.wrong(fmt::format("{} has {} items, the file has {} bytes left", what, array.count, reader.left()),
                 "a whole GGUF file");
    return array;
  }
  if (array.item != GgufType::string) {
    array.raw = reader.bytes(array.count * each, what);
    return array;
  }
  for (std::uint64_t i = 0; i < array.count && reader.ok(); ++i) {
    const auto length = reader.number<std::uint64_t>(what);
    array.raw.append(reinterpret_cast<const char*>(&length), sizeof length);
    array.raw += reader.bytes(length, what);
  }
  return array;
}

GgufValue read_value(Reader& reader, GgufType type, std::string_view what) {
  switch (type) {
    case GgufType::uint8: return reader.number<std::uint8_t>(what);
    case GgufType::int8: return reader.number<std::int8_t>(what);
    case GgufType::uint16: return reader.number<std::uint16_t>(what);
    case GgufType::int16: return reader.number<std::int16_t>(what);
    case GgufType::uint32: return reader.number<std::uint32_t>(what);
    case GgufType::int32: return reader.number<std::int32_t>(what);
    case GgufType::float32: return reader.number<float>(what);
    case GgufType::boolean: return reader.number<bool>(what);
    case GgufType::string: return reader.string(what);
    case GgufType::array: return read_array(reader, what);
    case GgufType::uint64: return reader.number<std::uint64_t>(what);
    case GgufType::int64: return reader.number<std::int64_t>(what);
    case GgufType::float64: return reader.number<double>(what);
  }
  return std::uint8_t{0};
}

void read_pairs(Reader& reader, Gguf& file, std::uint64_t count) {
  std::set<std::string, std::less<>> seen;
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    GgufPair pair;
    pair.key = reader.string(fmt::format("metadata key {}", i + 1));
    if (!reader.ok()) return;
    const std::string what = fmt::format("metadata '{}'", printable(pair.key, 80));
    if (pair.key.empty() || first_invalid_utf8(pair.key)) {
      return reader.wrong(
          fmt::format("metadata key {} is {}", i + 1, pair.key.empty() ? "empty" : "not UTF-8"),
          "a name in UTF-8");
    }
    if (!seen.insert(pair.key).second) return reader.wrong(what + " appears twice", "each key once");
    const GgufType type = read_type(reader, what);
    pair.value = read_value(reader, type, what);
    file.pairs.push_back(std::move(pair));
  }
}

void read_alignment(Reader& reader, Gguf& file) {
  const GgufValue* value = file.find("general.alignment");
  if (value == nullptr) return;
  const auto* alignment = std::get_if<std::uint32_t>(value);
  if (alignment == nullptr || !std::has_single_bit(*alignment)) {
    return reader.wrong("metadata 'general.alignment' is no power of two (32-bit number)",
                        "8, 16, 32 or the like");
  }
  file.alignment = *alignment;
}

/// Sets elements and bytes from shape and type.
void measure(Reader& reader, GgufTensor& tensor, std::string_view what) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  tensor.elements = 1;
  for (const std::uint64_t extent : tensor.shape) {
    if (extent > kMost || (extent != 0 && tensor.elements > kMost / extent)) {
      return reader.wrong(fmt::format("{} has a shape of more than 2^63 elements", what),
                          "the shape of a tensor");
    }
    tensor.elements *= extent;
  }
  const std::optional<TensorType> type = tensor_type(tensor.type);
  if (!type) {
    return reader.wrong(fmt::format("{} has the storage type {}", what, tensor.type),
                        "a type that this assay knows", "Use a newer assay, or convert the model again",
                        Code::unsupported);
  }
  const std::uint64_t row = tensor.shape.empty() ? 1 : tensor.shape.front();
  if (row % type->block_elements != 0) {
    return reader.wrong(fmt::format("{} has rows of {} elements", what, row),
                        fmt::format("a multiple of {} for {}", type->block_elements, type->name));
  }
  const std::uint64_t blocks = tensor.elements / type->block_elements;
  if (blocks > kMost / type->block_bytes) {
    return reader.wrong(fmt::format("{} has more than 2^63 bytes", what), "the shape of a tensor");
  }
  tensor.bytes = blocks * type->block_bytes;
}

void read_tensors(Reader& reader, Gguf& file, std::uint64_t count) {
  std::set<std::string, std::less<>> seen;
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    GgufTensor tensor;
    tensor.name = reader.string(fmt::format("the name of tensor {}", i + 1));
    if (!reader.ok()) return;
    const std::string what = fmt::format("tensor '{}'", printable(tensor.name, 80));
    if (tensor.name.size() > kMaxTensorName) {
      return reader.wrong(fmt::format("tensor {} has a name of {} bytes", i + 1, tensor.name.size()),
                          "at most 63");
    }
    if (!seen.insert(tensor.name).second) return reader.wrong(what + " appears twice", "each name once");
    const auto dimensions = reader.number<std::uint32_t>(what);
    if (dimensions > kMaxDimensions) {
      return reader.wrong(fmt::format("{} has {} dimensions", what, dimensions), "at most 4");
    }
    for (std::uint32_t d = 0; d < dimensions; ++d) tensor.shape.push_back(reader.number<std::uint64_t>(what));
    tensor.type = reader.number<std::uint32_t>(what);
    tensor.offset = reader.number<std::uint64_t>(what);
    if (!reader.ok()) return;
    measure(reader, tensor, what);
    file.tensors.push_back(std::move(tensor));
  }
}

// The engine wants the tensors' data back to back, and the file to hold all of it (the last one's padding may
// lack).
void check_data(Reader& reader, Gguf& file) {
  file.data_offset = reader.position();
  if (!file.tensors.empty()) file.data_offset = padded(file.data_offset, file.alignment);
  if (file.data_offset > file.file_bytes) {
    return reader.wrong(
        fmt::format("the file is cut: it ends at byte {}, before the tensors' data", file.file_bytes),
        fmt::format("data from byte {} on", file.data_offset), "Download the file again");
  }
  std::uint64_t expected = 0;  // never more than the file's size and one padding, so no sum here overflows
  for (const GgufTensor& tensor : file.tensors) {
    const std::string what = fmt::format("tensor '{}'", printable(tensor.name, 80));
    if (tensor.offset != expected) {
      return reader.wrong(fmt::format("{} lies at {} in the data", what, tensor.offset),
                          fmt::format("{}, behind the tensor before it", expected));
    }
    const std::uint64_t begin = file.data_offset + expected;
    if (tensor.bytes > 0 && (begin > file.file_bytes || tensor.bytes > file.file_bytes - begin)) {
      return reader.wrong(fmt::format("the file is cut: it ends at byte {}, inside {} of {} bytes at {}",
                                      file.file_bytes, what, tensor.bytes, begin),
                          "the data of every tensor",
                          "Download the file again, or free disk space and copy it again");
    }
    if (tensor.bytes > 0)
      file.data_bytes = expected + tensor.bytes;  // an empty last one may lie behind the end
    expected += padded(tensor.bytes, file.alignment);
  }
}

}  // namespace

Result<Gguf> read_gguf(const ByteSource& source) {
  Gguf file;
  file.file_bytes = source.size();
  Reader reader(source);
  check_magic(source, reader);
  read_version(reader, file);
  const auto tensors = reader.number<std::uint64_t>("the number of tensors");
  const auto pairs = reader.number<std::uint64_t>("the number of metadata pairs");
  if (reader.ok() &&
      (pairs > reader.left() / kLeastPairBytes || tensors > reader.left() / kLeastTensorBytes)) {
    reader.wrong(fmt::format("{} metadata pairs and {} tensors are announced in a file of {} bytes", pairs,
                             tensors, source.size()),
                 "a file that can hold them");
  }
  read_pairs(reader, file, pairs);
  if (reader.ok()) read_alignment(reader, file);
  read_tensors(reader, file, tensors);
  if (reader.ok()) check_data(reader, file);
  if (!reader.ok()) return reader.error();
  return file;
}

const GgufValue* Gguf::find(std::string_view key) const {
  const auto found = std::ranges::find(pairs, key, &GgufPair::key);
  return found == pairs.end() ? nullptr : &found->value;
}

}  // namespace assay::model
