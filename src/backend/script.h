// The little language of the fake engine: `fake:wait 20ms; 8 tokens every 5ms; say 42; @3 crash`.
//
//   load 20ms              the load takes so long           load fails      the load fails
//   wait 120ms             from sending to the first token
//   5 tokens every 10ms    number and pace of the tokens    (default: one per word and the end token, no
//   time) say TEXT               the answer (default: the last message comes back) think TEXT reasoning
//   before it finish length          the finish reason (default stop) error REASON           the request
//   fails with this reason word crash                  the engine dies                  stall           no
//   event ever, until cancelled count N                claims N output tokens whatever it sent
//   call NAME ARGUMENTS    a tool call, one more each time; then the finish reason is tool_calls and nothing
//                          is said unless `say` says it; arguments are JSON or any text, or left out
// `@3 STEP` holds for the third request only, `@3+ STEP` from the third on; requests count from 1 over all
// loads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "record/tool_call.h"

namespace assay::backend {

/// How the fake behaves for one request, or for its load.
struct Behaviour {
  Nanos load{0};
  bool load_fails = false;
  Nanos wait{0};
  std::optional<std::uint32_t> tokens;
  Nanos pace{0};
  std::optional<std::string> say;
  std::string think;
  std::vector<record::ToolCall> calls;
  std::string finish = "stop";
  std::string error;
  bool crash = false;
  bool stall = false;
  std::optional<std::uint32_t> claimed_count;
};

struct Step {
  std::uint64_t from = 1;  ///< first request it holds for
  std::uint64_t to = 0;    ///< last; 0: no end
  void (*apply)(Behaviour&, const Step&) = nullptr;
  std::string text;
  Nanos time{0};
  std::uint32_t number = 0;
};

/// Errors: bad_input naming the step that was not understood.
Result<std::vector<Step>> parse_script(std::string_view script);
/// What holds for request `number` (from 1); later steps win.
Behaviour behaviour_of(const std::vector<Step>& script, std::uint64_t number);

}  // namespace assay::backend
