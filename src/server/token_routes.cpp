// A prompt as the model's vocabulary has it.
#include <array>

#include <fmt/format.h>

#include "server/routes.h"

namespace assay::server {
namespace {

constexpr std::uint64_t kMostSequence = 0xffffffffU;

struct StoredPrompt {
  std::uint32_t model = 0;
  std::string text;
  std::optional<std::uint32_t> counted;  ///< by the engine, when it was answered
};

Result<StoredPrompt> stored_prompt(Context& context, const record::Run& run, std::uint64_t sequence) {
  std::optional<StoredPrompt> found;
  const std::array<std::uint64_t, 1> wanted{sequence};
  const auto read = context.store.for_each_of(
      run.id, std::nullopt, wanted, [&](record::Sample&& sample, const record::Verdict*) {
        found = StoredPrompt{sample.model, std::move(sample.prompt), sample.counts.prompt_tokens};
        return true;
      });
  if (!read) return fail(read.error());
  if (found) return std::move(*found);
  return fail({.code = Code::not_found,
               .where = {},
               .found = fmt::format("run {} has no sample {}", run.id, sequence),
               .expected = {},
               .remedy = {}});
}

}  // namespace

Reply get_tokens(Context& context, const Asked& asked) {
  Asked number;
  number.params.emplace("sequence", asked.parts.at(1));
  Query query(number);
  const auto sequence = query.number("sequence", 0, kMostSequence);
  if (query.error()) return refuse(*query.error());
  const auto opened = context.opened.find(asked.parts.at(0));
  if (!opened) return refuse(opened.error());
  const record::Run& run = (*opened)->record;
  const auto prompt = stored_prompt(context, run, *sequence);
  if (!prompt) return refuse(prompt.error());
  if (const auto running = context.control.running()) {
    return refuse(
        Error{.code = Code::conflict,
              .where = {},
              .found = fmt::format("run {} goes on, and reading a vocabulary now would disturb it", *running),
              .expected = {},
              .remedy = "Ask again when it has ended"});
  }
  const auto tokens = context.library.tokens(run, prompt->model, prompt->text);
  if (!tokens) return refuse(tokens.error());
  OrderedJson ids = OrderedJson::array();
  OrderedJson texts = OrderedJson::array();
  for (const record::TextToken& token : *tokens) {
    ids.push_back(token.id);
    texts.push_back(token.text);
  }
  OrderedJson json{{"ids", std::move(ids)}, {"texts", std::move(texts)}};
  json["counted"] = prompt->counted ? OrderedJson(*prompt->counted) : OrderedJson(nullptr);
  return reply_json(json);
}

}  // namespace assay::server
