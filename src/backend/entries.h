// What each engine's file gives to the table.
#pragma once

#include "backend/table.h"

namespace assay::backend {

std::optional<Error> always_ready(std::string_view engine);
Result<std::unique_ptr<Backend>> make_fake(const record::ModelSpec& spec, MakeContext context);
Result<std::unique_ptr<Backend>> make_answers(const record::ModelSpec& spec, MakeContext context);
std::optional<Error> probe_llama(std::string_view engine);
Result<std::unique_ptr<Backend>> make_llama(const record::ModelSpec& spec, MakeContext context);
Result<std::vector<record::TextToken>> tokens_llama(const record::ModelSpec& spec, const std::string& prompt,
                                                    MakeContext context);
std::optional<Error> probe_transformers(std::string_view engine);
Result<std::unique_ptr<Backend>> make_transformers(const record::ModelSpec& spec, MakeContext context);

std::optional<Error> probe_openai(std::string_view engine);  // and every flavour of it
Result<std::unique_ptr<Backend>> make_openai(const record::ModelSpec& spec, MakeContext context);
Result<std::vector<ServedModel>> list_openai(const record::ModelSpec& spec, MakeContext context);
std::optional<Error> probe_ollama(std::string_view engine);
Result<std::unique_ptr<Backend>> make_ollama(const record::ModelSpec& spec, MakeContext context);
Result<std::vector<ServedModel>> list_ollama(const record::ModelSpec& spec, MakeContext context);
std::optional<Error> probe_anthropic(std::string_view engine);
Result<std::unique_ptr<Backend>> make_anthropic(const record::ModelSpec& spec, MakeContext context);

}  // namespace assay::backend
