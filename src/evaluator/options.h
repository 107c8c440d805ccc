// The options that stand beside a check's or filter's type: checked once against the table, then read without
// fuss.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/catalogue.h"
#include "record/value.h"

namespace assay::evaluator {

/// An error of a suite, without place.
Error suite_error(std::string found, std::string expected, std::string remedy = {});

/// Every key is in `specs` and every value has the kind that the table says. `owner` is the name of the
/// evaluator or filter, for messages. Absent: all is well.
std::optional<Error> check_options(const record::Value& options, std::span<const record::OptionSpec> specs,
                                   std::string_view owner);

/// Reads options that check_options() has accepted. A scalar may be written as text, number or truth:
/// `marker: 5` is the text "5".
class Options {
 public:
  explicit Options(const record::Value& options) : options_(options) {}
  bool has(std::string_view name) const { return options_.find(name) != nullptr; }
  bool boolean(std::string_view name, bool otherwise) const;
  std::string text(std::string_view name, std::string_view otherwise) const;
  /// A single text counts as a list of one.
  std::vector<std::string> texts(std::string_view name, std::vector<std::string> otherwise) const;

 private:
  const record::Value& options_;
};

}  // namespace assay::evaluator
