#include "model/facts.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"
#include "model/tensor_type.h"

namespace assay::model {
namespace {

using Count = std::optional<std::uint64_t>;

// Sums and products of numbers that a stranger wrote: absent instead of wrapped around.
Count times(Count left, Count right) {
  std::uint64_t product = 0;
  if (!left || !right || __builtin_mul_overflow(*left, *right, &product)) return std::nullopt;
  return product;
}

Count plus(Count left, Count right) {
  std::uint64_t sum = 0;
  if (!left || !right || __builtin_add_overflow(*left, *right, &sum)) return std::nullopt;
  return sum;
}

/// A whole number that is not negative, of whatever type it was written with.
Count as_count(const GgufValue* value) {
  if (value == nullptr) return std::nullopt;
  return std::visit(
      [](const auto& held) -> Count {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_integral_v<Held> && !std::is_same_v<Held, bool>) {
          if constexpr (std::is_signed_v<Held>) {
            if (held < 0) return std::nullopt;
          }
          return static_cast<std::uint64_t>(held);
        }
        return std::nullopt;
      },
      *value);
}

/// An array of 32-bit numbers, as per-layer values are written. Absent for anything else.
std::optional<std::vector<std::uint64_t>> as_counts(const GgufValue* value) {
  const auto* array = value == nullptr ? nullptr : std::get_if<GgufArray>(value);
  if (array == nullptr || (array->item != GgufType::uint32 && array->item != GgufType::int32))
    return std::nullopt;
  std::vector<std::uint64_t> counts;
  counts.reserve(static_cast<std::size_t>(array->count));
  for (std::size_t at = 0; at + sizeof(std::int32_t) <= array->raw.size(); at += sizeof(std::int32_t)) {
    std::int32_t number = 0;
    std::memcpy(&number, array->raw.data() + at, sizeof number);
    counts.push_back(number < 0 ? 0 : static_cast<std::uint64_t>(number));
  }
  return counts;
}

const std::string* as_text(const GgufValue* value) {
  return value == nullptr ? nullptr : std::get_if<std::string>(value);
}

// The keys of one architecture: "llama.block_count" and so on.
class Keys {
 public:
  Keys(const Gguf& file, std::string architecture) : file_(file), prefix_(std::move(architecture) + ".") {}

  const GgufValue* value(std::string_view key) const { return file_.find(prefix_ + std::string(key)); }
  Count count(std::string_view key) const { return as_count(value(key)); }
  /// The number, or the largest of per-layer numbers.
  Count most(std::string_view key) const {
    if (const auto each = as_counts(value(key)); each && !each->empty())
      return *std::ranges::max_element(*each);
    return count(key);
  }
  /// The sum over all layers of a number that is written once or per layer.
  Count total(std::string_view key, Count layers) const {
    const auto each = as_counts(value(key));
    if (!each) return times(count(key), layers);
    Count sum = 0;
    for (const std::uint64_t one : *each) sum = plus(sum, one);
    return sum;
  }
  bool any_begins(std::string_view key) const {
    return std::ranges::any_of(file_.pairs, [begin = prefix_ + std::string(key)](const GgufPair& pair) {
      return pair.key.starts_with(begin);
    });
  }

