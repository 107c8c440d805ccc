// Models that turn a text into a vector. The interface is here and its implementation where engines are wired
// (cli/), as with judges.h. No engine of this build has one yet.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace assay::evaluator {

/// Thread    embed() from any number of threads; it may let them wait for each other.
class Embeddings {
 public:
  virtual ~Embeddings() = default;
  /// The vector of `text` by `model` (as a suite writes it). Errors: the model is lost, which says nothing
  /// about the answer.
  virtual Result<std::vector<double>> embed(const std::string& model, const std::string& text) = 0;
};

}  // namespace assay::evaluator
