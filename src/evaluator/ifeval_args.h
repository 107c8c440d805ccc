// The arguments of one IFEval instruction, read strictly.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evaluator/pattern.h"
#include "record/value.h"

namespace assay::evaluator {

/// Reads what is asked for and remembers the first mistake; error() tells it after the last question. What a
/// faulty argument gives is of no use.
class InstructionArgs {
 public:
  InstructionArgs(std::string_view id, const record::Value& given) : id_(id), given_(given) {}

  std::string text(std::string_view name);
  /// Not negative.
  long whole(std::string_view name);
  /// Not empty.
  std::vector<std::string> texts(std::string_view name);
  /// "less than" or "at least": whether a count is so, compared with `limit`.
  std::function<bool(long)> relation(std::string_view name, long limit);
  /// `source` compiled; `name` is the argument that it came from, for the message.
  Pattern pattern(std::string_view name, const std::string& source, std::string flags);
  /// Remembers that the argument `name` `what` ("is missing").
  void fault(std::string_view name, std::string_view what, std::string_view expected);
  /// Remembers a mistake that is none of one argument. bad_input, without place.
  void refuse(Error error);
  /// The first mistake, arguments that nobody asked for among them. bad_input, without place.
  std::optional<Error> error();

 private:
  const record::Value* find(std::string_view name);

  std::string id_;
  const record::Value& given_;
  std::vector<std::string> asked_;
  std::optional<Error> error_;
};

}  // namespace assay::evaluator