 private:
  const Gguf& file_;
  std::string prefix_;
};

/// Every how manieth layer sees all tokens, where the file does not say. From the engine's load_swa_pattern()
/// of these architectures.
Count window_period(const Keys& keys, std::string_view architecture) {
  if (const GgufValue* told = keys.value("attention.sliding_window_pattern")) return as_count(told);
  if (architecture == "gemma3") return 6;
  if (architecture == "cohere2") return 4;
  if (architecture == "gemma2" || architecture == "gpt-oss") return 2;
  return std::nullopt;
}

/// KV heads of the layers that slide: of each period all but its last.
Count sliding_heads(const Keys& keys, std::string_view kv_key, const ModelFacts& facts) {
  constexpr std::uint64_t kMostLayers = 1024;
  const Count period = window_period(keys, facts.architecture);
  if (!facts.sliding_window || !period || *period == 0 || !facts.layers || *facts.layers > kMostLayers)
    return std::nullopt;
  const auto each = as_counts(keys.value(kv_key));
  if (each && each->size() < *facts.layers) return std::nullopt;
  Count sum = 0;
  for (std::uint64_t layer = 0; layer < *facts.layers; ++layer) {
    if (layer % *period + 1 == *period) continue;
    sum = plus(sum, each ? Count((*each)[layer]) : facts.kv_heads);
  }
  return sum;
}

void read_shape(const Keys& keys, ModelFacts& facts) {
  facts.context_length = keys.count("context_length");
  facts.layers = keys.count("block_count");
  facts.embedding = keys.count("embedding_length");
  facts.feed_forward = keys.most("feed_forward_length");
  facts.heads = keys.most("attention.head_count");
  const bool has_kv = keys.value("attention.head_count_kv") != nullptr;  // without it, as many as heads
  const std::string_view kv_key = has_kv ? "attention.head_count_kv" : "attention.head_count";
  facts.kv_heads = keys.most(kv_key);
  facts.kv_heads_total = keys.total(kv_key, facts.layers);
  Count head;
  if (facts.embedding && facts.heads.value_or(0) > 0) head = *facts.embedding / *facts.heads;
  facts.key_length =
      keys.value("attention.key_length") != nullptr ? keys.count("attention.key_length") : head;
  facts.value_length =
      keys.value("attention.value_length") != nullptr ? keys.count("attention.value_length") : head;
  facts.sliding_window = keys.count("attention.sliding_window");
  if (facts.sliding_window == 0U) facts.sliding_window.reset();
  facts.sliding_kv_heads_total = sliding_heads(keys, kv_key, facts);
  facts.experts = keys.count("expert_count");
  facts.experts_used = keys.count("expert_used_count");
  if (facts.experts == 0U) facts.experts.reset();
  if (facts.experts_used == 0U) facts.experts_used.reset();

  const bool recurrent = keys.any_begins("ssm.") || keys.any_begins("wkv.");
  const auto* causal = keys.value("attention.causal");
  const bool encoder = causal != nullptr && std::get_if<bool>(causal) != nullptr && !std::get<bool>(*causal);
  facts.plain_attention = !recurrent && !encoder && facts.kv_heads_total.value_or(0) > 0;
  if (recurrent) facts.notes.emplace_back("the model has recurrent layers; their state is not estimated");
  if (facts.sliding_window) {
    facts.notes.push_back(fmt::format(
        "attention slides over {} tokens in some layers; engines that keep only these there need a "
        "smaller KV cache",
        *facts.sliding_window));
  }
}

void read_tokenizer(const Gguf& file, const Keys& keys, ModelFacts& facts) {
  if (const auto* model = as_text(file.find("tokenizer.ggml.model"))) facts.tokenizer = to_valid_utf8(*model);
  const GgufValue* tokens = file.find("tokenizer.ggml.tokens");
  const auto* list = tokens == nullptr ? nullptr : std::get_if<GgufArray>(tokens);
  facts.vocabulary = list != nullptr ? Count(list->count) : keys.count("vocab_size");
  if (const auto* text = as_text(file.find("tokenizer.chat_template"))) {
    facts.chat_template_sha256 = hex(sha256(*text));
    if (first_invalid_utf8(*text)) facts.notes.emplace_back("the chat template is not valid UTF-8");
  }
}

bool has_tensor(const Gguf& file, std::string_view name) {
  return std::ranges::find(file.tensors, name, &GgufTensor::name) != file.tensors.end();
}

bool is_row_lookup(std::string_view name) {
  return name == "token_embd.weight" || name == "per_layer_token_embd.weight" ||
         name == "position_embd.weight" || name == "token_types.weight";
}

bool is_expert(std::string_view name) {
  return name.find("_exps.") != std::string_view::npos;
}

/// A tied token embedding is looked up by row and read whole as the output matrix.
bool is_read_whole(std::string_view name, bool tied) {
  return !is_row_lookup(name) || (tied && name == "token_embd.weight");
}

/// Multiplied by what a token brings along, expert or not; a vector is added or scales.
bool is_multiplied(const GgufTensor& tensor, bool tied) {
  return tensor.shape.size() >= 2 && tensor.shape[1] >= 2 && is_read_whole(tensor.name, tied);
}

std::vector<TypeShare> shares_of(const Gguf& file, bool tied) {
  std::map<std::uint32_t, TypeShare> by_type;
  for (const GgufTensor& tensor : file.tensors) {
    TypeShare& share = by_type[tensor.type];
    share.type = tensor_type(tensor.type)->name;  // read_gguf() lets no other type pass
    ++share.tensors;
    share.elements += tensor.elements;
    share.bytes += tensor.bytes;
    if (is_multiplied(tensor, tied)) share.multiplied_bytes += tensor.bytes;
  }
  std::vector<TypeShare> shares;
  shares.reserve(by_type.size());
  for (auto& [id, share] : by_type) shares.push_back(std::move(share));
  std::ranges::stable_sort(shares, std::greater{}, &TypeShare::bytes);
  return shares;
}

void read_quantisation(const Gguf& file, ModelFacts& facts) {
  if (facts.tensor_types.empty()) return;
  const std::string& largest = facts.tensor_types.front().type;
  const Count number = as_count(file.find("general.file_type"));
  const auto named = number && *number < 1024 ? file_type(static_cast<std::uint32_t>(*number)) : std::nullopt;
  if (!named) {
    facts.quantisation = largest;
    facts.quantisation_guessed = true;
    return;
  }
  facts.quantisation = named->name;
  // Rows that do not fill a block fall back to another type, so small models may hold none of the type they
  // are named after. A reader of the name should know.
  if (std::ranges::find(facts.tensor_types, named->main, &TypeShare::type) == facts.tensor_types.end()) {
    facts.notes.push_back(
        fmt::format("the file calls itself {}, but no tensor is stored as {}; most bytes are {}", named->name,
                    named->main, largest));
  }
}

void read_tensors(const Gguf& file, ModelFacts& facts) {
  facts.tensor_count = file.tensors.size();
  if (file.tensors.empty()) {
    facts.notes.emplace_back("the file holds no tensors (a vocabulary only)");
    return;
  }
  std::uint64_t elements = 0;
  std::uint64_t dense = 0;
  std::uint64_t experts = 0;
  for (const GgufTensor& tensor : file.tensors) {
    elements += tensor.elements;
    facts.tensor_bytes += tensor.bytes;  // bounded by the file's size
    if (is_expert(tensor.name)) {
      experts += tensor.bytes;
    } else if (is_read_whole(tensor.name, facts.tied_embedding)) {
      dense += tensor.bytes;
    }
  }
  facts.parameters = elements;
  if (!has_tensor(file, "token_embd.weight")) return;  // a projector or an encoder: no tokens to decode
  if (experts == 0) {
    facts.bytes_per_token = dense;
  } else if (facts.experts && facts.experts_used && *facts.experts_used <= *facts.experts) {
    // Multiplied first: a share such as 4/60 has no end in binary, and long double is no more than double on
    // a Mac.
    const auto used = static_cast<long double>(experts) * static_cast<long double>(*facts.experts_used);
    facts.bytes_per_token =
        dense + static_cast<std::uint64_t>(used / static_cast<long double>(*facts.experts));
  } else {
    facts.notes.emplace_back("the file has experts but does not say how many of them a token uses");
  }
}

void read_split(const Gguf& file, ModelFacts& facts) {
  const Count parts = as_count(file.find("split.count"));
  if (!parts || *parts <= 1) return;
  const Count part = as_count(file.find("split.no"));
  facts.notes.push_back(fmt::format("this is part {} of {}; sizes are those of this part only",
                                    part ? fmt::to_string(*part + 1) : "?", *parts));
  facts.bytes_per_token.reset();
  facts.parameters.reset();
}

}  // namespace

