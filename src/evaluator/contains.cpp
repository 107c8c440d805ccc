// contains, contains-all, contains-any and their i-forms: one text, all of a list, or any of a list occurs
// somewhere.
#include "evaluator/methods.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "evaluator/comma_list.h"
#include "evaluator/options.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

using record::Value;

enum class Need { all, any };

/// memmem: linear in the worst case, which string_view::find is not.
bool occurs(std::string_view needle, std::string_view text) {
  return memmem(text.data(), text.size(), needle.data(), needle.size()) != nullptr;
}

class Contains final : public Evaluator {
 public:
  Contains(std::vector<std::string> wanted, Need need, bool fold)
      : wanted_(std::move(wanted)), need_(need), fold_(fold) {
    for (const std::string& text : wanted_) needles_.push_back(fold ? fold_case(text) : text);
  }

  Judgement judge(const Subject& subject) const override {
    return fold_ ? search(fold_case(subject.text)) : search(subject.text);
  }

 private:
  Judgement search(std::string_view text) const {
    const bool stop_at = need_ == Need::any;
    for (std::size_t i = 0; i < needles_.size(); ++i) {
      if (occurs(needles_[i], text) != stop_at) continue;
      return stop_at ? passed("contains " + as_quoted(wanted_[i]))
                     : failed("mismatch", fmt::format("{} does not occur", as_quoted(wanted_[i])));
    }
    if (stop_at) return failed("mismatch", fmt::format("none of {} texts occurs", needles_.size()));
    return passed(needles_.size() == 1 ? "contains " + as_quoted(wanted_[0])
                                       : fmt::format("contains all {} texts", needles_.size()));
  }

  std::vector<std::string> wanted_;
  std::vector<std::string> needles_;
  Need need_;
  bool fold_;
};

Error unusable(std::string_view type, std::string_view what, std::string expected) {
  return suite_error(fmt::format("the value of {} {}", type, what), std::move(expected));
}

/// The texts of a list, or of one string with commas.
Result<std::vector<std::string>> texts_of(const Recipe& recipe) {
  if (recipe.value->is_scalar()) return comma_list(as_text(*recipe.value), recipe.type);
  std::vector<std::string> texts;
  for (const Value& item : recipe.value->items) {
    if (recipe.value->kind == Value::Kind::mapping || !item.is_scalar()) {
      return fail(unusable(recipe.type, "is not a plain list", "a list of texts, or one text with commas"));
    }
    texts.push_back(as_text(item));
  }
  return texts;
}

}  // namespace

MadeEvaluator make_contains(const Recipe& recipe) {
  const bool fold = recipe.type.starts_with('i');
  const bool several = recipe.type.ends_with("-all") || recipe.type.ends_with("-any");
  std::vector<std::string> texts;
  if (several) {
    Result<std::vector<std::string>> read = texts_of(recipe);
    if (!read) return fail(std::move(read.error()));
    texts = std::move(*read);
    if (texts.empty()) return fail(unusable(recipe.type, "is an empty list", "at least one text"));
  } else {
    if (!recipe.value->is_scalar()) {
      return fail(suite_error(
          fmt::format("the value of {} is {}", recipe.type, record::name_of(recipe.value->kind)),
          "text or a number", fmt::format("For a list use {}-all or {}-any", recipe.type, recipe.type)));
    }
    texts.push_back(as_text(*recipe.value));
  }
  if (std::any_of(texts.begin(), texts.end(), [](const std::string& text) { return text.empty(); })) {
    return fail(unusable(recipe.type, several ? "has an empty text" : "is empty",
                         "text to look for, because every answer contains nothing"));
  }
  return std::make_unique<Contains>(std::move(texts), recipe.type.ends_with("-any") ? Need::any : Need::all,
                                    fold);
}

}  // namespace assay::evaluator
