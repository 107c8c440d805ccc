#include "evaluator/comma_list.h"

#include <fmt/format.h>

#include "evaluator/evaluator.h"
#include "evaluator/options.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

/// Reads one quoted text; `at` is on the opening quote and ends behind the closing one. False: it is not
/// closed.
bool read_quoted(std::string_view text, std::size_t& at, std::string& out) {
  for (++at; at < text.size(); ++at) {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    const bool escaped = text[at] == '\\' && (next == '"' || next == '\\');
    const bool doubled = text[at] == '"' && next == '"';
    if (text[at] == '"' && !doubled) {
      ++at;
      return true;
    }
    if (escaped || doubled) ++at;
    out.push_back(text[at]);
  }
  return false;
}

}  // namespace

Result<std::vector<std::string>> comma_list(std::string_view text, std::string_view owner) {
  std::vector<std::string> texts;
  if (trim_space(text).empty()) return texts;
  for (std::size_t at = 0;;) {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
    std::string one;
    const bool in_quotes = at < text.size() && text[at] == '"';
    if (in_quotes && !read_quoted(text, at, one)) {
      return fail(suite_error(
          fmt::format("the value of {} has a quote that is not closed: {}", owner, as_quoted(text)),
          "a second double quote", "Write the quote itself as \\\" or \"\""));
    }
    const std::size_t comma = std::min(text.find(',', at), text.size());
    const std::string_view rest = trim_space(text.substr(at, comma - at));
    if (in_quotes && !rest.empty()) {
      return fail(
          suite_error(fmt::format("the value of {} has {} behind a closing quote", owner, as_quoted(rest)),
                      "a comma or the end"));
    }
    texts.push_back(in_quotes ? std::move(one) : std::string(rest));
    if (comma == text.size()) return texts;
    at = comma + 1;
  }
}

}  // namespace assay::evaluator
