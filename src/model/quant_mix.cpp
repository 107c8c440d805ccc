#include "model/quant_mix.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"

namespace assay::model {
namespace {

using View = std::string_view;

constexpr std::array<View, 35> kMixes{
    "F32",     "F16",    "BF16",   "Q8_0",    "Q6_K",   "Q5_K_M", "Q5_K_S", "Q5_1",     "Q5_0",
    "Q4_1",    "Q4_K_M", "Q4_K_S", "IQ4_NL",  "IQ4_XS", "Q4_0",   "Q3_K_L", "Q3_K_M",   "Q3_K_S",
    "IQ3_M",   "IQ3_S",  "IQ3_XS", "IQ3_XXS", "Q2_K",   "Q2_K_S", "IQ2_M",  "IQ2_S",    "IQ2_XS",
    "IQ2_XXS", "IQ1_M",  "IQ1_S",  "TQ2_0",   "TQ1_0",  "Q2_0",   "Q1_0",   "MXFP4_MOE"};

/// Short names that llama-quantize takes as well.
struct Alias {
  View name;
  View mix;
};
constexpr std::array<Alias, 3> kAliases{{{"Q3_K", "Q3_K_M"}, {"Q4_K", "Q4_K_M"}, {"Q5_K", "Q5_K_M"}}};

std::string upper_ascii(View text) {
  std::string upper(text);
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return upper;
}

template <class... Names>
bool one_of(View mix, Names... names) {
  return ((mix == names) || ...);
}

/// Those that llama-quantize makes with an importance matrix alone, and that share rules.
bool below_three_bits(View mix) {
  return one_of(mix, "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ2_M", "IQ1_S", "IQ1_M");
}

/// The engine's use_more_bits: the first and last eighth of the layers, and every third between.
bool more_bits(std::uint32_t layer, std::uint32_t layers) {
  return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
}

std::uint32_t layer_of(View name) {
  std::uint32_t layer = 0;
  if (name.starts_with("blk.")) std::from_chars(name.data() + 4, name.data() + name.size(), layer);
  return layer;
}

View output_type(View mix) {
  if (mix == "MXFP4_MOE") return "Q8_0";
  return below_three_bits(mix) || mix == "IQ3_XXS" ? "Q5_K" : "Q6_K";
}

View embedding_type(View mix, View main) {
  if (mix == "MXFP4_MOE") return "Q8_0";
  if (one_of(mix, "IQ2_XXS", "IQ2_XS", "IQ1_S", "IQ1_M")) return "Q2_K";
  if (one_of(mix, "IQ2_S", "IQ2_M", "IQ3_XXS")) return "IQ3_S";
  if (one_of(mix, "TQ1_0", "TQ2_0", "Q2_0")) return "Q4_K";
  return main;
}

/// Values alone, or joined with queries and keys.
View value_type(View mix, std::uint32_t layer, const MixOf& of) {
  const bool shared = of.groups >= 4;
  View type = of.mix.main;
  if (below_three_bits(mix)) {
    if (shared || of.experts >= 4) return "Q4_K";
    return one_of(mix, "IQ2_S", "IQ2_M") ? "IQ3_S" : "Q2_K";
  }
  if (mix == "Q2_K")
    type = shared ? "Q4_K" : "Q3_K";
  else if (one_of(mix, "Q2_K_S", "IQ3_XXS", "IQ3_XS", "IQ3_S"))
    type = shared ? "Q4_K" : type;
  else if (mix == "IQ3_M")
    type = "Q4_K";
  else if (mix == "Q3_K_M")
    type = layer < 2 ? "Q5_K" : "Q4_K";
  else if (mix == "Q3_K_L")
    type = "Q5_K";
  else if (one_of(mix, "IQ4_NL", "IQ4_XS"))
    type = shared ? "Q5_K" : type;
  else if (one_of(mix, "Q4_K_M", "Q5_K_M"))
    type = more_bits(layer, of.layers) ? "Q6_K" : type;
  else if (mix == "Q4_K_S")
    type = layer < 4 ? "Q5_K" : type;
  // "Nearly negligible" for a model of 80 layers, the engine says: eight heads share its values.
  return of.layers == 80 && one_of(type, "Q3_K", "Q4_K") ? "Q5_K" : type;
}

View down_type(View mix, std::uint32_t layer, const MixOf& of) {
  const bool first = layer < of.layers / 8;
  if (below_three_bits(mix)) {
    if (!first) return of.mix.main;
    return one_of(mix, "IQ2_S", "IQ2_M") ? "IQ3_S" : "Q2_K";
  }
  if (mix == "Q2_K") return "Q3_K";
  if (one_of(mix, "Q2_K_S", "IQ3_M") && first) return "Q4_K";
  if (mix == "Q3_K_M") return layer < of.layers / 16 ? "Q5_K" : "Q4_K";
  if (mix == "Q3_K_L") return "Q5_K";
  if (one_of(mix, "Q4_K_M", "Q5_K_M") && more_bits(layer, of.layers)) return "Q6_K";
  if (one_of(mix, "Q4_K_S", "IQ4_NL", "IQ4_XS") && first) return "Q5_K";
  return of.mix.main;
}

View attention_output_type(View mix, View main) {
  if (one_of(mix, "IQ1_S", "IQ1_M")) return "IQ2_XXS";
  if (one_of(mix, "IQ2_S", "IQ2_M", "IQ3_XXS")) return "IQ3_S";
  if (mix == "Q2_K") return "Q3_K";
  if (one_of(mix, "Q3_K_M", "IQ3_M")) return "Q4_K";
  return mix == "Q3_K_L" ? "Q5_K" : main;
}

View wanted(View name, const MixOf& of) {
  const View mix = of.mix.name;
  const View main = of.mix.main;
  if (one_of(mix, "F32", "F16", "BF16", "Q8_0")) return main;
  if (name == "output.weight" || (of.tied && name == "token_embd.weight")) return output_type(mix);
  if (name == "token_embd.weight") return embedding_type(mix, main);
  if (mix == "MXFP4_MOE") return name.find("_exps.") == View::npos ? "Q8_0" : main;
  const std::uint32_t layer = layer_of(name);
  if (name.ends_with("attn_v.weight") || name.ends_with("attn_qkv.weight")) return value_type(mix, layer, of);
  if (name.find("ffn_down") != View::npos) return down_type(mix, layer, of);
  if (name.ends_with("attn_output.weight")) return attention_output_type(mix, main);
  if (name.ends_with("attn_q.weight") || name.ends_with("attn_k.weight"))
    return mix == "IQ3_XS" ? "IQ3_XXS" : mix == "IQ3_XXS" ? "IQ2_S" : main;
  const bool between = layer >= of.layers / 8 && layer < 7 * of.layers / 8;
  return mix == "IQ3_XS" && between ? "IQ3_XXS" : main;  // ffn_gate and ffn_up
}

View fallback(View type) {
  if (type.starts_with("IQ") && type != "IQ4_NL") return "IQ4_NL";
  if (one_of(type, "Q2_0", "Q2_K", "Q3_K", "TQ1_0", "TQ2_0")) return "Q4_0";
  if (type == "Q4_K") return "Q5_0";
  if (type == "Q5_K") return "Q5_1";
  return type == "Q6_K" ? "Q8_0" : "F16";
}

/// Why a type that the engine has is no mix to write: " is …", or nothing.
View reason_against(View type) {
  if (one_of(type, "Q8_1", "Q8_K"))
    return " is what the engine makes of intermediate results, not of weights";
  if (type == "MXFP4") return " is the type of experts; the mix is MXFP4_MOE";
  if (type == "NVFP4") return " is made by those who convert a model, not by llama-quantize";
  if (one_of(type, "I8", "I16", "I32", "I64", "F64")) return " is not for the weights of a language model";
  return type == "COPY" ? " keeps what a file has, and here is none" : "";
}

}  // namespace

std::span<const std::string_view> quant_mixes() {
  return kMixes;
}

Result<FileType> find_mix(std::string_view name) {
  const std::string asked = upper_ascii(name);
  const auto alias = std::ranges::find(kAliases, asked, &Alias::name);
  const View wanted = alias == kAliases.end() ? View(asked) : alias->mix;
  for (std::uint32_t id = 0; id < 64; ++id) {
    const auto type = file_type(id);
    if (type && type->name == wanted && std::ranges::find(kMixes, wanted) != kMixes.end()) return *type;
  }
  const std::vector<std::string> known(kMixes.begin(), kMixes.end());
  const std::string near = nearest(asked, known);
  return fail({.code = Code::bad_input,
               .where = {},
               .found = fmt::format("quantisation '{}'{}", printable(name, 40), reason_against(asked)),
               .expected = "one of: " + join(known, ", "),
               .remedy = near.empty() ? std::string{} : fmt::format("Did you mean '{}'?", near)});
}

TensorType type_of(const ShapeTensor& tensor, const MixOf& of) {
  const bool router = tensor.name.ends_with("ffn_gate_inp.weight");
  const auto whole = tensor_type("F32");
  CHECK(whole.has_value());
  if (tensor.extents.size() < 2 || router) return *whole;
  auto type = tensor_type(wanted(tensor.name, of));
  CHECK(type.has_value());
  const std::uint64_t row = tensor.extents.front();
  const bool scores = tensor.name == "output.weight" || (of.tied && tensor.name == "token_embd.weight");
  const auto main = tensor_type(of.mix.main);
  if (scores && main && row % main->block_elements != 0) type = tensor_type("Q8_0");
  while (row % type->block_elements != 0) {
    type = tensor_type(fallback(type->name));
    CHECK(type.has_value());
  }
  return *type;
}

}  // namespace assay::model
