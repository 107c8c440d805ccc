#include "cli/run_options.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "backend/table.h"
#include "base/duration.h"
#include "base/text.h"
#include "cli/budget.h"
#include "cli/option_checks.h"
#include "cli/parallel_choice.h"
#include "cli/shell.h"
#include "plan/plan.h"
#include "record/param_names.h"
#include "suite/load.h"
#include "suite/model.h"

namespace assay::cli {
namespace {

Error option_error(std::string found, std::string expected, std::string remedy) {
  return {.code = Code::bad_input,
          .where = {},
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = std::move(remedy)};
}

/// The value behind k=v: JSON where it is JSON (numbers, true, lists), else the text as it is.
Json value_of(const std::string& text) {
  const auto parsed = parse_json(text);
  return parsed ? *parsed : Json(text);
}

Result<std::pair<std::string, Json>> read_param(const std::string& text) {
  const std::size_t at = text.find('=');
  if (at == std::string::npos)
    return fail(
        option_error(fmt::format("--param {}", text), "name=value", "For example: --param temperature=0.7"));
  const std::string name = text.substr(0, at);
  const record::ParamSpec* spec = record::find_param(name);
  if (spec == nullptr) {
    std::vector<std::string> known;
    for (const record::ParamSpec& one : record::param_table()) known.emplace_back(one.name);
    const std::string near = record::meant_param(name);
    return fail(option_error(fmt::format("--param: unknown parameter '{}'", name),
                             "one of: " + join(known, ", "),
                             near.empty() ? std::string{} : fmt::format("Did you mean '{}'?", near)));
  }
  auto value = record::checked_param(*spec, value_of(text.substr(at + 1)));
  if (!value) return fail(option_error("--param: " + value.error().found, value.error().expected, {}));
  return std::pair{name, std::move(*value)};
}

constexpr int kMostParallel = 256;

Result<std::optional<record::LoadPattern>> read_parallel(const std::string& text) {
  if (text.empty()) return std::nullopt;
  record::LoadPattern load;
  if (text == "auto") {
    load.automatic = true;
    load.measure = record::kMeasuredAlone;
    return load;
  }
  int number = 0;
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (trouble != std::errc{} || end != text.data() + text.size() || number < 1 || number > kMostParallel)
    return fail(option_error(fmt::format("--parallel {}", text),
                             fmt::format("a whole number from 1 to {}, or auto", kMostParallel), {}));
  load.parallel = number;
  return load;
}

/// --exact beside a load that it would take away.
std::optional<Error> exact_conflict(const RunOptions& options) {
  if (!options.exact) return std::nullopt;
  const bool streams = !options.parallel.empty() && options.parallel != "auto" && options.parallel != "1";
  if (!streams && !options.measure) return std::nullopt;
  return option_error(
      fmt::format("--exact beside {}", streams ? "--parallel " + options.parallel : "--measure"),
      "one of them", "--exact asks one request at a time");
}

plan::Overrides overrides_of(const RunOptions& options, const record::Catalogue& catalogue, Errors& errors) {
  plan::Overrides overrides;
  for (const std::string& text : options.models) {
    auto model = suite::parse_model(text, "", catalogue);
    if (model)
      overrides.models.push_back(std::move(*model));
    else
      errors.push_back(model.error());
  }
  suite::label_models(overrides.models);
  for (const std::string& text : options.params) {
    auto param = read_param(text);
    if (!param)
      errors.push_back(param.error());
    else if (const auto [known, fresh] = overrides.params.insert(*param); !fresh)
      errors.push_back(
          option_error(fmt::format("--param {} twice: {} and {}", param->first,
                                   record::param_text(known->second), record::param_text(param->second)),
                       "each parameter once", "To run it with several values, sweep over them in the suite"));
  }
  overrides.repeats = options.repeats;
  overrides.warmup = options.warmup;
  if (auto load = read_parallel(options.parallel); !load)
    errors.push_back(load.error());
  else
    overrides.load = *load;
  overrides.measure = options.measure;
  if (auto conflict = exact_conflict(options)) errors.push_back(*std::move(conflict));
  // One stream, each prompt as a whole: any batch adds numbers in another order (docs/measurement.md).
  if (options.exact) overrides.load = record::LoadPattern{};
  if (options.timeout) {
    overrides.timeout = parse_duration(*options.timeout);
    if (!overrides.timeout || overrides.timeout->count() == 0)
      errors.push_back(option_error(fmt::format("--timeout {}", *options.timeout), "a time with its unit",
                                    "For example: --timeout 30s"));
  }
  return overrides;
}

Json options_json(const RunOptions& options) {
  Json json = Json::object();
  if (!options.models.empty()) json["models"] = options.models;
  if (!options.params.empty()) json["params"] = options.params;
  if (!options.cases.empty()) json["cases"] = options.cases;
  if (options.repeats) json["repeats"] = *options.repeats;
  if (options.warmup) json["warmup"] = *options.warmup;
  if (!options.parallel.empty()) json["parallel"] = options.parallel;
  if (options.measure) json["measure"] = *options.measure;
  if (options.exact) json["exact"] = true;
  if (options.timeout) json["timeout"] = *options.timeout;
  if (!options.grading.empty()) json["grading"] = options.grading;
  if (!options.start.empty()) json["start"] = options.start;
  return json;
}

/// Its engine is a server of its own.
bool asked_over_http(const record::ModelSpec& model) {
  const backend::Entry* entry = backend::find(model.engine);
  return entry != nullptr && entry->over_http;
}

/// --start holds for the servers whose address nobody gave.
void set_start(record::Suite& suite, const std::string& start) {
  for (record::ModelSpec& model : suite.models) {
    if (asked_over_http(model) && model.url.empty()) model.start = start;
  }
}

}  // namespace

void add_run_options(CLI::App& command, RunOptions& options, bool several_suites) {
  CLI::Option* suites =
      command.add_option("suite", options.suites, "Suite file (docs/suite-guide.md)")->required();
  if (!several_suites) suites->expected(1);
  command
      .add_option("-m,--model", options.models,
                  "Model instead of the suite's, e.g. llama:model.gguf or fake: (may be repeated)")
      ->type_name("MODEL")
      ->expected(1)
      ->take_all();
  command
      .add_option("-p,--param", options.params,
                  "Setting over the suite's, e.g. temperature=0.7 (may be repeated)")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
  command.add_option("-n,--repeats", options.repeats, "How often each case is asked")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 100000));
  command.add_option("--warmup", options.warmup, "Discarded trials after each load")
      ->type_name("COUNT")
      ->check(CLI::Range(0, 1000));
  command
      .add_option(
          "--parallel", options.parallel,
          "Requests in flight at once: a number (the load is what is measured), or 'auto' (answers soon: a "
          "few cases alone for the speed, the others together; the default of a graded suite on llama "
          "models)")
      ->type_name("COUNT|auto");
  command
      .add_option("--measure", options.measure,
                  "With --parallel auto: cases that go alone first (default: 8)")
      ->type_name("COUNT")
      ->check(CLI::Range(0, 10000));
  command.add_flag(
      "--exact", options.exact,
      "The answers of a single stream: no batches and no shared beginnings, whatever the suite's load");
  // A larger or a negative number would become another one without a word.
  command.add_option("--seed", options.seed, "Seed of the order of trials (default: 0)")
      ->type_name("NUMBER")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{std::numeric_limits<std::int64_t>::max()}));
  command.add_option("--case", options.cases, "Only the case with this id (may be repeated)")
      ->type_name("ID")
      ->expected(1)
      ->take_all();
  command.add_option("--timeout", options.timeout, "Longest time for one trial, e.g. 30s")->type_name("TIME");
  command
      .add_option("--start", options.start,
                  "Start the servers that have no address: 'auto', or a command with {port} and {model}")
      ->type_name("COMMAND|auto");
  add_grading_option(command, options.grading);
}

