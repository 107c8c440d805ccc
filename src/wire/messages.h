// Messages between assay and a worker (protocol 1). docs/wire.md is the contract for authors of workers.
// Every message carries the id of the request that it belongs to; ids are chosen by assay and never reused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "record/params.h"
#include "record/sample.h"
#include "record/suite.h"

namespace assay::wire {

inline constexpr int kProtocol = 1;
using Id = std::uint64_t;

// ---- assay → worker ----

struct Hello { Id id = 0; int protocol = kProtocol; };
/// `options`: parameters of scope load (context, threads, gpu_layers, flash_attention, kv_type) and `parallel`.
struct Load { Id id = 0; std::string model; record::Params options; int parallel = 1; };
/// `text` without template, or `messages` through the model's chat template.
struct Tokenize { Id id = 0; std::optional<std::string> text; std::vector<record::Message> messages; };
struct Generate {
  Id id = 0;
  std::vector<record::Message> messages;  ///< through the model's own template
  std::optional<std::string> raw;         ///< instead of messages: no template
  record::Params params;                  ///< scope request; absent ones are the worker's business and echoed
};
struct Cancel { Id id = 0; Id target = 0; };
struct Unload { Id id = 0; };
struct Quit { Id id = 0; };

// ---- worker → assay ----

struct HelloReply {
  Id id = 0;
  int protocol = kProtocol;
  std::string worker;           ///< "assay-llama 0.1.0"
  std::string engine;           ///< "llama.cpp"
  std::string engine_version;
  std::vector<std::string> capabilities;  ///< chat, raw, tokenize, parallel, grammar, json_schema, image, audio, …
  std::vector<std::string> params;        ///< parameters that it really applies
  Json build;                   ///< flags, system info
};
struct Loaded {
  Id id = 0;
  Nanos load{0};                ///< measured by the worker around the engine's own load
  record::EffectiveParams options;
  Json facts;                   ///< architecture, parameters, quantisation, context_length, chat_template_sha256, …
};
struct Tokens { Id id = 0; std::vector<std::int32_t> ids; std::string prompt; };
/// Prefill begins.
struct Started {
  Id id = 0;
  Nanos at{0};                  ///< machine's monotonic clock
  std::string prompt;           ///< as the engine sees it, template applied
  std::uint32_t prompt_tokens = 0;
  std::uint32_t cached_prompt_tokens = 0;
  record::EffectiveParams effective;
};
struct Output {
  Id id = 0;
  std::vector<record::TokenEvent> events;  ///< `at` on the machine's monotonic clock
  std::string text;             ///< whole UTF-8 characters
  std::string reasoning;
};
struct Done {
  Id id = 0;
  Nanos at{0};
  std::string finish;           ///< stop, length, cancelled
  std::uint32_t output_tokens = 0;   ///< with the end-of-generation token
  std::uint32_t reasoning_tokens = 0;
  Json claims;                  ///< claimed_* from the engine, or null
};
struct Ok { Id id = 0; };       ///< answer to unload and quit
/// `reason`: bad_request, not_found, bad_model, engine_oom, context, not_supported, internal.
struct Failed { Id id = 0; std::string reason; std::string message; };

using Request = std::variant<Hello, Load, Tokenize, Generate, Cancel, Unload, Quit>;
using Reply = std::variant<HelloReply, Loaded, Tokens, Started, Output, Done, Ok, Failed>;

/// One line without the line break.
std::string encode(const Request& request);
std::string encode(const Reply& reply);
/// Errors: bad_input with what was wrong; hostile lines never crash.
Result<Request> decode_request(std::string_view line);
Result<Reply> decode_reply(std::string_view line);

}  // namespace assay::wire
