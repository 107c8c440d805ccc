// Benchy's JSON rule: the values are compared as its comparison library does it for Python's values.
#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "base/python.h"
#include "evaluator/benchy_rules.h"
#include "evaluator/json_text.h"
#include "record/python_text.h"

namespace assay::evaluator::benchy {
namespace {

using record::Value;
using Kind = record::Value::Kind;

/// A mapping from names to places, the last of equal names.
Value value_at(const JsonTree& tree, std::uint32_t node) {
  const JsonNode& here = tree.nodes[node];
  switch (here.kind) {
    case JsonKind::null: return {};
    case JsonKind::boolean: return Value::of_boolean(tree.source(node) == "true");
    case JsonKind::integer:
    case JsonKind::decimal: return Value::of_number(std::string(tree.source(node)));
    case JsonKind::string: return Value::of_text(tree.string_at(node));
    case JsonKind::array: {
      Value list{.kind = Kind::list, .text = {}, .items = {}, .keys = {}};
      for (std::uint32_t child = node + 1; child < here.next; child = tree.nodes[child].next)
        list.items.push_back(value_at(tree, child));
      return list;
    }
    case JsonKind::object: break;
  }
  Value mapping{.kind = Kind::mapping, .text = {}, .items = {}, .keys = {}};
  std::map<std::string, std::size_t> places;
  for (std::uint32_t name = node + 1; name < here.next; name = tree.nodes[name + 1].next) {
    std::string key = tree.string_at(name);
    const auto [place, is_new] = places.emplace(key, mapping.items.size());
    if (is_new) {
      mapping.keys.push_back(std::move(key));
      mapping.items.push_back(value_at(tree, name + 1));
    } else {
      mapping.items[place->second] = value_at(tree, name + 1);
    }
  }
  return mapping;
}

/// The types that Python has for it.
enum class Type { null, boolean, integer, real, text, list, mapping };

Type type_of(const Value& value) {
  switch (value.kind) {
    case Kind::null: return Type::null;
    case Kind::boolean: return Type::boolean;
    case Kind::text: return Type::text;
    case Kind::list: return Type::list;
    case Kind::mapping: return Type::mapping;
    case Kind::number: break;
  }
  const bool whole = value.text.find_first_not_of("+-0123456789") == std::string::npos;
  return whole ? Type::integer : Type::real;
}

std::string_view name_of(Type type) {
  constexpr std::string_view kNames[] = {"null",   "a bool", "an int",   "a float",
                                         "a text", "a list", "a mapping"};
  return kNames[static_cast<std::size_t>(type)];
}

/// Whole numbers of any size as their digits; True is 1.
std::string digits_of(const Value& value) {
  if (value.kind == Kind::boolean) return value.text == "true" ? "1" : "0";
  return record::python_text(value);
}

/// The double that a float means, in the words of JSON (Infinity) or of a suite (.inf).
double real_of(const Value& value) {
  return python_float(record::python_text(value)).value_or(0);
}

class Comparison {
 public:
  /// Python reads every NaN of JSON text as the same object, and an object equals itself. One from elsewhere
  /// equals nothing.
  explicit Comparison(bool nan_is_nan) : nan_is_nan_(nan_is_nan) {}

  bool same(const Value& wanted, const Value& got, const std::string& path) {
    const Type type = type_of(wanted);
    if (type != type_of(got))
      return differ(path,
                    fmt::format("expected {}, got {}", benchy::name_of(type), benchy::name_of(type_of(got))));
    if (type == Type::mapping) return same_mapping(wanted, got, path);
    if (type == Type::list) return same_list(wanted, got, path);
    return same_scalar(wanted, got) || differ(path, differing(wanted, got));
  }

  const std::string& why() const { return why_; }

 private:
  bool differ(const std::string& path, const std::string& what) {
    why_ = (path.empty() ? "the value" : path) + ": " + what;
    return false;
  }

  static std::string differing(const Value& wanted, const Value& got) {
    return fmt::format("expected {}, got {}", as_quoted_value(wanted), as_quoted_value(got));
  }
  static std::string as_quoted_value(const Value& value) {
    constexpr std::size_t kShown = 60;
    return record::python_quoted(value).substr(0, kShown);
  }

