// The names of Benchy's five evaluators.
#pragma once

#include <array>
#include <string_view>

namespace assay::suite {

inline constexpr std::string_view kBenchyRunNumber = "execute_python_code_with_num_output";
inline constexpr std::string_view kBenchyPrintNumber = "python_print_execution_with_num_output";
inline constexpr std::string_view kBenchyRunText = "execute_python_code_with_string_output";
inline constexpr std::string_view kBenchyRaw = "raw_string_evaluator";
inline constexpr std::string_view kBenchyJson = "json_validator_eval";

inline constexpr std::array kBenchyEvaluators{kBenchyRunNumber, kBenchyPrintNumber, kBenchyRunText,
                                              kBenchyRaw, kBenchyJson};

/// Whether two numbers are compared as numbers.
inline bool is_numeric_benchy(std::string_view evaluator) {
  return evaluator == kBenchyRunNumber || evaluator == kBenchyPrintNumber;
}

}  // namespace assay::suite
