// Multiple choice: the options of a case, and which of them an answer means (choice@1). The rules, with
// examples, are in docs/evaluators.md, "choice".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evaluator/choice_words.h"
#include "record/value.h"

namespace assay::evaluator {

/// The option `lang` of the evaluator and of the filter `choice`: the codes of answer_words.json (a test
/// compares them).
constexpr std::string_view kChoiceLanguages =
    "ar|cs|da|de|el|en|es|fi|fr|hi|hu|id|it|ja|ko|nl|pl|pt|ru|sv|tr|uk|vi|zh";

struct Choice {
  std::string label;  ///< "A", "3"
  std::string text;   ///< empty: the case gives labels only
};

/// A case's `choices`: texts (labelled A, B, C, …), mappings {label, text}, or bare labels (A, B, C, … or 1,
/// 2, 3, … in order). Errors: bad_input without place: fewer than two, two equal labels, another shape.
Result<std::vector<Choice>> choices_from(const std::vector<record::Value>& values);

/// The right one: a label, {index: from 0}, or {text: …}. Errors: bad_input without place: there is no such
/// choice.
Result<std::size_t> target_of(const record::Value& value, const std::vector<Choice>& choices);

/// The right ones, in the order given: one as above, or a list of such. Errors: as above, and an empty list
/// or one choice named twice.
Result<std::vector<std::size_t>> targets_of(const record::Value& value, const std::vector<Choice>& choices);

struct ChoiceRead {
  enum class How { found, ambiguous, nothing };
  How how = How::nothing;
  std::size_t index = 0;  ///< found
  int rule = 0;           ///< 1 explicit, 2 boxed, 3 whole or last line, 4 leading, 5 text
};

/// Which choice `text` means. The first rule that finds something wins; two labels side by side ("A or B")
/// where a rule looks are ambiguous. `words` are those of choice_words(). Time linear in the text.
ChoiceRead read_choice(std::string_view text, const std::vector<Choice>& choices, const ChoiceWords& words);

}  // namespace assay::evaluator
