// Who of the waiting requests goes next, and how long one that needs much room lets others by.
#pragma once

#include <cstddef>
#include <vector>

namespace assay::llama {

enum class Admission {
  admitted,
  waits,  ///< for room, or for a beginning that another is computing: who comes later may go first
  full,   ///< nobody may
};

/// Offers a place to each of `waiting` in the order in which they came, and takes out those that `attempt`
/// admits. One that waits is passed by whoever fits, so that no room lies idle; but after `most_passed` of
/// them nobody younger is admitted before it. As running requests end, it then gets its room: without this
/// bound short ones would keep it waiting for as long as they come.
/// A request counts in `passed` those that went before it.
template <class Request, class Attempt>
void admit_in_turn(std::vector<Request>& waiting, std::size_t most_passed, const Attempt& attempt) {
  for (auto at = waiting.begin(); at != waiting.end();) {
    const Admission how = attempt(*at);
    if (how == Admission::full) return;
    if (how == Admission::admitted) {
      at = waiting.erase(at);
      for (auto older = waiting.begin(); older != at; ++older) ++older->passed;
    } else {
      if (at->passed >= most_passed) return;
      ++at;
    }
  }
}

}  // namespace assay::llama
