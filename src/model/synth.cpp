#include "model/synth.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <memory>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "model/quant_mix.h"
#include "model/random_blocks.h"

namespace assay::model {
namespace {

constexpr std::size_t kBuffer = 4U << 20U;
constexpr std::uint32_t kEndToken = 2;  // of a made-up vocabulary

Error wrong(std::string found, std::string expected, std::string remedy = {}) {
  return {.code = Code::bad_input,
          .where = {},
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = std::move(remedy)};
}

void put(Gguf& file, std::string key, GgufValue value) {
  file.pairs.push_back({std::move(key), std::move(value)});
}

template <class Number>
void append(std::string& raw, Number number) {
  const std::size_t at = raw.size();
  raw.resize(at + sizeof number);
  std::memcpy(raw.data() + at, &number, sizeof number);
}

void append_text(std::string& raw, std::string_view text) {
  append(raw, static_cast<std::uint64_t>(text.size()));
  raw += text;
}

/// SentencePiece's way: three marks, the 256 bytes, then words that nobody writes.
void make_up_vocabulary(Gguf& file, std::uint32_t count) {
  GgufArray tokens{GgufType::string, count, {}};
  GgufArray scores{GgufType::float32, count, {}};
  GgufArray kinds{GgufType::int32, count, {}};
  constexpr std::int32_t kNormal = 1;
  constexpr std::int32_t kUnknown = 2;
  constexpr std::int32_t kControl = 3;
  constexpr std::int32_t kByte = 6;
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool byte = i >= 3 && i < 259;
    append_text(tokens.raw, i == 0           ? "<unk>"
                            : i == 1         ? "<s>"
                            : i == kEndToken ? "</s>"
                            : byte           ? fmt::format("<0x{:02X}>", i - 3)
                                             : fmt::format("\u2581w{}", i));
    append(scores.raw, -static_cast<float>(i));
    append(kinds.raw, i == 0 ? kUnknown : i < 3 ? kControl : byte ? kByte : kNormal);
  }
  put(file, "tokenizer.ggml.model", std::string("llama"));
  put(file, "tokenizer.ggml.tokens", std::move(tokens));
  put(file, "tokenizer.ggml.scores", std::move(scores));
  put(file, "tokenizer.ggml.token_type", std::move(kinds));
  put(file, "tokenizer.ggml.bos_token_id", std::uint32_t{1});
  put(file, "tokenizer.ggml.eos_token_id", kEndToken);
}

/// The number of tokens. Errors: bad_input, and those of reading the file.
Result<std::uint32_t> copy_vocabulary(Gguf& file, const std::string& path) {
  const auto source = open_bytes(path);
  if (!source) return fail(source.error());
  auto other = read_gguf(**source);
  if (!other) return fail(other.error());
  const GgufValue* tokens = other->find("tokenizer.ggml.tokens");
  const auto* list = tokens == nullptr ? nullptr : std::get_if<GgufArray>(tokens);
  if (list == nullptr || list->item != GgufType::string || list->count == 0 || list->count > UINT32_MAX) {
    Error error = wrong("the file has no vocabulary", "a GGUF with tokenizer.ggml.tokens");
    error.where.file = path;
    return fail(std::move(error));
  }
  const auto count = static_cast<std::uint32_t>(list->count);
  for (GgufPair& pair : other->pairs) {
    if (pair.key.starts_with("tokenizer.")) file.pairs.push_back(std::move(pair));
  }
  return count;
}

void put_shape(Gguf& file, const Shape& shape, std::uint32_t layers) {
  const std::string arch(shape.architecture);
  const auto count = [&](const char* key, std::uint32_t value) { put(file, arch + "." + key, value); };
  put(file, "general.architecture", arch);
  put(file, "general.type", std::string("model"));
  put(file, "general.name",
      fmt::format("{} with random weights{}", shape.name,
                  layers < shape.layers ? fmt::format(", {} of {} layers", layers, shape.layers) : ""));
  count("block_count", layers);
  count("context_length", shape.context);
  count("embedding_length", shape.embedding);
  count("feed_forward_length", shape.feed_forward);
  count("attention.head_count", shape.heads);
  count("attention.head_count_kv", shape.kv_heads);
  count("attention.key_length", shape.head_length);
  count("attention.value_length", shape.head_length);
  count("rope.dimension_count", shape.head_length);
  put(file, arch + ".attention.layer_norm_rms_epsilon", static_cast<float>(shape.norm_epsilon));
  put(file, arch + ".rope.freq_base", static_cast<float>(shape.rope_base));
  if (shape.sliding_window > 0) count("attention.sliding_window", shape.sliding_window);
  if (shape.experts > 0) {
    count("expert_count", shape.experts);
    count("expert_used_count", shape.experts_used);
    count("expert_feed_forward_length", shape.expert_feed_forward);
  }
  put(file, "general.quantization_version", std::uint32_t{2});
}

/// The file while it is written; removed unless it is kept.
class Unfinished {
 public:
  explicit Unfinished(std::string path)
      : path_(std::move(path)),
        part_(fmt::format("{}.{}.part", path_, ::getpid())),
        file_(std::fopen(part_.c_str(), "wb")) {}
  ~Unfinished() {
    if (file_ != nullptr) std::fclose(file_);
    if (!kept_) std::remove(part_.c_str());
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;

  bool good() const { return file_ != nullptr; }
  Result<void> write(std::span<const char> bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) return fail(trouble());
    return {};
  }
  Result<void> keep() {
    const bool closed = std::fclose(file_) == 0;
    file_ = nullptr;
    if (!closed || std::rename(part_.c_str(), path_.c_str()) != 0) return fail(trouble());
    kept_ = true;
    return {};
  }
  Error trouble() const {
    return {.code = Code::io,
            .where = {path_, 0, 0},
            .found = std::error_code(errno, std::generic_category()).message(),
            .expected = "a place to write to",
            .remedy = "Nothing half written is left"};
  }

