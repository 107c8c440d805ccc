
#include <fmt/format.h>

#include "backend/ollama.h"
#include "base/json_members.h"
#include "base/line_splitter.h"
#include "base/text.h"

namespace assay::backend {
namespace {

using record::TokenKind;

// Ollama leaves room for an answer when it cuts, so a cut prompt fills the context nearly.
constexpr std::uint64_t kNearlyFull = 8;

class OllamaReader final : public AnswerReader {
 public:
  explicit OllamaReader(OllamaExpectation expected) : expected_(expected), answer_(expected.logprobs) {}
  void take(std::string_view bytes, Nanos at, std::vector<Piece>& out) override;
  void end(Nanos at, std::vector<Piece>& out) override;

 private:
  void take_line(std::string_view line, Nanos at, std::vector<Piece>& out);
  void take_calls(const Json& calls);
  void take_last(const Json& object, Nanos at, std::vector<Piece>& out);
  void claim_rate(const Json& object, const char* count, const char* time, const char* name);

  OllamaExpectation expected_;
  LineSplitter lines_;
  Answer answer_;
};

void OllamaReader::take(std::string_view bytes, Nanos at, std::vector<Piece>& out) {
  lines_.take(bytes);
  std::string_view line;
  while (!answer_.over() && lines_.next(line)) take_line(line, at, out);
  if (lines_.too_long()) answer_.fail("http", "a line of the stream is longer than 16 MiB", out);
}

void OllamaReader::take_line(std::string_view line, Nanos at, std::vector<Piece>& out) {
  if (trim(line).empty()) return;
  const auto object = parse_json(line);
  if (!object || !object->is_object())
    return answer_.fail(
        "http", fmt::format("a line of the stream is no JSON object: '{}'", printable(line, 80)), out);
  if (const auto error = object->find("error"); error != object->end()) {
    const std::string words = error->is_string() ? error->get<std::string>() : dump(*error);
    return answer_.fail("http", "the server broke its answer off: " + words, out);
  }
  const std::size_t before = answer_.events();
  if (const auto message = object->find("message"); message != object->end() && message->is_object()) {
    answer_.text(text_of(*message, "thinking"), TokenKind::reasoning, at, out);
    answer_.text(text_of(*message, "content"), TokenKind::answer, at, out);
    if (const auto calls = message->find("tool_calls"); calls != message->end() && !calls->empty()) {
      answer_.text(dump(*calls), TokenKind::tool, at, out);
      take_calls(*calls);
    }
  }
  answer_.text(text_of(*object, "thinking"), TokenKind::reasoning, at, out);
  answer_.text(text_of(*object, "response"), TokenKind::answer, at, out);
  if (const Json* logprobs = list_of(*object, "logprobs")) {
    const bool with_event = answer_.events() > before;
    answer_.logprobs().take_list(*logprobs, with_event ? std::optional(before) : std::nullopt);
  }
  if (const auto done = object->find("done");
      done != object->end() && done->is_boolean() && done->get<bool>())
    take_last(*object, at, out);
}

/// Ollama gives each call whole, its arguments as a value.
void OllamaReader::take_calls(const Json& calls) {
  if (!calls.is_array()) return;
  for (const Json& one : calls) {
    if (const auto call = record::tool_call_from(one)) answer_.call(call->name, call->arguments);
  }
}

void OllamaReader::claim_rate(const Json& object, const char* count, const char* time, const char* name) {
  const auto tokens = number_of(object, count);
  const auto nanoseconds = number_of(object, time);
  if (tokens && nanoseconds && *nanoseconds > 0) answer_.claim(name, *tokens / *nanoseconds * 1e9);
}

/// The last line: why it ended, the counts, and Ollama's own times in nanoseconds.
void OllamaReader::take_last(const Json& object, Nanos at, std::vector<Piece>& out) {
  const std::string_view reason = text_of(object, "done_reason");
  answer_.ends(reason.empty() ? "stop" : reason, at);
  record::Counts& counts = answer_.counts();
  counts.prompt_tokens = count_of(object, "prompt_eval_count");
  counts.output_tokens = count_of(object, "eval_count");
  claim_rate(object, "eval_count", "eval_duration", "claimed_decode_tps");
  claim_rate(object, "prompt_eval_count", "prompt_eval_duration", "claimed_prefill_tps");
  for (const auto& [theirs, ours] :
       {std::pair("load_duration", "claimed_load_ms"),
        std::pair("prompt_eval_duration", "claimed_prefill_ms"),
        std::pair("eval_duration", "claimed_decode_ms"), std::pair("total_duration", "claimed_total_ms")}) {
    if (const auto value = number_of(object, theirs)) answer_.claim(ours, *value / 1e6);
  }
  const std::uint64_t seen = counts.prompt_tokens.value_or(0);
  const bool full = expected_.context > 0 && seen + kNearlyFull >= expected_.context;
  if (counts.prompt_tokens && (full || seen < expected_.words)) answer_.flag(record::Flag::truncated_prompt);
  answer_.finish(at, out);
}

void OllamaReader::end(Nanos at, std::vector<Piece>& out) {
  if (!answer_.over() && !lines_.rest().empty()) take_line(lines_.rest(), at, out);
  answer_.fail("transport", "the stream ended before its last line (done: true)", out);
}

}  // namespace

std::unique_ptr<AnswerReader> make_ollama_reader(OllamaExpectation expected) {
  return std::make_unique<OllamaReader>(expected);
}

std::uint64_t words_of(const record::Prompt& prompt) {
  std::uint64_t words = 0;
  for (const record::Message& message : prompt.messages) {
    bool inside = false;
    for (const char c : message.content) {
      const bool blank = c == ' ' || (c >= '\t' && c <= '\r');
      words += !blank && !inside ? 1 : 0;
      inside = !blank;
    }
  }
  return words;
}

}  // namespace assay::backend
