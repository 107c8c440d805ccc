// Lists of patterns that are replaced one after the other, as normalisers of transcripts do.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evaluator/pattern.h"

namespace assay::evaluator {

/// A pattern and what stands for its matches; $1 to $3 in it are groups.
struct TextRule {
  std::string_view pattern;
  std::string_view replacement;
};

class Replacer {
 public:
  Replacer() = default;
  explicit Replacer(std::span<const TextRule> rules) { add(rules); }
  /// Behind those that are there. The patterns are ours: one that does not compile is a bug.
  void add(const TextRule& rule);
  void add(std::span<const TextRule> rules);

  /// Every rule on what the one before made. Absent when a limit of the patterns was hit, or the text has
  /// more than 4 MiB.
  std::optional<std::string> operator()(std::string text) const;

 private:
  std::vector<std::pair<Pattern, std::string>> rules_;
};

/// What stands in brackets goes, as every normaliser here begins.
inline constexpr std::array kBracketRules{
    TextRule{R"([<\[][^>\]]*[>\]])", ""},
    TextRule{R"(\(([^)]+?)\))", ""},
};

/// Lower case. The ASCII separators 1C to 1F become blanks: they are white space for Python, in which the
/// references are written, and for nobody else here.
std::string python_lower(std::string_view text);

}  // namespace assay::evaluator
