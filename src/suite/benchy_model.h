// Model strings of Benchy: `provider~model`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "record/catalogue.h"
#include "record/suite.h"

namespace assay::suite {

struct BenchyModel {
  std::string provider;
  std::string model;  ///< what that provider calls it; may hold further `~` and `:`
  bool operator==(const BenchyModel&) const = default;
};

/// Split at the first `~`; without one the provider is ollama. Nothing is trimmed or case-folded. Absent when
/// neither Benchy nor the catalogue's engines know the provider.
std::optional<BenchyModel> parse_benchy_model(std::string_view text, const record::Catalogue& catalogue);

/// Benchy's own six, then the engines of this build.
std::vector<std::string> benchy_providers(const record::Catalogue& catalogue);
bool is_benchy_provider(std::string_view name);

/// The model with the label `provider~model`. A provider that this build has no engine for is kept
/// (missing_engines() tells); a file starts at `folder`.
record::ModelSpec benchy_spec(const BenchyModel& model, const std::string& folder,
                              const record::Catalogue& catalogue);

}  // namespace assay::suite