ModelFacts describe(const Gguf& file) {
  ModelFacts facts;
  facts.file_bytes = file.file_bytes;
  facts.gguf_version = file.version;
  if (const auto* text = as_text(file.find("general.architecture")))
    facts.architecture = to_valid_utf8(*text);
  if (const auto* text = as_text(file.find("general.name"))) facts.name = to_valid_utf8(*text);
  const Keys keys(file, facts.architecture);
  read_shape(keys, facts);
  read_tokenizer(file, keys, facts);
  facts.tied_embedding = has_tensor(file, "token_embd.weight") && !has_tensor(file, "output.weight");
  facts.tensor_types = shares_of(file, facts.tied_embedding);
  read_quantisation(file, facts);
  read_tensors(file, facts);
  read_split(file, facts);
  return facts;
}

Result<ModelFacts> inspect(const std::string& path) {
  const auto source = open_bytes(path);
  if (!source) return fail(source.error());
  const Result<Gguf> file = read_gguf(**source);
  if (!file) return fail(file.error());
  ModelFacts facts = describe(*file);
  if (facts.architecture.empty()) {
    return fail({.code = Code::bad_input,
                 .where = {.file = path},
                 .found = "the file does not name its architecture",
                 .expected = "metadata 'general.architecture'",
                 .remedy = "Convert the model again with a current converter"});
  }
  return facts;
}

}  // namespace assay::model
