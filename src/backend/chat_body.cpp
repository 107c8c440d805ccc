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

}  // namespace assay::backend
