// replace: every match of a pattern becomes another text, or nothing.
#include "evaluator/filters.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "evaluator/evaluator.h"
#include "evaluator/options.h"
#include "evaluator/pattern.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

/// An answer of 4 MiB, in which each letter may become several.
constexpr std::size_t kMaxMade = 4 * kMaxPatternText;

/// A piece of `with`: a text, and then what a group matched.
struct Piece {
  std::string text;
  std::optional<std::size_t> group;
};

/// $0 to $9 are groups, $$ is a dollar sign. Absent for a '$' before anything else.
std::optional<std::vector<Piece>> pieces_of(std::string_view with) {
  std::vector<Piece> pieces;
  std::string text;
  for (std::size_t at = 0; at < with.size(); ++at) {
    if (with[at] != '$') {
      text.push_back(with[at]);
      continue;
    }
    const char next = ++at < with.size() ? with[at] : ' ';
    if (next == '$') {
      text.push_back('$');
    } else if (next >= '0' && next <= '9') {
      pieces.push_back({.text = std::move(text), .group = static_cast<std::size_t>(next - '0')});
      text.clear();
    } else {
      return std::nullopt;
    }
  }
  pieces.push_back({.text = std::move(text), .group = std::nullopt});
  return pieces;
}

class ReplaceFilter final : public TextFilter {
 public:
  ReplaceFilter(Pattern pattern, std::vector<Piece> pieces)
      : pattern_(std::move(pattern)), pieces_(std::move(pieces)) {}

  Filtered apply(std::string_view text, const FilterContext& /*context*/) const override {
    StepBudget budget = Pattern::budget(text);
    std::string made;
    std::size_t kept = 0;  // what stands before it is in `made`
    bool found_any = false;
    for (std::size_t from = 0; from <= text.size() && made.size() <= kMaxMade;) {
      const MatchResult found = pattern_.match(text, from, budget);
      if (found.state == MatchState::limit) return Filtered::gave_up(found.trouble);
      if (found.state == MatchState::none) break;
      found_any = true;
      const GroupSpan whole = found.match.groups[0].value_or(GroupSpan{.begin = from, .end = from});
      made.append(text.substr(kept, whole.begin - kept));
      append_replacement(text, found.match, made);
      kept = whole.end;
      // Behind a match of nothing the next one begins a character later.
      from = whole.end > whole.begin
                 ? whole.end
                 : whole.end + std::max<std::size_t>(1, code_point_at(text, whole.end).length);
    }
    if (!found_any) return Filtered::part(text);
    made.append(text.substr(kept));
    if (made.size() > kMaxMade) return Filtered::gave_up(fmt::format("it made more than {} bytes", kMaxMade));
    return Filtered::text(std::move(made));
  }

 private:
  void append_replacement(std::string_view text, const Match& match, std::string& made) const {
    for (const Piece& piece : pieces_) {
      made += piece.text;
      if (!piece.group || *piece.group >= match.groups.size()) continue;
      if (const auto& span = match.groups[*piece.group])
        made.append(text.substr(span->begin, span->end - span->begin));
    }
  }

  Pattern pattern_;
  std::vector<Piece> pieces_;
};

}  // namespace

MadeFilter make_replace(std::string_view /*name*/, const record::Value& options) {
  const Options read(options);
  const std::string text = read.text("pattern", "");
  if (text.empty()) return fail(suite_error("the filter replace has no pattern", "a pattern"));
  Result<Pattern> pattern = Pattern::compile(text, {.flags = read.text("flags", ""), .full = false});
  if (!pattern) return fail(pattern.error());
  const std::string with = read.text("with", "");
  std::optional<std::vector<Piece>> pieces = pieces_of(with);
  if (!pieces) {
    return fail(suite_error(fmt::format("option 'with' of replace is {}", as_quoted(with)),
                            "a text in which '$' stands before the number of a group, 0 to 9",
                            "A dollar sign itself is written $$"));
  }
  for (const Piece& piece : *pieces) {
    if (!piece.group || pattern->group_number(std::to_string(*piece.group))) continue;
    return fail(suite_error(fmt::format("the pattern {} has no group {}", as_quoted(text), *piece.group),
                            "the number of one of its groups; 0 is the whole match"));
  }
  return std::make_unique<ReplaceFilter>(std::move(*pattern), *std::move(pieces));
}

}  // namespace assay::evaluator
