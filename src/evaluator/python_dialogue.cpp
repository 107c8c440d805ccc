#include "evaluator/python_dialogue.h"

#include <charconv>
#include <thread>

#include "evaluator/exchange.h"

namespace assay::evaluator {
namespace {

// All that one side may say to the other.
constexpr std::uint64_t kMostSaid = std::uint64_t{16} << 20U;
// For its own start, and so that the candidate's time runs out first.
constexpr Nanos kLonger = std::chrono::seconds(15);

/// Reads "KEYWORD NUMBER" or "KEYWORD NUMBER REST"; the number goes to `number`, the rest is returned.
std::string_view take_number(std::string_view line, int& number) {
  line.remove_prefix(line.find(' ') + 1);
  const auto read = std::from_chars(line.data(), line.data() + line.size(), number);
  line.remove_prefix(static_cast<std::size_t>(read.ptr - line.data()));
  if (line.starts_with(' ')) line.remove_prefix(1);
  return line;
}

sandbox::Limits limits_of(const Talk& talk, Nanos wall) {
  sandbox::Limits limits;
  limits.wall = wall;
  if (talk.memory) limits.memory = *talk.memory;
  limits.out = kMostSaid;
  return limits;
}

sandbox::Program talking(std::string source, decltype(sandbox::Program::reply) reply) {
  return {.source = std::move(source), .arguments = {}, .input = {}, .reply = std::move(reply), .held = true};
}

}  // namespace

Dialogue converse(sandbox::Sandbox& sandbox, const Talk& talk, bool alone) {
  const std::shared_ptr<void> hold = sandbox.hold(alone);
  Dialogue dialogue;
  Exchange exchange;
  std::thread partner;
  const auto run_candidate = [&] {
    dialogue.candidate =
        sandbox.run(talking(talk.candidate, [&](std::string_view line) { return exchange.said(line); }),
                    limits_of(talk, talk.wall));
    exchange.end();
  };
  const auto on_judge = [&](std::string_view line) -> std::optional<std::string> {
    if (line.starts_with("start ") && !partner.joinable()) {
      take_number(line, dialogue.assertions);
      partner = std::thread(run_candidate);
      return "";
    }
    if (line.starts_with("call ") && partner.joinable()) {
      std::optional<std::string> answer = exchange.ask(std::string(take_number(line, dialogue.held)));
      if (answer) answer->push_back('\n');
      return answer;
    }
    if (line.starts_with("end ")) dialogue.end = line.substr(4);
    return std::nullopt;
  };
  dialogue.judge = sandbox.run(talking(talk.judge, on_judge), limits_of(talk, talk.wall + kLonger));
  exchange.close();
  if (partner.joinable()) partner.join();
  return dialogue;
}

}  // namespace assay::evaluator
