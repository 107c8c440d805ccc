#include "evaluator/python_dialogue.h"

#include <charconv>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace assay::evaluator {
namespace {

// All that one side may say to the other.
constexpr std::uint64_t kMostSaid = std::uint64_t{16} << 20U;
// For its own start, and so that the candidate's time runs out first.
constexpr Nanos kLonger = std::chrono::seconds(15);

/// Hands one request at a time from the judge's thread to the candidate's, and the answer back.
class Exchange {
 public:
  /// Judge's side. Absent: the candidate is gone.
  std::optional<std::string> ask(std::string request) {
    std::unique_lock lock(mutex_);
    request_ = std::move(request);
    answer_.reset();
    changed_.notify_all();
    changed_.wait(lock, [&] { return answer_ || gone_; });
    return std::move(answer_);
  }
  /// Candidate's side: it said `line` (the first time only that it is ready). Absent: nobody asks any more.
  std::optional<std::string> said(std::string_view line) {
    std::unique_lock lock(mutex_);
    if (ready_) answer_ = line;
    ready_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return request_ || closed_; });
    if (closed_) return std::nullopt;
    std::string request = std::move(*request_);
    request_.reset();
    return request + "\n";
  }
  void judge_ended() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  void candidate_ended() {
    const std::scoped_lock lock(mutex_);
    gone_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::string> request_;
  std::optional<std::string> answer_;
  bool ready_ = false;
  bool closed_ = false;
  bool gone_ = false;
};

/// Reads "KEYWORD NUMBER" or "KEYWORD NUMBER REST"; the number goes to `number`, the rest is returned.
std::string_view take_number(std::string_view line, int& number) {
  line.remove_prefix(line.find(' ') + 1);
  const auto read = std::from_chars(line.data(), line.data() + line.size(), number);
  line.remove_prefix(static_cast<std::size_t>(read.ptr - line.data()));
  if (line.starts_with(' ')) line.remove_prefix(1);
  return line;
}

sandbox::Limits limits_of(Nanos wall) {
  sandbox::Limits limits;
  limits.wall = wall;
  limits.out = kMostSaid;
  return limits;
}

sandbox::Program talking(std::string source, decltype(sandbox::Program::reply) reply) {
  return {.source = std::move(source), .arguments = {}, .input = {}, .reply = std::move(reply), .held = true};
}

}  // namespace

Dialogue converse(sandbox::Sandbox& sandbox, std::string judge, std::string candidate, Nanos wall,
                  bool alone) {
  const std::shared_ptr<void> hold = sandbox.hold(alone);
  Dialogue dialogue;
  Exchange exchange;
  std::thread partner;
  const auto run_candidate = [&] {
    dialogue.candidate =
        sandbox.run(talking(std::move(candidate), [&](std::string_view line) { return exchange.said(line); }),
                    limits_of(wall));
    exchange.candidate_ended();
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
  dialogue.judge = sandbox.run(talking(std::move(judge), on_judge), limits_of(wall + kLonger));
  exchange.judge_ended();
  if (partner.joinable()) partner.join();
  return dialogue;
}

}  // namespace assay::evaluator
