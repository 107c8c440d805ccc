// A JSON Schema as rules: every keyword is read once, and every mistake of the author found.
#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "evaluator/evaluator.h"
#include "evaluator/json_pointer.h"
#include "evaluator/json_schema_rules.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

class Compiler {
 public:
  explicit Compiler(const JsonTree& tree) : tree_(tree) {}

  Result<std::vector<SchemaRule>> run() {
    if (!subschema(0, "")) return fail(*error_);
    for (std::size_t i = 0; i < pending_.size(); ++i) {  // grows: a target can hold references
      const Reference reference = pending_[i];
      const std::optional<RuleIndex> target = target_of(reference);
      if (!target) return fail(*error_);
      rules_[reference.from].ref = *target;
    }
    if (!references_end()) return fail(*error_);
    return std::move(rules_);
  }

 private:
  struct Reference {
    RuleIndex from;
    std::string text;
    std::string pointer;
  };

  bool refuse(const std::string& pointer, const std::string& found, std::string expected,
              std::string remedy = {}) {
    error_ =
        suite_error(fmt::format("the schema has {} at {}", found, pointer.empty() ? "its root" : pointer),
                    std::move(expected), std::move(remedy));
    return false;
  }

  JsonKind kind(std::uint32_t node) const { return tree_.nodes[node].kind; }

  /// Compiles the schema at `node` once.
  std::optional<RuleIndex> subschema(std::uint32_t node, const std::string& pointer) {
    if (const auto known = by_node_.find(node); known != by_node_.end()) return known->second;
    const auto index = static_cast<RuleIndex>(rules_.size());
    by_node_.emplace(node, index);
    rules_.emplace_back();
    if (kind(node) == JsonKind::boolean) {
      rules_[index].never = tree_.source(node) == "false";
      return index;
    }
    if (kind(node) != JsonKind::object) {
      refuse(pointer, fmt::format("{} where a schema belongs", name_of(kind(node))),
             "a mapping, true or false");
      return std::nullopt;
    }
    if (node == 0) read_dialect();
    SchemaRule rule;  // apart, because rules_ grows below
    const bool is_reference = find_at_name(node, "$ref").has_value();
    for (std::uint32_t name = node + 1; name < tree_.nodes[node].next; name = tree_.nodes[name + 1].next) {
      const std::string key = tree_.string_at(name);
      const std::string place = pointer + pointer_step(key);
      if (is_reference && !is_note(key) && key != "$ref") {
        // Draft-07 ignores what stands beside $ref, later drafts do not: to say it in either is a trap.
        refuse(place, "a keyword beside $ref", "$ref alone", "Put both under allOf");
        return std::nullopt;
      }
      if (!keyword(rule, index, key, name + 1, place)) return std::nullopt;
    }
    const std::optional<RuleIndex> ref = rules_[index].ref;
    rules_[index] = std::move(rule);
    rules_[index].ref = ref;
    return index;
  }

  std::optional<std::uint32_t> find_at_name(std::uint32_t object, std::string_view wanted) const {
    for (std::uint32_t name = object + 1; name < tree_.nodes[object].next;
         name = tree_.nodes[name + 1].next) {
      if (tree_.string_at(name) == wanted) return name + 1;
    }
    return std::nullopt;
  }

  void read_dialect() {
    const std::optional<std::uint32_t> declared = find_at_name(0, "$schema");
    if (!declared || kind(*declared) != JsonKind::string) return;
    const std::string dialect = tree_.string_at(*declared);
    later_draft_ =
        dialect.find("draft-0") == std::string::npos && dialect.find("/schema#") == std::string::npos;
  }

  /// Keywords that say something to people only.
  static bool is_note(std::string_view key) {
    constexpr std::array<std::string_view, 12> kNotes{
        "$schema",  "$id",       "$comment",         "title",           "description", "default", "examples",
        "readOnly", "writeOnly", "contentMediaType", "contentEncoding", "deprecated"};
    return key.starts_with("x-") || key == "definitions" || key == "$defs" ||
           std::find(kNotes.begin(), kNotes.end(), key) != kNotes.end();
  }