void add_grading_option(CLI::App& command, std::string& grading) {
  command.add_option("--grading", grading, "Rules of right and wrong, over the suite's")
      ->check(CLI::IsMember({"assay", "benchy"}));
}

std::optional<record::Grading> grading_from(const std::string& word) {
  if (word.empty()) return std::nullopt;
  return word == "benchy" ? record::Grading::benchy : record::Grading::assay;
}

namespace {

tl::expected<Prepared, Errors> prepared_from(suite::LoadOutcome loaded, const RunOptions& options,
                                             const record::Catalogue& catalogue) {
  Errors errors;
  const plan::Overrides overrides = overrides_of(options, catalogue, errors);
  errors.insert(errors.end(), loaded.errors.begin(), loaded.errors.end());
  if (!errors.empty() || !loaded.suite) return tl::unexpected(std::move(errors));

  Prepared prepared;
  prepared.suite = plan::overridden(std::move(*loaded.suite), overrides);
  prepared.options = options_json(options);
  if (!options.start.empty()) set_start(prepared.suite, options.start);
  if (auto priced = set_prices(prepared.suite.models); !priced) return tl::unexpected(Errors{priced.error()});
  auto plan = plan::expand(prepared.suite, {.seed = options.seed.value_or(0),
                                            .cases = options.cases,
                                            .shares_by_default = sharing_by_default(prepared.suite)});
  if (!plan) return tl::unexpected(Errors{plan.error()});
  prepared.plan = std::move(*plan);
  settle_load(prepared);
  return prepared;
}

}  // namespace

void settle_load(Prepared& prepared) {
  record::Plan& plan = prepared.plan;
  if (plan.load.measure || plan.load.rate_per_s ||
      std::any_of(plan.models.begin(), plan.models.end(), asked_over_http))
    plan.longest_request = plan::longest_request(prepared.suite, plan);
  if (plan.load.automatic) plan.shared_need = plan::shared_need(prepared.suite, plan);
  choose_parallel(plan, plan.load.automatic ? plan::mean_rest(prepared.suite) : 0);
}

tl::expected<Prepared, Errors> prepare(const std::string& path, const RunOptions& options,
                                       const record::Catalogue& catalogue) {
  suite::LoadOutcome loaded = suite::load_file(path, catalogue, {.grading = grading_from(options.grading)});
  print_warnings(loaded.warnings);
  return prepared_from(std::move(loaded), options, catalogue);
}

tl::expected<Prepared, Errors> prepare_text(const std::string& text, const std::string& path,
                                            bool only_benchy, const RunOptions& options,
                                            const record::Catalogue& catalogue, Errors& warnings) {
  suite::LoadOutcome loaded = suite::load(
      text, path, catalogue, {.grading = grading_from(options.grading), .only_benchy = only_benchy});
  warnings = loaded.warnings;
  return prepared_from(std::move(loaded), options, catalogue);
}

}  // namespace assay::cli
