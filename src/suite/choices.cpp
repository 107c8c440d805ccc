#include "suite/choices.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "record/template.h"
#include "suite/cases.h"

namespace assay::suite {
namespace {

constexpr std::string_view kVariable = "choices";
constexpr std::size_t kMostLetters = 26;

struct Option {
  std::string label;
  std::string text;  ///< empty: the case gives labels only
};

std::string letter(std::size_t index) {
  return std::string(1, static_cast<char>('A' + static_cast<int>(index)));
}

/// A, B, C, … or 1, 2, 3, …: such a list names labels, not texts (docs/evaluators.md, "choice").
bool are_labels(const std::vector<record::Value>& choices) {
  bool letters = true;
  bool numbers = true;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const bool plain = choices[i].is_scalar();
    letters = letters && plain && choices[i].text == letter(i);
    numbers = numbers && plain && choices[i].text == std::to_string(i + 1);
  }
  return letters || numbers;
}

/// Absent where they have another shape: the evaluator says what is wrong with it.
std::optional<std::vector<Option>> options_of(const record::Case& test) {
  if (test.choices.size() < 2 || test.choices.size() > kMostLetters) return std::nullopt;
  const bool bare = are_labels(test.choices);
  std::vector<Option> options;
  for (std::size_t i = 0; i < test.choices.size(); ++i) {
    const record::Value& choice = test.choices[i];
    if (choice.is_scalar()) {
      const std::string text(trim(as_text(choice)));
      options.push_back(bare ? Option{.label = text, .text = {}} : Option{.label = letter(i), .text = text});
      continue;
    }
    const record::Value* label = choice.find("label");
    const record::Value* text = choice.find("text");
    if (label == nullptr || !label->is_scalar() || (text != nullptr && !text->is_scalar()))
      return std::nullopt;
    options.push_back({.label = std::string(trim(as_text(*label))),
                       .text = text == nullptr ? "" : std::string(trim(as_text(*text)))});
  }
  return options;
}

std::string lines_of(const std::vector<Option>& options) {
  std::string lines;
  for (const Option& option : options) {
    lines += fmt::format("{}{}{}{}", lines.empty() ? "" : "\n", option.label, option.text.empty() ? "" : ". ",
                         option.text);
  }
  return lines;
}

/// Which choice is the right one; absent when none is, which the evaluator will say.
std::optional<std::size_t> target_of(const record::Value& expect, const std::vector<Option>& options) {
  const auto place = [&](const auto& same) -> std::optional<std::size_t> {
    const auto at = std::find_if(options.begin(), options.end(), same);
    if (at == options.end()) return std::nullopt;
    return static_cast<std::size_t>(at - options.begin());
  };
  if (expect.is_scalar()) {
    const std::string label(trim(as_text(expect)));
    return place([&](const Option& option) { return option.label == label; });
  }
  if (const record::Value* text = expect.find("text"); text != nullptr && text->is_scalar())
    return place([&](const Option& option) { return option.text == trim(as_text(*text)); });
  const record::Value* index = expect.find("index");
  for (std::size_t i = 0; index != nullptr && i < options.size(); ++i) {
    if (index->text == std::to_string(i)) return i;
  }
  return std::nullopt;
}

/// The circular check of a list, or nullptr.
const record::Check* circular_of(const std::vector<record::Check>& checks) {
  for (const record::Check& check : checks) {
    if (const record::Check* member = circular_of(check.members)) return member;
    const record::Value* option = check.type == "choice" ? check.options.find("circular") : nullptr;
    if (option != nullptr && option->kind == record::Value::Kind::boolean && option->text == "true")
      return &check;
  }
  return nullptr;
}

bool shows_choices(const record::Suite& suite) {
  return std::any_of(
      suite.prompt.messages.begin(), suite.prompt.messages.end(), [](const record::Message& message) {
        const auto parts = record::parse_template(message.content);
        return parts && std::any_of(parts->begin(), parts->end(),
                                    [](const auto& part) { return part.variable && part.text == kVariable; });
      });
}

bool has_variable(const record::Case& test) {
  return std::any_of(test.vars.begin(), test.vars.end(),
                     [](const auto& variable) { return variable.first == kVariable; });
}

record::Case turned(const record::Case& test, const std::vector<Option>& options, std::size_t target,
                    std::size_t turn) {
  record::Case made = test;
  made.id = fmt::format("{}[turn={}]", test.id, turn);
  made.rotation_of = test.id;
  if (made.cluster.empty()) made.cluster = test.id;
  const std::size_t count = options.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& text = options[(i + turn) % count].text;
    made.choices[i] = {.kind = record::Value::Kind::mapping,
                       .text = {},
                       .items = {record::Value::of_text(options[i].label), record::Value::of_text(text)},
                       .keys = {"label", "text"}};
  }
  made.expect = record::Value::of_text(options[(target + count - turn % count) % count].label);
  return made;
}

