// Model strings and mappings: `engine:model`, a bare path ending in .gguf,
// `openai:http://host:8080/v1#model`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/catalogue.h"
#include "record/suite.h"

namespace assay::suite {

/// A model as a person writes it in one string. A relative file starts at `folder` ("" is the current one).
/// The label stays empty: label_models() gives it, because it depends on the other models. Errors carry no
/// place.
///   llama3.gguf                          llama, file
///   ollama:llama3.2:1b                   engine, tag (keeps its colons)
///   openai:http://127.0.0.1:8080/v1#m    engine, url, model
///   fake:                                engine that needs no model
Result<record::ModelSpec> parse_model(std::string_view text, const std::string& folder,
                                      const record::Catalogue& catalogue);

/// The same of an engine's name and what this engine calls the model, taken as it is.
Result<record::ModelSpec> make_model(std::string_view engine, std::string_view model,
                                     const std::string& folder, const record::Catalogue& catalogue);

/// The same, but an address is split: `http://host:8080/v1#m` is the model m of that server, and without `#`
/// the only one that it has. Errors: those of check_address, too.
Result<record::ModelSpec> make_model_or_server(std::string_view engine, std::string_view model,
                                               const std::string& folder, const record::Catalogue& catalogue);

/// Errors: bad_input, for an address without a host or with a `#`.
Result<void> check_address(std::string_view url);

/// Gives every model without a label one that is short and unique in the list: the file's name without .gguf,
/// the tag, the address; where two would be equal, with the file's folder or the engine, then with a number.
void label_models(std::vector<record::ModelSpec>& models);

/// Model files that do not exist, each as an error at its place. Not part of load(): a run with other models
/// (`--model`) does not need the suite's files.
Errors missing_model_files(const std::vector<record::ModelSpec>& models);

/// Models of engines that this build lacks, each as an error at its place. Only suites of other tools can
/// have them.
Errors missing_engines(const std::vector<record::ModelSpec>& models, const record::Catalogue& catalogue);

}  // namespace assay::suite
