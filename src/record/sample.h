// What one finished trial leaves: the raw facts. Everything shown is computed from these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "record/attempt.h"
#include "record/params.h"
#include "record/tool_call.h"

namespace assay::record {

enum class TokenKind : std::uint8_t { answer = 0, reasoning = 1, tool = 2 };

/// One token event. Over HTTP a chunk may hold several tokens; a worker sends one each.
struct TokenEvent {
  Nanos at{0};              ///< since the run's start
  std::uint32_t count = 1;  ///< tokens in it
  TokenKind kind = TokenKind::answer;
  bool operator==(const TokenEvent&) const = default;
};

/// Among the claims: where the server says that the model refused ("refusal", "stop_reason").
inline constexpr std::string_view kClaimedRefusal = "claimed_refusal";

/// `ok`: the answer ended, whatever the finish reason. `timeout`: tokens still flowed at the limit.
enum class Status { ok, timeout, error, cancelled };
std::string_view name_of(Status status);
Status status_from(std::string_view name);

/// Who counted the tokens.
enum class CountSource { none, engine, usage, tokenizer, chunks };
std::string_view name_of(CountSource source);
CountSource count_source_from(std::string_view name);

/// Bit set; the names and what each spoils are in docs/measurement.md, "What makes a sample unfit".
enum class Flag : std::uint32_t {
  truncated_prompt = 1U << 0U,
  incomplete = 1U << 1U,
  cached_prefix = 1U << 2U,
  early_stop = 1U << 3U,
  throttled = 1U << 4U,
  contended = 1U << 5U,
  on_battery = 1U << 6U,
  low_power_mode = 1U << 7U,
  client_bound = 1U << 8U,
  batched = 1U << 9U,
  drifting = 1U << 10U,
  count_mismatch = 1U << 11U,
  param_unverified = 1U << 12U,
  estimated_count = 1U << 13U,
};
using Flags = std::uint32_t;
constexpr Flags bit(Flag flag) {
  return static_cast<Flags>(flag);
}
constexpr bool has(Flags flags, Flag flag) {
  return (flags & bit(flag)) != 0;
}
/// Names in a fixed order.
std::vector<std::string> names_of(Flags flags);
Flags flags_from(const std::vector<std::string>& names);

struct Counts {
  std::optional<std::uint32_t> prompt_tokens;
  std::optional<std::uint32_t> cached_prompt_tokens;
  std::optional<std::uint32_t> output_tokens;  ///< with reasoning and the end-of-generation token
  std::optional<std::uint32_t> reasoning_tokens;
  std::uint32_t chunks = 0;
  CountSource source = CountSource::none;
  bool operator==(const Counts&) const = default;
};

/// All times since the run's start. Absent: it did not happen.
struct Times {
  Nanos scheduled{0};
  std::optional<Nanos> sent;
  std::optional<Nanos> accepted;
  std::optional<Nanos> done;
  bool operator==(const Times&) const = default;
};

struct Sample {
  std::string run_id;
  std::uint32_t model = 0;  ///< index into the run's models
  std::uint32_t cell = 0;   ///< index into the run's cells
  std::string case_id;
  std::uint32_t repeat = 0;
  std::uint32_t attempt = 0;  ///< retries before this answer
  /// Those, in their order; empty in a store of before they were kept, whatever `attempt` says.
  std::vector<Attempt> attempts{};
  std::uint64_t sequence = 0;  ///< place in the run, from 0: order of completion
  std::string key;             ///< identity of the trial (plan::trial_key), for --resume

  Status status = Status::ok;
  std::string reason;  ///< status error: a reason word of the verdict list (transport, server_exit, …)
  std::string detail;  ///< a sentence for people; empty when all is well
  std::string
      finish;  ///< stop, length, content_filter, tool_calls, cancelled, unknown; empty when it never ended

  std::string prompt;  ///< as the engine saw it (template applied) where it tells, else the messages as JSON
  std::string output;  ///< raw text
  std::string reasoning;               ///< only when the server has a field of its own for it
  std::vector<ToolCall> tool_calls{};  ///< only what a server gives as calls, in its order

  Params requested;
  EffectiveParams effective;
  Times times;
  std::vector<TokenEvent> tokens;  ///< ascending in time
  Counts counts;
  Flags flags = 0;
  std::optional<std::uint64_t>
      peak_memory_bytes;  ///< of the engine's process tree, since the load, read after the trial
  Json claims;            ///< what the engine says about itself, names begin with claimed_; null when nothing
  bool operator==(const Sample&) const = default;
};

}  // namespace assay::record
