// Two runs as one, so that a model of the one can be compared with a model of the other by the same tests as
// two models of one run; and what else differs between them, which a reader must know before any number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "record/run.h"
#include "record/sample.h"

namespace assay::stats {

/// One thing that is not the same on both sides.
struct Change {
  std::string what;  ///< "engine version of tiny-s", "machine: processor"
  std::string a, b;  ///< "–" where a side does not say
};

/// A model of run A and the model of run B that it is compared with, as indexes into their runs.
using ModelPair = std::pair<std::uint32_t, std::uint32_t>;

/// The pairs that a comparison without further words means: models of equal label, else the only two there
/// are.
std::vector<ModelPair> natural_pairs(const record::Run& a, const record::Run& b);

class SideBySide {
 public:
  /// Both runs outlive it. `letter` is how the second side is called, where there are more than two.
  SideBySide(const record::Run& a, const record::Run& b, std::vector<ModelPair> pairs,
             const std::string& letter = "B");

  /// A run whose models are A's and B's in turn ("A: tiny-s", "B: tiny-s"), with the cells of both.
  const record::Run& run() const { return merged_; }
  /// The indexes of its models that are compared.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> compared() const;
  /// The sample as one of the merged run, or nullopt when its model is not compared.
  std::optional<record::Sample> of_a(record::Sample&& sample) const;
  std::optional<record::Sample> of_b(record::Sample&& sample) const;
  std::vector<Change> changes() const;

 private:
  std::optional<record::Sample> moved(record::Sample&& sample, bool is_b) const;

  const record::Run& a_;
  const record::Run& b_;
  std::vector<ModelPair> pairs_;
  record::Run merged_;
  std::vector<std::uint32_t> cells_of_b_;  ///< B's cell → the merged run's
};

}  // namespace assay::stats
