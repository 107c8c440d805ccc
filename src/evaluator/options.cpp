#include "evaluator/options.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/decimal.h"

namespace assay::evaluator {
namespace {

using record::OptionKind;
using record::OptionSpec;
using record::Value;

bool is_whole(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return !text.empty() && text.size() <= 9 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_written(const Value& value) {
  return value.is_scalar() && value.kind != Value::Kind::null;
}

bool is_one_of(std::string_view word, std::string_view choices) {
  const std::vector<std::string> words = split(choices, '|');
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool fits(const Value& value, const OptionSpec& spec) {
  switch (spec.kind) {
    case OptionKind::boolean: return value.kind == Value::Kind::boolean;
    case OptionKind::number: return is_written(value) && decimal_from(value.text).has_value();
    case OptionKind::whole: return is_written(value) && is_whole(value.text);
    case OptionKind::text: return is_written(value);
    case OptionKind::text_list:
      return is_written(value) || (value.kind == Value::Kind::list && !value.items.empty() &&
                                   std::all_of(value.items.begin(), value.items.end(), is_written));
    case OptionKind::any: return true;
    case OptionKind::choice: return is_written(value) && is_one_of(value.text, spec.choices);
  }
  return false;
}

std::string wanted(const OptionSpec& spec) {
  switch (spec.kind) {
    case OptionKind::boolean: return "true or false";
    case OptionKind::number: return "a number";
    case OptionKind::whole: return "a whole number";
    case OptionKind::text: return "text";
    case OptionKind::text_list: return "text or a list of texts";
    case OptionKind::any: return "a value";
    case OptionKind::choice: return "one of: " + join(split(spec.choices, '|'), ", ");
  }
  return "a value";
}

std::string shown(const Value& value) {
  if (!is_written(value)) return std::string(record::name_of(value.kind));
  return fmt::format("'{}'", printable(value.text, 60));
}

Error unknown_option(std::string_view key, std::span<const OptionSpec> specs, std::string_view owner) {
  std::vector<std::string> names;
  for (const OptionSpec& spec : specs) names.emplace_back(spec.name);
  const std::string near_name = nearest(key, names);
  return suite_error(fmt::format("unknown option '{}' of {}", printable(key, 60), owner),
                     names.empty() ? "no option" : "one of: " + join(names, ", "),
                     near_name.empty() ? "" : fmt::format("Did you mean '{}'?", near_name));
}

}  // namespace

Error suite_error(std::string found, std::string expected, std::string remedy) {
  return bad_input(std::move(found), std::move(expected), std::move(remedy));
}

std::optional<Error> check_options(const Value& options, std::span<const OptionSpec> specs,
                                   std::string_view owner) {
  if (options.kind == Value::Kind::null) return std::nullopt;
  if (options.kind != Value::Kind::mapping) {
    return suite_error(fmt::format("options of {} are {}", owner, record::name_of(options.kind)),
                       "a mapping");
  }
  for (std::size_t i = 0; i < options.keys.size(); ++i) {
    const auto spec = std::find_if(specs.begin(), specs.end(), [&](const OptionSpec& candidate) {
      return candidate.name == options.keys[i];
    });
    if (spec == specs.end()) return unknown_option(options.keys[i], specs, owner);
    if (!fits(options.items[i], *spec)) {
      return suite_error(fmt::format("option '{}' of {} is {}", spec->name, owner, shown(options.items[i])),
                         wanted(*spec));
    }
  }
  return std::nullopt;
}

bool Options::boolean(std::string_view name, bool otherwise) const {
  const Value* value = options_.find(name);
  return value == nullptr ? otherwise : value->text == "true";
}

std::string Options::text(std::string_view name, std::string_view otherwise) const {
  const Value* value = options_.find(name);
  return value == nullptr ? std::string(otherwise) : value->text;
}

std::vector<std::string> Options::texts(std::string_view name, std::vector<std::string> otherwise) const {
  const Value* value = options_.find(name);
  if (value == nullptr) return otherwise;
  if (value->is_scalar()) return {value->text};
  std::vector<std::string> texts;
  for (const Value& item : value->items) texts.push_back(item.text);
  return texts;
}

}  // namespace assay::evaluator