/// What would make the circle show nothing. True when something was reported.
bool refuse(Reader& reader, const record::Case& test, const record::Check& check,
            const std::vector<Option>& options, bool shown) {
  const auto report = [&](const Location& where, std::string found, std::string expected,
                          std::string remedy) {
    reader.error(where, std::move(found), std::move(expected), std::move(remedy));
    return true;
  };
  const std::string named = fmt::format("case '{}'", printable(test.id, 40));
  if (check.value)
    return report(check.where, "circular: true in a check with a value of its own",
                  "the right choice as each case's 'expect'",
                  "It has to follow its choice around the circle");
  if (!shown)
    return report(check.where, "circular: true, and the prompt does not print the choices",
                  "{{choices}} in the prompt", "Write it where the options shall stand, one on each line");
  if (has_variable(test))
    return report(test.where, named + " has a variable 'choices', which no rotation would change",
                  "'choices' beside 'vars'", "Remove the variable: {{choices}} prints the case's choices");
  if (std::any_of(options.begin(), options.end(), [](const Option& option) { return option.text.empty(); }))
    return report(test.where, named + " has choices without texts, so there is nothing to rotate",
                  "texts, or {label: …, text: …}", "");
  return false;
}

void rotate(Reader& reader, record::Suite& suite, bool shown) {
  std::vector<record::Case> cases;
  const std::size_t errors_before = reader.error_count();
  for (const record::Case& test : suite.cases) {
    const record::Check* check = circular_of(test.checks.empty() ? suite.checks : test.checks);
    const auto options = check == nullptr || !test.rotation_of.empty() ? std::nullopt : options_of(test);
    const auto target = options && test.expect ? target_of(*test.expect, *options) : std::nullopt;
    if (options && refuse(reader, test, *check, *options, shown)) return;
    if (!target) {
      cases.push_back(test);
      continue;
    }
    for (std::size_t turn = 0; turn < options->size(); ++turn)
      cases.push_back(turned(test, *options, *target, turn));
    if (cases.size() <= kMaxCases) continue;
    reader.error(check->where, fmt::format("rotations that make more than {} cases", kMaxCases), "fewer",
                 "Split the suite");
    return;
  }
  if (reader.error_count() == errors_before) suite.cases = std::move(cases);
}

}  // namespace

void settle_choices(Reader& reader, record::Suite& suite) {
  const bool circular = circular_of(suite.checks) != nullptr ||
                        std::any_of(suite.cases.begin(), suite.cases.end(), [](const record::Case& test) {
                          return circular_of(test.checks) != nullptr;
                        });
  const bool shown = shows_choices(suite);
  if (circular) rotate(reader, suite, shown);
  if (!shown) return;
  for (record::Case& test : suite.cases) {
    const auto options = has_variable(test) ? std::nullopt : options_of(test);
    if (options) test.vars.emplace_back(kVariable, record::Value::of_text(lines_of(*options)));
  }
}

}  // namespace assay::suite
