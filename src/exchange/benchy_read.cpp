#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <unordered_set>

#include <fmt/format.h>

#include "base/python.h"
#include "base/text.h"
#include "exchange/benchy_report.h"
#include "exchange/json_reader.h"
#include "exchange/llama_bench_text.h"

namespace assay::exchange {
namespace {

using record::Value;
using Kind = Value::Kind;

constexpr std::size_t kMostFindings = 1000;

std::optional<double> number_of(const std::string& literal) {
  return python_float(literal);  // no std::from_chars: libc++ has it for doubles only lately
}

std::optional<std::int64_t> whole_of(const std::string& literal) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(literal.data(), literal.data() + literal.size(), value);
  if (error == std::errc{} && end == literal.data() + literal.size()) return value;
  const auto real = number_of(literal);  // 3.0 is 3
  constexpr double kExact = 9007199254740992.0;
  if (!real || std::trunc(*real) != *real || std::fabs(*real) > kExact) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

/// Takes a report apart. What is taken leaves its object; what stays there is unknown to us and kept.
class Reader {
 public:
  Reader(std::string file, ReadBenchy& out) : file_(std::move(file)), out_(out) {}

  Result<void> read(Value root);

 private:
  Error wrong(const std::string& place, std::string found, std::string expected) const {
    return {.code = Code::bad_input,
            .where = {.file = file_, .line = 0, .column = 0},
            .found = fmt::format("E-REPORT: {}: {}", place, found),
            .expected = std::move(expected),
            .remedy = "Give a report file as Benchy writes it"};
  }
  void warn(std::string code, std::string place, std::string text) {
    if (out_.findings.size() < kMostFindings)
      out_.findings.push_back({std::move(code), std::move(place), std::move(text)});
  }
  void warn_kind(const std::string& place, const Value& found, std::string_view wanted) {
    warn("W-KIND", place,
         fmt::format("{} where {} should stand; taken as unknown", record::name_of(found.kind), wanted));
  }

  /// The value under `key`, or absent when it is missing or null.
  static std::optional<Value> take(Value& object, std::string_view key) {
    const auto at = std::find(object.keys.begin(), object.keys.end(), key);
    if (at == object.keys.end()) return std::nullopt;
    const auto place = at - object.keys.begin();
    Value taken = std::move(object.items[static_cast<std::size_t>(place)]);
    object.items.erase(object.items.begin() + place);
    object.keys.erase(at);
    if (taken.kind == Kind::null) return std::nullopt;
    return taken;
  }
  /// As take(), and absent too when `assay.filled_in` names it: what stands there is a stopgap.
  std::optional<Value> take_known(Value& object, std::string_view key, const std::string& place) {
    auto taken = take(object, key);
    if (taken && !filled_in_.empty() && filled_in_.contains(below(place, key))) return std::nullopt;
    return taken;
  }

  static std::string below(const std::string& place, std::string_view key) {
    return place.empty() ? std::string(key) : fmt::format("{}.{}", place, key);
  }
  std::optional<std::string> text(Value& object, std::string_view key, const std::string& place) {
    auto taken = take_known(object, key, place);
    if (!taken) return std::nullopt;
    if (taken->kind == Kind::text) return std::move(taken->text);
    warn_kind(below(place, key), *taken, "text");
    return std::nullopt;
  }
  std::optional<double> real(Value& object, std::string_view key, const std::string& place) {
    const auto taken = take_known(object, key, place);
    if (!taken) return std::nullopt;
    if (taken->kind == Kind::number) {
      if (const auto value = number_of(taken->text)) return value;
    }
    warn_kind(below(place, key), *taken, "a number");
    return std::nullopt;
  }
  std::optional<std::int64_t> whole(Value& object, std::string_view key, const std::string& place) {
    const auto taken = take_known(object, key, place);
    if (!taken) return std::nullopt;
    if (taken->kind == Kind::number) {
      if (const auto value = whole_of(taken->text)) return value;
    }
    warn_kind(below(place, key), *taken, "a whole number");
    return std::nullopt;
  }
  /// Errors when it is missing or of another kind.
  Result<Value> needed(Value& object, std::string_view key, const std::string& place, Kind kind) {
    auto taken = take(object, key);
    if (!taken) return fail(wrong(below(place, key), "missing", std::string(record::name_of(kind))));
    if (taken->kind != kind)
      return fail(wrong(below(place, key), std::string(record::name_of(taken->kind)),
                        std::string(record::name_of(kind))));
    return *std::move(taken);
  }

  static Value rest_of(Value&& object) { return object.keys.empty() ? Value{} : std::move(object); }

