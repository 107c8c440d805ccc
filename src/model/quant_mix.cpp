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

constexpr std::array<std::string_view, 15> kMixes{"F32",    "F16",    "BF16",   "Q4_0",   "Q4_1",
                                                  "Q5_0",   "Q5_1",   "Q8_0",   "Q2_K",   "Q3_K_S",
                                                  "Q3_K_M", "Q4_K_S", "Q4_K_M", "Q5_K_M", "Q6_K"};

/// The engine's use_more_bits: the first and last eighth of the layers, and every third between.
bool more_bits(std::uint32_t layer, std::uint32_t layers) {
  return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
}

std::uint32_t layer_of(std::string_view name) {
  std::uint32_t layer = 0;
  if (name.starts_with("blk.")) std::from_chars(name.data() + 4, name.data() + name.size(), layer);
  return layer;
}

std::string_view value_type(std::string_view mix, std::uint32_t layer, const MixOf& of) {
  if (mix == "Q2_K") return of.groups >= 4 ? "Q4_K" : "Q3_K";
  if (mix == "Q3_K_M") return layer < 2 ? "Q5_K" : "Q4_K";
  if (mix == "Q4_K_M" || mix == "Q5_K_M") {
    if (more_bits(layer, of.layers)) return "Q6_K";
    return mix == "Q4_K_M" && of.layers == 80 ? "Q5_K" : of.mix.main;
  }
  if (mix == "Q4_K_S" && layer < 4) return "Q5_K";
  return of.mix.main;
}

std::string_view down_type(std::string_view mix, std::uint32_t layer, const MixOf& of) {
  if (mix == "Q2_K") return "Q3_K";
  if (mix == "Q3_K_M") return layer < of.layers / 16 ? "Q5_K" : more_bits(layer, of.layers) ? "Q4_K" : "Q3_K";
  if ((mix == "Q4_K_M" || mix == "Q5_K_M") && more_bits(layer, of.layers)) return "Q6_K";
  if (mix == "Q4_K_S" && layer < of.layers / 8) return "Q5_K";
  return of.mix.main;
}

std::string_view wanted(std::string_view name, const MixOf& of) {
  const std::string_view mix = of.mix.name;
  const bool plain = mix == "F32" || mix == "F16" || mix == "BF16" || mix == "Q8_0";
  if (plain) return of.mix.main;
  if (name == "output.weight" || (of.tied && name == "token_embd.weight")) return "Q6_K";
  const std::uint32_t layer = layer_of(name);
  if (name.ends_with("attn_v.weight")) return value_type(mix, layer, of);
  if (name.find("ffn_down") != std::string_view::npos) return down_type(mix, layer, of);
  if (name.ends_with("attn_output.weight")) {
    if (mix == "Q2_K") return "Q3_K";
    if (mix == "Q3_K_M") return "Q4_K";
  }
  if (name.ends_with("attn_qkv.weight")) {
    if (mix == "Q3_K_M") return "Q4_K";
    if (mix == "Q4_K_M") return "Q5_K";
    if (mix == "Q5_K_M") return "Q6_K";
  }
  return of.mix.main;
}

std::string_view fallback(std::string_view type) {
  if (type == "Q2_K" || type == "Q3_K") return "Q4_0";
  if (type == "Q4_K") return "Q5_0";
  if (type == "Q5_K") return "Q5_1";
  if (type == "Q6_K") return "Q8_0";
  return "F16";
}

}  // namespace

std::span<const std::string_view> quant_mixes() {
  return kMixes;
}

Result<FileType> find_mix(std::string_view name) {
  for (std::uint32_t id = 0; id < 64; ++id) {
    const auto type = file_type(id);
    if (!type || lower_ascii(type->name) != lower_ascii(name)) continue;
    if (std::ranges::find(kMixes, type->name) != kMixes.end()) return *type;
  }
  const std::vector<std::string> known(kMixes.begin(), kMixes.end());
  return fail({.code = Code::bad_input,
               .where = {},
               .found = fmt::format("quantisation '{}'", printable(name, 40)),
               .expected = "one of: " + join(known, ", "),
               .remedy = {}});
}

TensorType type_of(const ShapeTensor& tensor, const MixOf& of) {
  const bool router = tensor.name.ends_with("ffn_gate_inp.weight");
  const auto whole = tensor_type("F32");
  CHECK(whole.has_value());
  if (tensor.extents.size() < 2 || router) return *whole;
  auto type = tensor_type(wanted(tensor.name, of));
  CHECK(type.has_value());
  while (tensor.extents.front() % type->block_elements != 0) {
    type = tensor_type(fallback(type->name));
    CHECK(type.has_value());
  }
  return *type;
}

}  // namespace assay::model
