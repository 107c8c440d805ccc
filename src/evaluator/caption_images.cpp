#include "evaluator/caption_images.h"

#include <algorithm>
#include <cmath>

#include "evaluator/options.h"

namespace assay::evaluator {

CaptionGrams grams_of(const std::vector<std::string>& tokens) {
  CaptionGrams grams;
  for (std::size_t n = 1; n <= kCiderOrders; ++n) grams[n - 1] = ngrams(tokens, n);
  return grams;
}

void CaptionImages::add(std::string_view case_id, const std::vector<CaptionGrams>& references) {
  if (closed_) return;
  if (images_ == 0 || case_id != last_) {
    last_ = case_id;
    of_last_.clear();
    ++images_;
  }
  for (const CaptionGrams& reference : references) {
    for (const NgramCounts& order : reference) {
      for (const auto& [gram, count] : order) {
        if (of_last_.insert(gram).second) ++seen_[gram];
      }
    }
  }
}

double CaptionImages::idf(const std::string& gram) const {
  const auto found = seen_.find(gram);
  const auto seen = static_cast<double>(found == seen_.end() ? 1 : found->second);
  return std::log(static_cast<double>(std::max<std::size_t>(1, images_))) - std::log(seen);
}

Error single_image(const Location& where) {
  // ln(1) − ln(1) is 0 for every word, and so is CIDEr.
  Error error = suite_error("cider in a suite with one image", "references of at least two images",
                            "It weighs words by how few images' references have them");
  error.where = where;
  return error;
}

}  // namespace assay::evaluator
