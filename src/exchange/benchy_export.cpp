#include <algorithm>

#include <fmt/format.h>

#include "base/python.h"
#include "exchange/benchy_figures.h"
#include "exchange/benchy_name.h"
#include "exchange/benchy_records.h"
#include "record/metrics.h"
#include "record/python_text.h"
#include "record/template.h"

namespace assay::exchange {
namespace {

using record::Value;
using Kind = Value::Kind;

/// The template with `{{name}}` written as Benchy writes it.
std::string plain_template(const std::string& text) {
  const auto parts = record::parse_template(text);
  if (!parts) return text;
  std::string plain;
  for (const record::TemplatePart& part : *parts)
    plain += part.variable ? "{{" + part.text + "}}" : part.text;
  return plain;
}

std::string base_prompt_of(const record::Suite& suite) {
  std::string base;
  for (const record::Message& message : suite.prompt.messages) {
    if (!base.empty()) base += "\n\n";
    base += suite.benchy ? message.content : plain_template(message.content);
  }
  return base;
}

/// The text that a prompt or an expectation means by the value: Python's in Benchy's suites, else ours.
std::string text_of(const Value& value, const record::Suite& suite) {
  return suite.benchy ? record::python_text(value) : record::as_text(value);
}

BenchyCase case_of(const record::Case& test, const record::Suite& suite) {
  BenchyCase one;
  one.variables.kind = Kind::mapping;
  for (const auto& [name, value] : test.vars) {
    one.variables.keys.push_back(name);
    // A reader of the report prints values as Python does; where that is not what was asked, text is.
    const bool alike = suite.benchy || record::python_text(value) == record::as_text(value);
    one.variables.items.push_back(alike ? value : Value::of_text(record::as_text(value)));
  }
  if (!test.expect)
    one.expectation = Value::of_text("");
  else if (test.expect->kind == Kind::mapping || test.expect->kind == Kind::text)
    one.expectation = *test.expect;
  else
    one.expectation = Value::of_text(text_of(*test.expect, suite));
  return one;
}

/// Without the blanks around it, but for Benchy's JSON evaluator, which shows it as it is.
std::string expected_text(const Value& expectation, const record::Suite& suite) {
  std::string text = text_of(expectation, suite);
  if (suite.benchy && suite.benchy->evaluator == "json_validator_eval") return text;
  return std::string(python_strip(text));
}

std::string provider_of(const record::ModelSpec& spec) {
  const BenchyLabel label = split_label(spec.label);
  return label.provider.empty() ? spec.engine : std::string(label.provider);
}

std::string label_of(const record::ModelSpec& spec, const record::Cell& cell) {
  const bool whole = spec.label.find('~') != std::string::npos;
  std::string label = whole ? spec.label : fmt::format("{}~{}", spec.engine, spec.label);
  if (!cell.label.empty()) label += fmt::format(" [{}]", cell.label);
  return label;
}

/// Stored figures: as Benchy computes them, else of what is known.
BenchyFigures figures_of(const BenchyModel& model) {
  BenchyFigures figures = recomputed(model);
  const KnownFigures known = known_figures(model);
  if (!figures.tokens_per_second) figures.tokens_per_second = known.tokens_per_second;
  if (!figures.total_ms) figures.total_ms = known.total_ms;
  if (!figures.load_ms) figures.load_ms = known.load_ms;
  return figures;
}

Value number(std::uint64_t value) {
  return Value::of_number(std::to_string(value));
}

}  // namespace

BenchyExport::BenchyExport(const record::Run& run, const record::Suite& suite,
                           std::function<std::string(const record::Case&)> prompt_of)
    : run_(run), suite_(suite), prompt_of_(std::move(prompt_of)) {
  for (std::size_t i = 0; i < suite.cases.size(); ++i) places_.emplace(suite.cases[i].id, i);
}

void BenchyExport::add(const record::Sample& sample, const record::Verdict* verdict) {
  const auto at = places_.find(sample.case_id);
  if (at == places_.end() || sample.model >= run_.models.size()) return;
  const record::Case& test = suite_.cases[at->second];
  const record::ModelSpec& spec = run_.models[sample.model].spec;
  const bool judged =
      verdict != nullptr && (verdict->mark == record::Mark::pass || verdict->mark == record::Mark::fail);
  BenchyResult result;
  result.errored = !judged;
  result.correct = judged && verdict->mark == record::Mark::pass;
  result.response = sample.output;
  result.provider = provider_of(spec);
  result.index = static_cast<std::int64_t>(at->second) + 1;
  result.input_prompt = prompt_of_(test);
  if (test.expect) result.expected_result = expected_text(*test.expect, suite_);
  const record::Cell no_cell;
  result.model = label_of(spec, sample.cell < run_.cells.size() ? run_.cells[sample.cell] : no_cell);
  if (judged) {
    result.execution_result = verdict->extracted;
    // Of a run whose speed is that of one stream, an answer that shared the engine has none to tell.
    const bool shared = record::has(sample.flags, record::Flag::batched) && run_.load.streams() == 1;
    if (!shared) {
      result.tokens_per_second = record::decode_tps(sample);
      result.total_ms = record::e2e_ms(sample);
    }
  } else {  // as Benchy writes a request that failed
    const std::string& why = sample.detail.empty() && verdict != nullptr ? verdict->detail : sample.detail;
    result.execution_result = "Error: " + (why.empty() ? std::string("no verdict") : why);
    result.tokens_per_second = 0;
    result.total_ms = 0;
    result.load_ms = 0;
    result.cost_usd = 0;
    ++without_verdict_;
  }
  ++results_;
  rows_[{sample.model, sample.cell}].push_back(std::move(result));
}

BenchyReport BenchyExport::finish(std::uint32_t repeat) {
  BenchyReport report;
  report.name = suite_.name.empty() ? std::string("report") : suite_.name;
  report.purpose = suite_.purpose;
  report.base_prompt = base_prompt_of(suite_);
  report.cases.emplace();
  for (const record::Case& test : suite_.cases) report.cases->push_back(case_of(test, suite_));
  for (std::uint32_t model = 0; model < run_.models.size(); ++model) {
    for (std::uint32_t cell = 0; cell < std::max<std::size_t>(run_.cells.size(), 1); ++cell) {
      const record::ModelSpec& spec = run_.models[model].spec;
      BenchyModel row;
      row.label = label_of(spec, cell < run_.cells.size() ? run_.cells[cell] : record::Cell{});
      row.provider = split_label(row.label).provider;
      if (const auto results = rows_.find({model, cell}); results != rows_.end())
        row.results = std::move(results->second);
      std::stable_sort(row.results.begin(), row.results.end(),
                       [](const BenchyResult& a, const BenchyResult& b) { return a.index < b.index; });
      row.figures = figures_of(row);
      report.models.push_back(std::move(row));
    }
  }
  report.figures = recomputed_overall(report);
  report.own.kind = Kind::mapping;
  report.own.keys = {"run", "assay_version", "repeat", "without_verdict"};
  report.own.items = {Value::of_text(run_.id), Value::of_text(run_.assay_version), number(repeat),
                      number(without_verdict_)};
  return report;
}

}  // namespace assay::exchange