  void read_own(Value& root);
  void read_cases(Value& root);
  Result<void> read_models(Value& root);
  Result<BenchyModel> read_model(Value object, const std::string& place);
  Result<BenchyResult> read_result(Value object, const std::string& place);
  void read_averages(Value& object, const std::string& place, BenchyFigures& figures);
  void check_labels();

  std::string file_;
  ReadBenchy& out_;
  std::unordered_set<std::string> filled_in_;
};

Result<void> Reader::read(Value root) {
  if (root.kind != Kind::mapping)
    return fail(wrong("the file", std::string(record::name_of(root.kind)),
                      "an object with benchmark_name and models"));
  BenchyReport& report = out_.report;
  read_own(root);
  auto name = needed(root, "benchmark_name", "", Kind::text);
  if (!name) return fail(name.error());
  report.name = std::move(name->text);
  report.purpose = text(root, "purpose", "");
  report.base_prompt = text(root, "base_prompt", "");
  read_cases(root);
  if (auto models = read_models(root); !models) return models;
  report.figures.correct = whole(root, "overall_correct_count", "");
  report.figures.incorrect = whole(root, "overall_incorrect_count", "");
  report.figures.accuracy = real(root, "overall_accuracy", "");
  read_averages(root, "", report.figures);
  report.more = rest_of(std::move(root));
  check_labels();
  return {};
}

void Reader::read_averages(Value& object, const std::string& place, BenchyFigures& figures) {
  figures.tokens_per_second = real(object, "average_tokens_per_second", place);
  figures.total_ms = real(object, "average_total_duration_ms", place);
  figures.load_ms = real(object, "average_load_duration_ms", place);
}

/// What an earlier export noted about itself.
void Reader::read_own(Value& root) {
  auto own = take(root, "assay");
  if (!own) return;
  if (own->kind != Kind::mapping) return warn_kind("assay", *own, "an object that assay wrote");
  if (const auto list = take(*own, "filled_in"); list && list->kind == Kind::list) {
    for (const Value& one : list->items) filled_in_.insert(one.text);
  }
  out_.report.own = rest_of(*std::move(own));
}

void Reader::read_cases(Value& root) {
  auto list = take_known(root, "prompt_iterations", "");
  if (!list) return;
  if (list->kind != Kind::list) return warn_kind("prompt_iterations", *list, "a list");
  std::vector<BenchyCase> cases;
  cases.reserve(list->items.size());
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    Value& object = list->items[i];
    const std::string place = fmt::format("prompt_iterations[{}]", i);
    BenchyCase one;
    one.variables.kind = Kind::mapping;
    if (object.kind == Kind::mapping) {
      if (auto variables = take(object, "dynamic_variables")) {
        if (variables->kind == Kind::mapping)
          one.variables = *std::move(variables);
        else
          warn_kind(place + ".dynamic_variables", *variables, "an object");
      }
      if (auto expectation = take(object, "expectation")) one.expectation = *std::move(expectation);
      one.more = rest_of(std::move(object));
    } else {
      warn_kind(place, object, "an object");
    }
    cases.push_back(std::move(one));
  }
  out_.report.cases = std::move(cases);
}

Result<void> Reader::read_models(Value& root) {
  auto list = needed(root, "models", "", Kind::list);
  if (!list) return fail(list.error());
  if (list->items.empty())
    return fail(wrong("models", "an empty list", "at least one model with its results"));
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    auto model = read_model(std::move(list->items[i]), fmt::format("models[{}]", i));
    if (!model) return fail(model.error());
    out_.report.models.push_back(*std::move(model));
  }
  return {};
}

Result<BenchyModel> Reader::read_model(Value object, const std::string& place) {
  if (object.kind != Kind::mapping)
    return fail(wrong(place, std::string(record::name_of(object.kind)), "an object with model and results"));
  BenchyModel model;
  auto label = needed(object, "model", place, Kind::text);
  if (!label) return fail(label.error());
  model.label = std::move(label->text);
  auto results = needed(object, "results", place, Kind::list);
  if (!results) return fail(results.error());
  model.results.reserve(results->items.size());
  for (std::size_t i = 0; i < results->items.size(); ++i) {
    auto result = read_result(std::move(results->items[i]), fmt::format("{}.results[{}]", place, i));
    if (!result) return fail(result.error());
    model.results.push_back(*std::move(result));
  }
  model.provider = split_label(model.label).provider;
  for (const BenchyResult& result : model.results) {
    if (!model.provider.empty()) break;
    model.provider = result.provider;
  }
  model.figures.correct = whole(object, "correct_count", place);
  model.figures.incorrect = whole(object, "incorrect_count", place);
  model.figures.accuracy = real(object, "accuracy", place);
  read_averages(object, place, model.figures);
  model.figures.cost_usd = real(object, "total_cost", place);
  model.more = rest_of(std::move(object));
  return model;
}

