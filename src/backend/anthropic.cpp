// Anthropic's messages API: server-sent events with names, one content block after the other.

#include <array>

#include <fmt/format.h>

#include "backend/anthropic.h"
#include "backend/chat_body.h"
#include "backend/entries.h"
#include "backend/http_backend.h"
#include "backend/media.h"
#include "base/event_stream.h"
#include "base/file.h"
#include "base/json_members.h"
#include "base/text.h"

namespace assay::backend {
namespace {

using record::Applied;
using record::TokenKind;

constexpr std::string_view kAddress = "https://api.anthropic.com";
constexpr const char* kKeyVariable = "ANTHROPIC_API_KEY";
// The API refuses a request without a limit; a suite without one means "as long as it takes".
constexpr int kMostTokens = 4096;

struct Name {
  std::string_view ours;
  std::string_view theirs;
};
constexpr std::array kNames{Name{"temperature", "temperature"}, Name{"top_p", "top_p"},
                            Name{"top_k", "top_k"}, Name{"max_tokens", "max_tokens"},
                            Name{"stop", "stop_sequences"}};

class AnthropicReader final : public AnswerReader {
 public:
  void take(std::string_view bytes, Nanos at, std::vector<Piece>& out) override;
  void end(Nanos, std::vector<Piece>& out) override {
    answer_.fail("transport", "the stream ended before message_stop", out);
  }

 private:
  void take_event(const Json& event, Nanos at, std::vector<Piece>& out);
  void take_block(const Json& block);
  void take_delta(const Json& delta, Nanos at, std::vector<Piece>& out);
  void take_usage(const Json& usage);

  EventStream stream_;
  Answer answer_;
};

void AnthropicReader::take(std::string_view bytes, Nanos at, std::vector<Piece>& out) {
  stream_.take(bytes);
  StreamEvent event;
  while (!answer_.over() && stream_.next(event)) {
    const auto object = parse_json(event.data);
    if (!object || !object->is_object())
      return answer_.fail(
          "http", fmt::format("an event of the stream is no JSON object: '{}'", printable(event.data, 80)),
          out);
    take_event(*object, at, out);
  }
  if (stream_.too_long()) answer_.fail("http", "an event of the stream is longer than 16 MiB", out);
}

void AnthropicReader::take_event(const Json& event, Nanos at, std::vector<Piece>& out) {
  const std::string_view type = text_of(event, "type");
  if (type == "message_start" && event.contains("message") && event["message"].is_object()) {
    const Json& message = event["message"];
    if (message.contains("usage")) take_usage(message["usage"]);
  } else if (type == "content_block_start" && event.contains("content_block")) {
    take_block(event["content_block"]);
  } else if (type == "content_block_delta" && event.contains("delta")) {
    take_delta(event["delta"], at, out);
  } else if (type == "message_delta") {
    if (event.contains("delta") && event["delta"].is_object()) {
      const std::string_view reason = text_of(event["delta"], "stop_reason");
      if (reason == "refusal") answer_.claim(record::kClaimedRefusal, std::string("stop_reason"));
      if (!reason.empty()) answer_.ends(reason, at);
    }
    if (event.contains("usage")) take_usage(event["usage"]);
  } else if (type == "message_stop") {
    answer_.finish(at, out);
  } else if (type == "error") {
    const bool has_words = event.contains("error") && event["error"].is_object();
    const std::string words = has_words ? std::string(text_of(event["error"], "message")) : dump(event);
    answer_.fail("http", "the server broke its answer off: " + words, out);
  }  // ping, content_block_stop: nothing to keep
}

/// Blocks come one after the other, so that what follows belongs to this call. Its input comes in pieces;
/// here it is empty, or whole where a server does not stream it.
void AnthropicReader::take_block(const Json& block) {
  if (!block.is_object() || text_of(block, "type") != "tool_use") return;
  const Json* input = object_of(block, "input");
  answer_.call(text_of(block, "name"), input == nullptr || input->empty() ? std::string{} : dump(*input));
}

void AnthropicReader::take_delta(const Json& delta, Nanos at, std::vector<Piece>& out) {
  if (!delta.is_object()) return;
  answer_.text(text_of(delta, "thinking"), TokenKind::reasoning, at, out);
  answer_.text(text_of(delta, "text"), TokenKind::answer, at, out);
  answer_.text(text_of(delta, "partial_json"), TokenKind::tool, at, out);
  answer_.call_goes_on(text_of(delta, "partial_json"));
}

/// input_tokens counts what was not read from a cache.
void AnthropicReader::take_usage(const Json& usage) {
  if (!usage.is_object()) return;
  record::Counts& counts = answer_.counts();
  if (const auto fresh = count_of(usage, "input_tokens")) {
    const std::uint32_t read = count_of(usage, "cache_read_input_tokens").value_or(0);
    counts.prompt_tokens = *fresh + read + count_of(usage, "cache_creation_input_tokens").value_or(0);
    counts.cached_prompt_tokens = read;
  }
  if (const auto output = count_of(usage, "output_tokens")) counts.output_tokens = output;
}

class AnthropicDialect final : public Dialect {
 public:
  explicit AnthropicDialect(std::string model) : model_(std::move(model)) {}

