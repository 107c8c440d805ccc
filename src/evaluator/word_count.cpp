// word-count: so many words, or between two numbers of them.
#include "evaluator/methods.h"

#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "evaluator/options.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

class WordCount final : public Evaluator {
 public:
  WordCount(std::size_t least, std::size_t most) : least_(least), most_(most) {}

  Judgement judge(const Subject& subject) const override {
    const std::size_t count = count_words(subject.text);
    return matched(count >= least_ && count <= most_, fmt::format("{} words, expected {}", count, wanted()));
  }

 private:
  std::string wanted() const {
    if (least_ == most_) return fmt::format("{}", least_);
    if (most_ == kNoLimit) return fmt::format("at least {}", least_);
    return least_ == 0 ? fmt::format("at most {}", most_) : fmt::format("{} to {}", least_, most_);
  }

  std::size_t least_;
  std::size_t most_;
};

std::optional<std::size_t> count_from(std::string_view text) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return count;
}

Error no_count(std::string_view what, std::string_view text) {
  return suite_error(fmt::format("{} of word-count is {}", what, as_quoted(text)),
                     "a whole number that is not negative", "Give one number, or 'min' or 'max' or both");
}

}  // namespace

MadeEvaluator make_word_count(const Recipe& recipe) {
  const Options options(recipe.options);
  if (!options.has("min") && !options.has("max")) {
    if (recipe.value == nullptr) {
      return fail(suite_error("word-count has nothing to compare with", "a number of words, 'min' or 'max'"));
    }
    const std::string text = as_text(*recipe.value);
    const std::optional<std::size_t> count = recipe.value->is_scalar() ? count_from(text) : std::nullopt;
    if (!count) return fail(no_count("the value", text));
    return std::make_unique<WordCount>(*count, *count);
  }
  const auto limit = [&](std::string_view name, std::size_t otherwise) {
    return options.has(name) ? count_from(options.text(name, "")) : std::optional(otherwise);
  };
  const std::optional<std::size_t> least = limit("min", 0);
  const std::optional<std::size_t> most = limit("max", kNoLimit);
  if (!least) return fail(no_count("option 'min'", options.text("min", "")));
  if (!most) return fail(no_count("option 'max'", options.text("max", "")));
  if (*least > *most) {
    return fail(suite_error(fmt::format("word-count has min {} and max {}", *least, *most),
                            "min that is not above max"));
  }
  return std::make_unique<WordCount>(*least, *most);
}

}  // namespace assay::evaluator
