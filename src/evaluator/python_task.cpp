#include "evaluator/python_task.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/evaluator.h"
#include "evaluator/options.h"
#include "evaluator/python_run.h"

namespace assay::evaluator {
namespace {

using record::Value;
using Kind = record::Value::Kind;

struct Key {
  std::string_view name;
  std::string_view expected;
  bool (*fits)(const Value&);
  bool of_reference = false;  ///< only beside a reference
};

bool is_text(const Value& value) {
  return value.kind == Kind::text;
}
bool is_code(const Value& value) {
  return is_text(value) ||
         (value.kind == Kind::list && std::all_of(value.items.begin(), value.items.end(), is_text));
}
bool is_inputs(const Value& value) {
  return is_text(value) || (value.kind == Kind::list && !value.items.empty() &&
                            std::all_of(value.items.begin(), value.items.end(),
                                        [](const Value& one) { return one.kind == Kind::list; }));
}
bool is_values(const Value& value) {
  return is_text(value) || value.kind == Kind::list;
}
bool is_amount(const Value& value) {
  return value.kind == Kind::number && std::strtod(value.text.c_str(), nullptr) >= 0;
}
bool is_comparison(const Value& value) {
  return is_text(value) &&
         (value.text == "equal" || value.text == "set" || value.text == "not_none" || value.text == "root");
}

constexpr std::array kKeys{
    Key{"tests", "Python code, or a list of such texts", is_code},
    Key{"entry_point", "a text", is_text},
    Key{"setup", "a text", is_text},
    Key{"prompt", "a text", is_text},
    Key{"reference", "Python code", is_text},
    Key{"inputs", "a list with a list of arguments for each call, or a Python expression of one", is_inputs,
        true},
    Key{"atol", "a number that is not negative", is_amount, true},
    Key{"compare", "one of: equal, set, not_none, root", is_comparison, true},
    Key{"accept", "a list of values, or a Python expression of one", is_values, true},
};

std::string all_keys() {
  std::vector<std::string> names;
  for (const Key& key : kKeys) names.emplace_back(key.name);
  return join(names, ", ");
}

Error wrong(std::string found, std::string expected) {
  return suite_error("the value of python-tests " + std::move(found), std::move(expected));
}

std::optional<Error> shape_error(const Value& value) {
  if (value.kind != Kind::mapping) {
    return wrong("is " + std::string(record::name_of(value.kind)),
                 "a mapping: {tests: …, entry_point: …, setup: …, prompt: …}");
  }
  for (std::size_t i = 0; i < value.keys.size(); ++i) {
    const auto* key =
        std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& one) { return one.name == value.keys[i]; });
    if (key == kKeys.end()) return wrong("has the unknown key " + as_quoted(value.keys[i]), all_keys());
    if (!key->fits(value.items[i])) {
      const bool many = key->name.ends_with('s');
      const std::string what = value.items[i].is_scalar() && key->of_reference
                                   ? as_quoted(value.items[i].text)
                                   : std::string(record::name_of(value.items[i].kind));
      return wrong(fmt::format("has {} that {} {}", key->name, many ? "are" : "is", what),
                   std::string(key->expected));
    }
    if (key->of_reference && value.find("reference") == nullptr)
      return wrong(fmt::format("has {} and no reference", key->name), "the code of the reference solution");
  }
  return std::nullopt;
}

std::string text_under(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  if (found == nullptr) return {};
  if (found->is_scalar()) return found->text;
  std::string all;
  for (const Value& part : found->items) all += part.text + "\n";
  return all;
}

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && letter(text[0]) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// {"python": expression}, or {"json": text} with numbers as they are written where JSON can read them.
Json written(const Value* value) {
  if (value == nullptr) return {{"json", "[]"}};
  if (value->kind == Kind::text) return {{"python", value->text}};
  const std::string text = as_text(*value);
  return {{"json", parse_json(text) ? text : dump(to_json(*value))}};
}

Json rules_of(const Value& value) {
  const Value* atol = value.find("atol");
  const Value* compare = value.find("compare");
  return {{"inputs", written(value.find("inputs"))},
          {"atol", atol == nullptr ? Json(0) : to_json(*atol)},
          {"compare", compare == nullptr ? "equal" : compare->text},
          {"accept", written(value.find("accept"))}};
}

std::optional<Error> reference_error(const Value& value, const PythonTask& task) {
  if (!trim(task.tests).empty())
    return wrong("has tests and a reference", "one of them: the reference's results are the tests");
  if (value.find("inputs") == nullptr)
    return wrong("has a reference and no inputs", "the arguments of each call");
  if (task.entry.empty()) return wrong("has a reference and no entry_point", "the function that is called");
  if (!defines(behind_prompt(task, task.reference), task.entry))
    return wrong("has a reference that does not define " + as_quoted(task.entry),
                 "the function that is called");
  return std::nullopt;
}

}  // namespace

Result<PythonTask> python_task_of(const Value& value) {
  if (std::optional<Error> error = shape_error(value)) return fail(*error);
  PythonTask task{.tests = text_under(value, "tests"),
                  .setup = text_under(value, "setup"),
                  .prompt = text_under(value, "prompt"),
                  .entry = text_under(value, "entry_point"),
                  .reference = text_under(value, "reference"),
                  .rules = {}};
  if (!task.entry.empty() && !is_name(task.entry))
    return fail(wrong("has the entry_point " + as_quoted(task.entry), "the name of a function or class"));
  if (!task.prompt.empty() && task.entry.empty())
    return fail(wrong("has a prompt and no entry_point", "the name of the function that the prompt begins"));
  if (!task.reference.empty()) {
    if (std::optional<Error> error = reference_error(value, task)) return fail(*error);
    task.rules = rules_of(value);
    return task;
  }
  if (trim(task.tests).empty()) return fail(wrong("has no tests", "Python code with at least one assert"));
  // Tests may call functions that the prompt defines beside the one that it begins (HumanEval/32, 38, 50).
  if (task.setup.empty()) task.setup = task.prompt;
  return task;
}

std::string behind_prompt(const PythonTask& task, std::string code) {
  if (task.prompt.empty() || defines(code, task.entry)) return code;
  return task.prompt + code;
}

}  // namespace assay::evaluator
