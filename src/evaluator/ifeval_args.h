// The arguments of one instruction of IFEval, read strictly. Internal to ifeval_*.cpp.
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

/// Keeps the first mistake; what is read after it means nothing. Ask error() at the end.
class InstructionArgs {
 public:
  InstructionArgs(std::string_view id, const record::Value& given) : id_(id), given_(given) {}

  std::string text(std::string_view name);
  long whole(std::string_view name);
  std::vector<std::string> texts(std::string_view name);
  /// "less than" or "at least": whether `count` is so.
  std::function<bool(long)> relation(std::string_view name, long limit);
  /// `source` was made of the argument `name`.
  Pattern pattern(std::string_view name, const std::string& source, std::string flags);
  /// The first mistake, arguments that nobody asked for among them.
  std::optional<Error> error();

 private:
  const record::Value* find(std::string_view name);
  void fault(std::string_view name, std::string_view what, std::string_view expected);

  std::string id_;
  const record::Value& given_;
  std::vector<std::string> asked_;
  std::optional<Error> error_;
};

}  // namespace assay::evaluator
