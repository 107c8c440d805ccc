// Reads what a server of OpenAI's protocol answers. Dialects met: reasoning as `reasoning_content` or
// `reasoning`; usage in a last chunk without choices, beside the last choice, in every chunk, or under
// `x_groq`; cached tokens under `prompt_tokens_details` or `prompt_cache_hit_tokens`; `timings` of
// llama-server; errors in the middle of the stream; a first chunk with content; `[DONE]` missing.
#include <fmt/format.h>

#include "backend/chunk_pattern.h"
#include "backend/openai.h"
#include "base/event_stream.h"
#include "base/json_members.h"
#include "base/text.h"

namespace assay::backend {
namespace {

using record::TokenKind;

void keep(std::optional<std::uint32_t> told, std::optional<std::uint32_t>& target) {
  if (told) target = told;
}

class OpenAiReader final : public AnswerReader {
 public:
  OpenAiReader(bool streamed, std::optional<std::uint32_t> logprobs)
      : streamed_(streamed), answer_(logprobs) {}
  void take(std::string_view bytes, Nanos at, std::vector<Piece>& out) override;
  void end(Nanos at, std::vector<Piece>& out) override;

 private:
  void take_data(std::string_view data, Nanos at, std::vector<Piece>& out);
  void learn(std::string_view data, const std::vector<Piece>& out, std::size_t before);
  void take_object(const Json& object, Nanos at, std::vector<Piece>& out);
  void take_choice(const Json& choice, Nanos at, std::vector<Piece>& out);
  void take_message(const Json& message, Nanos at, std::vector<Piece>& out);
  void take_usage(const Json& usage);
  void take_timings(const Json& timings);
  void take_error(const Json& error, std::vector<Piece>& out);

