#include <fmt/format.h>

#include "exchange/benchy_figures.h"
#include "exchange/benchy_report.h"
#include "exchange/json_writer.h"

namespace assay::exchange {
namespace {

using record::Value;

class Writer {
 public:
  Writer(const BenchyReport& report, Layout layout) : report_(report), json_(out_, layout) {}

  std::string written() {
    json_.open('{');
    text("benchmark_name", report_.name);
    text("purpose", report_.purpose);
    text("base_prompt", report_.base_prompt);
    cases();
    json_.key("models");
    json_.open('[');
    for (std::size_t i = 0; i < report_.models.size(); ++i) {
      json_.item();
      model(report_.models[i], fmt::format("models[{}].", i));
    }
    json_.close(']');
    place_.clear();
    const BenchyFigures computed = recomputed_overall(report_);
    whole("overall_correct_count", report_.figures.correct, computed.correct);
    whole("overall_incorrect_count", report_.figures.incorrect, computed.incorrect);
    real("overall_accuracy", report_.figures.accuracy, computed.accuracy);
    averages(report_.figures, computed);
    more(report_.more);
    own();
    json_.close('}');
    return std::move(out_);
  }

 private:
  void filled(std::string_view key) { filled_.push_back(place_ + std::string(key)); }
  void text(std::string_view key, const std::optional<std::string>& value) {
    if (!value) filled(key);
    json_.key(key);
    json_.text(value ? *value : std::string());
  }
  void real(std::string_view key, std::optional<double> value, std::optional<double> computed = {}) {
    if (!value) filled(key);
    json_.key(key);
    json_.real(value ? *value : computed.value_or(0.0));
  }
  void whole(std::string_view key, std::optional<std::int64_t> value, std::optional<std::int64_t> computed) {
    if (!value) filled(key);
    json_.key(key);
    json_.whole(value ? *value : computed.value_or(0));
  }
  void averages(const BenchyFigures& stored, const BenchyFigures& computed) {
    real("average_tokens_per_second", stored.tokens_per_second, computed.tokens_per_second);
    real("average_total_duration_ms", stored.total_ms, computed.total_ms);
    real("average_load_duration_ms", stored.load_ms, computed.load_ms);
  }
  void more(const Value& object) {
    for (std::size_t i = 0; i < object.keys.size(); ++i) {
      json_.key(object.keys[i]);
      json_.value(object.items[i]);
    }
  }

  void cases() {
    if (!report_.cases) filled("prompt_iterations");
    json_.key("prompt_iterations");
    json_.open('[');
    for (const BenchyCase& one : report_.cases.value_or(std::vector<BenchyCase>{})) {
      json_.item();
      json_.open('{');
      json_.key("dynamic_variables");
      json_.value(one.variables);
      json_.key("expectation");
      json_.value(one.expectation);
      more(one.more);
      json_.close('}');
    }
    json_.close(']');
  }

  void model(const BenchyModel& model, const std::string& place) {
    place_ = place;
    json_.open('{');
    text("model", model.label);
    json_.key("results");
    json_.open('[');
    for (std::size_t i = 0; i < model.results.size(); ++i) {
      json_.item();
      result(model.results[i], i, fmt::format("{}results[{}].", place, i));
    }
    json_.close(']');
    place_ = place;
    const BenchyFigures computed = recomputed(model);
    whole("correct_count", model.figures.correct, computed.correct);
    whole("incorrect_count", model.figures.incorrect, computed.incorrect);
    real("accuracy", model.figures.accuracy, computed.accuracy);
    averages(model.figures, computed);
    real("total_cost", model.figures.cost_usd, computed.cost_usd);
    more(model.more);
    json_.close('}');
  }

  void result(const BenchyResult& result, std::size_t position, const std::string& place) {
    json_.open('{');
    json_.key("prompt_response");
    json_.open('{');
    place_ = place + "prompt_response.";
    text("response", result.response);
    real("tokens_per_second", result.tokens_per_second);
    text("provider", result.provider);
    real("total_duration_ms", result.total_ms);
    real("load_duration_ms", result.load_ms);
    real("inputAndOutputCost", result.cost_usd);
    json_.key("errored");
    if (result.errored)
      json_.boolean(true);
    else
      json_.null();
    more(result.more_response);
    json_.close('}');
    place_ = place;
    text("execution_result", result.execution_result);
    text("expected_result", result.expected_result);
    text("input_prompt", result.input_prompt);
    text("model", result.model);
    json_.key("correct");
    json_.boolean(result.correct);
    whole("index", result.index, case_index(result, position));
    more(result.more);
    json_.close('}');
  }

  /// Last, because only now it is known what was filled in.
  void own() {
    if (report_.own.keys.empty() && filled_.empty()) return;
    json_.key("assay");
    json_.open('{');
    more(report_.own);
    if (!filled_.empty()) {
      json_.key("filled_in");
      json_.open('[');
      for (const std::string& place : filled_) {
        json_.item();
        json_.text(place);
      }
      json_.close(']');
    }
    json_.close('}');
  }

  const BenchyReport& report_;
  std::string out_;
  JsonWriter json_;
  std::string place_;  ///< of the object being written, with its point
  std::vector<std::string> filled_;
};

}  // namespace

std::string write_benchy(const BenchyReport& report) {
  return Writer(report, Layout::indented).written() + '\n';
}

std::string write_benchy_compact(const BenchyReport& report) {
  return Writer(report, Layout::compact).written();
}

}  // namespace assay::exchange
