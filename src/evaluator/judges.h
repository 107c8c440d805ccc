// Models that judge. The interface is here and its implementation where engines are wired (cli/), so that
// grading knows no engine and tests can script every reply.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace assay::evaluator {

/// Thread    ask() from any number of threads; it may let them wait for each other.
class Judges {
 public:
  virtual ~Judges() = default;
  /// What `judge` (a model as a suite writes it) answers to `prompt`. `vote` counts the votes that this judge
  /// has on one answer, from 0; it varies the seed and nothing else. The reply is held to the JSON `schema`
  /// where the judge's engine can do that. Errors: the request failed, which says nothing about the answer
  /// that is judged.
  virtual Result<std::string> ask(const std::string& judge, const std::string& prompt, std::uint32_t vote,
                                  const Json& schema) = 0;
};

/// What a judge is told by an evaluator of this type (llm-rubric, factuality), with {0} for the delimiter,
/// {1} for the value and {2} for the answer.
std::string_view judge_form(std::string_view type);

}  // namespace assay::evaluator
