#include "cli/server_library.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "backend/table.h"
#include "cli/bench_show.h"
#include "cli/benchy_report.h"
#include "cli/catalogue.h"
#include "cli/compared_sides.h"
#include "cli/document.h"
#include "cli/plan_json.h"
#include "cli/report_import.h"
#include "cli/run_control.h"
#include "cli/summarise.h"
#include "exchange/benchy_records.h"
#include "suite/model.h"

namespace assay::cli {
namespace {

constexpr std::chrono::seconds kEnginesHold{30};

struct Kind {
  const char* format;
  const char* type;
  const char* ending;
};
constexpr std::array kKinds{
    Kind{"md", "text/markdown; charset=utf-8", "md"}, Kind{"csv", "text/csv; charset=utf-8", "csv"},
    Kind{"json", "application/json", "json"},         Kind{"table", "text/plain; charset=utf-8", "txt"},
    Kind{"junit", "application/xml", "xml"},          Kind{"benchy", "application/json", "json"}};

}  // namespace

Result<stats::Summary> ServerLibrary::summary(const record::Run& run) {
  return shown_summary(store_, run);
}

Result<std::vector<server::CaseInfo>> ServerLibrary::cases(const record::Run& run) {
  const auto suite = stored_suite(run);
  if (!suite) return fail(suite.error());
  std::vector<server::CaseInfo> cases;
  cases.reserve(suite->cases.size());
  for (const record::Case& one : suite->cases)
    cases.push_back({one.id, one.tags, one.expect ? dump(record::to_json(*one.expect)) : "null"});
  return cases;
}

Result<OrderedJson> ServerLibrary::compare(const std::string& a, const std::vector<std::string>& others) {
  // In an address # begins the part that no server sees, so : is taken too. An id holds neither.
  const auto has_hash = [](const std::string& side) { return side.find('#') != std::string::npos; };
  const bool hash = has_hash(a) || std::any_of(others.begin(), others.end(), has_hash);
  const auto sides = compare_sides(store_, a, others, hash ? '#' : ':');
  if (!sides) return fail(sides.error());
  return sides_json(*sides, check_gates({}, *sides));
}

Result<std::optional<record::BenchReport>> ServerLibrary::bench(const record::Run& run) {
  return stored_bench(store_, run.id);
}

Result<server::Document> ServerLibrary::report(const record::Run& run, const std::string& format) {
  for (const Kind& kind : kKinds) {
    if (format != kind.format) continue;
    auto bytes = format == kBenchy ? benchy_document(store_, run) : document(store_, run, format);
    if (!bytes) return fail(bytes.error());
    return server::Document{kind.type, fmt::format("assay-{}.{}", run.id, kind.ending), std::move(*bytes)};
  }
  return fail({.code = Code::bad_input,
               .where = {},
               .found = "unknown format '" + format + "'",
               .expected = {},
               .remedy = {}});
}

Result<std::string> ServerLibrary::benchy_answer(const record::Run& run) {
  return cli::benchy_answer(store_, run);
}

std::vector<server::Engine> ServerLibrary::engines() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (!engines_.empty() && now - asked_ < kEnginesHold) return engines_;
  engines_.clear();
  for (const backend::Entry& entry : backend::table()) {
    const auto trouble = entry.probe(entry.name);
    engines_.push_back({std::string(entry.name), !trouble, trouble ? sentence(*trouble) : std::string{},
                        entry.over_http, entry.tokens != nullptr});
  }
  asked_ = now;
  return engines_;
}

server::SuiteCheck ServerLibrary::check(const server::StartRequest& request) {
  server::SuiteCheck check;
  const auto prepared = prepare_request(request, check.warnings);
  if (!prepared) {
    check.errors = prepared.error();
    return check;
  }
  Errors lacking = suite::missing_engines(prepared->plan.models, catalogue());
  if (lacking.empty()) lacking = suite::missing_model_files(prepared->plan.models);
  check.errors = std::move(lacking);
  if (check.errors.empty()) check.plan = plan_json(*prepared);
  return check;
}

Result<OrderedJson> ServerLibrary::import_report(const std::string& bytes, const std::string& name,
                                                 const std::string& label) {
  const auto read = exchange::read_benchy(bytes, name);
  if (!read) return fail(read.error());
  const Checked all = checked(read->report);
  const auto run = keep_report(store_, read->report, bytes, name, label);
  if (!run) return fail(run.error());
  constexpr std::size_t kMostFindings = 100;
  OrderedJson findings = OrderedJson::array();
  for (const auto* list :
       {&read->findings, &all.verdicts.findings, &all.figures.findings, &all.prompts.findings}) {
    for (const exchange::Finding& finding : *list) {
      if (findings.size() < kMostFindings) findings.push_back(exchange::message(finding, name));
    }
  }
  OrderedJson rules = OrderedJson::array();
  for (const exchange::Fit& fit : all.fits) rules.push_back(fit.name);
  return OrderedJson{{"id", run->id},
                     {"name", read->report.name},
                     {"format", fmt::format("benchy R{}", read->report.generation())},
                     {"results", run->planned},
                     {"repetitions", run->repeats},
                     {"verified",
                      {{"verdicts", OrderedJson(counts_json(all.verdicts))},
                       {"aggregates", OrderedJson(counts_json(all.figures))},
                       {"prompts", OrderedJson(counts_json(all.prompts))},
                       {"rules", std::move(rules)}}},
                     {"findings", std::move(findings)}};
}

Result<std::optional<OrderedJson>> ServerLibrary::page_settings(const record::Run& run) {
  const auto kept = store_.attachment(run.id, exchange::kBenchyAttachment);
  if (!kept) return fail(kept.error());
  if (!*kept) return std::nullopt;
  const auto read = exchange::read_benchy(**kept, std::string(exchange::kBenchyAttachment));
  if (!read) return fail(read.error());
  const record::Value* settings = read->report.more.find("settings");
  if (settings == nullptr || settings->kind != record::Value::Kind::mapping) return OrderedJson::object();
  return OrderedJson(record::to_json(*settings));
}

Result<std::vector<record::TextToken>> ServerLibrary::tokens(const record::Run& run, std::uint32_t model,
                                                             const std::string& prompt) {
  const record::ModelSpec& spec = run.models.at(model).spec;
  const backend::Entry* engine =
      record::kind_of(run.options) == record::RunKind::suite ? backend::find(spec.engine) : nullptr;
  if (engine == nullptr || engine->tokens == nullptr) {
    return fail({.code = Code::unsupported,
                 .where = {},
                 .found = engine == nullptr
                              ? std::string("these answers came from elsewhere: no vocabulary is here")
                              : fmt::format("the engine '{}' does not show its vocabulary", spec.engine),
                 .expected = {},
                 .remedy = {}});
  }
  const std::lock_guard lock(vocabulary_);
  SystemClock clock;
  return engine->tokens(spec, prompt, {clock});
}

}  // namespace assay::cli
