#include "evaluator/choices.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/evaluator.h"
#include "evaluator/options.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

using record::Value;

std::string letter(std::size_t index) {
  return {static_cast<char>('A' + static_cast<int>(index))};
}

/// A, B, C, … or 1, 2, 3, …: such a list names labels, not texts.
bool are_labels(const std::vector<Value>& values) {
  bool letters = true;
  bool numbers = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    letters = letters && values[i].text == letter(i);
    numbers = numbers && values[i].text == std::to_string(i + 1);
  }
  return letters || numbers;
}

Error bad_choice(const std::string& what) {
  return suite_error("a choice " + what, "text, or {label: …, text: …}");
}

Result<Choice> labelled(const Value& value) {
  Choice choice;
  for (std::size_t i = 0; i < value.keys.size(); ++i) {
    if (value.keys[i] != "label" && value.keys[i] != "text")
      return fail(bad_choice("with the key " + as_quoted(value.keys[i])));
    if (!value.items[i].is_scalar()) return fail(bad_choice("whose " + value.keys[i] + " is no text"));
    (value.keys[i] == "label" ? choice.label : choice.text) = trim_space(as_text(value.items[i]));
  }
  if (choice.label.empty()) return fail(bad_choice("without label"));
  return choice;
}

std::string labels_of(const std::vector<Choice>& choices) {
  std::vector<std::string> labels;
  for (const Choice& choice : choices) labels.push_back(choice.label);
  return join(labels, ", ");
}

}  // namespace

Result<std::vector<Choice>> choices_from(const std::vector<Value>& values) {
  constexpr std::size_t kLetters = 26;
  if (values.size() < 2) {
    return fail(suite_error(values.empty() ? "the case has no choices" : "the case has one choice",
                            "a list of at least two", "Write choices: [red, blue] into the case"));
  }
  std::vector<Choice> choices;
  const bool all_scalar =
      std::all_of(values.begin(), values.end(), [](const Value& value) { return value.is_scalar(); });
  const bool bare = all_scalar && are_labels(values);
  std::set<std::string> labels;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].kind == Value::Kind::list) return fail(bad_choice("that is a list"));
    if (values[i].kind == Value::Kind::mapping) {
      Result<Choice> choice = labelled(values[i]);
      if (!choice) return fail(choice.error());
      choices.push_back(std::move(*choice));
    } else if (bare) {
      choices.push_back({.label = as_text(values[i]), .text = {}});
    } else {
      if (i >= kLetters) {
        return fail(suite_error(fmt::format("{} choices without labels", values.size()),
                                "at most 26, the letters", "Write {label: …, text: …}"));
      }
      choices.push_back({.label = letter(i), .text = std::string(trim_space(as_text(values[i])))});
    }
    if (!labels.insert(choices.back().label).second) {
      return fail(suite_error("two choices with the label " + as_quoted(choices.back().label),
                              "a label of its own for each"));
    }
  }
  return choices;
}

Result<std::size_t> target_of(const Value& value, const std::vector<Choice>& choices) {
  const auto place = [&](const auto& matches) -> std::optional<std::size_t> {
    const auto found = std::find_if(choices.begin(), choices.end(), matches);
    if (found == choices.end()) return std::nullopt;
    return static_cast<std::size_t>(found - choices.begin());
  };
  std::optional<std::size_t> index;
  std::string wanted;
  if (value.is_scalar()) {
    wanted = "the label " + as_quoted(as_text(value));
    index = place([&](const Choice& choice) { return choice.label == trim_space(value.text); });
  } else if (const Value* number = value.find("index"); number != nullptr && value.keys.size() == 1) {
    wanted = "index " + as_quoted(number->text);
    std::size_t read = 0;
    const char* const end = number->text.data() + number->text.size();
    const bool whole = std::from_chars(number->text.data(), end, read).ptr == end && !number->text.empty();
    if (whole && read < choices.size()) index = read;
  } else if (const Value* text = value.find("text"); text != nullptr && value.keys.size() == 1) {
    wanted = "the text " + as_quoted(text->text);
    index = place([&](const Choice& choice) { return choice.text == trim_space(as_text(*text)); });
  } else {
    return fail(suite_error(fmt::format("the value of choice is {}", record::name_of(value.kind)),
                            "a label, {index: from 0} or {text: …}"));
  }
  if (index) return *index;
  return fail(suite_error(fmt::format("no choice has {}", wanted), "one of: " + labels_of(choices)));
}

Result<std::vector<std::size_t>> targets_of(const Value& value, const std::vector<Choice>& choices) {
  std::vector<std::size_t> targets;
  if (value.kind != Value::Kind::list) {
    const Result<std::size_t> target = target_of(value, choices);
    if (!target) return fail(target.error());
    return std::vector{*target};
  }
  for (const Value& item : value.items) {
    const Result<std::size_t> target = target_of(item, choices);
    if (!target) return fail(target.error());
    if (std::find(targets.begin(), targets.end(), *target) != targets.end())
      return fail(suite_error(fmt::format("the choice {} is named twice", choices[*target].label),
                              "each right choice once"));
    targets.push_back(*target);
  }
  if (targets.empty())
    return fail(suite_error("no choice is right", "a label, {index: from 0}, {text: …}, or a list of them"));
  return targets;
}

}  // namespace assay::evaluator
