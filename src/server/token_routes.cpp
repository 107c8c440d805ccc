// A prompt as the model's vocabulary has it.
#include <fmt/format.h>

#include "server/one_sample.h"
#include "server/routes.h"

namespace assay::server {
namespace {

struct StoredPrompt {
  std::uint32_t model = 0;
  std::string text;
  std::optional<std::uint32_t> counted;  ///< by the engine, when it was answered
};

}  // namespace

Reply get_tokens(Context& context, const Asked& asked) {
  const auto named = named_sample(context, asked);
  if (!named) return refuse(named.error());
  StoredPrompt prompt;
  const auto read = read_sample(context, *named, [&](record::Sample&& sample, const record::Verdict*) {
    prompt = {sample.model, std::move(sample.prompt), sample.counts.prompt_tokens};
    return true;
  });
  if (!read) return refuse(read.error());
  if (const auto running = context.control.running()) {
    return refuse(
        Error{.code = Code::conflict,
              .where = {},
              .found = fmt::format("run {} goes on, and reading a vocabulary now would disturb it", *running),
              .expected = {},
              .remedy = "Ask again when it has ended"});
  }
  const auto tokens = context.library.tokens(named->run->record, prompt.model, prompt.text);
  if (!tokens) return refuse(tokens.error());
  OrderedJson ids = OrderedJson::array();
  OrderedJson texts = OrderedJson::array();
  for (const record::TextToken& token : *tokens) {
    ids.push_back(token.id);
    texts.push_back(token.text);
  }
  OrderedJson json{{"ids", std::move(ids)}, {"texts", std::move(texts)}};
  json["counted"] = or_null(prompt.counted);
  return reply_json(json);
}

}  // namespace assay::server
