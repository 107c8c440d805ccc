#include "evaluator/caption_images.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/hash.h"
#include "evaluator/evaluator.h"
#include "evaluator/options.h"
#include "evaluator/words.h"

namespace assay::evaluator {

namespace {

Error no_frequencies(std::string found) {
  return suite_error(
      std::move(found), "{images: 40504, document_frequency: {a dog: 917, …}}",
      "Counts of images whose references have the n-gram, which is one to four tokens with blanks");
}

std::optional<std::size_t> count_from(const record::Value* value) {
  if (value == nullptr || value->kind != record::Value::Kind::number) return std::nullopt;
  std::size_t count = 0;
  const char* end = value->text.data() + value->text.size();
  const auto [stop, error] = std::from_chars(value->text.data(), end, count);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return count;
}

double idf_of(std::size_t images, std::size_t seen) {
  return std::log(static_cast<double>(std::max<std::size_t>(1, images))) -
         std::log(static_cast<double>(std::max<std::size_t>(1, seen)));
}

}  // namespace

Result<std::shared_ptr<const CaptionFrequencies>> CaptionFrequencies::from(const record::Value& written) {
  auto made = std::make_shared<CaptionFrequencies>();
  const auto images = count_from(written.find("images"));
  const record::Value* frequencies = written.find("document_frequency");
  if (written.keys.size() != 2 || !images || *images < 2 || frequencies == nullptr ||
      frequencies->kind != record::Value::Kind::mapping)
    return fail(no_frequencies("df of cider is no table of document frequencies"));
  made->images_ = *images;
  for (std::size_t i = 0; i < frequencies->keys.size(); ++i) {
    const std::string& key = frequencies->keys[i];
    const auto count = count_from(&frequencies->items[i]);
    const std::vector<std::string_view> tokens = words_of(key);
    if (!count || *count > *images || tokens.empty() || tokens.size() > kCiderOrders)
      return fail(no_frequencies(fmt::format("df of cider has {} for {}",
                                             as_quoted(as_text(frequencies->items[i])), as_quoted(key))));
    const NgramCounts gram = ngrams(std::vector<std::string>(tokens.begin(), tokens.end()), tokens.size());
    made->seen_[gram.begin()->first] = *count;
  }
  made->hash_ = short_hash(canonical(written), 12);
  return made;
}

double CaptionFrequencies::idf(const std::string& gram) const {
  const auto found = seen_.find(gram);
  return idf_of(images_, found == seen_.end() ? 1 : found->second);
}

Result<std::shared_ptr<const CaptionFrequencies>> CaptionImages::frequencies(const record::Value& written) {
  if (closed_) return CaptionFrequencies::from(written);
  auto& known = files_[&written];
  if (known != nullptr) return known;
  const Result<std::shared_ptr<const CaptionFrequencies>> made = CaptionFrequencies::from(written);
  if (made) known = *made;
  return made;
}

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
  return idf_of(images_, found == seen_.end() ? 1 : found->second);
}

const record::Value* caption_frequencies_of(const record::Value& options) {
  const record::Value* df = options.find("df");
  return df == nullptr || (df->kind == record::Value::Kind::text && df->text == "refs") ? nullptr : df;
}

Error single_image(const Location& where) {
  // ln(1) − ln(1) is 0 for every word, and so is CIDEr.
  Error error = suite_error("cider in a suite with one image", "references of at least two images",
                            "It weighs words by how few images' references have them");
  error.where = where;
  return error;
}

}  // namespace assay::evaluator
