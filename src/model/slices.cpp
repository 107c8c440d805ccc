#include "model/slices.h"

#include <algorithm>

#include "model/facts.h"
#include "model/synth.h"

namespace assay::model {
namespace {

constexpr std::uint64_t kSmall = 256ULL << 20U;
constexpr std::uint64_t kLargestSlice = 3ULL << 30U;
constexpr std::uint32_t kFewest = 4;
constexpr std::uint32_t kMost = 12;

ModelFacts facts_of(const Shape& shape, const FileType& mix, std::uint32_t layers) {
  return describe(layout_of(shape, mix, layers, shape.vocabulary));
}

double bytes_per_token(const Shape& shape, const FileType& mix, std::uint32_t layers) {
  const ModelFacts facts = facts_of(shape, mix, layers);
  return static_cast<double>(facts.bytes_per_token.value_or(facts.tensor_bytes));
}

}  // namespace

Slices slices_of(const Shape& shape, const FileType& mix) {
  if (facts_of(shape, mix, shape.layers).tensor_bytes <= kSmall || shape.layers <= kFewest)
    return {shape.layers, shape.layers};
  std::uint32_t more = std::clamp((shape.layers + 3) / 4, kFewest, kMost);
  while (more > kFewest && facts_of(shape, mix, more).tensor_bytes > kLargestSlice) --more;
  return {more / 3, more};
}

Reach reach_of(const Shape& shape, const FileType& mix, const Slices& slices) {
  if (slices.whole()) return {};
  const auto along = [&](double few, double more, double all) { return (all - few) / (more - few); };
  return {.decode = along(bytes_per_token(shape, mix, slices.few), bytes_per_token(shape, mix, slices.more),
                          bytes_per_token(shape, mix, shape.layers)),
          .prefill = along(slices.few, slices.more, shape.layers)};
}

}  // namespace assay::model
