// What each engine's file gives to the table.
#pragma once

#include "backend/table.h"

namespace assay::backend {

std::optional<Error> always_ready();
Result<std::unique_ptr<Backend>> make_fake(const record::ModelSpec& spec, MakeContext context);
Result<std::unique_ptr<Backend>> make_answers(const record::ModelSpec& spec, MakeContext context);
std::optional<Error> probe_llama();
Result<std::unique_ptr<Backend>> make_llama(const record::ModelSpec& spec, MakeContext context);

}  // namespace assay::backend
