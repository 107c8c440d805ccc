// The tools that a model was offered, ready to check its calls against.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evaluator/json_schema.h"
#include "record/suite.h"

namespace assay::evaluator {

/// Any thread; never changes.
class Toolbox {
 public:
  /// nullptr for no tools. Errors: bad_input at the tool whose schema is wrong.
  static Result<std::shared_ptr<const Toolbox>> make(const std::vector<record::Tool>& tools);

  bool offers(std::string_view name) const { return schemas_.find(name) != schemas_.end(); }
  /// nullptr: there is no such tool, or it says nothing of its arguments.
  const JsonSchema* schema_of(std::string_view name) const;
  std::vector<std::string> names() const;

 private:
  std::map<std::string, std::optional<JsonSchema>, std::less<>> schemas_;
};

/// The first mistake in tools, or in a check of calls that no tool of its case can make. Absent: there is
/// none.
std::optional<Error> try_tools(const record::Suite& suite);

}  // namespace assay::evaluator