  Result<Loaded> load(Talk& talk, const LoadRequest& request) override;
  Result<HttpRequest> ask(const Talk& talk, const Request& request) override;
  std::unique_ptr<AnswerReader> reader(const Request&, bool) override { return make_anthropic_reader(); }
  record::EffectiveParams effective(const Request& request) const override;

 private:
  std::string model_;
};

Result<Loaded> AnthropicDialect::load(Talk& talk, const LoadRequest& /*request*/) {
  const auto model = talk.get("/v1/models/" + model_);
  if (!model) return fail(model.error());
  Loaded loaded;
  loaded.engine_version = "anthropic messages 2023-06-01";
  loaded.engine_build = {{"address", without_secrets(talk.base())}};
  loaded.facts = *model;
  loaded.media = {"image", "tools"};
  for (const Name& name : kNames) loaded.supported.emplace_back(name.ours);
  loaded.base_latency = talk.base_latency("/v1/models/" + model_);
  return loaded;
}

Result<HttpRequest> AnthropicDialect::ask(const Talk& talk, const Request& request) {
  auto body = anthropic_body(model_, request);
  if (!body) return fail(body.error());
  return talk.request("POST", "/v1/messages", dump(*body));
}

record::EffectiveParams AnthropicDialect::effective(const Request& request) const {
  record::EffectiveParams effective = as_sent(request.params, [](const std::string& name) {
    return std::any_of(kNames.begin(), kNames.end(), [&](const Name& known) { return known.ours == name; });
  });
  effective.emplace("max_tokens", record::EffectiveParam{kMostTokens, Applied::unverified});
  return effective;
}

}  // namespace

std::unique_ptr<AnswerReader> make_anthropic_reader() {
  return std::make_unique<AnthropicReader>();
}

namespace {

/// Content blocks, empty for a prompt of text alone.
Result<Json> pictures_of(const record::Prompt& prompt) {
  const auto media = media_of(prompt);
  if (!media) return fail(media.error());
  if (!media->recordings.empty()) return fail(only_text(prompt).error());
  Json blocks = Json::array();
  for (const Media& image : media->images) {
    blocks.push_back({{"type", "image"},
                      {"source", {{"type", "base64"}, {"media_type", image.type}, {"data", image.base64}}}});
  }
  return blocks;
}

/// A schema is required here, also of a tool without parameters.
Json anthropic_tool(const record::Tool& tool) {
  const bool takes_any = tool.parameters.kind != record::Value::Kind::null;
  Json told{{"name", tool.name},
            {"input_schema", takes_any ? record::to_json(tool.parameters) : Json{{"type", "object"}}}};
  if (!tool.description.empty()) told["description"] = tool.description;
  if (tool.strict) told["strict"] = *tool.strict;
  return told;
}

}  // namespace

Result<Json> anthropic_body(const std::string& model, const Request& request) {
  if (request.prompt.raw) {
    return fail({.code = Code::unsupported,
                 .where = {},
                 .found = "a raw prompt",
                 .expected = "chat messages, which is all that is sent to this API",
                 .remedy = {}});
  }
  Json body{{"model", model}, {"stream", true}, {"max_tokens", kMostTokens}, {"messages", Json::array()}};
  auto pictures = pictures_of(request.prompt);
  if (!pictures) return fail(pictures.error());
  const std::size_t with_pictures = message_with_media(request.prompt);
  std::string system;
  for (std::size_t i = 0; i < request.prompt.messages.size(); ++i) {
    const record::Message& message = request.prompt.messages[i];
    if (message.role == "system") {
      system += (system.empty() ? "" : "\n\n") + message.content;
      continue;
    }
    Json content = message.content;
    if (i == with_pictures && !pictures->empty()) {
      pictures->push_back({{"type", "text"}, {"text", message.content}});
      content = std::move(*pictures);
    }
    body["messages"].push_back({{"role", message.role}, {"content", std::move(content)}});
  }
  if (!system.empty()) body["system"] = system;
  for (const record::Tool& tool : request.prompt.tools) body["tools"].push_back(anthropic_tool(tool));
  for (const Name& name : kNames) {
    if (const auto at = request.params.find(name.ours); at != request.params.end())
      body[std::string(name.theirs)] = at->second;
  }
  return body;
}

std::optional<Error> probe_anthropic(std::string_view /*engine*/) {
  if (environment(kKeyVariable)) return std::nullopt;
  return Error{.code = Code::permission,
               .where = {},
               .found = fmt::format("no key in the environment variable {}", kKeyVariable),
               .expected = {},
               .remedy = "Set it to use this service"};
}

Result<std::unique_ptr<Backend>> make_anthropic(const record::ModelSpec& spec, MakeContext context) {
  HttpOptions options;
  options.retry_pause = context.retry_pause;
  options.talk.base = spec.url.empty() ? std::string(kAddress) : spec.url;
  options.talk.key_variable = kKeyVariable;
  if (may_have_key(options.talk.base, kAddress, spec))
    options.talk.secret = environment(kKeyVariable).value_or("");
  if (spec.url.empty() && options.talk.secret.empty()) return fail(*probe_anthropic("anthropic"));
  if (!options.talk.secret.empty()) options.talk.headers.push_back({"x-api-key", options.talk.secret});
  options.talk.headers.push_back({"anthropic-version", "2023-06-01"});
  return make_http(std::make_unique<AnthropicDialect>(spec.model), std::move(options), context.clock);
}

}  // namespace assay::backend
