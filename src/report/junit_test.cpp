#include "report/junit.h"

#include <gtest/gtest.h>

namespace assay::report {
namespace {

using record::Mark;
using namespace std::string_literals;

record::Sample sample_of(const std::string& id, const std::string& output) {
  record::Sample sample;
  sample.case_id = id;
  sample.output = output;
  sample.times.sent = std::chrono::milliseconds(100);
  sample.times.done = std::chrono::milliseconds(350);
  return sample;
}

record::Verdict verdict_of(Mark mark, std::string reason = {}, std::string detail = {}) {
  record::Verdict verdict;
  verdict.mark = mark;
  verdict.reason = std::move(reason);
  verdict.detail = std::move(detail);
  return verdict;
}

std::string document() {
  record::Run run;
  run.suite_name = "Sums <1>";
  run.models.resize(1);
  run.models[0].spec.label = "m & n";
  const record::Verdict pass = verdict_of(Mark::pass);
  const record::Verdict fail = verdict_of(Mark::fail, "mismatch", "expected \"4\"\n\x1b[31m");
  const record::Verdict cut = verdict_of(Mark::incomplete, "output_truncated", "cut");
  JUnit junit;
  junit.add(run, sample_of("a", "4"), &pass);
  junit.add(run, sample_of("b", "five \xff\x00\x07\x7F\xC2\x9B \xEF\xBF\xBF\xC2\xA0]]>"s), &fail);
  junit.add(run, sample_of("c", "x"), &cut);
  junit.add(run, sample_of("d", "x"), nullptr);
  stats::Summary summary;
  summary.suite_name = run.suite_name;
  summary.started = "2026-01-02T03:04:05Z";
  summary.rows.resize(1);
  summary.rows[0].model_label = "m & n";
  summary.rows[0].accuracy = 0.5;
  summary.rows[0].coverage = 0.5;
  summary.sandbox = "none";
  return junit.text(summary);
}

TEST(JUnit, one_suite_for_each_row_and_one_case_for_each_sample) {
  EXPECT_EQ(document(), R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="Sums &lt;1&gt;" tests="4" failures="1" errors="1" skipped="1" time="1.000000">
  <testsuite name="Sums &lt;1&gt; · m &amp; n" tests="4" failures="1" errors="1" skipped="1" time="1.000000" timestamp="2026-01-02T03:04:05Z">
    <properties>
      <property name="accuracy" value="0.5"/>
      <property name="coverage" value="0.5"/>
      <property name="sandbox" value="none"/>
    </properties>
    <testcase name="a" classname="Sums &lt;1&gt;.m &amp; n" time="0.250000"/>
    <testcase name="b" classname="Sums &lt;1&gt;.m &amp; n" time="0.250000">
      <failure type="mismatch" message="expected &quot;4&quot;&#10;[31m">five �  ]]&gt;</failure>
    </testcase>
    <testcase name="c" classname="Sums &lt;1&gt;.m &amp; n" time="0.250000">
      <error type="output_truncated" message="cut"/>
    </testcase>
    <testcase name="d" classname="Sums &lt;1&gt;.m &amp; n" time="0.250000">
      <skipped message="no verdict"/>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST(JUnit, repeats_are_told_apart) {
  record::Run run;
  run.repeats = 2;
  run.models.resize(1);
  record::Sample again = sample_of("a", "4");
  again.repeat = 1;
  const record::Verdict pass = verdict_of(Mark::pass);
  JUnit junit;
  junit.add(run, again, &pass);
  stats::Summary summary;
  summary.rows.resize(1);
  EXPECT_NE(junit.text(summary).find("name=\"a #2\""), std::string::npos);
}

}  // namespace
}  // namespace assay::report