  bool keyword(SchemaRule& rule, RuleIndex index, const std::string& key, std::uint32_t node,
               const std::string& place) {
    if (key == "$ref") return reference(index, node, place);
    if (key == "definitions" || key == "$defs") return definitions(node, place);
    if (is_note(key)) return true;
    struct Handler {
      std::string_view name;
      bool (Compiler::*read)(SchemaRule&, std::string_view, std::uint32_t, const std::string&);
    };
    static constexpr std::array kHandlers{
        Handler{"type", &Compiler::types},
        Handler{"enum", &Compiler::values},
        Handler{"const", &Compiler::values},
        Handler{"minimum", &Compiler::number},
        Handler{"maximum", &Compiler::number},
        Handler{"exclusiveMinimum", &Compiler::number},
        Handler{"exclusiveMaximum", &Compiler::number},
        Handler{"multipleOf", &Compiler::number},
        Handler{"minLength", &Compiler::count},
        Handler{"maxLength", &Compiler::count},
        Handler{"minItems", &Compiler::count},
        Handler{"maxItems", &Compiler::count},
        Handler{"minProperties", &Compiler::count},
        Handler{"maxProperties", &Compiler::count},
        Handler{"pattern", &Compiler::text},
        Handler{"format", &Compiler::text},
        Handler{"uniqueItems", &Compiler::unique},
        Handler{"items", &Compiler::items},
        Handler{"additionalItems", &Compiler::single},
        Handler{"contains", &Compiler::single},
        Handler{"additionalProperties", &Compiler::single},
        Handler{"propertyNames", &Compiler::single},
        Handler{"not", &Compiler::single},
        Handler{"if", &Compiler::single},
        Handler{"then", &Compiler::single},
        Handler{"else", &Compiler::single},
        Handler{"required", &Compiler::required},
        Handler{"properties", &Compiler::properties},
        Handler{"patternProperties", &Compiler::properties},
        Handler{"dependencies", &Compiler::dependencies},
        Handler{"allOf", &Compiler::several},
        Handler{"anyOf", &Compiler::several},
        Handler{"oneOf", &Compiler::several},
    };
    const auto found = std::find_if(kHandlers.begin(), kHandlers.end(),
                                    [&](const Handler& handler) { return handler.name == key; });
    if (found != kHandlers.end()) {
      const bool changed_meaning = key == "additionalItems" || key == "dependencies" ||
                                   (key == "items" && kind(node) == JsonKind::array);
      if (later_draft_ && changed_meaning)
        return refuse(place, as_quoted(key) + ", which its draft does not have", "a keyword of both drafts",
                      "Declare draft-07, or leave $schema out");
      return (this->*found->read)(rule, key, node, place);
    }
    std::vector<std::string> names;
    for (const Handler& handler : kHandlers) names.emplace_back(handler.name);
    const std::string near_name = nearest(key, names);
    return refuse(place, "the unknown keyword " + as_quoted(key), "a keyword of draft-07, or a name with x-",
                  near_name.empty() ? "" : fmt::format("Did you mean '{}'?", near_name));
  }

  bool is_kind(std::uint32_t node, JsonKind wanted, const std::string& place) {
    return kind(node) == wanted ||
           refuse(place, std::string(name_of(kind(node))), std::string(name_of(wanted)));
  }

  template <class Visit>
  bool for_each_item(std::uint32_t array, const std::string& place, const Visit& visit) {
    if (!is_kind(array, JsonKind::array, place)) return false;
    std::size_t i = 0;
    for (std::uint32_t item = array + 1; item < tree_.nodes[array].next; item = tree_.nodes[item].next) {
      if (!visit(item, fmt::format("{}/{}", place, i++))) return false;
    }
    return true;
  }

  template <class Visit>
  bool for_each_member(std::uint32_t object, const std::string& place, const Visit& visit) {
    if (!is_kind(object, JsonKind::object, place)) return false;
    for (std::uint32_t name = object + 1; name < tree_.nodes[object].next;
         name = tree_.nodes[name + 1].next) {
      const std::string key = tree_.string_at(name);
      if (!visit(key, name + 1, place + pointer_step(key))) return false;
    }
    return true;
  }

  bool definitions(std::uint32_t node, const std::string& place) {
    return for_each_member(node, place, [&](const std::string&, std::uint32_t value, const std::string& at) {
      return subschema(value, at).has_value();
    });
  }

  bool types(SchemaRule& rule, std::string_view, std::uint32_t node, const std::string& place) {
    constexpr std::array<std::string_view, 7> kTypes{"object", "array",   "string", "boolean",
                                                     "null",   "integer", "number"};
    const auto add = [&](std::uint32_t item, const std::string& at) {
      if (!is_kind(item, JsonKind::string, at)) return false;
      const std::string name = tree_.string_at(item);
      if (std::find(kTypes.begin(), kTypes.end(), name) == kTypes.end())
        return refuse(at, "the type " + as_quoted(name),
                      "one of: object, array, string, boolean, null, "
                      "integer, number");
      rule.types.push_back(name);
      return true;
    };
    return kind(node) == JsonKind::array ? for_each_item(node, place, add) : add(node, place);
  }

