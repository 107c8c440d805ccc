#include "evaluator/text_rules.h"

#include "base/check.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

std::optional<std::string> replaced(const Pattern& pattern, std::string_view replacement,
                                    const std::string& text) {
  if (text.size() > kMaxPatternText) return std::nullopt;
  StepBudget budget = Pattern::budget(text);
  std::string made;
  std::size_t at = 0;
  while (true) {
    const MatchResult found = pattern.match(text, at, budget);
    if (found.state == MatchState::limit) return std::nullopt;
    if (found.state == MatchState::none) break;
    const GroupSpan whole = *found.match.groups.front();
    made.append(text, at, whole.begin - at);
    for (std::size_t i = 0; i < replacement.size(); ++i) {
      const bool group = replacement[i] == '$' && i + 1 < replacement.size();
      if (!group) {
        made.push_back(replacement[i]);
        continue;
      }
      const auto number = static_cast<std::size_t>(replacement[++i] - '0');
      const auto& span = found.match.groups.at(number);
      if (span) made.append(text, span->begin, span->end - span->begin);
    }
    at = whole.end;
  }
  made.append(text, at);
  return made;
}

}  // namespace

void Replacer::add(const TextRule& rule) {
  // Python's patterns: classes by Unicode, and `.` stops at line feeds only, of which none is left here.
  Result<Pattern> compiled = Pattern::compile(rule.pattern, {.flags = "u"});
  CHECK(compiled.has_value());
  rules_.emplace_back(std::move(*compiled), rule.replacement);
}

void Replacer::add(std::span<const TextRule> rules) {
  for (const TextRule& rule : rules) add(rule);
}

std::optional<std::string> Replacer::operator()(std::string text) const {
  for (const auto& [pattern, replacement] : rules_) {
    std::optional<std::string> made = replaced(pattern, replacement, text);
    if (!made) return std::nullopt;
    text = *std::move(made);
  }
  return text;
}

std::string python_lower(std::string_view text) {
  std::string plain = lower(text);
  for (char& c : plain) {
    if (c >= '\x1c' && c <= '\x1f') c = ' ';
  }
  return plain;
}

}  // namespace assay::evaluator
