// In how many images' reference captions an n-gram occurs: what CIDEr weighs words by.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "evaluator/ngram_scores.h"

namespace assay::evaluator {

constexpr std::size_t kCiderOrders = 4;

/// The n-grams of one caption, n = 1 to 4.
using CaptionGrams = std::array<NgramCounts, kCiderOrders>;
CaptionGrams grams_of(const std::vector<std::string>& tokens);

/// Filled while the cases of a suite are compiled, one after the other; read by any number of threads after
/// close().
class CaptionImages {
 public:
  /// The references of one image. A second call for the same image in a row adds to it.
  void add(std::string_view case_id, const std::vector<CaptionGrams>& references);
  /// From now on add() does nothing.
  void close() { closed_ = true; }
  std::size_t images() const { return images_; }
  /// ln(images) − ln(max(1, images that have it)); 0 with one image.
  double idf(const std::string& gram) const;

 private:
  std::unordered_map<std::string, std::size_t> seen_;
  std::unordered_set<std::string> of_last_;  ///< n-grams of the image that is being added
  std::string last_;
  std::size_t images_ = 0;
  bool closed_ = false;
};

/// Such weights need at least two images.
Error single_image(const Location& where);

}  // namespace assay::evaluator
