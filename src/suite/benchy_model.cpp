#include "suite/benchy_model.h"

#include <algorithm>
#include <array>
#include <utility>

#include "suite/model.h"

namespace assay::suite {
namespace {

constexpr std::array<std::string_view, 6> kProviders{"ollama", "anthropic", "deepseek",
                                                     "openai", "gemini",    "fireworks"};

}  // namespace

bool is_benchy_provider(std::string_view name) {
  return std::find(kProviders.begin(), kProviders.end(), name) != kProviders.end();
}

std::vector<std::string> benchy_providers(const record::Catalogue& catalogue) {
  std::vector<std::string> names(kProviders.begin(), kProviders.end());
  for (const record::NameSpec& engine : catalogue.engines) {
    if (!is_benchy_provider(engine.name)) names.emplace_back(engine.name);
  }
  return names;
}

std::optional<BenchyModel> parse_benchy_model(std::string_view text, const record::Catalogue& catalogue) {
  const std::size_t tilde = text.find('~');
  if (tilde == std::string_view::npos) return BenchyModel{"ollama", std::string(text)};
  BenchyModel model{std::string(text.substr(0, tilde)), std::string(text.substr(tilde + 1))};
  const std::vector<std::string> known = benchy_providers(catalogue);
  if (std::find(known.begin(), known.end(), model.provider) == known.end()) return std::nullopt;
  return model;
}

record::ModelSpec benchy_spec(const BenchyModel& model, const std::string& folder,
                              const record::Catalogue& catalogue) {
  record::ModelSpec spec;
  if (auto made = make_model(model.provider, model.model, folder, catalogue)) {
    spec = *std::move(made);
  } else {
    spec.engine = model.provider;
    spec.model = model.model;
  }
  spec.label = model.provider + "~" + model.model;
  return spec;
}

}  // namespace assay::suite
