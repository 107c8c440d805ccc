#include "record/price.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/number.h"

namespace assay::record {
namespace {

constexpr double kMillion = 1e6;
constexpr std::uint64_t kTemplateTokens = 64;

std::optional<double> number_of(const Value& mapping, std::string_view key) {
  const Value* value = mapping.find(key);
  if (value == nullptr || value->kind != Value::Kind::number) return std::nullopt;
  const auto number = double_from(value->text);
  return number && *number >= 0 ? number : std::nullopt;
}

void add(Value& mapping, std::string key, Value value) {
  mapping.keys.push_back(std::move(key));
  mapping.items.push_back(std::move(value));
}

}  // namespace

std::optional<Price> price_from(const Value& value) {
  if (value.kind != Value::Kind::mapping) return std::nullopt;
  const auto input = number_of(value, "input");
  const auto output = number_of(value, "output");
  if (!input || !output) return std::nullopt;
  Price price{.input = *input, .output = *output, .cached_input = number_of(value, "cached_input")};
  if (const Value* as_of = value.find("as_of")) price.as_of = as_of->text;
  return price;
}

Value to_value(const Price& price) {
  Value mapping{.kind = Value::Kind::mapping, .text = {}, .items = {}, .keys = {}};
  add(mapping, "input", Value::of_number(fmt::format("{}", price.input)));
  add(mapping, "output", Value::of_number(fmt::format("{}", price.output)));
  if (price.cached_input)
    add(mapping, "cached_input", Value::of_number(fmt::format("{}", *price.cached_input)));
  if (!price.as_of.empty()) add(mapping, "as_of", Value::of_text(price.as_of));
  return mapping;
}

std::optional<double> cost_usd(const Price& price, const Counts& counts) {
  const bool told = counts.source == CountSource::usage || counts.source == CountSource::engine;
  if (!told || !counts.prompt_tokens || !counts.output_tokens) return std::nullopt;
  const double prompt = *counts.prompt_tokens;
  const double cached = std::min(prompt, static_cast<double>(counts.cached_prompt_tokens.value_or(0)));
  return ((prompt - cached) * price.input + cached * price.cached_input.value_or(price.input) +
          *counts.output_tokens * price.output) /
         kMillion;
}

std::optional<double> most_it_costs(const Price& price, const Prompt& prompt, const Params& params,
                                    std::uint64_t max_tokens) {
  if (!prompt.images.empty() || !prompt.audio.empty()) return std::nullopt;
  std::uint64_t tokens = 0;
  for (const Message& message : prompt.messages) tokens += message.content.size() + kTemplateTokens;
  for (const char* sent_along : {"json_schema", "grammar"}) {
    if (const auto at = params.find(sent_along); at != params.end()) tokens += dump(at->second).size();
  }
  // A service may charge more for what it keeps than for what it computes (none of the list does).
  const double dearest = std::max(price.input, price.cached_input.value_or(0));
  return (static_cast<double>(tokens) * dearest + static_cast<double>(max_tokens) * price.output) / kMillion;
}

}  // namespace assay::record
