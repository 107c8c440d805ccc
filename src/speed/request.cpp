#include "speed/request.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/random.h"

namespace assay::speed {
namespace {

using record::BenchRepetition;
using record::BenchTest;

constexpr auto kLookEvery = std::chrono::milliseconds{100};
constexpr std::uint32_t kCalibrationWords = 64;

/// Words that no cache has seen: a different beginning for every seed.
std::string words(std::uint32_t count, std::uint64_t seed) {
  SplitMix64 random(seed);
  std::string text;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i > 0) text += ' ';
    text += static_cast<char>('a' + random.below(26));
  }
  return text;
}

struct Answer {
  Nanos sent{0};
  std::vector<Nanos> tokens;
  std::uint32_t prompt_tokens = 0;
};

Error error_of(const backend::Broken& broken) {
  return {.code = Code::engine, .where = {}, .found = broken.detail, .expected = {}, .remedy = {}};
}

Result<Answer> answer_to(backend::Backend& backend, std::string prompt, std::uint32_t tokens, Clock& clock,
                         const std::atomic<bool>& stop) {
  static std::atomic<backend::RequestId> next{1};
  const backend::RequestId id = next++;
  backend::Request request;
  request.id = id;
  request.prompt.messages = {{"user", std::move(prompt)}};
  request.params = {{"temperature", 0}, {"max_tokens", tokens}};
  Answer answer;
  backend.start(std::move(request));
  for (;;) {
    if (stop) {
      backend.cancel(id);
      return fail({.code = Code::timeout, .where = {}, .found = "interrupted", .expected = {}, .remedy = {}});
    }
    for (backend::Event& event : backend.wait(clock.now() + kLookEvery)) {
      if (event.id != id) continue;
      if (const auto* sent = std::get_if<backend::Sent>(&event.what)) answer.sent = sent->at;
      if (const auto* accepted = std::get_if<backend::Accepted>(&event.what))
        answer.prompt_tokens = accepted->prompt_tokens.value_or(answer.prompt_tokens);
      if (const auto* some = std::get_if<backend::Tokens>(&event.what)) {
        for (const record::TokenEvent& token : some->events)
          answer.tokens.insert(answer.tokens.end(), token.count, token.at);
      }
      if (const auto* finished = std::get_if<backend::Finished>(&event.what)) {
        answer.prompt_tokens = finished->counts.prompt_tokens.value_or(answer.prompt_tokens);
        return answer;
      }
      if (const auto* broken = std::get_if<backend::Broken>(&event.what)) return fail(error_of(*broken));
    }
  }
}

/// How many words give about `wish` prompt tokens: the template's own tokens and the tokens per word, from
/// two short requests. They warm the engine up, too.
Result<std::uint32_t> words_for(backend::Backend& backend, std::uint32_t wish, Clock& clock,
                                const std::atomic<bool>& stop) {
  const auto few = answer_to(backend, words(1, 1), 1, clock, stop);
  if (!few) return fail(few.error());
  const auto some = answer_to(backend, words(kCalibrationWords, 2), 1, clock, stop);
  if (!some) return fail(some.error());
  const double each = std::max(
      1e-3, (static_cast<double>(some->prompt_tokens) - few->prompt_tokens) / (kCalibrationWords - 1));
  const double rest = static_cast<double>(wish) - few->prompt_tokens;
  return static_cast<std::uint32_t>(std::max(1.0, 1 + std::round(rest / each)));
}

}  // namespace

Result<BenchRepetition> ask(backend::Backend& backend, const BenchTest& test, std::uint64_t seed,
                            Clock& clock, const std::atomic<bool>& stop) {
  const auto count = words_for(backend, test.prompt, clock, stop);
  if (!count) return fail(count.error());
  const auto answer = answer_to(backend, words(*count, seed ^ 0xA55A), test.generate + 1, clock, stop);
  if (!answer) return fail(answer.error());
  if (answer->tokens.empty() || (test.generate > 0 && answer->tokens.size() < 2))
    return fail({.code = Code::engine,
                 .where = {},
                 .found = fmt::format("the answer ended after {} tokens", answer->tokens.size()),
                 .expected = fmt::format("{}", test.generate + 1),
                 .remedy = "Take a model that goes on for longer"});
  BenchRepetition told;
  told.at = answer->sent;
  told.prompt = answer->tokens.front() - answer->sent;
  for (std::size_t i = 1; i < answer->tokens.size(); ++i)
    told.tokens.push_back(answer->tokens[i] - answer->sent);
  told.total = answer->tokens.back() - answer->sent;
  if (answer->prompt_tokens > 0) told.prompt_tokens = answer->prompt_tokens;
  return told;
}

}  // namespace assay::speed
