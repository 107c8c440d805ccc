// Talking to an engine. One interface, one file per engine, one table (table.h).
//
// A backend is driven by one thread: start() hands a request over and returns at once; wait() gives the
// events of all requests in flight as they come. So one loop serves one stream or a thousand, a real clock or
// a scripted one.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "record/attempt.h"
#include "record/bench.h"
#include "record/params.h"
#include "record/plan.h"
#include "record/sample.h"

namespace assay::backend {

using RequestId = std::uint64_t;

struct LoadRequest {
  record::Params params;  ///< scope load
  int parallel = 1;       ///< requests in flight that must fit
  /// Tokens that the longest request may need with its answer, from above; 0: not known. For servers that cut
  /// a prompt in silence when they were not told.
  std::uint64_t longest = 0;
  bool share_prefixes = false;  ///< some requests will say `reuse_prefix`
  /// Tokens that all requests in flight will need together, as far as that can be foretold; 0: nobody knows.
  /// An engine may reserve so much and let a request wait until there is room.
  std::uint64_t together = 0;
  /// Where it is given it is looked at ten times a second at least where a load may take minutes: a worker's,
  /// and the start of a server. Once it is true the load is given up and the error is timeout.
  const std::atomic<bool>* stop = nullptr;
};

/// What a load told.
struct Loaded {
  /// The engine's load alone, start of its process not counted. Absent: somebody else loaded it.
  std::optional<Nanos> load;
  std::string engine_version;
  Json engine_build;
  Json facts;  ///< parameters, quantisation, context_length, …; null when unknown
  std::optional<std::uint64_t> parameters;
  record::EffectiveParams effective;
  std::vector<std::string> supported;      ///< parameters that this engine applies
  std::vector<std::string> media = {};     ///< what a request may carry beside text: image, audio, tools
  bool takes_any_param = false;            ///< true for fake and answers: nothing to apply, nothing refused
  std::optional<double> page_cache_share;  ///< of the model file before the load
  bool scores = false;                     ///< it takes prompts with continuations
  bool times_steps = false;                ///< time_steps() tells something
  bool over_http = false;                  ///< `accepted` is the time of the headers, not of prefill's start
  std::optional<Nanos> base_latency;       ///< HTTP: what an empty request costs, its median
};

/// Bytes of the engine's process tree. Absent where it has no process of its own.
struct Memory {
  std::uint64_t resident = 0;       ///< anonymous + resident mapped
  std::uint64_t mapped = 0;         ///< the part that is mapped files (weights)
  std::uint64_t peak_resident = 0;  ///< since load() returned
};

struct Request {
  RequestId id = 0;     ///< never reused within a run
  std::string case_id;  ///< for fakes and answer files; a real engine must not look
  std::uint32_t repeat = 0;
  record::Prompt prompt;
  record::Params params;  ///< scope request
  /// The beginning of the prompt need not be computed again where an earlier one was the same. Only for
  /// requests whose speed nobody looks at; an engine that cannot do it computes all.
  bool reuse_prefix = false;
};

// ---- events; all times are the machine's monotonic clock ----

struct Sent {
  Nanos at{0};
};
/// The request failed before any of its answer came, and is sent once more after a pause. What was told of
/// the failed try, such as Sent, no longer holds.
struct Again {
  record::Attempt failed;  ///< its times are the machine's clock, too
};
struct Accepted {
  Nanos at{0};
  std::string prompt;  ///< as the engine saw it; empty when it does not tell
  std::optional<std::uint32_t> prompt_tokens;
  std::optional<std::uint32_t> cached_prompt_tokens;
  record::EffectiveParams effective;
  record::Flags flags = 0;  ///< what only the backend can know, such as contended
};
struct Tokens {
  std::vector<record::TokenEvent> events;
  std::string text;
  std::string reasoning;
};
struct Finished {
  Nanos at{0};
  std::string finish;     ///< stop, length, cancelled, …
  record::Counts counts;  ///< what the engine counted; absent fields stay as seen so far
  Json claims;
  record::Flags flags = 0;
  record::EffectiveParams effective = {};  ///< what only the answer shows; wins over Accepted's
  std::vector<record::ToolCall> tool_calls = {};
};
/// The request failed. `reason` is a reason word (transport, server_exit, stalled, engine_oom, internal, …).
/// `engine_died`: the process is gone, all other requests in flight fail too, and load() must come again.
struct Broken {
  std::string reason;
  std::string detail;
  bool engine_died = false;
  std::optional<int> http_status = std::nullopt;          ///< of a server's refusal
  std::optional<std::string> retry_after = std::nullopt;  ///< that it came with
};

struct Event {
  RequestId id = 0;
  std::variant<Sent, Again, Accepted, Tokens, Finished, Broken> what;
};

class Backend {
 public:
  virtual ~Backend() = default;
  /// Loads the model and waits for it. May be called again after unload() or a death. Errors: not_found,
  /// unavailable, out_of_memory, engine, unsupported.
  virtual Result<Loaded> load(const LoadRequest& request) = 0;
  /// Hands the request over. Trouble comes as a Broken event.
  virtual void start(Request request) = 0;
  /// Waits until at least one event is there or the clock reaches `until`; gives all that are there, in order
  /// per request.
  virtual std::vector<Event> wait(Nanos until) = 0;
  /// Asks for an early end; a Finished or Broken event follows.
  virtual void cancel(RequestId id) = 0;
  /// Frees the model and the process. Safe when nothing is loaded.
  virtual void unload() = 0;
  /// One repetition of a speed test of the bare engine, as the worker timed it; a model is loaded. Looks at
  /// `stop` ten times a second: then the engine is ended and the error is `timeout`. Errors: unsupported (the
  /// engine is not in our hands), bad_input, out_of_memory, engine.
  virtual Result<record::BenchAnswer> bench(const record::BenchTest& test, std::uint64_t seed,
                                            const std::atomic<bool>& stop);
  /// How long each of `count` decode steps of `streams` sequences takes on the loaded model, with nothing in
  /// flight. `stop` as in bench(). Errors: unsupported, timeout, out_of_memory, engine.
  virtual Result<std::vector<Nanos>> time_steps(int streams, int count, const std::atomic<bool>& stop);
  /// Now. Outside of timed windows: it reads the system's tables (about 30 us on Linux).
  virtual std::optional<Memory> memory() = 0;
};

}  // namespace assay::backend
