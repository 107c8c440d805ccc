#include "cli/budget.h"

#include <fmt/format.h>

#include "backend/prices.h"

namespace assay::cli {
namespace {

Error unknown_price(const record::ModelSpec& model) {
  return {
      .code = Code::unsupported,
      .where = model.where,
      .found = fmt::format("--max-cost: the price of '{}' is not known", model.label),
      .expected = {},
      .remedy = fmt::format("Give it in the suite: {{engine: {}, model: {}, price: {{input: 0.28, output: "
                            "0.42}}}}, in US dollars per million tokens",
                            model.engine, model.model)};
}

}  // namespace

std::string dollars(double amount) {
  return fmt::format("${:.{}f}", amount, amount < 0.1 ? 4 : 2);
}

Result<Budget> Budget::make(double limit_usd, const std::vector<record::ModelSpec>& models) {
  Budget budget(limit_usd);
  for (const record::ModelSpec& model : models) {
    budget.prices_.push_back(record::price_from(model.price));
    if (!budget.prices_.back() && backend::charge_of(model) == backend::Charge::service)
      return fail(unknown_price(model));
  }
  return budget;
}

std::string Budget::refusal(std::uint32_t model, const runner::TrialRequest& request) {
  const auto& price = prices_.at(model);
  if (!price) return {};
  const auto limit = request.params.find("max_tokens");
  if (limit == request.params.end() || !limit->second.is_number_integer())
    return "stopped by --max-cost: without max_tokens nobody knows what an answer can cost";
  const auto most =
      record::most_it_costs(*price, request.prompt, request.params, limit->second.get<std::uint64_t>());
  if (!most) return "stopped by --max-cost: what images and sound cost cannot be bounded";
  if (committed_ + *most > limit_)
    return fmt::format("stopped by --max-cost {}: {} are spent or held, and the next request can cost {}",
                       dollars(limit_), dollars(committed_), dollars(*most));
  committed_ += *most;
  held_[{model, request.key}] = *most;
  return {};
}

void Budget::ended(const record::Sample& sample) {
  const auto held = held_.find({sample.model, sample.key});
  if (held == held_.end()) return;
  const auto cost = record::cost_usd(*prices_[sample.model], sample.counts);
  if (cost) committed_ += *cost - held->second;
  held_.erase(held);
}

void Budget::spent_before(const record::Sample& sample) {
  const auto& price = prices_.at(sample.model);
  if (const auto cost = price ? record::cost_usd(*price, sample.counts) : std::nullopt) committed_ += *cost;
}

Result<void> set_prices(std::vector<record::ModelSpec>& models) {
  std::optional<backend::PriceList> list;
  for (record::ModelSpec& model : models) {
    if (model.price.kind != record::Value::Kind::null) continue;
    if (backend::charge_of(model) == backend::Charge::none) continue;
    if (!list) {
      auto read = backend::PriceList::here();
      if (!read) return fail(read.error());
      list = std::move(*read);
    }
    if (const auto price = list->of(model)) model.price = record::to_value(*price);
  }
  return {};
}

}  // namespace assay::cli
