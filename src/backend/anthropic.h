// Anthropic's messages API.
#pragma once

#include <memory>
#include <string>

#include "backend/answer.h"
#include "backend/backend.h"

namespace assay::backend {

std::unique_ptr<AnswerReader> make_anthropic_reader();
/// Errors: those of its pictures; unsupported (a raw prompt, recordings).
Result<Json> anthropic_body(const std::string& model, const Request& request);

}  // namespace assay::backend
