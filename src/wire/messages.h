// Messages between assay and a worker (protocol 1). docs/wire.md is the contract for authors of workers.
// Every message carries the id of the request that it belongs to; ids are chosen by assay and never reused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "record/bench.h"
#include "record/choice_score.h"
#include "record/params.h"
#include "record/sample.h"
#include "record/suite.h"

namespace assay::wire {

inline constexpr int kProtocol = 1;
using Id = std::uint64_t;

/// Longer lines are refused by both sides. Room for a picture in a request.
inline constexpr std::size_t kMaxLine = 64U << 20U;

// ---- assay → worker ----

struct Hello {
  Id id = 0;
  int protocol = kProtocol;
  bool operator==(const Hello&) const = default;
};
/// `options`: parameters of scope load (context, threads, gpu_layers, flash_attention, kv_type). `context` is
/// what each of the `parallel` requests in flight gets. `longest`: no request will need more tokens, prompt
/// and answer together, so that a worker that was not told a context may reserve less; 0: nobody knows.
/// `share_prefixes`: some requests will say `reuse_prefix`. `together`: with it, tokens that all requests in
/// flight will need, foretold: a worker may reserve so much and let a request wait for room; 0: nobody knows.
struct Load {
  Id id = 0;
  std::string model;
  record::Params options;
  int parallel = 1;
  std::uint64_t longest = 0;
  bool share_prefixes = false;
  std::uint64_t together = 0;
  bool operator==(const Load&) const = default;
};
/// `text` without template, or `messages` through the model's chat template. With `model` the vocabulary of
/// that file is asked, which needs no loaded model, and `text` is given.
struct Tokenize {
  Id id = 0;
  std::optional<std::string> text;
  std::vector<record::Message> messages;
  std::string model = {};
  bool operator==(const Tokenize&) const = default;
};
struct Generate {
  Id id = 0;
  std::vector<record::Message> messages;  ///< through the model's own template
  std::optional<std::string> raw;         ///< instead of messages: no template
  record::Params params;                  ///< scope request; absent ones are the worker's business and echoed
  /// The beginning of the prompt need not be computed again where an earlier request with this member had the
  /// same. Without it a prompt is always computed as a whole.
  bool reuse_prefix = false;
  bool operator==(const Generate&) const = default;
};
/// Ends the request `target` early; it answers `done` with finish "cancelled". A target that has ended is no
/// error.
struct Cancel {
  Id id = 0;
  Id target = 0;
  bool operator==(const Cancel&) const = default;
};
/// One timed repetition of a speed test on the loaded model, with a context of its own (docs/wire.md,
/// "Speed tests"). `test.path` is engine or sampling. The tokens follow from `seed`.
struct Bench {
  Id id = 0;
  record::BenchTest test;
  std::uint64_t seed = 0;
  bool operator==(const Bench&) const = default;
};
/// Times `count` decode steps of `streams` sequences of the loaded model, each with a greedy pick, after one
/// that is thrown away. Needs the engine alone. At most as many streams as were loaded for.
struct Steps {
  Id id = 0;
  std::uint32_t streams = 1;
  std::uint32_t count = 1;
  bool operator==(const Steps&) const = default;
};
/// How likely is each continuation of one prompt? `messages` or `raw` as in Generate. Of `params` only
/// `think` means something here. Nothing is generated.
struct Score {
  Id id = 0;
  std::vector<record::Message> messages;
  std::optional<std::string> raw;
  std::vector<std::string> continuations;  ///< 1 to kMaxContinuations, none empty
  record::Params params;
  bool reuse_prefix = false;  ///< as in Generate
  bool operator==(const Score&) const = default;
};
inline constexpr std::size_t kMaxContinuations = 1024;
struct Unload {
  Id id = 0;
  bool operator==(const Unload&) const = default;
};
struct Quit {
  Id id = 0;
  bool operator==(const Quit&) const = default;
};

// ---- worker → assay ----

struct HelloReply {
  Id id = 0;
  int protocol = kProtocol;
  std::string worker;  ///< "assay-llama 0.1.0"
  std::string engine;  ///< "llama.cpp"
  std::string engine_version;
  std::vector<std::string>
      capabilities;  ///< chat, raw, tokenize, parallel, prefix_cache, grammar, json_schema, image, …
  std::vector<std::string> params;  ///< parameters that it really applies
  Json build;                       ///< flags, system info
  bool operator==(const HelloReply&) const = default;
};
struct Loaded {
  Id id = 0;
  Nanos load{0};                    ///< measured by the worker around the engine's own load
  record::EffectiveParams options;  ///< with `parallel`
  Json facts;                       ///< architecture, parameters, quantisation, context_length, …
  bool operator==(const Loaded&) const = default;
};
struct Tokens {
  Id id = 0;
  std::vector<std::int32_t> ids;
  std::string prompt;
  std::vector<std::string> pieces = {};  ///< what each id stands for; empty where the worker does not tell
  bool operator==(const Tokens&) const = default;
};
/// Prefill began at `at`. Sent when the engine has taken the first piece of the prompt, so that telling costs
/// the prefill no time.
struct Started {
  Id id = 0;
  Nanos at{0};         ///< machine's monotonic clock
  std::string prompt;  ///< as the engine sees it, template applied
  std::uint32_t prompt_tokens = 0;
  std::uint32_t cached_prompt_tokens = 0;
  record::EffectiveParams effective;
  bool operator==(const Started&) const = default;
};
/// Some tokens of a request, in order. `text` and `reasoning` are what they added; text may lag behind the
/// events (half a character, or the beginning of a stop string) and is complete when `done` comes.
struct Output {
  Id id = 0;
  std::vector<record::TokenEvent> events;  ///< `at` on the machine's monotonic clock
  std::string text;                        ///< whole UTF-8 characters
  std::string reasoning;
  bool operator==(const Output&) const = default;
};
struct Done {
  Id id = 0;
  Nanos at{0};
  std::string finish;               ///< stop, length, cancelled
  std::uint32_t output_tokens = 0;  ///< with the end-of-generation token
  std::uint32_t reasoning_tokens = 0;
  Json claims;  ///< claimed_* from the engine, or null
  bool operator==(const Done&) const = default;
};
struct Benched {
  Id id = 0;
  record::BenchAnswer answer;
  bool operator==(const Benched&) const = default;
};
/// How long each step took, in order.
struct Stepped {
  Id id = 0;
  std::vector<Nanos> steps;
  bool operator==(const Stepped&) const = default;
};
/// The end of a `score`: one entry per continuation, in their order. `started` came before it.
struct Scored {
  Id id = 0;
  Nanos at{0};
  std::vector<record::ChoiceScore> choices;
  bool operator==(const Scored&) const = default;
};
/// Answer to cancel, unload and quit.
struct Ok {
  Id id = 0;
  bool operator==(const Ok&) const = default;
};
/// `reason`: bad_request, not_found, bad_model, engine_oom, context, not_supported, engine, internal. Ends
/// the request `id`; 0 when the line could not be read that far.
struct Failed {
  Id id = 0;
  std::string reason;
  std::string message;
  bool operator==(const Failed&) const = default;
};

using Request = std::variant<Hello, Load, Tokenize, Generate, Cancel, Bench, Steps, Score, Unload, Quit>;
using Reply =
    std::variant<HelloReply, Loaded, Tokens, Started, Output, Done, Benched, Stepped, Scored, Ok, Failed>;

/// One line without the line break. Invalid UTF-8 in texts becomes U+FFFD.
std::string encode(const Request& request);
std::string encode(const Reply& reply);
/// Errors: bad_input with what was wrong; hostile lines never crash. A member that the type does not have is
/// an error.
Result<Request> decode_request(std::string_view line);
Result<Reply> decode_reply(std::string_view line);
/// The id of a line that did not decode, where it can be told; else 0.
Id id_of(std::string_view line);

}  // namespace assay::wire
