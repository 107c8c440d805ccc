#include "suite/benchy_expectation.h"

#include <cmath>
#include <string>

#include <fmt/format.h>

#include "base/python.h"
#include "base/text.h"
#include "record/python_text.h"
#include "suite/benchy_names.h"
#include "suite/json_tree.h"

namespace assay::suite {
namespace {

void check_number(Reader& reader, Node node, std::string_view evaluator, const std::string& text) {
  const std::string stripped(python_strip(text));
  const auto number = python_float(stripped);
  const std::string shown_text = printable(stripped, 60);
  if (is_numeric_benchy(evaluator) && !number) {
    reader.warning(node.where(),
                   fmt::format("expectation '{}' is no number; it is compared as text", shown_text),
                   fmt::format("a number, because of {}", evaluator), {});
  } else if (is_numeric_benchy(evaluator) && !std::isfinite(*number)) {
    reader.warning(node.where(),
                   fmt::format("expectation '{}' is not finite, so no answer can pass", shown_text),
                   "a finite number", {});
  } else if (evaluator == kBenchyRunText && number && python_float_text(*number) != stripped) {
    reader.warning(
        node.where(),
        fmt::format("no answer can equal '{}', because a program's output that is a number is first written "
                    "in its normal form",
                    shown_text),
        fmt::format("'{}'", python_float_text(*number)),
        fmt::format("Write: expectation: \"{}\"", python_float_text(*number)));
  }
}

void check_json(Reader& reader, Node node, const std::string& text) {
  // Python takes these as well; how deep they stand does not matter for a warning.
  if (text.find("NaN") != std::string::npos || text.find("Infinity") != std::string::npos) return;
  Tree tree;
  Errors errors;
  if (read_json(text, {1, 1}, tree, errors)) return;
  reader.warning(node.where(),
                 fmt::format("expectation '{}' is no JSON; it is compared as text", printable(text, 60)),
                 "JSON in a text, or a mapping", {});
}

}  // namespace

void check_benchy_expectation(Reader& reader, Node node, std::string_view evaluator,
                              const record::Value& expected) {
  if (evaluator != kBenchyJson)
    check_number(reader, node, evaluator, record::python_text(expected));
  else if (expected.kind == Kind::text)
    check_json(reader, node, expected.text);
}

}  // namespace assay::suite
