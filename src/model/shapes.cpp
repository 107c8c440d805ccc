#include "model/shapes.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::model {
namespace {

constexpr std::uint32_t k128 = 131072;

// From the publishers' config.json files. Columns: name, architecture, layers, embedding, heads, KV heads,
// head length, feed-forward, vocabulary, context, RoPE base, epsilon of the norms, tied, experts, used,
// feed-forward of each, sliding window. Parameters of Gemma 3 are those of its text model.
constexpr std::array kShapes{
    Shape{"llama-3.2-1b", "llama", 16, 2048, 32, 8, 64, 8192, 128256, k128, 5e5, 1e-5, true},
    Shape{"llama-3.2-3b", "llama", 28, 3072, 24, 8, 128, 8192, 128256, k128, 5e5, 1e-5, true},
    Shape{"llama-3.1-8b", "llama", 32, 4096, 32, 8, 128, 14336, 128256, k128, 5e5, 1e-5, false},
    Shape{"llama-3.1-70b", "llama", 80, 8192, 64, 8, 128, 28672, 128256, k128, 5e5, 1e-5, false},
    Shape{"qwen2.5-0.5b", "qwen2", 24, 896, 14, 2, 64, 4864, 151936, 32768, 1e6, 1e-6, true},
    Shape{"qwen2.5-1.5b", "qwen2", 28, 1536, 12, 2, 128, 8960, 151936, 32768, 1e6, 1e-6, true},
    Shape{"qwen2.5-3b", "qwen2", 36, 2048, 16, 2, 128, 11008, 151936, 32768, 1e6, 1e-6, true},
    Shape{"qwen2.5-7b", "qwen2", 28, 3584, 28, 4, 128, 18944, 152064, 32768, 1e6, 1e-6, false},
    Shape{"qwen2.5-14b", "qwen2", 48, 5120, 40, 8, 128, 13824, 152064, 32768, 1e6, 1e-6, false},
    Shape{"qwen2.5-32b", "qwen2", 64, 5120, 40, 8, 128, 27648, 152064, 32768, 1e6, 1e-6, false},
    Shape{"qwen2.5-72b", "qwen2", 80, 8192, 64, 8, 128, 29568, 152064, 32768, 1e6, 1e-6, false},
    Shape{"qwen3-0.6b", "qwen3", 28, 1024, 16, 8, 128, 3072, 151936, 40960, 1e6, 1e-6, true},
    Shape{"qwen3-1.7b", "qwen3", 28, 2048, 16, 8, 128, 6144, 151936, 40960, 1e6, 1e-6, true},
    Shape{"qwen3-4b", "qwen3", 36, 2560, 32, 8, 128, 9728, 151936, 40960, 1e6, 1e-6, true},
    Shape{"qwen3-8b", "qwen3", 36, 4096, 32, 8, 128, 12288, 151936, 40960, 1e6, 1e-6, false},
    Shape{"qwen3-14b", "qwen3", 40, 5120, 40, 8, 128, 17408, 151936, 40960, 1e6, 1e-6, false},
    Shape{"qwen3-32b", "qwen3", 64, 5120, 64, 8, 128, 25600, 151936, 40960, 1e6, 1e-6, false},
    Shape{"qwen3-30b-a3b", "qwen3moe", 48, 2048, 32, 4, 128, 6144, 151936, 40960, 1e6, 1e-6, false, 128, 8,
          768},
    Shape{"phi-4", "phi3", 40, 5120, 40, 10, 128, 17920, 100352, 16384, 250000, 1e-5, false},
    Shape{"falcon3-10b", "llama", 40, 3072, 12, 4, 256, 23040, 131072, 32768, 1000042, 1e-6, false},
    Shape{"gemma-3-1b", "gemma3", 26, 1152, 4, 1, 256, 6912, 262144, 32768, 1e6, 1e-6, true, 0, 0, 0, 512},
    Shape{"gemma-3-4b", "gemma3", 34, 2560, 8, 4, 256, 10240, 262208, k128, 1e6, 1e-6, true, 0, 0, 0, 1024},
    Shape{"gemma-3-12b", "gemma3", 48, 3840, 16, 8, 256, 15360, 262208, k128, 1e6, 1e-6, true, 0, 0, 0, 1024},
    Shape{"gemma-3-27b", "gemma3", 62, 5376, 32, 16, 128, 21504, 262208, k128, 1e6, 1e-6, true, 0, 0, 0,
          1024},
    Shape{"deepseek-r1-distill-qwen-1.5b", "qwen2", 28, 1536, 12, 2, 128, 8960, 151936, k128, 1e4, 1e-6,
          false},
    Shape{"deepseek-r1-distill-qwen-7b", "qwen2", 28, 3584, 28, 4, 128, 18944, 152064, k128, 1e4, 1e-6,
          false},
    Shape{"deepseek-r1-distill-qwen-14b", "qwen2", 48, 5120, 40, 8, 128, 13824, 152064, k128, 1e6, 1e-5,
          false},
    Shape{"deepseek-r1-distill-qwen-32b", "qwen2", 64, 5120, 40, 8, 128, 27648, 152064, k128, 1e6, 1e-5,
          false},
    Shape{"deepseek-r1-distill-llama-8b", "llama", 32, 4096, 32, 8, 128, 14336, 128256, k128, 5e5, 1e-5,
          false},
    Shape{"deepseek-r1-distill-llama-70b", "llama", 80, 8192, 64, 8, 128, 28672, 128256, k128, 5e5, 1e-5,
          false},
};

void add_attention(const Shape& shape, const std::string& block, std::vector<ShapeTensor>& list) {
  const std::uint64_t wide = shape.embedding;
  const std::uint64_t queries = std::uint64_t{shape.heads} * shape.head_length;
  const std::uint64_t keys = std::uint64_t{shape.kv_heads} * shape.head_length;
  list.push_back({block + "attn_norm.weight", {wide}});
  if (shape.architecture == "phi3") {
    list.push_back({block + "attn_qkv.weight", {wide, queries + 2 * keys}});
  } else {
    list.push_back({block + "attn_q.weight", {wide, queries}});
    list.push_back({block + "attn_k.weight", {wide, keys}});
    list.push_back({block + "attn_v.weight", {wide, keys}});
  }
  if (shape.architecture == "qwen2") {
    list.push_back({block + "attn_q.bias", {queries}});
    list.push_back({block + "attn_k.bias", {keys}});
    list.push_back({block + "attn_v.bias", {keys}});
  }
  if (shape.architecture.starts_with("qwen3") || shape.architecture == "gemma3") {
    list.push_back({block + "attn_q_norm.weight", {shape.head_length}});
    list.push_back({block + "attn_k_norm.weight", {shape.head_length}});
  }
  list.push_back({block + "attn_output.weight", {queries, wide}});
}

void add_feed_forward(const Shape& shape, const std::string& block, std::vector<ShapeTensor>& list) {
  const std::uint64_t wide = shape.embedding;
  const std::uint64_t hidden = shape.feed_forward;
  if (shape.architecture == "gemma3") list.push_back({block + "post_attention_norm.weight", {wide}});
  list.push_back({block + "ffn_norm.weight", {wide}});
  if (shape.experts > 0) {
    const std::uint64_t each = shape.expert_feed_forward;
    list.push_back({block + "ffn_gate_inp.weight", {wide, shape.experts}});
    list.push_back({block + "ffn_gate_exps.weight", {wide, each, shape.experts}});
    list.push_back({block + "ffn_up_exps.weight", {wide, each, shape.experts}});
    list.push_back({block + "ffn_down_exps.weight", {each, wide, shape.experts}});
  } else if (shape.architecture == "phi3") {
    list.push_back({block + "ffn_up.weight", {wide, 2 * hidden}});
    list.push_back({block + "ffn_down.weight", {hidden, wide}});
  } else {
    list.push_back({block + "ffn_gate.weight", {wide, hidden}});
    list.push_back({block + "ffn_up.weight", {wide, hidden}});
    list.push_back({block + "ffn_down.weight", {hidden, wide}});
  }
  if (shape.architecture == "gemma3") list.push_back({block + "post_ffw_norm.weight", {wide}});
}

/// Letters, digits and dots of a name as other places write it: "llama3.2:1b", "Llama-3.2-1B-Instruct".
std::string bare(std::string_view name) {
  std::string letters;
  for (const char c : lower_ascii(name))
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.') letters += c;
  return letters;
}

/// Those that the name is written for, or else begins or holds; or the nearest. At most kMostNear.
std::vector<std::string> shapes_like(std::string_view name) {
  constexpr std::size_t kMostNear = 8;
  const std::string asked = bare(name);
  std::vector<std::string> known;
  std::vector<std::string> whole;
  std::vector<std::string> family;
  for (const Shape& shape : kShapes) {
    const std::string letters = bare(shape.name);
    known.emplace_back(shape.name);
    if (asked.find(letters) != std::string::npos) whole.emplace_back(shape.name);
    if (asked.size() > 1 && letters.find(asked) != std::string::npos) family.emplace_back(shape.name);
  }
  std::vector<std::string> near = whole.empty() ? std::move(family) : std::move(whole);
  if (near.empty()) near.push_back(nearest(lower_ascii(name), known));
  if (near.front().empty()) return {};
  near.resize(std::min(near.size(), kMostNear));
  return near;
}

}  // namespace

