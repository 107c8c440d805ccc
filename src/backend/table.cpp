#include "backend/table.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "backend/entries.h"
#include "backend/openai.h"
#include "backend/talk.h"
#include "base/text.h"

namespace assay::backend {
namespace {

constexpr std::array kFirst{
    Entry{"llama", "llama.cpp in a worker process of its own: GGUF files", true, false, probe_llama,
          make_llama, nullptr, tokens_llama, true},
    Entry{"transformers", "PyTorch and transformers in a worker process: model folders", true, false,
          probe_transformers, make_transformers},
    Entry{"ollama", "Ollama's server: ollama:NAME:TAG", false, true, probe_ollama, make_ollama, list_ollama},
};
constexpr std::array kLast{
    Entry{"anthropic", "Anthropic's service", false, true, probe_anthropic, make_anthropic},
    Entry{"answers", "answers made elsewhere, read from a JSONL file by case id", true, false, always_ready,
          make_answers},
    Entry{"fake", "scripted answers, times and faults: try a suite without any engine", false, false,
          always_ready, make_fake},
};

/// The servers of OpenAI's protocol have a table of their own.
std::vector<Entry> all_engines() {
  std::vector<Entry> all(kFirst.begin(), kFirst.end());
  for (const OpenAiFlavour& flavour : openai_flavours())
    all.push_back({flavour.name, flavour.help, false, true, probe_openai, make_openai, list_openai});
  all.insert(all.end(), kLast.begin(), kLast.end());
  return all;
}

}  // namespace

std::optional<Error> always_ready(std::string_view /*engine*/) {
  return std::nullopt;
}

std::span<const Entry> table() {
  static const std::vector<Entry> all = all_engines();
  return all;
}

const Entry* find(std::string_view name) {
  const std::span<const Entry> all = table();
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const Entry& entry) { return entry.name == name; });
  return at == all.end() ? nullptr : &*at;
}

Result<std::unique_ptr<Backend>> make(const record::ModelSpec& spec, MakeContext context) {
  const Entry* entry = find(spec.engine);
  if (entry == nullptr) {
    std::vector<std::string> names;
    for (const Entry& known : table()) names.emplace_back(known.name);
    const std::string near = nearest(spec.engine, names);
    return fail({.code = Code::bad_input,
                 .where = spec.where,
                 .found = "unknown engine '" + spec.engine + "'",
                 .expected = "one of: " + join(names, ", "),
                 .remedy = near.empty() ? std::string{} : "Did you mean '" + near + "'?"});
  }
  // The address of a model is stored and shown; a password has no business there.
  if (without_secrets(spec.url) != spec.url) {
    return fail({.code = Code::bad_input,
                 .where = spec.where,
                 .found = fmt::format("the address {} is given with a user or password in it",
                                      without_secrets(spec.url)),
                 .expected = "the address alone",
                 .remedy = "Keys come from the environment: docs/engines.md"});
  }
  auto made = entry->make(spec, context);
  if (!made && made.error().where.file.empty()) {
    Error error = std::move(made.error());
    error.where = spec.where;
    return fail(std::move(error));
  }
  return made;
}

}  // namespace assay::backend
