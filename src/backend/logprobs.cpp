#include "backend/logprobs.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/json_members.h"

namespace assay::backend {
namespace {

/// Whether these are the bytes of the text; they are not when the token is a part of a character.
bool are_bytes_of(const Json& bytes, std::string_view text) {
  return std::equal(bytes.begin(), bytes.end(), text.begin(), text.end(), [](const Json& byte, char c) {
    return byte.is_number_unsigned() && byte == static_cast<unsigned char>(c);
  });
}

Json logprob_of(const Json& object) {
  const auto value = number_of(object, "logprob");
  return value ? Json(*value) : Json();
}

Json entry_of(const Json& object) {
  const std::string_view token = text_of(object, "token");
  Json entry{{"token", token}, {"logprob", logprob_of(object)}};
  if (const Json* bytes = list_of(object, "bytes"); bytes != nullptr && !are_bytes_of(*bytes, token))
    entry["bytes"] = *bytes;
  return entry;
}

/// The likeliest first, as they stand in a mapping of token to log-probability.
Json sorted_top(const Json& mapping) {
  std::vector<std::pair<double, std::string>> pairs;
  for (const auto& [token, logprob] : mapping.items()) {
    if (logprob.is_number()) pairs.emplace_back(-logprob.get<double>(), token);
  }
  std::sort(pairs.begin(), pairs.end());
  Json top = Json::array();
  for (const auto& [negative, token] : pairs) top.push_back({{"token", token}, {"logprob", -negative}});
  return top;
}

}  // namespace

std::optional<std::uint32_t> wanted_logprobs(const record::Params& params) {
  const auto at = params.find("logprobs");
  if (at == params.end() || !at->second.is_number_integer()) return std::nullopt;
  return at->second.get<std::uint32_t>();
}

void Logprobs::add(Json entry, Json top, std::optional<std::size_t> event) {
  // vLLM names the picked token beside the others when it is none of them; servers may send more than that.
  if (top.size() > *wanted_ + std::size_t{1})
    top.erase(top.begin() + static_cast<std::ptrdiff_t>(*wanted_) + 1, top.end());
  entry["top"] = std::move(top);
  if (event) entry["event"] = *event;
  if (told_.is_null()) told_ = Json::array();
  told_.push_back(std::move(entry));
}

void Logprobs::take_list(const Json& list, std::optional<std::size_t> event) {
  if (!wanted_ || !list.is_array()) return;
  for (const Json& token : list) {
    if (!token.is_object()) continue;
    Json top = Json::array();
    if (const Json* others = list_of(token, "top_logprobs")) {
      for (const Json& other : *others) {
        if (other.is_object()) top.push_back(entry_of(other));
      }
    }
    add(entry_of(token), std::move(top), event);
  }
}

void Logprobs::take_choice(const Json& logprobs, std::optional<std::size_t> event) {
  if (!wanted_) return;
  if (const Json* content = list_of(logprobs, "content")) return take_list(*content, event);
  const Json* tokens = list_of(logprobs, "tokens");
  const Json* values = list_of(logprobs, "token_logprobs");
  if (tokens == nullptr || values == nullptr) return;
  const Json* tops = list_of(logprobs, "top_logprobs");
  for (std::size_t i = 0; i < std::min(tokens->size(), values->size()); ++i) {
    if (!(*tokens)[i].is_string()) continue;
    const bool has_top = tops != nullptr && i < tops->size() && (*tops)[i].is_object();
    add({{"token", (*tokens)[i]}, {"logprob", (*values)[i].is_number() ? (*values)[i] : Json()}},
        has_top ? sorted_top((*tops)[i]) : Json::array(), event);
  }
}

record::EffectiveParams Logprobs::effective() const {
  if (!wanted_) return {};
  if (told_.is_null()) return {{"logprobs", {Json(), record::Applied::not_supported}}};
  return {{"logprobs", {Json(*wanted_), record::Applied::verified}}};
}

}  // namespace assay::backend