  bool values(SchemaRule& rule, std::string_view key, std::uint32_t node, const std::string& place) {
    if (key == "const") {
      rule.constant = canonical_json(tree_, node);
      return true;
    }
    rule.one_of_values.emplace();
    return for_each_item(node, place, [&](std::uint32_t item, const std::string&) {
      rule.one_of_values->insert(canonical_json(tree_, item));
      return true;
    });
  }

  bool number(SchemaRule& rule, std::string_view key, std::uint32_t node, const std::string& place) {
    const bool is_number = kind(node) == JsonKind::integer || kind(node) == JsonKind::decimal;
    const std::optional<Decimal> value = is_number ? decimal_from(tree_.source(node)) : std::nullopt;
    if (!value) return refuse(place, std::string(name_of(kind(node))), "a number");
    if (key == "multipleOf" && (value->negative || value->is_zero()))
      return refuse(place, std::string(tree_.source(node)), "a number above 0");
    (key == "minimum"            ? rule.minimum
     : key == "maximum"          ? rule.maximum
     : key == "exclusiveMinimum" ? rule.above
     : key == "exclusiveMaximum" ? rule.below
                                 : rule.multiple_of) = value;
    return true;
  }

  bool count(SchemaRule& rule, std::string_view key, std::uint32_t node, const std::string& place) {
    const std::string_view source = tree_.source(node);
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(source.data(), source.data() + source.size(), value);
    if (error != std::errc{} || end != source.data() + source.size())
      return refuse(place, as_quoted(source), "a whole number that is not negative");
    (key == "minLength"       ? rule.min_length
     : key == "maxLength"     ? rule.max_length
     : key == "minItems"      ? rule.min_items
     : key == "maxItems"      ? rule.max_items
     : key == "minProperties" ? rule.min_properties
                              : rule.max_properties) = value;
    return true;
  }

  std::optional<Pattern> compiled_pattern(const std::string& pattern, const std::string& place) {
    Result<Pattern> compiled = Pattern::compile(pattern, {.flags = "u", .full = false});
    if (compiled) return std::move(*compiled);
    error_ = compiled.error();
    error_->found = fmt::format("{} (in the schema at {})", error_->found, place);
    return std::nullopt;
  }

  bool text(SchemaRule& rule, std::string_view key, std::uint32_t node, const std::string& place) {
    if (!is_kind(node, JsonKind::string, place)) return false;
    const std::string value = tree_.string_at(node);
    if (key == "pattern") {
      rule.pattern = compiled_pattern(value, place);
      return rule.pattern.has_value();
    }
    rule.format = find_json_format(value);
    return rule.format || refuse(place, "the format " + as_quoted(value), "one of: " + json_format_names(),
                                 "Say the form as a pattern");
  }

  bool unique(SchemaRule& rule, std::string_view, std::uint32_t node, const std::string& place) {
    rule.unique_items = tree_.source(node) == "true";
    return is_kind(node, JsonKind::boolean, place);
  }

  bool items(SchemaRule& rule, std::string_view, std::uint32_t node, const std::string& place) {
    if (kind(node) != JsonKind::array) {
      rule.items = subschema(node, place);
      return rule.items.has_value();
    }
    rule.tuple.emplace();
    return list(*rule.tuple, node, place);
  }

  bool list(std::vector<RuleIndex>& rules, std::uint32_t node, const std::string& place) {
    return for_each_item(node, place, [&](std::uint32_t item, const std::string& at) {
      const std::optional<RuleIndex> rule = subschema(item, at);
      if (rule) rules.push_back(*rule);
      return rule.has_value();
    });
  }

  bool several(SchemaRule& rule, std::string_view key, std::uint32_t node, const std::string& place) {
    std::vector<RuleIndex>& rules = key == "allOf" ? rule.all_of : key == "anyOf" ? rule.any_of : rule.one_of;
    if (!list(rules, node, place)) return false;
    return !rules.empty() || refuse(place, "an empty list", "at least one schema");
  }

