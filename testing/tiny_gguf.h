// Small GGUF files for tests: `TinyGguf().set("general.architecture", "llama"s).tensor("x", {32, 4},
// "F16").bytes()`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "model/gguf.h"
#include "model/tensor_type.h"

namespace assay::testing {

class TinyGguf {
 public:
  TinyGguf& set(std::string key, model::GgufValue value) {
    file_.pairs.push_back({.key = std::move(key), .value = std::move(value)});
    return *this;
  }
  TinyGguf& set(std::string key, const char* text) { return set(std::move(key), std::string(text)); }
  TinyGguf& set(std::string key, std::uint32_t number) {
    return set(std::move(key), model::GgufValue(number));
  }

  TinyGguf& set_strings(std::string key, const std::vector<std::string>& items) {
    model::GgufArray array{.item = model::GgufType::string, .count = items.size(), .raw = {}};
    for (const std::string& item : items) {
      const std::uint64_t size = item.size();
      array.raw.append(reinterpret_cast<const char*>(&size), sizeof size);
      array.raw += item;
    }
    return set(std::move(key), std::move(array));
  }

  TinyGguf& set_numbers(std::string key, const std::vector<std::int32_t>& items) {
    model::GgufArray array{.item = model::GgufType::int32, .count = items.size(), .raw = {}};
    array.raw.append(reinterpret_cast<const char*>(items.data()), items.size() * sizeof(std::int32_t));
    return set(std::move(key), std::move(array));
  }

  /// Zeroes, behind the tensors added before.
  TinyGguf& tensor(std::string name, std::vector<std::uint64_t> shape, std::string_view type) {
    const auto known = model::tensor_type(type);
    CHECK(known.has_value());
    std::uint64_t elements = 1;
    for (const std::uint64_t extent : shape) elements *= extent;
    const std::uint64_t bytes = elements / known->block_elements * known->block_bytes;
    file_.tensors.push_back({.name = std::move(name),
                             .shape = std::move(shape),
                             .type = known->id,
                             .offset = next_offset_,
                             .elements = elements,
                             .bytes = bytes});
    next_offset_ += model::padded(bytes, file_.alignment);
    return *this;
  }

  /// For what the methods above do not say.
  model::Gguf& file() { return file_; }

  std::string head() const { return model::write_gguf_head(file_); }
  std::string bytes() const { return head() + std::string(next_offset_, '\0'); }

 private:
  model::Gguf file_;
  std::uint64_t next_offset_ = 0;
};

/// A llama of two layers with a tokenizer of four tokens: every fact is present.
inline TinyGguf tiny_llama(std::string_view type = "F16") {
  TinyGguf file;
  file.set("general.architecture", "llama")
      .set("general.name", "tiny")
      .set("general.file_type", std::uint32_t{1})
      .set("llama.context_length", std::uint32_t{512})
      .set("llama.embedding_length", std::uint32_t{64})
      .set("llama.block_count", std::uint32_t{2})
      .set("llama.feed_forward_length", std::uint32_t{128})
      .set("llama.attention.head_count", std::uint32_t{4})
      .set("llama.attention.head_count_kv", std::uint32_t{2})
      .set("tokenizer.ggml.model", "gpt2")
      .set_strings("tokenizer.ggml.tokens", {"a", "b", "c", "</s>"})
      .set("tokenizer.chat_template", "{{ messages }}")
      .tensor("token_embd.weight", {64, 4}, type)
      .tensor("output_norm.weight", {64}, "F32");
  for (int layer = 0; layer < 2; ++layer) {
    const std::string block = "blk." + std::to_string(layer);
    file.tensor(block + ".attn_q.weight", {64, 64}, type)
        .tensor(block + ".ffn_up.weight", {64, 128}, type)
        .tensor(block + ".attn_norm.weight", {64}, "F32");
  }
  return file;
}

}  // namespace assay::testing
