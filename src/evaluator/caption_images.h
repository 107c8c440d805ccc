// In how many images' reference captions an n-gram occurs: what CIDEr weighs words by.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "evaluator/ngram_scores.h"
#include "record/value.h"

namespace assay::evaluator {

constexpr std::size_t kCiderOrders = 4;

/// The n-grams of one caption, n = 1 to 4.
using CaptionGrams = std::array<NgramCounts, kCiderOrders>;
CaptionGrams grams_of(const std::vector<std::string>& tokens);

/// Of images whose references are not here: a file with {"images": 40504, "document_frequency": {"a dog":
/// 917, …}}, n-grams of one to four tokens, with a blank between them.
class CaptionFrequencies {
 public:
  /// Errors: bad_input without place.
  static Result<std::shared_ptr<const CaptionFrequencies>> from(const record::Value& written);
  std::size_t images() const { return images_; }
  double idf(const std::string& gram) const;
  /// Twelve digits of SHA-256 of what was written, for signatures.
  const std::string& hash() const { return hash_; }

 private:
  std::unordered_map<std::string, std::size_t> seen_;
  std::size_t images_ = 0;
  std::string hash_;
};

/// Filled while the cases of a suite are compiled, one after the other; read by any number of threads after
/// close().
class CaptionImages {
 public:
  /// The same file is read once for all cases until close(). Errors: as CaptionFrequencies::from().
  Result<std::shared_ptr<const CaptionFrequencies>> frequencies(const record::Value& written);
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
  /// By the place where a check keeps it: checks live as long as the plan that fills this.
  std::unordered_map<const record::Value*, std::shared_ptr<const CaptionFrequencies>> files_;
};

/// The option `df` of a check where it is no `refs`; nullptr: the suite's references count.
const record::Value* caption_frequencies_of(const record::Value& options);

/// Such weights need at least two images.
Error single_image(const Location& where);

}  // namespace assay::evaluator
