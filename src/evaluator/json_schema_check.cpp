// A JSON value against the rules of a schema.
#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "evaluator/evaluator.h"
#include "evaluator/json_pointer.h"
#include "evaluator/json_schema_rules.h"

namespace assay::evaluator {
namespace {

/// Rules tried at places. An ordinary check takes a few per value; anyOf within anyOf multiplies.
constexpr std::uint64_t kLeastSchemaSteps = 100'000;
constexpr std::uint64_t kSchemaStepsPerNode = 64;
/// Rules within rules: deeper than any schema, less deep than the stack (3 MiB; a Thread of base/thread.h has
/// 8).
constexpr int kMaxSchemaDepth = 2'000;

using Fault = std::optional<SchemaFault>;

class Checker {
 public:
  Checker(const std::vector<SchemaRule>& rules, const JsonTree& tree) : rules_(rules), tree_(tree) {}

  Fault run(std::uint32_t node) {
    Fault fault = check(0, node);
    if (!gave_up_) return fault;
    return SchemaFault{
        .pointer = {}, .keyword = {}, .what = "the schema took more than its steps", .limit = true};
  }

 private:
  JsonKind kind(std::uint32_t node) const { return tree_.nodes[node].kind; }
  bool is_number(std::uint32_t node) const {
    return kind(node) == JsonKind::integer || kind(node) == JsonKind::decimal;
  }

  Fault fault(std::string_view keyword, std::string what) const {
    std::string pointer;
    for (const std::string& step : path_) pointer += step;
    return SchemaFault{
        .pointer = std::move(pointer), .keyword = std::string(keyword), .what = std::move(what)};
  }

  bool fits(RuleIndex rule, std::uint32_t node) { return !check(rule, node); }

  Fault check(RuleIndex index, std::uint32_t node) {
    if (gave_up_ || ++steps_ > most_steps_ || depth_ >= kMaxSchemaDepth) {
      gave_up_ = true;
      return std::nullopt;
    }
    ++depth_;
    Fault found = check_rule(rules_[index], node);
    --depth_;
    return found;
  }

  Fault check_rule(const SchemaRule& rule, std::uint32_t node) {
    if (rule.never) return fault("false", "nothing is allowed here");
    if (rule.ref) return check(*rule.ref, node);
    if (Fault found = check_value(rule, node)) return found;
    Fault found;
    if (is_number(node)) found = check_number(rule, node);
    if (kind(node) == JsonKind::string) found = check_string(rule, tree_.string_at(node));
    if (kind(node) == JsonKind::array) found = check_array(rule, node);
    if (kind(node) == JsonKind::object) found = check_object(rule, node);
    return found ? found : check_logic(rule, node);
  }

  bool has_type(std::uint32_t node, std::string_view type) const {
    if (type == "number") return is_number(node);
    if (type == "integer" && kind(node) == JsonKind::decimal) {  // 1.0 is an integer in draft-07
      const std::optional<Decimal> value = decimal_from(tree_.source(node));
      return value && is_whole(*value);
    }
    return name_of(kind(node)) == type;
  }

  static bool is_whole(const Decimal& value) {
    return value.is_zero() || static_cast<std::int64_t>(value.digits.size()) <= value.lead + 1;
  }

  Fault check_value(const SchemaRule& rule, std::uint32_t node) const {
    if (!rule.types.empty() && std::none_of(rule.types.begin(), rule.types.end(),
                                            [&](const std::string& type) { return has_type(node, type); })) {
      std::string wanted;
      for (const std::string& type : rule.types) wanted += (wanted.empty() ? "" : " or ") + type;
      return fault("type", fmt::format("expected {}, got {}", wanted, name_of(kind(node))));
    }
    if (!rule.one_of_values && !rule.constant) return std::nullopt;
    const std::string value = canonical_json(tree_, node);
    if (rule.one_of_values && !rule.one_of_values->contains(value))
      return fault("enum", as_quoted(tree_.source(node)) + " is not one of the values");
    if (rule.constant && *rule.constant != value)
      return fault("const", as_quoted(tree_.source(node)) + " is not the value");
    return std::nullopt;
  }

  Fault check_number(const SchemaRule& rule, std::uint32_t node) const {
    const std::optional<Decimal> value = decimal_from(tree_.source(node));
    if (!value) return std::nullopt;  // an exponent that nobody means
    const std::string shown = as_quoted(tree_.source(node));
    if (rule.minimum && compare(*value, *rule.minimum) < 0) return fault("minimum", shown + " is too small");
    if (rule.maximum && compare(*value, *rule.maximum) > 0) return fault("maximum", shown + " is too large");
    if (rule.above && compare(*value, *rule.above) <= 0)
      return fault("exclusiveMinimum", shown + " is too small");
    if (rule.below && compare(*value, *rule.below) >= 0)
      return fault("exclusiveMaximum", shown + " is too large");
    if (rule.multiple_of && !is_multiple(*value, *rule.multiple_of))
      return fault("multipleOf", shown + " is no multiple");
    return std::nullopt;
  }

