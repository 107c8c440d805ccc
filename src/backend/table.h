// The engines, as one explicit table. Adding one: a file beside fake.cpp, a line in table.cpp (HACKING.md).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backend/backend.h"
#include "backend/retry.h"
#include "base/clock.h"
#include "base/result.h"
#include "record/suite.h"
#include "record/text_token.h"

namespace assay::backend {

struct MakeContext {
  Clock& clock;  ///< outlives the backend
  Nanos retry_pause = kRetryPause;
};

/// A model that a server offers. Empty or absent: it does not say.
struct ServedModel {
  std::string name;
  std::string quantisation;
  std::string parameters;  ///< as the server writes it: "1.2B"
  std::optional<std::uint64_t> bytes;
};

struct Entry {
  std::string_view name;
  std::string_view help;
  bool model_is_file;  ///< what follows the colon is a path, relative to the suite file
  bool over_http;      ///< a server, which somebody starts; false: assay has it in hand
  /// Given the engine's name. nullopt: ready on this machine. Otherwise why not, and what to do.
  std::optional<Error> (*probe)(std::string_view engine);
  Result<std::unique_ptr<Backend>> (*make)(const record::ModelSpec& spec, MakeContext context);
  /// What the server at the spec's address offers; nullptr for engines that are no servers.
  Result<std::vector<ServedModel>> (*list)(const record::ModelSpec& spec, MakeContext context) = nullptr;
  /// A prompt as the model saw it, in its tokens; the model is not loaded. nullptr: this engine cannot tell.
  Result<std::vector<record::TextToken>> (*tokens)(const record::ModelSpec& spec, const std::string& prompt,
                                                   MakeContext context) = nullptr;
  /// It decodes many requests in one step, so that answers which nobody times come sooner together.
  bool batches = false;
};

std::span<const Entry> table();
const Entry* find(std::string_view name);
/// Errors: bad_input for an unknown engine, else what the engine's own factory says. The place is the spec's.
Result<std::unique_ptr<Backend>> make(const record::ModelSpec& spec, MakeContext context);

}  // namespace assay::backend
