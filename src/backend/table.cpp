#include "backend/table.h"

#include <algorithm>
#include <array>
#include <vector>

#include "backend/entries.h"
#include "base/text.h"

namespace assay::backend {
namespace {

constexpr std::array kEngines{
    Entry{"llama", "llama.cpp in a worker process of its own: GGUF files", true, probe_llama, make_llama},
    Entry{"answers", "answers made elsewhere, read from a JSONL file by case id", true, always_ready,
          make_answers},
    Entry{"fake", "scripted answers, times and faults: try a suite without any engine", false, always_ready,
          make_fake},
};

}  // namespace

std::optional<Error> always_ready() {
  return std::nullopt;
}

std::span<const Entry> table() {
  return kEngines;
}

const Entry* find(std::string_view name) {
  const auto at =
      std::find_if(kEngines.begin(), kEngines.end(), [&](const Entry& entry) { return entry.name == name; });
  return at == kEngines.end() ? nullptr : &*at;
}

Result<std::unique_ptr<Backend>> make(const record::ModelSpec& spec, MakeContext context) {
  const Entry* entry = find(spec.engine);
  if (entry == nullptr) {
    std::vector<std::string> names;
    for (const Entry& known : kEngines) names.emplace_back(known.name);
    const std::string near = nearest(spec.engine, names);
    return fail({.code = Code::bad_input,
                 .where = spec.where,
                 .found = "unknown engine '" + spec.engine + "'",
                 .expected = "one of: " + join(names, ", "),
                 .remedy = near.empty() ? std::string{} : "Did you mean '" + near + "'?"});
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
