#include "suite/benchy.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "record/python_text.h"
#include "suite/benchy_expectation.h"
#include "suite/benchy_model.h"
#include "suite/benchy_names.h"
#include "suite/benchy_value.h"
#include "suite/cases.h"
#include "suite/checks.h"

namespace assay::suite {
namespace {

// The last three, and a case's checks, are assay's own: Benchy ignores what it does not know.
constexpr std::array<std::string_view, 9> kTopKeys{"benchmark_name", "purpose", "base_prompt",
                                                   "evaluator",      "models",  "prompts",
                                                   "grading",        "checks",  "pipelines"};
constexpr std::array<std::string_view, 3> kCaseKeys{"dynamic_variables", "expectation", "checks"};

std::vector<std::string> evaluator_names() {
  return {kBenchyEvaluators.begin(), kBenchyEvaluators.end()};
}

bool has_suite_key(Node node) {
  return node.is(Kind::mapping) && !node.find("assay") &&
         (node.find("benchmark_name") || node.find("base_prompt"));
}

bool has_case_key(Node node) {
  return node.is(Kind::mapping) && (node.find("dynamic_variables") || node.find("expectation"));
}

/// One file's reading.
class BenchyReader {
 public:
  BenchyReader(Reader& reader, const BenchyOptions& options, record::Suite& suite)
      : reader_(reader), options_(options), suite_(suite) {}

  void read(Node root);

 private:
  /// What Benchy refuses and assay takes.
  void soft(const Location& where, std::string found, std::string expected, std::string remedy) {
    if (options_.strict)
      reader_.error(where, std::move(found), std::move(expected), std::move(remedy));
    else
      reader_.warning(where, std::move(found), std::move(expected), std::move(remedy));
  }
  void unknown_keys(Node mapping, std::span<const std::string_view> known, std::string_view what);
  std::optional<std::string> text_of(Node node, std::string_view name);
  std::optional<std::string> required_text(Node root, std::string_view name);

  void read_evaluator(Node root);
  void read_grading(Node root);
  void read_prompt(Node root);
  void read_models(Node root);
  void read_model(Node node);
  void read_cases(Node root);
  void read_case(Node node);
  void read_variables(Node test_node, record::Case& test);
  void read_expectation(Node test_node, record::Case& test);