  bool single(SchemaRule& rule, std::string_view key, std::uint32_t node, const std::string& place) {
    std::optional<RuleIndex>& where = key == "additionalItems"        ? rule.more_items
                                      : key == "contains"             ? rule.contains
                                      : key == "additionalProperties" ? rule.more_properties
                                      : key == "propertyNames"        ? rule.property_names
                                      : key == "not"                  ? rule.not_this
                                      : key == "if"                   ? rule.if_this
                                      : key == "then"                 ? rule.then_this
                                                                      : rule.else_this;
    where = subschema(node, place);
    return where.has_value();
  }

  bool names(std::vector<std::string>& out, std::uint32_t node, const std::string& place) {
    return for_each_item(node, place, [&](std::uint32_t item, const std::string& at) {
      if (!is_kind(item, JsonKind::string, at)) return false;
      out.push_back(tree_.string_at(item));
      return true;
    });
  }

  bool required(SchemaRule& rule, std::string_view, std::uint32_t node, const std::string& place) {
    return names(rule.required, node, place);
  }

  bool properties(SchemaRule& rule, std::string_view key, std::uint32_t node, const std::string& place) {
    return for_each_member(node, place,
                           [&](const std::string& name, std::uint32_t value, const std::string& at) {
                             const std::optional<RuleIndex> schema = subschema(value, at);
                             if (!schema) return false;
                             if (key == "properties") {
                               rule.properties[name] = *schema;
                               return true;
                             }
                             std::optional<Pattern> pattern = compiled_pattern(name, at);
                             if (!pattern) return false;
                             rule.pattern_properties.emplace_back(std::move(*pattern), *schema);
                             return true;
                           });
  }

  bool dependencies(SchemaRule& rule, std::string_view, std::uint32_t node, const std::string& place) {
    return for_each_member(node, place,
                           [&](const std::string& name, std::uint32_t value, const std::string& at) {
                             if (kind(value) == JsonKind::array)
                               return names(rule.needed_names[name], value, at);
                             const std::optional<RuleIndex> schema = subschema(value, at);
                             if (schema) rule.needed_schemas[name] = *schema;
                             return schema.has_value();
                           });
  }

  bool reference(RuleIndex index, std::uint32_t node, const std::string& place) {
    if (!is_kind(node, JsonKind::string, place)) return false;
    pending_.push_back({.from = index, .text = tree_.string_at(node), .pointer = place});
    return true;
  }

  std::optional<RuleIndex> target_of(const Reference& reference) {
    const std::string& text = reference.text;
    const std::string pointer = text.empty() ? "-" : text.substr(1);
    if (text.empty() || text[0] != '#' || !is_pointer(pointer)) {
      refuse(reference.pointer, "$ref " + as_quoted(text), "# and a JSON pointer into the same schema",
             "Name a local file in the 'value' of a check, or copy the schema under 'definitions'; "
             "nothing is read from the network");
      return std::nullopt;
    }
    const std::optional<std::uint32_t> node = find_at(tree_, pointer);
    if (!node) {
      refuse(reference.pointer, "$ref " + as_quoted(text) + " without target", "a place in the schema");
      return std::nullopt;
    }
    return subschema(*node, pointer);
  }

  /// A chain of references that comes back to itself checks nothing and never ends.
  bool references_end() {
    for (const Reference& reference : pending_) {
      std::size_t steps = 0;
      for (std::optional<RuleIndex> at = reference.from; at; at = rules_[*at].ref) {
        if (++steps > rules_.size())
          return refuse(reference.pointer, "$ref " + as_quoted(reference.text) + " that leads back to itself",
                        "a schema at the end of it");
      }
    }
    return true;
  }

  const JsonTree& tree_;
  std::vector<SchemaRule> rules_;
  std::map<std::uint32_t, RuleIndex> by_node_;
  std::vector<Reference> pending_;
  bool later_draft_ = false;
  std::optional<Error> error_;
};

}  // namespace

Result<JsonSchema> JsonSchema::make(const record::Value& value) {
  const std::string text = value.kind == record::Value::Kind::text ? value.text : json_text_of(value);
  const tl::expected<JsonTree, JsonFault> tree = parse_json_text(text);
  if (!tree) {
    return fail(suite_error(
        fmt::format("the schema is no JSON at offset {}: {}", tree.error().offset, tree.error().what),
        "a JSON Schema"));
  }
  Result<std::vector<SchemaRule>> rules = Compiler(*tree).run();
  if (!rules) return fail(rules.error());
  auto compiled = std::make_shared<Compiled>();
  compiled->rules = std::move(*rules);
  return JsonSchema(std::move(compiled));
}

}  // namespace assay::evaluator
