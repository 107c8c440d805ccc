#include "report/junit.h"

#include <chrono>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::report {
namespace {

using record::Mark;

/// Bytes of a character that is left out, 0 of one that stays: XML 1.0 has no way to write most control
/// characters, U+FFFE and U+FFFF, and the C1 controls steer terminals.
std::size_t left_out(std::string_view rest) {
  const auto first = static_cast<unsigned char>(rest[0]);
  if (first == '\n' || first == '\t' || first == '\r') return 0;
  if (first < 0x20 || first == 0x7F) return 1;
  if (first == 0xC2 && static_cast<unsigned char>(rest[1]) < 0xA0) return 2;
  return rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF") ? 3 : 0;
}

/// Attribute or content.
std::string escaped(std::string_view text) {
  const std::string valid = to_valid_utf8(text);
  std::string out;
  out.reserve(valid.size());
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const char c = valid[i];
    const std::size_t unwritable = left_out(std::string_view(valid).substr(i));
    if (unwritable > 0) {
      i += unwritable - 1;
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\n' || c == '\t' || c == '\r') {
      out += fmt::format("&#{};", static_cast<int>(c));
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, escaped(value));
}

double seconds_of(const record::Sample& sample) {
  if (!sample.times.sent || !sample.times.done) return 0;
  return std::chrono::duration<double>(*sample.times.done - *sample.times.sent).count();
}

std::string property(std::string_view name, double value) {
  return fmt::format("      <property name=\"{}\" value=\"{:.6g}\"/>\n", name, value);
}

std::string properties(const stats::Summary& summary, const stats::SummaryRow& row) {
  std::string out;
  if (row.accuracy) out += property("accuracy", *row.accuracy);
  if (row.accuracy_ci95) {
    out += property("accuracy_ci95_low", row.accuracy_ci95->low);
    out += property("accuracy_ci95_high", row.accuracy_ci95->high);
  }
  if (row.coverage) out += property("coverage", *row.coverage);
  if (!summary.sandbox.empty())
    out += "      <property name=\"sandbox\"" + attribute("value", summary.sandbox) + "/>\n";
  if (out.empty()) return out;
  return "    <properties>\n" + out + "    </properties>\n";
}

std::string counts(std::uint64_t tests, std::uint64_t failures, std::uint64_t errors, std::uint64_t skipped,
                   double seconds) {
  return fmt::format(" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.6f}\"", tests,
                     failures, errors, skipped, seconds);
}

}  // namespace

void JUnit::add(const record::Run& run, const record::Sample& sample, const record::Verdict* verdict) {
  Group& group = groups_[{sample.model, sample.cell}];
  const double seconds = seconds_of(sample);
  const Mark mark = verdict == nullptr ? Mark::ungraded : verdict->mark;
  const std::string name =
      run.repeats > 1 ? fmt::format("{} #{}", sample.case_id, sample.repeat + 1) : sample.case_id;
  const std::string classname = run.suite_name + "." + run.models[sample.model].spec.label;
  group.cases += "    <testcase" + attribute("name", name) + attribute("classname", classname) +
                 fmt::format(" time=\"{:.6f}\"", seconds);
  ++group.tests;
  group.seconds += seconds;
  if (mark == Mark::pass) {
    group.cases += "/>\n";
    return;
  }
  const std::string reason = verdict == nullptr ? "no verdict" : verdict->reason;
  const std::string detail = verdict == nullptr ? "" : verdict->detail;
  std::string_view element = "error";
  if (mark == Mark::fail) {
    element = "failure";
    ++group.failures;
  } else if (mark == Mark::ungraded) {
    element = "skipped";
    ++group.skipped;
  } else {
    ++group.errors;
  }
  group.cases += fmt::format(">\n      <{}", element);
  if (mark != Mark::ungraded) group.cases += attribute("type", reason);
  group.cases +=
      attribute("message", mark == Mark::ungraded ? reason + (detail.empty() ? "" : ": " + detail) : detail);
  if (mark == Mark::fail && !sample.output.empty())
    group.cases += fmt::format(">{}</{}>\n", escaped(sample.output), element);
  else
    group.cases += "/>\n";
  group.cases += "    </testcase>\n";
}

std::string JUnit::text(const stats::Summary& summary) const {
  Group all;
  std::string suites;
  for (const stats::SummaryRow& row : summary.rows) {
    const auto found = groups_.find({row.model, row.cell});
    const Group group = found == groups_.end() ? Group{} : found->second;
    std::string name = summary.suite_name + " · " + row.model_label;
    if (!row.cell_label.empty()) name += " · " + row.cell_label;
    suites += "  <testsuite" + attribute("name", name) +
              counts(group.tests, group.failures, group.errors, group.skipped, group.seconds) +
              attribute("timestamp", summary.started) + ">\n" + properties(summary, row) + group.cases +
              "  </testsuite>\n";
    all.tests += group.tests;
    all.failures += group.failures;
    all.errors += group.errors;
    all.skipped += group.skipped;
    all.seconds += group.seconds;
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", summary.suite_name) +
         counts(all.tests, all.failures, all.errors, all.skipped, all.seconds) + ">\n" + suites +
         "</testsuites>\n";
}

}  // namespace assay::report
