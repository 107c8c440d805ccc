// What one trial asks: its parameters and its prompt.
#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "base/hash.h"
#include "base/text.h"
#include "plan/plan.h"
#include "record/choice_score.h"
#include "record/template.h"

namespace assay::plan {
namespace {

void erase_all(record::Params& params, const record::Params& names) {
  for (const auto& [name, value] : names) params.erase(name);
}

/// Engines without defaults of their own get assay's from any suite.
bool is_own(const std::string& engine) {
  return engine == "llama" || engine == "transformers" || engine == "fake" || engine == "answers";
}

/// Ollama's own repeat penalty changes greedy answers; every other engine's default is off.
record::Params engine_defaults(const std::string& engine) {
  if (engine == "ollama") return {{"repeat_penalty", 1}};
  return {};
}

/// docs/suite-format.md, "method": the delimiter, then the choice.
void add_continuations(const record::LogLikelihood& method, const record::Case& test,
                       record::Prompt& prompt) {
  const std::string& text = prompt.messages.back().content;
  const bool ends_blank = text.empty() || trim(text).empty() || trim(text.substr(text.size() - 1)).empty();
  const std::string delimiter = method.delimiter.value_or(prompt.raw && !ends_blank ? " " : "");
  for (const record::Value& choice : test.choices)
    prompt.continuations.push_back(delimiter + record::choice_text(choice));
}

// An answer without a limit ends where the context does, and our own engines take no more than this when
// nobody says how much.
constexpr std::uint64_t kWithoutLimit = 4096;

bool answers_without_limit(const record::Suite& suite, const record::Plan& plan,
                           const record::ModelSpec& model) {
  if (!is_own(model.engine) || defaults_of(suite, model).contains("max_tokens")) return false;
  const auto says = [](const record::Params& params) { return params.contains("max_tokens"); };
  return !says(suite.params) && !says(model.params) &&
         !std::all_of(plan.cells.begin(), plan.cells.end(),
                      [&](const record::Cell& cell) { return says(cell.params); });
}

bool sends_seed(const record::Suite& suite, const record::ModelSpec& model) {
  return !suite.benchy || is_own(model.engine);
}

}  // namespace

record::Params defaults_of(const record::Suite& suite, const record::ModelSpec& model) {
  record::Params params = record::default_params();
  if (!suite.benchy) return record::merged(params, engine_defaults(model.engine));
  if (!is_own(model.engine)) return {};
  params.erase("max_tokens");  // Benchy sets no limit; the context is one
  return params;
}

record::Suite overridden(record::Suite suite, const Overrides& overrides) {
  if (!overrides.models.empty()) suite.models = overrides.models;
  if (!overrides.params.empty()) {
    suite.params = record::merged(suite.params, overrides.params);
    for (record::ModelSpec& model : suite.models) erase_all(model.params, overrides.params);
    for (record::Case& test : suite.cases) erase_all(test.params, overrides.params);
    std::erase_if(suite.sweep,
                  [&](const record::SweepAxis& axis) { return overrides.params.contains(axis.param); });
  }
  suite.repeats = overrides.repeats.value_or(suite.repeats);
  suite.rounds = overrides.rounds.value_or(suite.rounds);
  suite.warmup = overrides.warmup.value_or(suite.warmup);
  suite.retries = overrides.retries.value_or(suite.retries);
  suite.names_load = suite.names_load || overrides.load || overrides.measure;
  if (overrides.load) suite.load = *overrides.load;
  if (overrides.measure) {
    if (suite.load.rate_per_s) suite.load = {};
    suite.load.automatic = suite.load.automatic || suite.load.parallel == 1;
    suite.load.measure = overrides.measure;
  }
  suite.order = overrides.order.value_or(suite.order);
  if (overrides.timeout) suite.timeout = overrides.timeout;
  suite.cooldown = overrides.cooldown.value_or(suite.cooldown);
  suite.grading = overrides.grading.value_or(suite.grading);
  return suite;
}

std::uint32_t seed_of(const std::string& case_id, std::uint32_t repeat) {
  const Digest digest = sha256(fmt::format("{}\n{}", case_id, repeat));
  const std::uint32_t word = (std::uint32_t{digest[0]} << 24U) | (std::uint32_t{digest[1]} << 16U) |
                             (std::uint32_t{digest[2]} << 8U) | digest[3];
  return word & 0x7FFFFFFFU;
}

record::Params params_of(const record::Suite& suite, const record::ModelSpec& model, const record::Cell& cell,
                         const record::Case& test, std::uint32_t repeat) {
  record::Params params = test.params;
  for (const record::Params* under : {&cell.params, &model.params, &suite.params})
    params.insert(under->begin(), under->end());
  if (suite.log_likelihood) return params;  // nothing is sampled, so no default of sampling holds
  const record::Params defaults = defaults_of(suite, model);
  params.insert(defaults.begin(), defaults.end());
  if (sends_seed(suite, model) && !params.contains("seed")) params.emplace("seed", seed_of(test.id, repeat));
  return params;
}

const std::vector<record::Tool>& tools_of(const record::Suite& suite, const record::Case& test) {
  return test.tools.empty() ? suite.tools : test.tools;
}

record::Prompt prompt_of(const record::Suite& suite, const record::Case& test) {
  record::Prompt prompt{.messages = {},
                        .raw = suite.prompt.raw,
                        .images = test.images,
                        .audio = test.audio,
                        .continuations = {},
                        .tools = tools_of(suite, test)};
  prompt.messages.reserve(suite.prompt.messages.size());
  for (const record::Message& message : suite.prompt.messages) {
    if (suite.benchy) {
      auto text = record::benchy_expanded(message.content, test.vars);
      CHECK(text.has_value());
      prompt.messages.push_back({.role = message.role, .content = *std::move(text)});
      continue;
    }
    auto text = record::render(message.content, test.vars);
    CHECK(text.has_value());
    prompt.messages.push_back({.role = message.role, .content = *std::move(text)});
  }
  if (suite.log_likelihood) add_continuations(*suite.log_likelihood, test, prompt);
  return prompt;
}

namespace {

/// The greatest max_tokens that is set anywhere; 0 where nothing is generated.
std::uint64_t longest_answer(const record::Suite& suite, const record::Plan& plan) {
  if (suite.log_likelihood) return 0;
  std::uint64_t answer = 0;
  const auto look = [&](const record::Params& params) {
    const auto at = params.find("max_tokens");
    if (at != params.end() && at->second.is_number_integer())
      answer = std::max(
          answer, static_cast<std::uint64_t>(std::max<std::int64_t>(at->second.get<std::int64_t>(), 0)));
  };
  // What the suite says takes the place of the default; models, cells and cases may say more or less.
  look(suite.params.contains("max_tokens") ? suite.params : record::default_params());
  for (const record::Cell& cell : plan.cells) look(cell.params);
  for (const record::ModelSpec& model : plan.models) {
    look(model.params);
    if (answers_without_limit(suite, plan, model)) answer = std::max(answer, kWithoutLimit);
  }
  for (const record::Case& test : suite.cases) look(test.params);
  return answer;
}

std::string text_of(const record::Prompt& prompt) {
  std::string text;
  for (const record::Message& message : prompt.messages) text += message.content;
  return text;
}

}  // namespace

std::uint64_t longest_request(const record::Suite& suite, const record::Plan& plan) {
  // A system prompt that a template brings along (those of Mistral Small and SmolLM3 are long), and the
  // marks of the roles. Too little would cut answers that a single stream, whose context is the model's, does
  // not cut.
  constexpr std::uint64_t kTemplate = 768;
  std::uint64_t longest = 0;
  for (const record::Case& test : suite.cases) {
    const record::Prompt prompt = prompt_of(suite, test);
    std::size_t tools = 0;
    for (const record::Tool& tool : prompt.tools) tools += dump(record::to_json(tool)).size();
    std::size_t choice = 0;
    for (const std::string& text : prompt.continuations) choice = std::max(choice, text.size());
    longest = std::max<std::uint64_t>(longest, text_of(prompt).size() + choice + tools);
  }
  return longest + kTemplate + longest_answer(suite, plan);
}

namespace {

constexpr std::uint64_t kBytesPerToken = 2;

struct PromptBytes {
  std::uint64_t common = 0;  ///< of the beginning that all prompts have in common
  std::uint64_t longest = 0;
  std::uint64_t all = 0;
};

PromptBytes prompt_bytes(const record::Suite& suite) {
  PromptBytes bytes;
  std::optional<std::string> first;
  for (const record::Case& test : suite.cases) {
    const std::string text = text_of(prompt_of(suite, test));
    bytes.longest = std::max<std::uint64_t>(bytes.longest, text.size());
    bytes.all += text.size();
    if (!first) {
      first = text;
      bytes.common = text.size();
    }
    const std::size_t most = std::min<std::size_t>(bytes.common, text.size());
    bytes.common = static_cast<std::uint64_t>(
        std::mismatch(first->begin(), first->begin() + static_cast<std::ptrdiff_t>(most), text.begin())
            .first -
        first->begin());
  }
  return bytes;
}

}  // namespace

record::SharedNeed shared_need(const record::Suite& suite, const record::Plan& plan) {
  constexpr std::uint64_t kMarks = 48;  // of the roles, behind what differs and before it
  const PromptBytes bytes = prompt_bytes(suite);
  return {.common = bytes.common / kBytesPerToken + kMarks,
          .own = (bytes.longest - bytes.common) / kBytesPerToken + kMarks + longest_answer(suite, plan)};
}

std::uint64_t mean_rest(const record::Suite& suite) {
  const PromptBytes bytes = prompt_bytes(suite);
  const std::uint64_t mean = bytes.all / std::max<std::size_t>(1, suite.cases.size());
  return (mean - bytes.common) / kBytesPerToken;
}

}  // namespace assay::plan
