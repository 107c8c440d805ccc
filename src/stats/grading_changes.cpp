#include "stats/grading_changes.h"

#include <map>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::stats {
namespace {

constexpr std::string_view kNothing = "–";

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// "evaluator numeric" → "1", "icu" → "72.1": everything that can alter a verdict, by a name for people.
std::map<std::string, std::string> parts_of(const GradingRecord& record) {
  std::map<std::string, std::string> parts{{"grading", record.grading}};
  if (!record.versions.is_object()) return parts;
  for (const auto& [name, value] : record.versions.items()) {
    if (name == "judging") continue;  // judges and their prompt have lines of their own in a comparison
    if (value.is_object()) {          // "python": {"version", "library"}
      for (const auto& [part, of_it] : value.items())
        parts[fmt::format("{} {}", name, part)] = text_of(of_it);
      continue;
    }
    if (!value.is_array()) {
      parts[name] = text_of(value);
      continue;
    }
    // "evaluators": ["numeric@1"]
    const std::string kind = name.substr(0, name.size() - 1);
    for (const Json& label : value) {
      const std::string text = text_of(label);
      const std::size_t at = text.find('@');
      parts[kind + " " + text.substr(0, at)] = at == std::string::npos ? text : text.substr(at + 1);
    }
  }
  return parts;
}

}  // namespace

std::vector<Change> grading_changes(const GradingRecord& a, const GradingRecord& b) {
  const std::map<std::string, std::string> of_a = parts_of(a);
  const std::map<std::string, std::string> of_b = parts_of(b);
  std::map<std::string, std::string> names = of_a;
  names.insert(of_b.begin(), of_b.end());
  std::vector<Change> changes;
  for (const auto& [name, unused] : names) {
    const auto in = [&](const std::map<std::string, std::string>& parts) {
      const auto found = parts.find(name);
      return found == parts.end() ? std::string(kNothing) : found->second;
    };
    if (in(of_a) != in(of_b)) changes.push_back({"judged by: " + name, in(of_a), in(of_b)});
  }
  return changes;
}

Note judged_differently(const std::vector<Change>& changes, const std::string& letter) {
  std::vector<std::string> names;
  for (const Change& change : changes) names.push_back(change.what.substr(change.what.find(": ") + 2));
  return {.kind = "judged_differently",
          .text = fmt::format("A and {} were judged differently ({}), so a difference in accuracy may be the "
                              "rules' and not the models'; 'assay grade' judges both alike",
                              letter, join(names, ", ")),
          .row = std::nullopt,
          .case_ids = {}};
}

}  // namespace assay::stats
