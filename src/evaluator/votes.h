// What judges reply, and the verdict that their votes make. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evaluator/evaluator.h"

namespace assay::evaluator {

enum class VoteForm {
  rubric,     ///< {"reason": text, "verdict": "pass" | "fail", "score": 0..1}
  factuality  ///< {"reason": text, "verdict": "A" … "E"}
};

/// A vote that could be read.
struct JudgeVote {
  bool pass = false;
  double score = 0;  ///< 0..1
  std::string reason;
  bool operator==(const JudgeVote&) const = default;
};

struct VoteRules {
  VoteForm form = VoteForm::rubric;
  double threshold = 0.5;     ///< a vote passes when its score reaches this, and its verdict says so
  bool partial = false;       ///< the judge's own score counts; else it is 1 or 0
  std::uint32_t planned = 1;  ///< votes
  std::uint32_t quorum = 1;   ///< votes that must be readable
};

/// JSON schema of a reply, for engines that can be held to one: every member required and no other, which is
/// what OpenAI's strict form wants, and no bounds of numbers, which it does not take.
Json vote_schema(VoteForm form);

/// Reads one reply: after its reasoning, and without one code fence around it, it must be one JSON object and
/// nothing else. Words in free text are never read. Absent: the reply is no vote.
std::optional<JudgeVote> read_vote(std::string_view reply, const VoteRules& rules);

/// The majority of the votes that could be read decides, and the score is their mean. `votes`: one per
/// planned vote. Fewer than the quorum: `ungraded: judge_quorum` (of one planned vote: judge_unparsable). As
/// many for as against: `ungraded: judge_tie`.
Judgement count_votes(const std::vector<std::optional<JudgeVote>>& votes, const VoteRules& rules);

}  // namespace assay::evaluator
