#include "evaluator/benchy_rules.h"

#include <cmath>

#include "base/python.h"

namespace assay::evaluator::benchy {
namespace {

constexpr std::string_view kFence = "```";

void drop_from_both_ends(std::string_view& text, char mark) {
  while (text.starts_with(mark)) text.remove_prefix(1);
  while (text.ends_with(mark)) text.remove_suffix(1);
}

}  // namespace

std::string without_fences(std::string_view answer) {
  const std::size_t open = answer.find(kFence);
  if (open == std::string_view::npos) return std::string(python_strip(answer));
  answer.remove_prefix(open + kFence.size());
  const std::size_t newline = answer.find('\n');
  if (newline != std::string_view::npos) answer.remove_prefix(newline + 1);
  const std::size_t close = answer.rfind(kFence);
  if (close != std::string_view::npos) answer = answer.substr(0, close);
  return std::string(python_strip(answer));
}

std::string program_of(std::string_view text, bool wrap_in_print) {
  const std::string whole = wrap_in_print ? "print(" + std::string(text) + ")" : std::string(text);
  std::string_view program = python_strip(whole);
  drop_from_both_ends(program, '\'');
  drop_from_both_ends(program, '"');
  return std::string(program);
}

std::string result_of_output(std::string_view output) {
  const std::optional<double> number = python_float(output);
  return number ? python_float_text(*number) : std::string(output);
}

bool text_rule(std::string_view expected, std::string_view result) {
  return python_strip(expected) == python_strip(result);
}

bool numeric_rule(std::string_view expected, std::string_view result) {
  constexpr double kTolerance = 1e-6;
  const std::optional<double> wanted = python_float(expected);
  const std::optional<double> got = python_float(result);
  if (!wanted || !got) return text_rule(expected, result);
  return std::abs(*wanted - *got) < kTolerance;  // false for inf and nan, whose difference is no number
}

}  // namespace assay::evaluator::benchy
