#include "backend/scored.h"

#include "base/check.h"

namespace assay::backend {

std::vector<Event> scored_events(RequestId id, Nanos at, std::vector<std::string> continuations,
                                 const std::vector<record::ChoiceScore>& scores) {
  CHECK(continuations.size() == scores.size());
  std::vector<record::ScoredChoice> choices;
  for (std::size_t i = 0; i < scores.size(); ++i)
    choices.push_back({.text = std::move(continuations[i]), .score = scores[i]});
  Finished finished;
  finished.at = at;
  finished.finish = record::kScored;
  finished.counts.source = record::CountSource::engine;
  return {{id, Tokens{{}, record::scores_text(choices), {}}}, {id, std::move(finished)}};
}

Event too_long_to_score(RequestId id, Nanos at) {
  Finished finished;
  finished.at = at;
  finished.finish = record::kScored;
  finished.flags = record::bit(record::Flag::truncated_prompt);
  return {id, std::move(finished)};
}

}  // namespace assay::backend