 private:
  std::string path_;
  std::string part_;
  std::FILE* file_;
  bool kept_ = false;
};

/// Said before anything is written: a folder takes no other's name, and a device's would be lost.
Result<void> no_other_thing(const std::string& path) {
  std::error_code error;
  const auto found = std::filesystem::status(path, error);
  if (!std::filesystem::exists(found) || std::filesystem::is_regular_file(found)) return {};
  const bool folder = std::filesystem::is_directory(found);
  return fail({.code = Code::bad_input,
               .where = {path, 0, 0},
               .found = folder ? "this is a folder" : "this is no regular file",
               .expected = "a file to write",
               .remedy = folder ? "Name a file in it" : ""});
}

Result<void> enough_room(const std::string& path, std::uint64_t bytes) {
  std::error_code error;
  const auto folder = std::filesystem::path(path).parent_path();
  const auto room = std::filesystem::space(folder.empty() ? "." : folder, error);
  if (error || room.available >= bytes) return {};  // what cannot be told is tried
  constexpr double kGiB = 1024.0 * 1024 * 1024;
  return fail(
      {.code = Code::io,
       .where = {path, 0, 0},
       .found = fmt::format("the file needs {:.1f} GiB and {:.1f} GiB are free",
                            static_cast<double>(bytes) / kGiB, static_cast<double>(room.available) / kGiB),
       .expected = {},
       .remedy = "Write a slice with --layers, a smaller quantisation, or to another disk"});
}

}  // namespace

Gguf layout_of(const Shape& shape, const FileType& mix, std::uint32_t layers, std::uint32_t vocabulary) {
  Gguf file;
  put_shape(file, shape, layers);
  put(file, "general.file_type", mix.id);
  put(file, std::string(shape.architecture) + ".vocab_size", vocabulary);
  const MixOf of{mix, shape.layers, shape.heads / shape.kv_heads, shape.tied, shape.experts};
  std::uint64_t offset = 0;
  for (ShapeTensor& one : tensors_of(shape, layers, vocabulary)) {
    const TensorType type = type_of(one, of);
    GgufTensor tensor{
        .name = std::move(one.name), .shape = std::move(one.extents), .type = type.id, .offset = offset};
    tensor.elements = 1;
    for (const std::uint64_t extent : tensor.shape) tensor.elements *= extent;
    tensor.bytes = tensor.elements / type.block_elements * type.block_bytes;
    offset += padded(tensor.bytes, file.alignment);
    file.tensors.push_back(std::move(tensor));
  }
  file.data_bytes = offset;
  file.file_bytes = offset;
  return file;
}