std::span<const Shape> shapes() {
  return kShapes;
}

const Shape* find_shape(std::string_view name) {
  const auto at = std::ranges::find(kShapes, lower_ascii(name), &Shape::name);
  return at == kShapes.end() ? nullptr : &*at;
}

Result<const Shape*> shape_named(std::string_view name) {
  if (const Shape* shape = find_shape(name)) return shape;
  const std::vector<std::string> near = shapes_like(name);
  return fail(
      {.code = Code::bad_input,
       .where = {},
       .found = name.empty() ? std::string("no name of a shape")
                             : fmt::format("no shape '{}' in the table", printable(name, 60)),
       .expected = "a name of: assay models synth --list",
       .remedy = near.empty() ? std::string{} : fmt::format("Did you mean '{}'?", join(near, "', '"))});
}

std::vector<ShapeTensor> tensors_of(const Shape& shape, std::uint32_t layers, std::uint32_t vocabulary) {
  std::vector<ShapeTensor> list;
  list.push_back({"token_embd.weight", {shape.embedding, vocabulary}});
  for (std::uint32_t i = 0; i < layers; ++i) {
    const std::string block = fmt::format("blk.{}.", i);
    add_attention(shape, block, list);
    add_feed_forward(shape, block, list);
  }
  list.push_back({"output_norm.weight", {shape.embedding}});
  if (!shape.tied) list.push_back({"output.weight", {shape.embedding, vocabulary}});
  return list;
}

}  // namespace assay::model
