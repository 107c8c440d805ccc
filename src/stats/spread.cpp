#include "stats/spread.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/check.h"
#include "stats/quantile.h"

namespace assay::stats {
namespace {

/// A double's exponent and the first 8 bits of its fraction, read as one number, rise with its value: they
/// number the buckets. Limits keep the table below 131 KB: in milliseconds they are one nanosecond and 500
/// years.
constexpr unsigned kDroppedBits = 52 - 8;
constexpr double kSmallest = 0x1p-20;
constexpr double kLargest = 0x1p44;

std::uint64_t bucket_of(double value) {
  return std::bit_cast<std::uint64_t>(std::clamp(value, kSmallest, kLargest)) >> kDroppedBits;
}

double middle_of(std::uint64_t bucket) {
  const auto low = std::bit_cast<double>(bucket << kDroppedBits);
  const auto high = std::bit_cast<double>((bucket + 1) << kDroppedBits);
  return (low + high) / 2;
}

}  // namespace

void Spread::add(double value) {
  CHECK(value >= 0 && std::isfinite(value));
  min_ = count_ == 0 ? value : std::min(min_, value);
  max_ = count_ == 0 ? value : std::max(max_, value);
  sum_ += value;
  ++count_;
  if (spilled_) return count_in_bucket(value);
  values_.push_back(value);
  if (values_.size() > kExactValues) spill();
}

void Spread::spill() {
  spilled_ = true;
  for (const double value : values_) count_in_bucket(value);
  values_.clear();
  values_.shrink_to_fit();
}

void Spread::count_in_bucket(double value) {
  const std::uint64_t bucket = bucket_of(value);
  if (buckets_.empty()) first_bucket_ = bucket;
  if (bucket < first_bucket_) {
    buckets_.insert(buckets_.begin(), first_bucket_ - bucket, 0);
    first_bucket_ = bucket;
  }
  const std::uint64_t place = bucket - first_bucket_;
  if (place >= buckets_.size()) buckets_.resize(place + 1, 0);
  ++buckets_[place];
}

std::optional<double> Spread::mean() const {
  if (count_ == 0) return std::nullopt;
  return sum_ / static_cast<double>(count_);
}

std::optional<double> Spread::min() const {
  return count_ == 0 ? std::nullopt : std::optional(min_);
}
std::optional<double> Spread::max() const {
  return count_ == 0 ? std::nullopt : std::optional(max_);
}

std::optional<double> Spread::quantile(double p) const {
  if (count_ == 0) return std::nullopt;
  if (!spilled_) return stats::quantile(values_, p);
  if (p >= 1) return max_;
  const auto rank = static_cast<std::uint64_t>(p * static_cast<double>(count_ - 1));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen > rank) return std::clamp(middle_of(first_bucket_ + i), min_, max_);
  }
  return max_;
}

}  // namespace assay::stats