Result<Gguf> synth_head(const Shape& shape, const SynthOptions& options) {
  const auto mix = find_mix(options.mix);
  if (!mix) return fail(mix.error());
  const std::uint32_t layers = options.layers.value_or(shape.layers);
  if (layers < 1 || layers > shape.layers)
    return fail(
        wrong(fmt::format("{} layers of {}", layers, shape.name), fmt::format("1 to {}", shape.layers)));
  Gguf words;
  std::uint32_t vocabulary = shape.vocabulary;
  if (options.vocabulary.empty()) {
    make_up_vocabulary(words, vocabulary);
  } else {
    const auto count = copy_vocabulary(words, options.vocabulary);
    if (!count) return fail(count.error());
    vocabulary = *count;
  }
  Gguf file = layout_of(shape, *mix, layers, vocabulary);
  put(file, "general.description",
      fmt::format("synthetic, seed {}: for speed and memory, not for answers", options.seed));
  std::move(words.pairs.begin(), words.pairs.end(), std::back_inserter(file.pairs));
  return file;
}

Result<void> write_synth(const Shape& shape, const SynthOptions& options, const std::string& path,
                         const SynthProgress& progress, const std::atomic<bool>& stop) {
  const auto file = synth_head(shape, options);
  if (!file) return fail(file.error());
  const std::string head = write_gguf_head(*file);
  if (auto other = no_other_thing(path); !other) return other;
  if (auto room = enough_room(path, head.size() + file->data_bytes); !room) return room;
  Unfinished out(path);
  if (!out.good()) return fail(out.trouble());
  if (auto done = out.write(head); !done) return done;
  const GgufValue* end = file->find("tokenizer.ggml.eos_token_id");
  const std::uint32_t end_token =
      end != nullptr && std::get_if<std::uint32_t>(end) != nullptr ? std::get<std::uint32_t>(*end) : 0;
  SplitMix64 random(options.seed);
  std::vector<char> buffer;
  std::uint64_t written = head.size();
  for (const GgufTensor& tensor : file->tensors) {
    const TensorType type = *tensor_type(tensor.type);
    const std::uint64_t row = tensor.shape.front() / type.block_elements * type.block_bytes;
    const bool vector = tensor.shape.size() == 1;
    const bool scores = tensor.name == "output.weight" || (shape.tied && tensor.name == "token_embd.weight");
    // Whole rows, so that the end token's can be told.
    const std::uint64_t rows_at_once = std::max<std::uint64_t>(1, kBuffer / row);
    const std::uint64_t rows = tensor.bytes / row;
    for (std::uint64_t at = 0; at < rows; at += rows_at_once) {
      if (stop.load(std::memory_order_relaxed))
        return fail({.code = Code::io,
                     .where = {path, 0, 0},
                     .found = "interrupted",
                     .expected = {},
                     .remedy = "Nothing half written is left"});
      const std::uint64_t count = std::min(rows_at_once, rows - at);
      buffer.resize(count * row);
      if (vector) {  // norms are 1, biases 0
        const float value = tensor.name.ends_with(".bias") ? 0.0F : 1.0F;
        for (std::size_t i = 0; i < buffer.size(); i += sizeof value)
          std::memcpy(buffer.data() + i, &value, sizeof value);
      } else {
        fill_random(type, random, buffer);
      }
      // The end token's scores are 0, which is never the greatest: answers are as long as they may be.
      if (scores && end_token >= at && end_token < at + count)
        std::fill_n(buffer.begin() + static_cast<std::ptrdiff_t>((end_token - at) * row), row, '\0');
      if (auto done = out.write(buffer); !done) return done;
      written += buffer.size();
      progress(written);
    }
    const std::string gap(padded(tensor.bytes, file->alignment) - tensor.bytes, '\0');
    if (auto done = out.write(gap); !done) return done;
    written += gap.size();
  }
  return out.keep();
}

}  // namespace assay::model
