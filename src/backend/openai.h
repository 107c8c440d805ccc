// The protocol of OpenAI's chat and completions routes, which most servers speak, each a little differently.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backend/dialect.h"
#include "record/suite.h"

namespace assay::backend {

/// One server's way of speaking it. A new one is one line of the table in openai_flavours.cpp.
struct OpenAiFlavour {
  std::string_view name;  ///< as an engine: "vllm:…"
  std::string_view help;
  std::string_view address;       ///< where it is by default; empty: must be given
  std::string_view key_variable;  ///< environment variable with the key; empty: none is needed
  std::string_view start;  ///< command that starts one, for `start: auto` and as a remedy; may be empty
  /// Parameters that it applies, `ours` or `ours=theirs`, with blanks between.
  std::string_view params;
  bool any_model = false;     ///< answers whatever model is named (it has only one, or loads what it is told)
  bool llama_server = false;  ///< has /props, cache_prompt and timings
};

std::span<const OpenAiFlavour> openai_flavours();
/// nullptr: no such engine.
const OpenAiFlavour* find_flavour(std::string_view engine);

/// Our name and the server's name of a parameter.
struct ParamName {
  std::string ours;
  std::string theirs;
};
std::vector<ParamName> param_names(const OpenAiFlavour& flavour);

/// Reads a streamed answer of the chat route (`raw`: of the completions route), or one that came whole.
/// `logprobs`: as the request asked for them.
std::unique_ptr<AnswerReader> make_openai_reader(bool streamed,
                                                 std::optional<std::uint32_t> logprobs = std::nullopt);

/// Body of the request, without a model's name when `model` is empty. Errors: those of its
/// pictures and recordings; unsupported (such a case as a raw prompt).
Result<Json> openai_body(const OpenAiFlavour& flavour, const std::string& model, const Request& request);

}  // namespace assay::backend
