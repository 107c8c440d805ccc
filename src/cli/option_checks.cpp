#include "cli/option_checks.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/python.h"
#include "base/text.h"

namespace assay::cli {
namespace {

std::string trouble(bool good) {
  return good ? "" : "refused";  // usage_error.cpp says what is expected, by the check's description
}

bool is_within(const std::string& text, double least, double most) {
  const auto value = python_float(text);
  return value && std::isfinite(*value) && *value >= least && *value <= most;
}

}  // namespace

// The descriptions are what help_values.cpp reads.

CLI::Validator whole_number() {
  return {[](std::string& text) {
            std::uint64_t value = 0;
            const char* end = text.data() + text.size();
            const auto read = std::from_chars(text.data(), end, value);
            return trouble(read.ec == std::errc{} && read.ptr == end);
          },
          "WHOLE"};
}

CLI::Validator number_within(double least, double most) {
  return {[least, most](std::string& text) { return trouble(is_within(text, least, most)); },
          fmt::format("FLOAT in [{:g} - {:g}]", least, most)};
}

CLI::Validator number_from_0() {
  return {[](std::string& text) { return trouble(is_within(text, 0, HUGE_VAL)); }, "NONNEGATIVE"};
}

CLI::Validator run_name() {
  constexpr std::size_t kLongest = 200;  // as the page's interface takes
  return {[](std::string& text) {
            return trouble(text != "last" && text.find('#') == std::string::npos &&
                           display_width(text) <= kLongest && printable(text, kLongest) == text);
          },
          "a name of at most 200 characters, in UTF-8, not 'last', without '#' and line feeds"};
}

}  // namespace assay::cli