  bool streamed_;
  EventStream stream_;
  StreamEvent event_;
  ChunkPattern pattern_;
  TokenKind pattern_kind_ = TokenKind::answer;
  std::string whole_;
  Answer answer_;
};

void OpenAiReader::take(std::string_view bytes, Nanos at, std::vector<Piece>& out) {
  if (answer_.over()) return;
  if (!streamed_) {
    whole_ += bytes;
    if (whole_.size() > (64U << 20U)) answer_.fail("http", "the answer is longer than 64 MiB", out);
    return;
  }
  stream_.take(bytes);
  while (!answer_.over() && stream_.next(event_)) {
    if (event_.data == "[DONE]")
      answer_.finish(at, out);
    else
      take_data(event_.data, at, out);
  }
  if (stream_.too_long()) answer_.fail("http", "an event of the stream is longer than 16 MiB", out);
}

void OpenAiReader::take_data(std::string_view data, Nanos at, std::vector<Piece>& out) {
  if (const auto text = pattern_.text_of(data)) return answer_.text(*text, pattern_kind_, at, out);
  pattern_.forget();
  const auto object = parse_json(data);
  if (!object || !object->is_object()) {
    return answer_.fail(
        "http", fmt::format("a chunk of the stream is no JSON object: '{}'", printable(data, 80)), out);
  }
  const std::size_t before = out.size();
  take_object(*object, at, out);
  learn(data, out, before);
}

/// A chunk that gave one text and no finish reason says what those like it say: whatever else it holds
/// (counts, the build) is kept by now, and would only be kept again. Log-probabilities are each chunk's own.
void OpenAiReader::learn(std::string_view data, const std::vector<Piece>& out, std::size_t before) {
  if (out.size() != before + 1 || answer_.ended() || answer_.logprobs().wanted()) return;
  const auto* tokens = std::get_if<Tokens>(&out.back());
  if (tokens == nullptr) return;
  pattern_kind_ = tokens->events.front().kind;
  if (pattern_kind_ != TokenKind::tool)
    pattern_.learn(data, pattern_kind_ == TokenKind::reasoning ? tokens->reasoning : tokens->text);
}

void OpenAiReader::take_object(const Json& object, Nanos at, std::vector<Piece>& out) {
  const auto error = object.find("error");
  if (error != object.end() && !error->is_null()) return take_error(*error, out);
  if (const auto choices = object.find("choices"); choices != object.end() && choices->is_array()) {
    for (const Json& choice : *choices) {
      if (choice.is_object()) take_choice(choice, at, out);
    }
  }
  if (const Json* usage = object_of(object, "usage")) take_usage(*usage);
  if (const Json* groq = object_of(object, "x_groq")) {
    if (const Json* usage = object_of(*groq, "usage")) take_usage(*usage);
  }
  if (const Json* timings = object_of(object, "timings")) take_timings(*timings);
  if (const std::string_view build = text_of(object, "system_fingerprint"); !build.empty())
    answer_.claim("claimed_build", std::string(build));
}

void OpenAiReader::take_choice(const Json& choice, Nanos at, std::vector<Piece>& out) {
  const std::size_t before = answer_.events();
  for (const char* name : {"delta", "message"}) {
    if (const Json* message = object_of(choice, name)) take_message(*message, at, out);
  }
  answer_.text(text_of(choice, "text"), TokenKind::answer, at, out);
  if (const Json* logprobs = object_of(choice, "logprobs")) {
    const bool with_event = streamed_ && answer_.events() > before;
    answer_.logprobs().take_choice(*logprobs, with_event ? std::optional(before) : std::nullopt);
  }
  if (const std::string_view reason = text_of(choice, "finish_reason"); !reason.empty())
    answer_.ends(reason, at);
}

void OpenAiReader::take_message(const Json& message, Nanos at, std::vector<Piece>& out) {
  const std::string_view content = text_of(message, "reasoning_content");
  answer_.text(content.empty() ? text_of(message, "reasoning") : content, TokenKind::reasoning, at, out);
  answer_.text(text_of(message, "content"), TokenKind::answer, at, out);
  // A model that was asked for a schema says no in a field of its own. It is what it wrote, all the same.
  if (const std::string_view refusal = text_of(message, "refusal"); !refusal.empty()) {
    answer_.claim(record::kClaimedRefusal, std::string("refusal"));
    answer_.text(refusal, TokenKind::answer, at, out);
  }
  if (const auto calls = message.find("tool_calls");
      calls != message.end() && calls->is_array() && !calls->empty()) {
    answer_.text(dump(*calls), TokenKind::tool, at, out);
    for (const Json& call : *calls) answer_.call(call);
  }
}

void OpenAiReader::take_usage(const Json& usage) {
  record::Counts& counts = answer_.counts();
  keep(count_of(usage, "prompt_tokens"), counts.prompt_tokens);
  keep(count_of(usage, "completion_tokens"), counts.output_tokens);
  keep(count_of(usage, "prompt_cache_hit_tokens"), counts.cached_prompt_tokens);
  if (const Json* details = object_of(usage, "prompt_tokens_details"))
    keep(count_of(*details, "cached_tokens"), counts.cached_prompt_tokens);
  if (const Json* details = object_of(usage, "completion_tokens_details"))
    keep(count_of(*details, "reasoning_tokens"), counts.reasoning_tokens);
}

/// llama-server's own figures: prompt_n counts what it computed, cache_n what it had.
void OpenAiReader::take_timings(const Json& timings) {
  if (const auto value = number_of(timings, "prompt_per_second"))
    answer_.claim("claimed_prefill_tps", *value);
  if (const auto value = number_of(timings, "predicted_per_second"))
    answer_.claim("claimed_decode_tps", *value);
  if (const auto value = number_of(timings, "prompt_ms")) answer_.claim("claimed_prefill_ms", *value);
  if (const auto value = number_of(timings, "predicted_ms")) answer_.claim("claimed_decode_ms", *value);
  keep(count_of(timings, "cache_n"), answer_.counts().cached_prompt_tokens);
}

void OpenAiReader::take_error(const Json& error, std::vector<Piece>& out) {
  const std::string_view words = error.is_object() ? text_of(error, "message") : std::string_view{};
  answer_.fail("http",
               fmt::format("the server broke its answer off: {}",
                           words.empty() ? (error.is_string() ? error.get<std::string>() : dump(error))
                                         : std::string(words)),
               out);
}

void OpenAiReader::end(Nanos at, std::vector<Piece>& out) {
  if (answer_.over()) return;
  if (!streamed_) {
    const auto object = parse_json(whole_, {.max_bytes = 64U << 20U, .max_depth = 512});
    if (!object || !object->is_object())
      return answer_.fail("http", fmt::format("the answer is no JSON object: '{}'", printable(whole_, 80)),
                          out);
    std::vector<Piece> pieces;
    take_object(*object, at, pieces);
    // It came whole: when its tokens were made nobody knows, so they have no times.
    for (Piece& piece : pieces) {
      if (auto* tokens = std::get_if<Tokens>(&piece)) tokens->events.clear();
      out.push_back(std::move(piece));
    }
    if (!answer_.ended()) return answer_.fail("http", "the answer has no choices with a finish reason", out);
    return answer_.finish_whole(at, out);
  }
  if (!answer_.ended() && !trim(stream_.rest()).empty()) take_data(stream_.rest(), at, out);
  if (!answer_.ended())
    return answer_.fail("transport", "the stream ended without a finish reason and without [DONE]", out);
  answer_.finish(at, out);
}

}  // namespace

std::unique_ptr<AnswerReader> make_openai_reader(bool streamed, std::optional<std::uint32_t> logprobs) {
  return std::make_unique<OpenAiReader>(streamed, logprobs);
}

}  // namespace assay::backend
