// The distribution of very many values (every gap between two tokens of a run) in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace assay::stats {

/// Exact up to kExactValues; above that a histogram whose buckets are 1/256 of a power of two wide, so that a
/// quantile is within 0.2 % of a value that was measured. Smallest, largest, count and sum stay exact.
/// 100,000 samples of 512 tokens are 51 million gaps: 400 MB as numbers, some 20 KB as buckets (8 bytes each;
/// gaps from 0.1 ms to 100 ms span ten powers of two). Source  G. Tene's HdrHistogram, on the bits of the
/// floating-point number instead of those of a whole one.
class Spread {
 public:
  /// Shape: value >= 0 and finite.
  void add(double value);
  std::uint64_t count() const { return count_; }
  bool exact() const { return !spilled_; }
  // Absent while empty:
  std::optional<double> mean() const;
  std::optional<double> min() const;
  std::optional<double> max() const;
  /// Absent while empty. Type 7 while exact; else the middle of the bucket that holds rank p·(n-1), never
  /// outside min … max.
  std::optional<double> quantile(double p) const;

  static constexpr std::size_t kExactValues = 16'384;

 private:
  void spill();
  void count_in_bucket(double value);

  std::vector<double> values_;
  std::vector<std::uint64_t> buckets_;
  std::uint64_t first_bucket_ = 0;  ///< number of buckets_[0]
  std::uint64_t count_ = 0;
  double sum_ = 0, min_ = 0, max_ = 0;
  bool spilled_ = false;
};

}  // namespace assay::stats
