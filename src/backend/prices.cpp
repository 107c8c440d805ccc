#include "backend/prices.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "backend/openai.h"
#include "backend/prices_text.h"
#include "backend/table.h"
#include "backend/talk.h"
#include "base/file.h"
#include "base/text.h"

namespace assay::backend {
namespace {

constexpr std::uint64_t kMostBytes = 1U << 20U;
constexpr double kDearest = 1e6;

Error wrong(std::string_view file, std::string found, std::string expected) {
  return {.code = Code::bad_input,
          .where = {.file = std::string(file), .line = 0, .column = 0},
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = "src/backend/prices.json shows the form"};
}

bool is_amount(const Json& price, const char* key, bool needed) {
  const auto at = price.find(key);
  if (at == price.end()) return !needed;
  return at->is_number() && at->get<double>() >= 0 && at->get<double>() <= kDearest;
}

Result<void> check_service(const std::string& name, const Json& service, std::string_view file) {
  const std::string shown = printable(name, 40);
  if (!service.is_object() || !service.contains("models") || !service["models"].is_object())
    return fail(wrong(file, fmt::format("service '{}' without models", shown), "{as_of: …, models: {…}}"));
  if (!service.contains("as_of") || !service["as_of"].is_string())
    return fail(
        wrong(file, fmt::format("service '{}' without as_of", shown), "the month of its list, as text"));
  for (const auto& [model, price] : service["models"].items()) {
    if (price.is_object() && is_amount(price, "input", true) && is_amount(price, "output", true) &&
        is_amount(price, "cached_input", false))
      continue;
    return fail(wrong(file, fmt::format("price of '{}' of '{}'", printable(model, 40), shown),
                      "{input: …, output: …} in US dollars per million tokens, and cached_input or not"));
  }
  return {};
}

/// "gpt-4o-2024-08-06" → "gpt-4o"; "claude-haiku-4-5-20251001" → "claude-haiku-4-5".
std::string without_date(const std::string& model) {
  const auto digits = [&](std::size_t from, std::size_t count) {
    return from + count <= model.size() &&
           std::all_of(model.begin() + static_cast<std::ptrdiff_t>(from),
                       model.begin() + static_cast<std::ptrdiff_t>(from + count),
                       [](unsigned char byte) { return std::isdigit(byte) != 0; });
  };
  const std::size_t size = model.size();
  if (size > 9 && model[size - 9] == '-' && digits(size - 8, 8)) return model.substr(0, size - 9);
  if (size > 11 && model[size - 11] == '-' && digits(size - 10, 4) && model[size - 6] == '-' &&
      digits(size - 5, 2) && model[size - 3] == '-' && digits(size - 2, 2))
    return model.substr(0, size - 11);
  return model;
}

}  // namespace

Charge charge_of(const record::ModelSpec& spec) {
  const Entry* entry = find(spec.engine);
  if (entry == nullptr || !entry->over_http || !spec.start.empty()) return Charge::none;
  const OpenAiFlavour* flavour = find_flavour(spec.engine);
  const bool service = spec.engine == "anthropic" || (flavour != nullptr && !is_loopback(flavour->address));
  if (!service) return Charge::none;  // Ollama, vLLM, …: whoever runs one pays its current
  return is_loopback(spec.url) ? Charge::none : Charge::service;
}

Result<PriceList> PriceList::read(std::string_view text, std::string_view file) {
  auto parsed = parse_json(text);
  if (!parsed) {
    Error error = parsed.error();
    error.where.file = file;
    return fail(std::move(error));
  }
  if (!parsed->is_object() || !parsed->contains("services") || !(*parsed)["services"].is_object())
    return fail(wrong(file, "a price list without services", "{services: {NAME: {as_of, models}}}"));
  for (const auto& [name, service] : (*parsed)["services"].items()) {
    if (auto fine = check_service(name, service, file); !fine) return fail(fine.error());
  }
  return PriceList((*parsed)["services"]);
}

Result<PriceList> PriceList::here() {
  const auto own = environment("ASSAY_PRICES");
  if (!own) return read(kPricesText, "prices.json");
  auto text = read_file(*own, kMostBytes);
  if (!text) return fail(text.error());
  return read(*text, *own);
}

std::optional<record::Price> PriceList::of(const record::ModelSpec& spec) const {
  if (charge_of(spec) == Charge::none) return std::nullopt;
  const auto service = services_.find(spec.engine);
  if (service == services_.end()) return std::nullopt;
  const Json& models = (*service)["models"];
  auto model = models.find(spec.model);
  if (model == models.end()) model = models.find(without_date(spec.model));
  if (model == models.end()) return std::nullopt;
  record::Price price{.input = (*model)["input"].get<double>(),
                      .output = (*model)["output"].get<double>(),
                      .as_of = (*service)["as_of"].get<std::string>()};
  if (model->contains("cached_input")) price.cached_input = (*model)["cached_input"].get<double>();
  return price;
}

}  // namespace assay::backend
