#include "evaluator/votes.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/json.h"
#include "evaluator/reasoning.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

// Subset, superset, same, contradiction, different without harm (as promptfoo weighs them).
constexpr std::array<std::pair<std::string_view, double>, 5> kCategories{
    {{"A", 1}, {"B", 1}, {"C", 1}, {"D", 0}, {"E", 1}}};

/// What stands in a single fence that is all of the text, else the text.
std::string_view without_fence(std::string_view text) {
  constexpr std::string_view kFence = "```";
  if (!text.starts_with(kFence) || !text.ends_with(kFence) || text.size() < 2 * kFence.size()) return text;
  const std::size_t line = text.find('\n');
  if (line == std::string_view::npos) return text;
  return trim_space(text.substr(line, text.size() - kFence.size() - line));
}

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<JudgeVote> rubric_vote(const Json& object, const VoteRules& rules) {
  const std::string verdict = text_of(object, "verdict");
  if (verdict != "pass" && verdict != "fail") return std::nullopt;
  JudgeVote vote{
      .pass = verdict == "pass", .score = verdict == "pass" ? 1.0 : 0.0, .reason = text_of(object, "reason")};
  const auto score = object.find("score");
  if (score != object.end() && !score->is_null()) {
    if (!score->is_number() || !(score->get<double>() >= 0 && score->get<double>() <= 1)) return std::nullopt;
    if (rules.partial) vote.score = score->get<double>();
  }
  vote.pass = vote.pass && vote.score >= rules.threshold;
  return vote;
}

std::optional<JudgeVote> factuality_vote(const Json& object, const VoteRules& rules) {
  const std::string verdict = text_of(object, "verdict");
  for (const auto& [name, score] : kCategories) {
    if (verdict == name)
      return JudgeVote{.pass = score >= rules.threshold,
                       .score = score,
                       .reason = verdict + ": " + text_of(object, "reason")};
  }
  return std::nullopt;
}

}  // namespace

Json vote_schema(VoteForm form) {
  Json words = Json::array({"pass", "fail"});
  if (form == VoteForm::factuality) {
    words = Json::array();
    for (const auto& [name, score] : kCategories) words.push_back(name);
  }
  Json schema{
      {"type", "object"},
      {"properties", {{"reason", {{"type", "string"}}}, {"verdict", {{"type", "string"}, {"enum", words}}}}},
      {"required", {"reason", "verdict"}},
      {"additionalProperties", false}};
  if (form == VoteForm::factuality) return schema;
  schema["properties"]["score"] = {{"type", "number"}};
  schema["required"].push_back("score");
  return schema;
}

std::optional<JudgeVote> read_vote(std::string_view reply, const VoteRules& rules) {
  const ReasoningSplit split = split_reasoning(reply, default_reasoning_tags(), false);
  if (!split.closed) return std::nullopt;
  const Result<Json> object = parse_json(without_fence(trim_space(split.answer)));
  if (!object || !object->is_object()) return std::nullopt;
  return rules.form == VoteForm::rubric ? rubric_vote(*object, rules) : factuality_vote(*object, rules);
}

Judgement count_votes(const std::vector<std::optional<JudgeVote>>& votes, const VoteRules& rules) {
  std::uint32_t read = 0;
  std::uint32_t pass = 0;
  double score = 0;
  std::string reason;
  for (const std::optional<JudgeVote>& vote : votes) {
    if (!vote) continue;
    ++read;
    pass += vote->pass ? 1 : 0;
    score += vote->score;
  }
  const std::string detail = fmt::format("{} of {} votes, {} pass", read, rules.planned, pass);
  if (read == 0 || read < rules.quorum)
    return ungraded(rules.planned == 1 ? "judge_unparsable" : "judge_quorum", detail);
  if (2 * pass == read) return ungraded("judge_tie", detail);
  const bool passes = 2 * pass > read;
  for (const std::optional<JudgeVote>& vote : votes) {
    if (reason.empty() && vote && vote->pass == passes) reason = vote->reason;
  }
  Judgement judgement = matched(passes, detail + (reason.empty() ? "" : ": " + excerpt(reason)));
  judgement.score = score / read;
  return judgement;
}

}  // namespace assay::evaluator
