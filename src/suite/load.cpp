#include "suite/load.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "suite/benchy.h"
#include "suite/cases.h"
#include "suite/checks.h"
#include "suite/choices.h"
#include "suite/files.h"
#include "suite/method.h"
#include "suite/models.h"
#include "suite/params.h"
#include "suite/prompt.h"
#include "suite/reader.h"
#include "suite/rounding.h"
#include "suite/task.h"
#include "suite/tools.h"
#include "suite/yaml_tree.h"

namespace assay::suite {
namespace {

constexpr std::array<std::string_view, 27> kSuiteKeys{
    "assay",  "name",     "purpose",   "tags",     "prompt",  "messages", "system", "raw",     "cases",
    "matrix", "evaluate", "pipelines", "grading",  "models",  "params",   "sweep",  "repeats", "warmup",
    "rounds", "order",    "load",      "cooldown", "timeout", "retries",  "benchy", "method",  "tools"};
constexpr int kMaxRepeats = 10'000;
constexpr int kMaxWarmup = 1'000;
constexpr int kMaxRetries = 100;
constexpr int kMaxParallel = 10'000;
constexpr double kMaxRate = 1e6;

bool check_version(Reader& reader, Node root) {
  const Node version = root.find("assay");
  if (!version) {
    reader.error(root.where(), "no key 'assay'", "the format's version", "Write: assay: 1");
    return true;
  }
  if (version.is(Kind::number) && version.text() == "1") return true;
  const bool newer = version.is(Kind::number);
  reader.error(version.where(), fmt::format("assay is {}", shown(version)),
               "1, the only version of the format so far", newer ? "Use a newer assay" : "Write: assay: 1",
               newer ? Code::unsupported : Code::bad_input);
  return !newer;
}

void read_load_pattern(Reader& reader, Node node, record::LoadPattern& load) {
  constexpr std::array<std::string_view, 4> kLoadKeys{"parallel", "rate", "arrivals", "measure"};
  if (!reader.is_mapping(node, "load")) return;
  reader.check_keys(node, kLoadKeys, "load");
  const Node parallel = node.find("parallel");
  const Node rate = node.find("rate");
  const Node arrivals = node.find("arrivals");
  if (parallel && rate) reader.error(rate.where(), "'rate' beside 'parallel'", "one of them", "Remove one");
  if (arrivals && !rate)
    reader.error(arrivals.where(), "'arrivals' without 'rate'", "both",
                 "Write: {rate: 5, arrivals: poisson}");
  const Node measure = node.find("measure");
  if (measure && !parallel)
    reader.error(measure.where(), "'measure' without 'parallel'", "both",
                 "Write: {parallel: auto, measure: 8}");
  if (parallel && parallel.is(Kind::text) && parallel.text() == "auto") {
    load.automatic = true;
    load.measure = record::kMeasuredAlone;
  } else if (parallel) {
    load.parallel = reader.whole(parallel, "parallel", 1, kMaxParallel).value_or(1);
  }
  if (measure) load.measure = reader.whole(measure, "measure", 0, kMaxRepeats);
  if (rate) load.rate_per_s = reader.real(rate, "rate", 1e-6, kMaxRate);
  if (arrivals && reader.choice(arrivals, "arrivals", {"constant", "poisson"}))
    load.arrivals = arrivals.text();
}

void read_text(Reader& reader, Node root, std::string_view key, std::string& target) {
  if (const Node node = root.find(key); node && !node.is(Kind::null))
    target = reader.label(node, key).value_or("");
}

void read_whole(Reader& reader, Node root, std::string_view key, int least, int greatest, int& target) {
  if (const Node node = root.find(key)) target = reader.whole(node, key, least, greatest).value_or(target);
}

void read_settings(Reader& reader, Node root, record::Suite& suite) {
  read_text(reader, root, "name", suite.name);
  read_text(reader, root, "purpose", suite.purpose);
  if (const Node tags = root.find("tags"))
    suite.tags = reader.labels(tags, "tags").value_or(std::vector<std::string>{});
  read_whole(reader, root, "repeats", 1, kMaxRepeats, suite.repeats);
  read_whole(reader, root, "warmup", 0, kMaxWarmup, suite.warmup);
  read_whole(reader, root, "rounds", 1, kMaxRepeats, suite.rounds);
  read_whole(reader, root, "retries", 0, kMaxRetries, suite.retries);
  if (suite.rounds > suite.repeats && root.find("rounds")) {
    reader.error(root.find("rounds").where(),
                 fmt::format("rounds is {}, repeats is {}", suite.rounds, suite.repeats),
                 "at most as many rounds as repeats", fmt::format("Write: repeats: {}", suite.rounds));
  }
  if (const Node order = root.find("order"); order) {
    if (reader.choice(order, "order", {"interleaved", "sequential"}) == 1U)
      suite.order = record::Order::sequential;
  }
  if (const Node grading = root.find("grading"); grading) {
    if (reader.choice(grading, "grading", {"assay", "benchy"}) == 1U) suite.grading = record::Grading::benchy;
  }
  if (const Node load = root.find("load")) {
    read_load_pattern(reader, load, suite.load);
    suite.names_load = true;
  }
  if (const Node cooldown = root.find("cooldown"))
    suite.cooldown = reader.duration(cooldown, "cooldown").value_or(Nanos{0});
  if (const Node timeout = root.find("timeout")) {
    suite.timeout = reader.duration(timeout, "timeout");
    if (suite.timeout == Nanos{0})
      reader.error(timeout.where(), "timeout is 0", "a time above 0", "Write: timeout: 60s");
  }
}

/// A swept parameter belongs to the sweep alone: a case that sets it would make the cell's label a lie.
void check_sweep(Reader& reader, Node root, const record::Suite& suite) {
  for (const record::SweepAxis& axis : suite.sweep) {
    for (const record::Case& test : suite.cases) {
      if (!test.params.contains(axis.param)) continue;
      reader.error(test.where,
                   fmt::format("case '{}' sets {}, which is swept", printable(test.id, 40), axis.param),
                   "it in the sweep or in the case", "Remove one");
    }
    const auto warn = [&](const Location& where, std::string_view whose) {
      reader.warning(where, fmt::format("{} in {} has no effect: it is swept", axis.param, whose),
                     "it in one place", "Remove it there");
    };
    if (suite.params.contains(axis.param)) warn(root.find("params").find_key(axis.param).where(), "params");
    for (const record::ModelSpec& model : suite.models) {
      if (model.params.contains(axis.param))
        warn(model.where, fmt::format("the params of model '{}'", model.label));
    }
  }
}

/// Expectations that nobody looks at would make every sample ungraded, in silence.
void check_expectations(Reader& reader, Node root, const record::Suite& suite) {
  if (root.find("evaluate") && suite.checks.empty() && root.find("evaluate").count() == 0 &&
      !root.find("evaluate").is(Kind::text)) {
    if (root.find("evaluate").is(Kind::mapping)) return;  // reported as a check without type
    reader.error(root.find("evaluate").where(), "evaluate is empty", "an evaluator",
                 "Remove it, or write: evaluate: equals");
    return;
  }
  if (root.find("evaluate") || suite.log_likelihood) return;
  const auto unjudged = [](const record::Case& test) {
    return test.expect.has_value() && test.checks.empty();
  };
  const auto first = std::find_if(suite.cases.begin(), suite.cases.end(), unjudged);
  if (first == suite.cases.end()) return;
  reader.error(
      first->where,
      fmt::format("case '{}' has an expectation, and there is no 'evaluate' that says how to compare",
                  printable(first->id, 40)),
      "'evaluate' in the suite or in the case", "Write: evaluate: equals");
}

/// A case with an `evaluate` of its own that was wrong has no checks now; asking the suite's checks would be
/// noise.
void check_meaning(Reader& reader, const record::Suite& suite) {
  check_pipeline_names(reader, suite);
  if (reader.error_count() == 0 || !suite.checks.empty()) check_deeply(reader, suite);
  if (reader.error_count() == 0 && reader.catalogue.try_suite) {
    if (auto error = reader.catalogue.try_suite(suite)) {
      const Location where = error->where;
      reader.error_at(where, *std::move(error));
    }
  }
  check_rounding(reader, suite);
}

/// A Benchy suite in this form says by its evaluator's name how answers are judged; `evaluate` and
/// `pipelines` beside it are further checks, as are those of a case.
void check_benchy(Reader& reader, Node root, record::Suite& suite) {
  suite.benchy->further = std::move(suite.checks);
  suite.benchy->pipelines = std::move(suite.pipelines);
  add_benchy_checks(reader, root.find("benchy").where(), suite);
  check_benchy_prompts(reader, suite);
}

void read_suite(Reader& reader, Node root, std::string_view text, const LoadOptions& options,
                record::Suite& suite) {
  if (!reader.is_mapping(root, "a suite") || !check_version(reader, root)) return;
  reader.check_keys(root, kSuiteKeys, "the suite");
  read_settings(reader, root, suite);
  suite.grading = options.grading.value_or(suite.grading);
  if (const Node benchy = root.find("benchy")) {
    suite.benchy = read_benchy_key(reader, benchy);
    reader.benchy = true;
  }
  if (const Node method = root.find("method")) suite.log_likelihood = read_method(reader, method);
  const bool task = static_cast<bool>(task_node(root));  // brings its own prompt and evaluators
  const PromptSource prompt = task ? PromptSource{} : read_prompt(reader, root);
  suite.prompt = prompt.prompt;
  if (const Node evaluate = root.find("evaluate"); evaluate && !task)
    suite.checks = read_checks(reader, evaluate);
  if (const Node pipelines = root.find("pipelines"); pipelines && !task)
    suite.pipelines = read_pipelines(reader, pipelines);
  if (const Node params = root.find("params")) suite.params = read_params(reader, params, "params");
  if (const Node sweep = root.find("sweep")) suite.sweep = read_sweep(reader, sweep);
  if (const Node models = root.find("models")) suite.models = read_models(reader, models);
  if (const Node tools = root.find("tools")) suite.tools = read_tools(reader, tools);
  read_cases(reader, root, suite);
  check_sweep(reader, root, suite);
  if (task && suite.log_likelihood)
    reader.error(root.find_key("method").where(), "'method' beside a task", "one of them",
                 "A task brings its own protocol");
  settle_method(reader, root, suite);
  check_tools(reader, root, suite);
  if (!reader.benchy && !task) settle_choices(reader, suite);
  if (suite.benchy) {
    check_benchy(reader, root, suite);
  } else if (!reader.benchy && !task) {
    check_variables(reader, prompt, suite.cases, text);
    check_expectations(reader, root, suite);
  }
  check_meaning(reader, suite);
}

/// Benchy's files are read again, because YAML 1.1 gives other values.
void read_any(Reader& reader, std::string_view text, const std::string& path, const LoadOptions& options,
              record::Suite& suite) {
  Tree tree;
  Errors errors;
  const bool readable = read_yaml(text, path, tree, errors);
  if (readable && is_benchy(Node(tree, tree.root))) {
    if (!read_old_yaml(text, path, tree, reader.errors, reader.warnings)) return;
    read_benchy(reader, Node(tree, tree.root), {options.grading, options.strict}, suite);
    if (suite.benchy) check_meaning(reader, suite);
    return;
  }
  reader.errors = std::move(errors);
  if (!readable) return;
  const Node root(tree, tree.root);
  if (options.only_benchy) {
    const bool ours = root.is(Kind::mapping) && root.find("assay");
    reader.error(
        root.where(), ours ? "a suite of assay's own" : "no suite",
        "a suite of Benchy: a mapping with benchmark_name, base_prompt, evaluator, models and prompts");
    return;
  }
  read_suite(reader, root, text, options, suite);
}

}  // namespace

LoadOutcome load(std::string_view text, const std::string& path, const record::Catalogue& catalogue,
                 const LoadOptions& options) {
  Reader reader(catalogue, folder_of(path));
  LoadOutcome outcome;
  record::Suite suite;
  if (text.size() > kMaxSuiteBytes) {
    reader.error({path, 1, 1}, fmt::format("a suite of {} bytes", text.size()),
                 fmt::format("at most {} bytes", kMaxSuiteBytes), "Put the cases into a .jsonl file");
  } else {
    read_any(reader, text, path, options, suite);
  }
  reader.finish();
  outcome.errors = std::move(reader.errors);
  outcome.warnings = std::move(reader.warnings);
  if (!outcome.errors.empty()) return outcome;
  suite.path = path;
  suite.sha256 = hex(sha256(text));
  outcome.suite = std::move(suite);
  return outcome;
}

LoadOutcome load_file(const std::string& path, const record::Catalogue& catalogue,
                      const LoadOptions& options) {
  const Result<std::string> text = read_file(path, kMaxSuiteBytes);
  if (text) return load(*text, path, catalogue, options);
  Error error = text.error();
  if (error.expected.empty()) error.expected = "a suite file";
  return {.suite = std::nullopt, .errors = {std::move(error)}, .warnings = {}};
}

}  // namespace assay::suite
