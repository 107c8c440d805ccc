#include "backend/chat_body.h"

namespace assay::backend {

Result<void> only_text(const record::Prompt& prompt) {
  if (prompt.images.empty() && prompt.audio.empty()) return {};
  return fail({.code = Code::unsupported,
               .where = {},
               .found = "a case with an image or a recording",
               .expected = "text: this route of the engine takes nothing else",
               .remedy = {}});
}

Json messages_of(const record::Prompt& prompt) {
  Json messages = Json::array();
  for (const record::Message& message : prompt.messages)
    messages.push_back({{"role", message.role}, {"content", message.content}});
  return messages;
}

Json tools_of(const record::Prompt& prompt) {
  Json tools = Json::array();
  for (const record::Tool& tool : prompt.tools) tools.push_back(record::to_json(tool));
  return tools;
}

}  // namespace assay::backend
