#include "plan/key.h"

#include <fmt/format.h>

#include "base/check.h"
#include "plan/plan.h"

namespace assay::plan {
namespace {

/// Length first, so that no two lists of parts give the same bytes.
void append_part(std::string& bytes, std::string_view part) {
  bytes += fmt::format("{}:", part.size());
  bytes += part;
}

}  // namespace

TrialKeys::TrialKeys(const record::Suite& suite, const record::Plan& plan,
                     std::vector<std::string> identities)
    : suite_(suite),
      plan_(plan),
      identities_(std::move(identities)),
      cases_(suite.cases.size()),
      has_case_(suite.cases.size()) {
  CHECK(identities_.empty() || identities_.size() == plan.models.size());
}

const Digest& TrialKeys::model_part(const record::Trial& trial) {
  const std::uint64_t index = (std::uint64_t{trial.model} << 32U) | trial.cell;
  const auto [at, fresh] = models_.try_emplace(index);
  if (!fresh) return at->second;
  const record::ModelSpec& model = plan_.models[trial.model];
  record::Params params =
      record::merged(record::merged(suite_.params, model.params), plan_.cells[trial.cell].params);
  params = record::merged(defaults_of(suite_, model), params);
  std::string bytes;
  append_part(bytes, model.engine);
  append_part(bytes, model.model);
  append_part(bytes, model.url);
  append_part(bytes, identities_.empty() ? std::string_view{} : identities_[trial.model]);
  append_part(bytes, dump(record::to_json(params)));
  return at->second = sha256(bytes);
}

const Digest& TrialKeys::case_part(std::uint32_t case_index) {
  if (has_case_[case_index]) return cases_[case_index];
  const record::Case& test = suite_.cases[case_index];
  const record::Prompt prompt = prompt_of(suite_, test);
  std::string bytes;
  append_part(bytes, test.id);
  append_part(bytes, prompt.raw ? "raw" : "chat");
  for (const record::Message& message : prompt.messages) {
    append_part(bytes, message.role);
    append_part(bytes, message.content);
  }
  for (const std::string& path : prompt.images) append_part(bytes, "image " + path);
  for (const std::string& path : prompt.audio) append_part(bytes, "audio " + path);
  for (const std::string& text : prompt.continuations) append_part(bytes, "continuation " + text);
  for (const record::Tool& tool : prompt.tools) append_part(bytes, "tool " + dump(record::to_json(tool)));
  if (!test.params.empty()) append_part(bytes, dump(record::to_json(test.params)));
  has_case_[case_index] = true;
  return cases_[case_index] = sha256(bytes);
}

std::string TrialKeys::of(const record::Trial& trial) {
  std::string bytes;
  const auto append_digest = [&](const Digest& digest) {
    bytes.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  };
  append_digest(model_part(trial));
  append_digest(case_part(trial.case_index));
  for (unsigned shift = 0; shift < 32; shift += 8)
    bytes += static_cast<char>((trial.repeat >> shift) & 0xFFU);
  const Digest digest = sha256(bytes);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string key(32, '0');
  for (std::size_t i = 0; i < 16; ++i) {
    key[2 * i] = kDigits[digest[i] >> 4U];
    key[2 * i + 1] = kDigits[digest[i] & 0xFU];
  }
  return key;
}

std::string trial_key(const record::Suite& suite, const record::Plan& plan, const record::Trial& trial) {
  return TrialKeys(suite, plan).of(trial);
}

}  // namespace assay::plan
