// What a JSON Schema compiles to. Only json_schema*.cpp include this.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "evaluator/decimal.h"
#include "evaluator/json_format.h"
#include "evaluator/json_schema.h"
#include "evaluator/pattern.h"

namespace assay::evaluator {

using RuleIndex = std::uint32_t;

/// One schema of the document. Absent members check nothing.
struct SchemaRule {
  bool never = false;  ///< the schema `false`
  std::optional<RuleIndex> ref;
  std::vector<std::string> types;  ///< of: object, array, string, boolean, null, integer, number
  std::optional<std::set<std::string>> one_of_values;  ///< enum, as canonical_json()
  std::optional<std::string> constant;                 ///< const, as canonical_json()

  std::optional<Decimal> minimum, maximum, above, below, multiple_of;
  std::optional<std::size_t> min_length, max_length;
  std::optional<Pattern> pattern;
  std::optional<JsonFormat> format;

  std::optional<std::size_t> min_items, max_items;
  bool unique_items = false;
  std::optional<RuleIndex> items;
  std::optional<std::vector<RuleIndex>> tuple;  ///< items as a list
  std::optional<RuleIndex> more_items;          ///< additionalItems
  std::optional<RuleIndex> contains;

  std::optional<std::size_t> min_properties, max_properties;
  std::vector<std::string> required;
  std::map<std::string, RuleIndex, std::less<>> properties;
  std::vector<std::pair<Pattern, RuleIndex>> pattern_properties;
  std::optional<RuleIndex> more_properties;  ///< additionalProperties
  std::optional<RuleIndex> property_names;
  std::map<std::string, std::vector<std::string>> needed_names;  ///< dependencies on names
  std::map<std::string, RuleIndex> needed_schemas;               ///< dependencies on schemas

  std::vector<RuleIndex> all_of, any_of, one_of;
  std::optional<RuleIndex> not_this, if_this, then_this, else_this;
};

struct JsonSchema::Compiled {
  std::vector<SchemaRule> rules;  ///< the first is the whole schema
};

/// Equal values, equal texts: names sorted, the last of equal names, numbers by value (1 and 1.0 are equal).
std::string canonical_json(const JsonTree& tree, std::uint32_t node);

}  // namespace assay::evaluator