  static bool counts(const std::string& key) { return !key.starts_with("__"); }

  bool same_mapping(const Value& wanted, const Value& got, const std::string& path) {
    std::map<std::string_view, const Value*> rest;
    for (std::size_t i = 0; i < got.keys.size(); ++i) {
      if (counts(got.keys[i])) rest.emplace(got.keys[i], &got.items[i]);
    }
    for (std::size_t i = 0; i < wanted.keys.size(); ++i) {
      const std::string& key = wanted.keys[i];
      if (!counts(key)) continue;
      const auto found = rest.find(key);
      std::string place = path;
      place.append("/").append(key);
      if (found == rest.end()) return differ(place, "missing");
      if (!same(wanted.items[i], *found->second, place)) return false;
      rest.erase(found);
    }
    return rest.empty() || differ(path + "/" + std::string(rest.begin()->first), "unexpected");
  }

  bool same_list(const Value& wanted, const Value& got, const std::string& path) {
    if (wanted.items.size() != got.items.size())
      return differ(path, fmt::format("expected {} items, got {}", wanted.items.size(), got.items.size()));
    const auto scalar = [](const Value& item) { return item.is_scalar(); };
    const bool by_value = std::all_of(wanted.items.begin(), wanted.items.end(), scalar) &&
                          std::all_of(got.items.begin(), got.items.end(), scalar);
    for (std::size_t i = 0; i < wanted.items.size(); ++i) {
      const std::string place = fmt::format("{}/{}", path, i);
      if (!by_value) {
        if (!same(wanted.items[i], got.items[i], place)) return false;
      } else if (!same_scalar(wanted.items[i], got.items[i])) {
        return differ(place, differing(wanted.items[i], got.items[i]));
      }
    }
    return true;
  }

  static bool is_number(Type type) {
    return type == Type::boolean || type == Type::integer || type == Type::real;
  }

  /// By value: bool, int and float mix, and an int equals a float only exactly.
  bool same_scalar(const Value& wanted, const Value& got) const {
    const Type a = type_of(wanted);
    const Type b = type_of(got);
    if (!is_number(a) || !is_number(b)) return a == b && wanted.text == got.text;
    if (a != Type::real && b != Type::real) return digits_of(wanted) == digits_of(got);
    if (a == Type::real && b == Type::real) {
      const double x = real_of(wanted);
      const double y = real_of(got);
      return x == y || (nan_is_nan_ && std::isnan(x) && std::isnan(y));
    }
    const Value& real = a == Type::real ? wanted : got;
    const Value& whole = a == Type::real ? got : wanted;
    const double value = real_of(real);
    if (std::isnan(value) || std::isinf(value) || value != std::trunc(value)) return false;
    return fmt::format("{:.0f}", value == 0 ? 0.0 : value) == digits_of(whole);
  }

  bool nan_is_nan_;
  std::string why_;
};

}  // namespace

JsonRuling json_rule(const record::Value& expectation, std::string_view answer) {
  const bool is_text = expectation.kind == Kind::text;
  Value wanted = expectation;
  if (is_text) {
    const auto tree = parse_json_text(expectation.text, JsonDialect::python);
    if (!tree) {
      const bool correct = text_rule(expectation.text, answer);
      return {correct,
              fmt::format("the expectation is no JSON; the answer {} its text", correct ? "is" : "is not")};
    }
    wanted = value_at(*tree, 0);
  }
  const auto tree = parse_json_text(answer, JsonDialect::python);
  if (!tree) {
    const bool correct = text_rule(record::python_text(wanted), answer);
    return {correct, fmt::format("no JSON at offset {} ({}); the answer {} Python's text of the expectation",
                                 tree.error().offset, tree.error().what, correct ? "is" : "is not")};
  }
  Comparison comparison(is_text);
  const bool correct = comparison.same(wanted, value_at(*tree, 0), "");
  return {correct, correct ? "equal values" : comparison.why()};
}

}  // namespace assay::evaluator::benchy