  /// By long division on the digits, so that 0.3 is a multiple of 0.1. Beyond 18 digits of the divisor and
  /// 400 places nothing is said: no such number is meant, and the work must end.
  static bool is_multiple(const Decimal& value, const Decimal& divisor) {
    constexpr std::size_t kDigits = 18;
    constexpr std::int64_t kPlaces = 400;
    if (value.is_zero()) return true;
    if (divisor.digits.size() > kDigits) return true;
    // value = V × 10^v and divisor = D × 10^d with whole V and D.
    const std::int64_t v = value.lead + 1 - static_cast<std::int64_t>(value.digits.size());
    const std::int64_t d = divisor.lead + 1 - static_cast<std::int64_t>(divisor.digits.size());
    const std::uint64_t whole = std::stoull(divisor.digits);
    std::int64_t zeros = v - d;
    if (zeros < 0) return false;  // V has no factor 10
    if (zeros > kPlaces) return true;
    std::uint64_t rest = 0;
    const auto take = [&](std::uint64_t digit) { rest = (rest * 10 + digit) % whole; };  // below 10^19
    for (const char c : value.digits) take(static_cast<std::uint64_t>(c - '0'));
    for (; zeros > 0; --zeros) take(0);
    return rest == 0;
  }

  Fault check_string(const SchemaRule& rule, const std::string& text) {
    if (rule.min_length || rule.max_length) {
      const auto length = static_cast<std::size_t>(std::count_if(
          text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
      if (rule.min_length && length < *rule.min_length)
        return fault("minLength", fmt::format("{} characters", length));
      if (rule.max_length && length > *rule.max_length)
        return fault("maxLength", fmt::format("{} characters", length));
    }
    if (rule.pattern && !matches(*rule.pattern, text))
      return fault("pattern", as_quoted(text) + " does not match");
    if (rule.format && !(*rule.format)(text)) return fault("format", as_quoted(text) + " has not that form");
    return std::nullopt;
  }

  bool matches(const Pattern& pattern, std::string_view text) {
    const MatchResult result = pattern.match(text);
    if (result.state == MatchState::limit) gave_up_ = true;
    return result.state == MatchState::found;
  }

  Fault check_array(const SchemaRule& rule, std::uint32_t array) {
    std::size_t count = 0;
    bool contains = !rule.contains;
    std::unordered_set<std::string> seen;
    for (std::uint32_t item = array + 1; item < tree_.nodes[array].next; item = tree_.nodes[item].next) {
      const RuleIndex* wanted = nullptr;
      if (rule.tuple)
        wanted = count < rule.tuple->size() ? &(*rule.tuple)[count]
                 : rule.more_items          ? &*rule.more_items
                                            : nullptr;
      else if (rule.items)
        wanted = &*rule.items;
      if (wanted != nullptr || !contains) {
        path_.push_back(fmt::format("/{}", count));
        Fault found = wanted == nullptr ? std::nullopt : check(*wanted, item);
        contains = contains || fits(*rule.contains, item);
        path_.pop_back();
        if (found) return found;
      }
      if (rule.unique_items && !seen.insert(canonical_json(tree_, item)).second)
        return fault("uniqueItems", fmt::format("element {} was there before", count));
      ++count;
    }
    if (rule.min_items && count < *rule.min_items)
      return fault("minItems", fmt::format("{} elements", count));
    if (rule.max_items && count > *rule.max_items)
      return fault("maxItems", fmt::format("{} elements", count));
    return contains ? std::nullopt : fault("contains", "no element fits");
  }

  using Members = std::map<std::string, std::uint32_t, std::less<>>;

  /// Of equal names the last counts.
  Members members_of(std::uint32_t object) const {
    Members members;
    for (std::uint32_t name = object + 1; name < tree_.nodes[object].next; name = tree_.nodes[name + 1].next)
      members[tree_.string_at(name)] = name + 1;
    return members;
  }

  Fault check_object(const SchemaRule& rule, std::uint32_t object) {
    const Members members = members_of(object);
    for (const std::string& name : rule.required) {
      if (!members.contains(name)) return fault("required", as_quoted(name) + " is missing");
    }
    if (rule.min_properties && members.size() < *rule.min_properties)
      return fault("minProperties", fmt::format("{} names", members.size()));
    if (rule.max_properties && members.size() > *rule.max_properties)
      return fault("maxProperties", fmt::format("{} names", members.size()));
    for (const auto& [name, value] : members) {
      if (Fault found = check_member(rule, name, value)) return found;
    }
    for (const auto& [name, needed] : rule.needed_names) {
      if (!members.contains(name)) continue;
      for (const std::string& other : needed) {
        if (!members.contains(other))
          return fault("dependencies", fmt::format("{} needs {}", as_quoted(name), as_quoted(other)));
      }
    }
    for (const auto& [name, needed] : rule.needed_schemas) {
      if (!members.contains(name)) continue;
      if (Fault found = check(needed, object)) return found;
    }
    return std::nullopt;
  }

  Fault check_member(const SchemaRule& rule, const std::string& name, std::uint32_t value) {
    path_.push_back(pointer_step(name));
    Fault found;
    bool known = false;
    if (const auto own = rule.properties.find(name); own != rule.properties.end()) {
      known = true;
      found = check(own->second, value);
    }
    for (const auto& [pattern, schema] : rule.pattern_properties) {
      if (found || !matches(pattern, name)) continue;
      known = true;
      found = check(schema, value);
    }
    if (!known && !found && rule.more_properties) {
      found = check(*rule.more_properties, value);
      if (found && rules_[*rule.more_properties].never)
        found = fault("additionalProperties", "a name that is not allowed");
    }
    path_.pop_back();
    if (!found && rule.property_names) found = check_name(*rule.property_names, name);
    return found;
  }

  /// A name is checked as if it were a string of its own.
  Fault check_name(RuleIndex schema, const std::string& name) {
    const std::string text = Json(name).dump();
    const tl::expected<JsonTree, JsonFault> tree = parse_json_text(text);
    if (!tree) return std::nullopt;
    Checker checker(rules_, *tree);
    const Fault found = checker.check(schema, 0);
    gave_up_ = gave_up_ || checker.gave_up_;
    if (!found) return std::nullopt;
    return fault("propertyNames", fmt::format("the name {}: {}", as_quoted(name), found->what));
  }

  Fault check_logic(const SchemaRule& rule, std::uint32_t node) {
    for (const RuleIndex each : rule.all_of) {
      if (Fault found = check(each, node)) return found;
    }
    if (!rule.any_of.empty() && std::none_of(rule.any_of.begin(), rule.any_of.end(),
                                             [&](RuleIndex each) { return fits(each, node); }))
      return fault("anyOf", "none of the schemas fits");
    if (!rule.one_of.empty()) {
      const auto fitting = std::count_if(rule.one_of.begin(), rule.one_of.end(),
                                         [&](RuleIndex each) { return fits(each, node); });
      if (fitting != 1) return fault("oneOf", fmt::format("{} of the schemas fit, not one", fitting));
    }
    if (rule.not_this && fits(*rule.not_this, node)) return fault("not", "the schema that must not fit does");
    if (rule.if_this) {
      const std::optional<RuleIndex>& then = fits(*rule.if_this, node) ? rule.then_this : rule.else_this;
      if (then) return check(*then, node);
    }
    return std::nullopt;
  }

  const std::vector<SchemaRule>& rules_;
  const JsonTree& tree_;
  std::vector<std::string> path_;
  std::uint64_t steps_ = 0;
  std::uint64_t most_steps_ = kLeastSchemaSteps + kSchemaStepsPerNode * tree_.nodes.size();
  int depth_ = 0;
  bool gave_up_ = false;
};

std::string canonical_number(std::string_view source) {
  const std::optional<Decimal> value = decimal_from(source);
  if (!value) return std::string(source);
  return fmt::format("{}{}e{}", value->negative ? "-" : "", value->digits, value->lead);
}

void write_canonical(const JsonTree& tree, std::uint32_t node, std::string& out) {
  const JsonNode& at = tree.nodes[node];
  if (at.kind == JsonKind::object) {
    std::map<std::string, std::uint32_t> members;
    for (std::uint32_t name = node + 1; name < at.next; name = tree.nodes[name + 1].next)
      members[tree.string_at(name)] = name + 1;
    out.push_back('{');
    for (const auto& [name, value] : members) {
      out += fmt::format("{}:{}", name.size(), name);
      write_canonical(tree, value, out);
    }
    out.push_back('}');
  } else if (at.kind == JsonKind::array) {
    out.push_back('[');
    for (std::uint32_t item = node + 1; item < at.next; item = tree.nodes[item].next) {
      write_canonical(tree, item, out);
      out.push_back(',');
    }
    out.push_back(']');
  } else if (at.kind == JsonKind::string) {
    const std::string text = tree.string_at(node);
    out += fmt::format("\"{}:{}", text.size(), text);
  } else if (at.kind == JsonKind::integer || at.kind == JsonKind::decimal) {
    out += "#" + canonical_number(tree.source(node));
  } else {
    out += tree.source(node);
  }
}

}  // namespace

std::string canonical_json(const JsonTree& tree, std::uint32_t node) {
  std::string text;
  write_canonical(tree, node, text);
  return text;
}

Fault JsonSchema::check(const JsonTree& tree, std::uint32_t node) const {
  return Checker(compiled_->rules, tree).run(node);
}

}  // namespace assay::evaluator
