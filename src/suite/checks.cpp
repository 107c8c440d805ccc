#include "suite/checks.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "suite/files.h"
#include "suite/schema_files.h"

namespace assay::suite {
namespace {

constexpr std::string_view kSet = "assert-set";
constexpr std::string_view kNegation = "not-";
constexpr double kMaxWeight = 1e6;
constexpr std::size_t kMaxNameBytes = 200;

constexpr std::array<std::string_view, 8> kCommonKeys{"type",   "value",    "threshold", "weight",
                                                      "metric", "pipeline", "on",        "not"};
constexpr std::array<std::string_view, 5> kSetKeys{"type", "assert", "threshold", "weight", "metric"};

std::string_view without_negation(std::string_view type) {
  return type.starts_with(kNegation) ? type.substr(kNegation.size()) : type;
}

const record::NameSpec* find_name(const std::vector<record::NameSpec>& names, std::string_view name) {
  const auto at = std::find_if(names.begin(), names.end(),
                               [&](const record::NameSpec& spec) { return spec.name == name; });
  return at == names.end() ? nullptr : &*at;
}

const record::NameSpec* known_name(Reader& reader, Node node, std::string_view name,
                                   const std::vector<record::NameSpec>& known, std::string_view what) {
  const record::NameSpec* spec = find_name(known, name);
  if (spec != nullptr) return spec;
  std::vector<std::string> names;
  for (const record::NameSpec& entry : known) names.emplace_back(entry.name);
  reader.error(node.where(), fmt::format("unknown {} '{}'", what, printable(name, 60)),
               "one of: " + join(names, ", "), did_you_mean(name, names));
  return nullptr;
}

bool has_kind(Node node, const record::OptionSpec& option) {
  switch (option.kind) {
    case record::OptionKind::boolean: return node.is(Kind::boolean);
    case record::OptionKind::number: return node.is(Kind::number) && json_of(node).is_number();
    case record::OptionKind::whole: return node.is(Kind::number) && json_of(node).is_number_integer();
    case record::OptionKind::text: return node.is(Kind::text);
    case record::OptionKind::text_list: {
      if (node.is(Kind::text)) return true;
      bool all = node.is(Kind::list);
      if (all) for_each_item(node, [&](Node item) { all = all && item.is(Kind::text); });
      return all;
    }
    case record::OptionKind::any: return true;
    case record::OptionKind::choice: {
      const std::vector<std::string> words = split(option.choices, '|');
      return !node.is(Kind::list) && !node.is(Kind::mapping) &&
             std::find(words.begin(), words.end(), node.text()) != words.end();
    }
  }
  return false;
}

std::string kind_words(const record::OptionSpec& option) {
  switch (option.kind) {
    case record::OptionKind::boolean: return "true or false";
    case record::OptionKind::number: return "a number";
    case record::OptionKind::whole: return "a whole number";
    case record::OptionKind::text: return "text";
    case record::OptionKind::text_list: return "a text or a list of texts";
    case record::OptionKind::any: return "a value";
    case record::OptionKind::choice: return "one of: " + join(split(option.choices, '|'), ", ");
  }
  return {};
}

void unknown_option(Reader& reader, Node key, const record::NameSpec& spec,
                    std::span<const std::string_view> common) {
  std::vector<std::string> names(common.begin(), common.end());
  for (const record::OptionSpec& entry : spec.options) {
    if (std::find(names.begin(), names.end(), entry.name) == names.end()) names.emplace_back(entry.name);
  }
  reader.error(key.where(), fmt::format("unknown option '{}' of {}", printable(key.text(), 60), spec.name),
               "one of: " + join(names, ", "), did_you_mean(key.text(), names));
}

/// What stands beside `type`: every key that is not common must be an option of the name. The value keeps
/// literals.
record::Value read_options(Reader& reader, Node node, const record::NameSpec& spec,
                           std::span<const std::string_view> common) {
  record::Value options;
  for_each_pair(node, [&](Node key, Node item) {
    if (std::find(common.begin(), common.end(), key.text()) != common.end()) return;
    const auto option =
        std::find_if(spec.options.begin(), spec.options.end(),
                     [&](const record::OptionSpec& entry) { return entry.name == key.text(); });
    if (option == spec.options.end()) {
      unknown_option(reader, key, spec, common);
      return;
    }
    if (!has_kind(item, *option)) {
      reader.error(item.where(), fmt::format("{} of {} is {}", option->name, spec.name, shown(item)),
                   kind_words(*option));
      return;
    }
    if (options.keys.empty()) options.kind = record::Value::Kind::mapping;
    options.keys.emplace_back(key.text());
    // Where any value may stand, a file may too.
    std::optional<record::Value> value =
        option->kind == record::OptionKind::any ? value_or_file(reader, item) : std::optional(value_of(item));
    options.items.push_back(value ? *std::move(value) : record::Value{});
  });
  return options;
}

void read_common(Reader& reader, Node node, record::Check& check) {
  if (const Node threshold = node.find("threshold"))
    check.threshold = reader.real(threshold, "threshold", -1e12, 1e12);
  if (const Node weight = node.find("weight"))
    check.weight = reader.real(weight, "weight", 0, kMaxWeight).value_or(1);
  if (const Node metric = node.find("metric")) check.metric = reader.label(metric, "metric").value_or("");
}

std::optional<record::Check> read_named(Reader& reader, Node at, std::string_view type) {
  record::Check check;
  check.negate = type.starts_with(kNegation);
  check.type = without_negation(type);
  check.where = at.where();
  if (known_name(reader, at, check.type, reader.catalogue.evaluators, "evaluator") == nullptr)
    return std::nullopt;
  return check;
}

std::optional<record::Check> read_one(Reader& reader, Node node, bool in_set);

std::optional<record::Check> read_set(Reader& reader, Node node, bool in_set) {
  reader.check_keys(node, kSetKeys, "an assert-set");
  record::Check check;
  check.type = kSet;
  check.where = node.where();
  read_common(reader, node, check);
  if (in_set) {
    reader.error(node.where(), "an assert-set inside an assert-set", "sets that do not nest",
                 "Put its members into the outer set");
    return std::nullopt;
  }
  const Node members = node.find("assert");
  if (!members || !members.is(Kind::list) || members.count() == 0) {
    const bool empty = members && members.is(Kind::list);
    reader.error((members ? members : node).where(),
                 fmt::format("an assert-set whose assert is {}",
                             empty ? "an empty list" : (members ? shown(members) : "missing")),
                 "a list of checks under 'assert'");
    return std::nullopt;
  }
  for_each_item(members, [&](Node item) {
    if (auto member = read_one(reader, item, true)) check.members.push_back(*std::move(member));
  });
  if (check.members.empty()) return std::nullopt;
  return check;
}

/// {equals: 5} is how people first write it.
std::string type_remedy(Reader& reader, Node node) {
  const Node key = node.first();
  if (!key || find_name(reader.catalogue.evaluators, without_negation(key.text())) == nullptr) return {};
  return fmt::format("Write: {{type: {}, value: …}}", key.text());
}

std::optional<record::Check> read_mapping(Reader& reader, Node node, bool in_set) {
  const Node type = node.find("type");
  if (!type) {
    reader.error(node.where(), "a check without type", "an evaluator's name under 'type'",
                 type_remedy(reader, node));
    return std::nullopt;
  }
  const auto name = reader.text(type, "type");
  if (!name) return std::nullopt;
  if (*name == kSet) return read_set(reader, node, in_set);
  if (without_negation(*name) == kSet) {
    reader.error(type.where(), "a negated assert-set", "assert-set", "Negate its members instead");
    return std::nullopt;
  }
  auto check = read_named(reader, type, *name);
  if (!check) return std::nullopt;
  check->where = node.where();
  const std::size_t errors_before = reader.error_count();
  read_common(reader, node, *check);
  const record::NameSpec& spec = *find_name(reader.catalogue.evaluators, check->type);
  check->options = read_options(reader, node, spec, kCommonKeys);
  if (const Node value = node.find("value")) {
    check->value = value_or_file(reader, value);
    if (check->value && spec.value_is_schema) bundle_schema(reader, value, *check->value);
  }
  if (const Node negate = node.find("not"); negate && reader.boolean(negate, "not").value_or(false))
    check->negate = !check->negate;
  if (const Node pipeline = node.find("pipeline"))
    check->pipeline = reader.label(pipeline, "pipeline").value_or("");
  if (const Node on = node.find("on"); on && reader.choice(on, "on", {"answer", "reasoning", "raw"}))
    check->on = on.text();
  if (reader.error_count() != errors_before) return std::nullopt;
  return check;
}

std::optional<record::Check> read_one(Reader& reader, Node node, bool in_set) {
  if (node.is(Kind::text)) return read_named(reader, node, node.text());
  if (reader.is_mapping(node, "a check")) return read_mapping(reader, node, in_set);
  return std::nullopt;
}

std::optional<record::Filter> read_filter(Reader& reader, Node node) {
  constexpr std::array<std::string_view, 1> kFilterKeys{"type"};
  record::Filter filter;
  filter.where = node.where();
  if (node.is(Kind::text)) {
    filter.name = node.text();
    if (known_name(reader, node, filter.name, reader.catalogue.filters, "filter") == nullptr)
      return std::nullopt;
    return filter;
  }
  if (!reader.is_mapping(node, "a filter")) return std::nullopt;
  const Node type = node.find("type");
  if (!type) {
    reader.error(node.where(), "a filter without type", "a filter's name under 'type'");
    return std::nullopt;
  }
  const auto name = reader.text(type, "type");
  if (!name) return std::nullopt;
  const record::NameSpec* spec = known_name(reader, type, *name, reader.catalogue.filters, "filter");
  if (spec == nullptr) return std::nullopt;
  filter.name = *name;
  filter.options = read_options(reader, node, *spec, kFilterKeys);
  return filter;
}

/// Calls visit(check) for a check, or for each member of a set.
template <class Visit>
void for_each_leaf(const std::vector<record::Check>& checks, const Visit& visit) {
  for (const record::Check& check : checks) {
    if (check.members.empty()) visit(check);
    for (const record::Check& member : check.members) visit(member);
  }
}

/// A check that takes the case's expectation, or the set that holds it.
void try_against(Reader& reader, const record::Check& check, const record::Case& test) {
  const record::Value* expect = test.expect ? &*test.expect : nullptr;
  if (auto error = reader.catalogue.try_check(check, expect, &test)) {
    error->found = fmt::format("case '{}': {}", printable(test.id, 40), error->found);
    reader.error_at(expect != nullptr ? test.where : check.where, *std::move(error));
  }
}

}  // namespace

std::vector<record::Check> read_checks(Reader& reader, Node node) {
  std::vector<record::Check> checks;
  const auto add = [&](Node item) {
    if (auto check = read_one(reader, item, false)) checks.push_back(*std::move(check));
  };
  if (node.is(Kind::null)) return checks;
  if (node.is(Kind::list))
    for_each_item(node, add);
  else
    add(node);
  return checks;
}

std::vector<record::Pipeline> read_pipelines(Reader& reader, Node node) {
  std::vector<record::Pipeline> pipelines;
  if (node.is(Kind::null) || !reader.is_mapping(node, "pipelines")) return pipelines;
  for_each_pair(node, [&](Node key, Node list) {
    if (key.text() == "raw" || key.text().empty() || key.text().size() > kMaxNameBytes) {
      reader.error(key.where(), fmt::format("a pipeline named '{}'", printable(key.text(), 60)),
                   fmt::format("another name, of 1 to {} bytes", kMaxNameBytes),
                   key.text() == "raw" ? "'raw' is always there and means no filter" : "");
      return;
    }
    record::Pipeline pipeline{.name = std::string(key.text()), .filters = {}, .where = key.where()};
    const auto add = [&](Node item) {
      if (auto filter = read_filter(reader, item)) pipeline.filters.push_back(*std::move(filter));
    };
    if (list.is(Kind::list))
      for_each_item(list, add);
    else
      add(list);
    pipelines.push_back(std::move(pipeline));
  });
  return pipelines;
}

void check_pipeline_names(Reader& reader, const record::Suite& suite) {
  std::vector<std::string> names;
  for (const record::Pipeline& pipeline : suite.pipelines) names.push_back(pipeline.name);
  if (names.empty()) names.emplace_back("main");
  names.emplace_back("raw");
  const auto look = [&](const record::Check& check) {
    if (check.pipeline.empty() || std::find(names.begin(), names.end(), check.pipeline) != names.end())
      return;
    reader.error(check.where, fmt::format("unknown pipeline '{}'", printable(check.pipeline, 60)),
                 "one of: " + join(names, ", "), did_you_mean(check.pipeline, names));
  };
  for_each_leaf(suite.checks, look);
  for (const record::Case& test : suite.cases) for_each_leaf(test.checks, look);
}

void check_deeply(Reader& reader, const record::Suite& suite) {
  if (reader.catalogue.try_filter) {
    for (const record::Pipeline& pipeline : suite.pipelines) {
      for (const record::Filter& filter : pipeline.filters) {
        if (auto error = reader.catalogue.try_filter(filter))
          reader.error_at(filter.where, *std::move(error));
      }
    }
  }
  if (!reader.catalogue.try_check) return;
  const auto try_own_value = [&](const record::Check& check, const record::Case* test) {
    if (!check.value) return;
    if (auto error = reader.catalogue.try_check(check, &*check.value, test))
      reader.error_at(check.where, *std::move(error));
  };
  // A check of the suite with a value of its own is asked once, for the first case that it is for.
  const auto first = std::find_if(suite.cases.begin(), suite.cases.end(),
                                  [](const record::Case& test) { return test.checks.empty(); });
  const record::Case* one = first == suite.cases.end() ? nullptr : &*first;
  for_each_leaf(suite.checks, [&](const record::Check& check) { try_own_value(check, one); });
  std::vector<const record::Check*> open_checks;  // the suite's that need an expectation
  for_each_leaf(suite.checks, [&](const record::Check& check) {
    if (!check.value) open_checks.push_back(&check);
  });
  bool asked_without = false;  // the answer for a case without expectation is the same for all of them
  for (const record::Case& test : suite.cases) {
    for_each_leaf(test.checks, [&](const record::Check& check) { try_own_value(check, &test); });
    for_each_leaf(test.checks, [&](const record::Check& check) {
      if (!check.value) try_against(reader, check, test);
    });
    if (!test.checks.empty() || (!test.expect && asked_without)) continue;
    asked_without = asked_without || !test.expect;
    for (const record::Check* check : open_checks) try_against(reader, *check, test);
  }
}

}  // namespace assay::suite
