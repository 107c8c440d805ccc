#include "backend/chat_body.h"
#include "backend/openai.h"

namespace assay::backend {
namespace {

void put(Json& body, const ParamName& name, const Json& value) {
  if (name.ours == "json_schema") {
    body["response_format"] = {{"type", "json_schema"},
                               {"json_schema", {{"name", "answer"}, {"strict", true}, {"schema", value}}}};
  } else if (name.ours == "think") {
    body[name.theirs] = {{"enable_thinking", value}};
  } else {
    body[name.theirs] = value;
  }
}

}  // namespace

Result<Json> openai_body(const OpenAiFlavour& flavour, const std::string& model, const Request& request) {
  if (auto fit = only_text(request.prompt); !fit) return fail(fit.error());
  Json body = Json::object();
  if (!model.empty()) body["model"] = model;
  if (request.prompt.raw) {
    body["prompt"] = request.prompt.messages.front().content;
  } else {
    body["messages"] = messages_of(request.prompt);
  }
  body["stream"] = true;
  body["stream_options"] = {{"include_usage", true}};
  if (flavour.llama_server) body["cache_prompt"] = false;  // a kept prompt would be a prefill of nothing
  for (const ParamName& name : param_names(flavour)) {
    const auto value = request.params.find(name.ours);
    if (value != request.params.end()) put(body, name, value->second);
  }
  return body;
}

}  // namespace assay::backend