  Reader& reader_;
  const BenchyOptions& options_;
  record::Suite& suite_;
  std::string evaluator_;  ///< empty: wrong, and said so
  Location evaluator_at_;
  std::map<std::string, Location, std::less<>> labels_;
};

void BenchyReader::unknown_keys(Node mapping, std::span<const std::string_view> known,
                                std::string_view what) {
  for_each_pair(mapping, [&](Node key, Node) {
    if (std::find(known.begin(), known.end(), key.text()) != known.end()) return;
    const std::vector<std::string> names(known.begin(), known.end());
    reader_.warning(key.where(),
                    fmt::format("unknown key '{}' in {} is ignored", printable(key.text(), 60), what),
                    "one of: " + join(names, ", "), did_you_mean(key.text(), names));
  });
}

std::optional<std::string> BenchyReader::text_of(Node node, std::string_view name) {
  if (node.is(Kind::text) && !node.is_date()) return std::string(node.text());
  if (node.is(Kind::number) || node.is(Kind::boolean) || node.is_date()) {
    std::string text = python_text_of(node);
    soft(node.where(), fmt::format("{} is no text; it counts as '{}'", name, printable(text, 60)), "text",
         "Put it in quotes");
    return text;
  }
  reader_.error(node.where(), fmt::format("{} is {}", name, shown(node)), "text");
  return std::nullopt;
}

std::optional<std::string> BenchyReader::required_text(Node root, std::string_view name) {
  const Node node = root.find(name);
  if (node) return text_of(node, name);
  reader_.error(root.where(), fmt::format("no '{}'", name), "a text under this key",
                fmt::format("Write: {}: …", name));
  return std::nullopt;
}

void BenchyReader::read_evaluator(Node root) {
  const auto name = required_text(root, "evaluator");
  if (!name) return;
  const Node node = root.find("evaluator");
  evaluator_at_ = node.where();
  // The two names of an older Benchy.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kOld{
      {{"execute_python_code_with_uv", kBenchyRunNumber}, {"execute_python_code_output", kBenchyRunText}}};
  for (const auto& [old, now] : kOld) {
    if (*name != old) continue;
    soft(node.where(), fmt::format("evaluator '{}' is an old name; it is read as '{}'", old, now),
         "the new name", fmt::format("Write: evaluator: {}", now));
    evaluator_ = now;
    return;
  }
  const std::vector<std::string> names = evaluator_names();
  if (std::find(names.begin(), names.end(), *name) != names.end()) {
    evaluator_ = *name;
    return;
  }
  reader_.error(node.where(), fmt::format("unknown evaluator '{}'", printable(*name, 60)),
                "one of: " + join(names, ", "), did_you_mean(*name, names));
}

void BenchyReader::read_grading(Node root) {
  suite_.grading = record::Grading::benchy;
  if (const Node node = root.find("grading")) {
    if (reader_.choice(node, "grading", {"assay", "benchy"}) == 0U) suite_.grading = record::Grading::assay;
  }
  suite_.grading = options_.grading.value_or(suite_.grading);
}

void BenchyReader::read_prompt(Node root) {
  suite_.prompt.where = root.where();
  auto text = required_text(root, "base_prompt");
  if (!text) return;
  suite_.prompt.where = root.find("base_prompt").where();
  suite_.prompt.messages.push_back({.role = "user", .content = *std::move(text)});
}

void BenchyReader::read_model(Node node) {
  const auto text = text_of(node, "a model");
  if (!text) return;
  const auto model = parse_benchy_model(*text, reader_.catalogue);
  const std::vector<std::string> providers = benchy_providers(reader_.catalogue);
  if (!model) {
    const std::string provider = text->substr(0, text->find('~'));
    reader_.error(
        node.where(),
        fmt::format("unknown provider '{}' in model '{}'", printable(provider, 40), printable(*text, 80)),
        "one of: " + join(providers, ", "), did_you_mean(lower_ascii(provider), providers));
    return;
  }
  const std::string before = text->substr(0, text->find(':'));
  if (text->find('~') == std::string::npos && before.size() < text->size() &&
      std::find(providers.begin(), providers.end(), before) != providers.end()) {
    reader_.warning(
        node.where(),
        fmt::format("model '{}' asks ollama for a model of this whole name", printable(*text, 80)),
        "provider~model",
        fmt::format("Write: {}~{}", before, printable(text->substr(before.size() + 1), 80)));
  }
  record::ModelSpec spec = benchy_spec(*model, reader_.folder, reader_.catalogue);
  spec.where = node.where();
  const auto [at, fresh] = labels_.emplace(spec.label, spec.where);
  if (fresh) {
    suite_.models.push_back(std::move(spec));
    return;
  }
  reader_.warning(node.where(),
                  fmt::format("model '{}' is already listed at {}:{}; it runs once",
                              printable(spec.label, 80), at->second.line, at->second.column),
                  "each model once", "Remove one; --repeats asks every case again");
}

void BenchyReader::read_models(Node root) {
  const Node node = root.find("models");
  const bool empty = !node || node.is(Kind::null) || (node.is(Kind::list) && node.count() == 0);
  if (empty) {
    soft(node ? node.where() : root.where(), node ? "models is empty" : "no 'models'", "a list of models",
         "Name one under 'models', or on the command line with --model");
    return;
  }
  if (!reader_.is_list(node, "models")) return;
  for_each_item(node, [&](Node item) { read_model(item); });
}

void BenchyReader::read_variables(Node test_node, record::Case& test) {
  const Node node = test_node.find("dynamic_variables");
  if (!node) {
    soft(test_node.where(), "a case without 'dynamic_variables'", "a mapping, or nothing behind the key",
         "Write: dynamic_variables: {}");
    return;
  }
  if (node.is(Kind::null) || !reader_.is_mapping(node, "dynamic_variables")) return;
  test.vars.reserve(node.count());
  for_each_pair(node, [&](Node key, Node value_node) {
    std::string name = python_text_of(key);
    const auto same = [&](const auto& var) { return var.first == name; };
    if (std::any_of(test.vars.begin(), test.vars.end(), same)) {  // 1 beside "1": the first fills the hole
      reader_.warning(key.where(),
                      fmt::format("variable '{}' is there twice; the first one counts", printable(name, 40)),
                      "each variable once", "Remove one");
      return;
    }
    if (auto value = benchy_value(reader_, value_node))
      test.vars.emplace_back(std::move(name), *std::move(value));
  });
}

void BenchyReader::read_expectation(Node test_node, record::Case& test) {
  const Node node = test_node.find("expectation");
  if (!node) {
    soft(test_node.where(), "a case without 'expectation'; it counts as an empty text", "a text or a mapping",
         "Write: expectation: …");
    test.expect = record::Value::of_text({});
    return;
  }
  if (node.is(Kind::null)) {
    reader_.error(node.where(), "expectation is empty", "a text or a mapping",
                  "Write \"\" for an empty text");
    test.expect = record::Value::of_text({});  // no second complaint
    return;
  }
  auto value = benchy_value(reader_, node);
  if (!value) return;
  const bool json = evaluator_ == kBenchyJson;
  const bool odd = node.is_date() || !(node.is(Kind::text) || node.is(Kind::mapping));
  if (odd) {
    const std::string text = record::python_text(*value);
    const bool kept = json && !node.is_date();
    soft(node.where(),
         kept ? fmt::format("expectation is {}; it is compared as JSON", shown(node))
              : fmt::format("expectation is no text; it counts as '{}'", printable(text, 60)),
         "a text or a mapping", kept ? "Put the JSON in quotes" : "Put it in quotes");
    if (!kept) value = record::Value::of_text(text);
  }
  test.expect = *std::move(value);
  check_benchy_expectation(reader_, node, evaluator_, *test.expect);
}

void BenchyReader::read_case(Node node) {
  if (!reader_.is_mapping(node, "a case")) return;
  unknown_keys(node, kCaseKeys, "a case");
  record::Case test;
  test.where = node.where();
  read_variables(node, test);
  read_expectation(node, test);
  if (const Node checks = node.find("checks")) test.checks = read_checks(reader_, checks);
  suite_.cases.push_back(std::move(test));
}

void BenchyReader::read_cases(Node root) {
  const Node node = root.find("prompts");
  if (!node) {
    reader_.error(root.where(), "no 'prompts'", "a list of cases",
                  "Write: prompts: [{dynamic_variables: {name: value}, expectation: …}]");
    return;
  }
  if (!reader_.is_list(node, "prompts")) return;
  if (node.count() == 0) reader_.error(node.where(), "prompts is an empty list", "at least one case");
  if (node.count() > kMaxCases) {
    reader_.error(node.where(), fmt::format("{} cases", node.count()), fmt::format("at most {}", kMaxCases),
                  "Split the suite");
    return;
  }
  suite_.cases.reserve(node.count());
  for_each_item(node, [&](Node item) { read_case(item); });
  give_ids(reader_, suite_);
}

void BenchyReader::read(Node root) {
  unknown_keys(root, kTopKeys, "the suite");
  suite_.name = required_text(root, "benchmark_name").value_or("");
  const Node purpose = root.find("purpose");
  if (purpose && !purpose.is(Kind::null))
    suite_.purpose = text_of(purpose, "purpose").value_or("");
  else
    soft(purpose ? purpose.where() : root.where(), purpose ? "purpose is empty" : "no 'purpose'", "a text",
         "Write: purpose: \"…\"");
  read_evaluator(root);
  read_grading(root);
  read_prompt(root);
  read_models(root);
  read_cases(root);
  // One request per case, in the order of the file, one model after the other.
  suite_.warmup = 0;
  suite_.order = record::Order::sequential;
  if (evaluator_.empty()) return;
  suite_.benchy = record::BenchySuite{evaluator_};
  if (const Node checks = root.find("checks")) suite_.benchy->further = read_checks(reader_, checks);
  if (const Node pipelines = root.find("pipelines"))
    suite_.benchy->pipelines = read_pipelines(reader_, pipelines);
  add_benchy_checks(reader_, evaluator_at_, suite_);
  check_benchy_prompts(reader_, suite_);
}

/// The suite in a list; false when it holds anything else, which is reported.
Node only_suite(Reader& reader, Node list, bool strict) {
  std::size_t suites = 0;
  std::size_t cases = 0;
  for_each_item(list, [&](Node item) {
    suites += has_suite_key(item) ? 1 : 0;
    cases += has_case_key(item) ? 1 : 0;
  });
  if (suites == 1 && list.count() == 1) {
    const std::string found = "a suite inside a list";
    if (strict)
      reader.error(list.where(), found, "a mapping", "Remove the '- ' before benchmark_name");
    else
      reader.warning(list.where(), found, "a mapping", "Remove the '- ' before benchmark_name");
    return list.first();
  }
  if (cases > 0 && suites == 0)
    reader.error(list.where(), fmt::format("a list of {} cases without a suite around it", list.count()),
                 "a mapping with benchmark_name, purpose, base_prompt, evaluator, models and prompts",
                 "Put the list under 'prompts'");
  else
    reader.error(list.where(), fmt::format("a list of {} entries, {} of them suites", list.count(), suites),
                 "one suite in a file", "Use one file for each suite");
  return {};
}

}  // namespace

bool is_benchy(Node root) {
  if (!root.is(Kind::list)) return has_suite_key(root);
  bool any = false;
  for_each_item(root, [&](Node item) { any = any || has_suite_key(item) || has_case_key(item); });
  return any;
}

void read_benchy(Reader& reader, Node root, const BenchyOptions& options, record::Suite& suite) {
  if (root.is(Kind::list)) root = only_suite(reader, root, options.strict);
  if (root) BenchyReader(reader, options, suite).read(root);
}

std::optional<record::BenchySuite> read_benchy_key(Reader& reader, Node node) {
  constexpr std::array<std::string_view, 1> kKeys{"evaluator"};
  if (!reader.is_mapping(node, "benchy")) return std::nullopt;
  reader.check_keys(node, kKeys, "benchy");
  const Node name = node.find("evaluator");
  const std::vector<std::string> names = evaluator_names();
  if (name && name.is(Kind::text) && std::find(names.begin(), names.end(), name.text()) != names.end())
    return record::BenchySuite{std::string(name.text())};
  reader.error((name ? name : node).where(),
               fmt::format("evaluator of benchy is {}", name ? shown(name) : "missing"),
               "one of: " + join(names, ", "));
  return std::nullopt;
}

}  // namespace assay::suite
