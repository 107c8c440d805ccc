#include <fmt/format.h>

#include "backend/chat_body.h"
#include "backend/media.h"
#include "backend/openai.h"

namespace assay::backend {
namespace {

void put(Json& body, const ParamName& name, const Json& value, bool raw) {
  if (name.ours == "json_schema") {
    body["response_format"] = {{"type", "json_schema"},
                               {"json_schema", {{"name", "answer"}, {"strict", true}, {"schema", value}}}};
  } else if (name.ours == "think") {
    body[name.theirs] = {{"enable_thinking", value}};
  } else if (name.ours == "logprobs" && !raw) {  // the completions route takes the number alone
    body["logprobs"] = true;
    body["top_logprobs"] = value;
  } else {
    body[name.theirs] = value;
  }
}

/// The message that has pictures or recordings is a list of parts: these, then its text.
Result<void> put_media(Json& messages, const record::Prompt& prompt) {
  const auto media = media_of(prompt);
  if (!media) return fail(media.error());
  if (media->empty()) return {};
  Json parts = Json::array();
  for (const Media& image : media->images) {
    parts.push_back({{"type", "image_url"},
                     {"image_url", {{"url", fmt::format("data:{};base64,{}", image.type, image.base64)}}}});
  }
  for (const Media& recording : media->recordings) {
    parts.push_back({{"type", "input_audio"},
                     {"input_audio", {{"data", recording.base64}, {"format", recording.format}}}});
  }
  Json& content = messages[message_with_media(prompt)]["content"];
  parts.push_back({{"type", "text"}, {"text", std::move(content)}});
  content = std::move(parts);
  return {};
}

}  // namespace

Result<Json> openai_body(const OpenAiFlavour& flavour, const std::string& model, const Request& request) {
  Json body = Json::object();
  if (!model.empty()) body["model"] = model;
  if (request.prompt.raw) {
    if (auto fit = only_text(request.prompt); !fit) return fail(fit.error());
    body["prompt"] = request.prompt.messages.front().content;
  } else {
    body["messages"] = messages_of(request.prompt);
    if (auto put = put_media(body["messages"], request.prompt); !put) return fail(put.error());
    if (!request.prompt.tools.empty()) body["tools"] = tools_of(request.prompt);
  }
  body["stream"] = true;
  body["stream_options"] = {{"include_usage", true}};
  if (flavour.llama_server) body["cache_prompt"] = false;  // a kept prompt would be a prefill of nothing
  for (const ParamName& name : param_names(flavour)) {
    const auto value = request.params.find(name.ours);
    if (value != request.params.end()) put(body, name, value->second, request.prompt.raw);
  }
  return body;
}

}  // namespace assay::backend