Result<BenchyResult> Reader::read_result(Value object, const std::string& place) {
  if (object.kind != Kind::mapping)
    return fail(wrong(place, std::string(record::name_of(object.kind)), "an object"));
  BenchyResult result;
  auto expected = needed(object, "expected_result", place, Kind::text);
  if (!expected) return fail(expected.error());
  result.expected_result = std::move(expected->text);
  auto execution = needed(object, "execution_result", place, Kind::text);
  if (!execution) return fail(execution.error());
  result.execution_result = std::move(execution->text);
  const auto correct = needed(object, "correct", place, Kind::boolean);
  if (!correct) return fail(correct.error());
  result.correct = correct->text == "true";
  result.index = whole(object, "index", place);
  result.input_prompt = text(object, "input_prompt", place);
  result.model = text(object, "model", place).value_or("");
  if (auto response = take(object, "prompt_response")) {
    const std::string inner = place + ".prompt_response";
    if (response->kind == Kind::mapping) {
      result.response = text(*response, "response", inner).value_or("");
      result.provider = text(*response, "provider", inner).value_or("");
      result.tokens_per_second = real(*response, "tokens_per_second", inner);
      result.total_ms = real(*response, "total_duration_ms", inner);
      result.load_ms = real(*response, "load_duration_ms", inner);
      result.cost_usd = real(*response, "inputAndOutputCost", inner);
      if (const auto errored = take(*response, "errored")) {
        if (errored->kind == Kind::boolean)
          result.errored = errored->text == "true";
        else
          warn_kind(inner + ".errored", *errored, "true or false");
      }
      result.more_response = rest_of(*std::move(response));
    } else {
      warn_kind(inner, *response, "an object");
    }
  }
  result.more = rest_of(std::move(object));
  return result;
}

void Reader::check_labels() {
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 0; i < out_.report.models.size(); ++i) {
    const std::string& label = out_.report.models[i].label;
    const std::string place = fmt::format("models[{}].model", i);
    const BenchyLabel parts = split_label(label);
    const std::size_t colon = parts.model.find(':');
    if (colon != std::string_view::npos && is_benchy_provider(parts.model.substr(0, colon))) {
      warn("W-MODEL-DELIM", place,
           fmt::format("'{}' names a provider before a colon; Benchy divides at '~': {}~{}",
                       printable(label, 60), parts.model.substr(0, colon),
                       printable(parts.model.substr(colon + 1), 60)));
    }
    if (!seen.insert(label).second)
      warn("W-MODEL-DUP", place,
           fmt::format("'{}' came before; both are kept, each as a model", printable(label, 60)));
  }
}

Result<ReadBenchy> read_report(std::string_view text, const std::string& file) {
  auto json = read_json_file(text, file);
  if (!json) {
    Error error = json.error();
    error.found = "E-JSON: " + error.found;
    return fail(std::move(error));
  }
  ReadBenchy result;
  for (const std::string& key : json->repeated_keys)
    result.findings.push_back(
        {"W-DUPKEY", "",
         fmt::format("the key '{}' stands twice in one object; the last counts", printable(key, 40))});
  Reader reader(file, result);
  if (auto read = reader.read(std::move(json->value)); !read) return fail(read.error());
  return result;
}

}  // namespace

std::string message(const Finding& finding, const std::string& file) {
  const std::string place = finding.place.empty() ? std::string() : finding.place + ": ";
  return fmt::format("{}: {}{} ({})", file, place, finding.text, finding.code);
}

int BenchyReport::generation() const {
  if (!base_prompt) return 1;
  return cases ? 3 : 2;
}

BenchyLabel split_label(std::string_view label) {
  const std::size_t at = label.find('~');
  if (at == std::string_view::npos) return {.provider = {}, .model = label};
  return {.provider = label.substr(0, at), .model = label.substr(at + 1)};
}

bool is_benchy_provider(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kProviders{"ollama", "anthropic", "deepseek",
                                                              "openai", "gemini",    "fireworks"};
  return std::find(kProviders.begin(), kProviders.end(), name) != kProviders.end();
}

std::int64_t case_index(const BenchyResult& result, std::size_t place) {
  return result.index.value_or(static_cast<std::int64_t>(place) + 1);
}

const BenchyCase* case_of(const BenchyReport& report, std::int64_t index) {
  if (!report.cases || index < 1 || static_cast<std::uint64_t>(index) > report.cases->size()) return nullptr;
  return &(*report.cases)[static_cast<std::size_t>(index - 1)];
}

Result<ReadBenchy> read_benchy(std::string_view text, const std::string& file) {
  auto result = read_report(text, file);
  if (!result && looks_like_bench(text))
    result.error().remedy =
        "It looks like a file of speed tests, which is shown with: assay bench --beside FILE";
  return result;
}

}  // namespace assay::exchange
