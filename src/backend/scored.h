// How the figures of scored continuations become events, for every engine that has them.
#pragma once

#include <string>
#include <vector>

#include "backend/backend.h"
#include "record/choice_score.h"

namespace assay::backend {

/// The answer's text (record::scores_text) and its end, `finish` "scored". No token was generated, so there
/// is no token event and no count of output. The lists are parallel.
std::vector<Event> scored_events(RequestId id, Nanos at, std::vector<std::string> continuations,
                                 const std::vector<record::ChoiceScore>& scores);

/// The end of a request whose prompt and continuations do not fit into the context.
Event too_long_to_score(RequestId id, Nanos at);

}  // namespace assay::backend
