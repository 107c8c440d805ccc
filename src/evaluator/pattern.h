// Regular expressions with fixed meaning and bounded work. The only place that names PCRE2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay::evaluator {

constexpr std::size_t kMaxPatternBytes = 8U << 10U;
constexpr std::size_t kMaxPatternText = 4U << 20U;

struct PatternOptions {
  std::string flags;  ///< letters of i m s x u
  bool full = false;  ///< the match must span the whole text
};

/// Where a group took part, in bytes of the text.
struct GroupSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const GroupSpan&) const = default;
};

struct Match {
  /// Group 0 is the whole match; absent groups did not take part.
  std::vector<std::optional<GroupSpan>> groups;
};

enum class MatchState { found, none, limit };

struct MatchResult {
  MatchState state = MatchState::none;
  Match match;          ///< when found
  std::string trouble;  ///< when a limit was hit: which one
};

/// Work that one or several matches may still do; see pattern.cpp.
struct StepBudget {
  std::uint64_t left = 0;
};

/// A compiled pattern. PCRE2 syntax; UTF-8; \d \w \s \b and [[:classes:]] are ASCII without the flag u; `$`
/// without m is only the very end; `.` stops at CR and LF. Values are shared and unchangeable: copies are
/// cheap, any thread.
class Pattern {
 public:
  /// Errors: bad_input without place: too long, an unknown flag, or not compiling (with the offset in
  /// characters).
  static Result<Pattern> compile(std::string_view pattern, const PatternOptions& options);

  /// The first match that begins at byte `from` or later. `text` is valid UTF-8, `from` the start of a
  /// character. `budget` is what all matches on one text share.
  MatchResult match(std::string_view text, std::size_t from, StepBudget& budget) const;
  /// The same from the start, with a budget of its own.
  MatchResult match(std::string_view text) const;
  static StepBudget budget(std::string_view text);
  /// Number of a named group, or of `name` read as a number; absent when the pattern has no such group.
  std::optional<std::size_t> group_number(std::string_view name) const;

 private:
  struct Code;
  explicit Pattern(std::shared_ptr<const Code> code) : code_(std::move(code)) {}
  std::shared_ptr<const Code> code_;
};

/// "10.42"
std::string pattern_engine_version();

}  // namespace assay::evaluator
