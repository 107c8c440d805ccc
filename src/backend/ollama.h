// Ollama's own protocol: JSON lines, loads and unloads on request, and says what it measured.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "backend/answer.h"
#include "backend/backend.h"
#include "backend/talk.h"
#include "record/suite.h"

namespace assay::backend {

/// Where Ollama listens: `told`, else $OLLAMA_HOST in any form that Ollama takes, else its default.
std::string ollama_address(const std::string& told);

/// How Ollama at that address is talked to.
TalkOptions ollama_talk(const std::string& address);

/// What a reader needs to notice a prompt that was cut: Ollama cuts it in silence and counts what is left.
struct OllamaExpectation {
  std::uint64_t context = 0;  ///< tokens that fit, prompt and answer
  std::uint64_t words = 0;    ///< of the prompt, parted by white space: no tokenizer makes fewer tokens
  std::optional<std::uint32_t> logprobs = std::nullopt;  ///< as the request asked for them
};
std::unique_ptr<AnswerReader> make_ollama_reader(OllamaExpectation expected);

/// Called as a fetch goes on: what Ollama does now, and bytes of it done and in all (0: not known).
using PullProgress = std::function<void(const std::string& status, std::uint64_t done, std::uint64_t all)>;
/// Has the server at the spec's address fetch the model, as `ollama pull` does. Errors: those of a server,
/// and what Ollama says of the fetch.
Result<void> pull_ollama(const record::ModelSpec& spec, Clock& clock, const PullProgress& progress);

/// Words of all messages.
std::uint64_t words_of(const record::Prompt& prompt);

/// Body of a request for /api/chat, or /api/generate when the prompt is raw. Errors: unsupported.
Result<Json> ollama_body(const std::string& model, const Request& request, const Json& load_options);

/// The context that a request of `longest` tokens needs, in steps of 1024, at least Ollama's own 4096, at
/// most what the model was trained for (0: not known).
std::uint64_t ollama_context(std::uint64_t longest, std::uint64_t trained);

}  // namespace assay::backend
