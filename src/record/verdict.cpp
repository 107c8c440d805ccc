#include "record/verdict.h"

#include <algorithm>
#include <array>

namespace assay::record {
namespace {

constexpr std::array<std::string_view, 5> kMarks{"pass", "fail", "error", "incomplete", "ungraded"};

Json score_json(const std::optional<double>& score) {
  return score ? Json(*score) : Json();
}

std::optional<double> score_from(const Json& object) {
  const auto at = object.find("score");
  if (at == object.end() || !at->is_number()) return std::nullopt;
  return at->get<double>();
}

std::string text_from(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

AssertionResult assertion_from(const Json& object) {
  AssertionResult result;
  result.type = text_from(object, "type");
  result.pipeline = text_from(object, "pipeline");
  result.metric = text_from(object, "metric");
  result.mark = mark_from(text_from(object, "verdict")).value_or(Mark::ungraded);
  result.score = score_from(object);
  const auto weight = object.find("weight");
  if (weight != object.end() && weight->is_number()) result.weight = weight->get<double>();
  result.reason = text_from(object, "reason");
  return result;
}

}  // namespace

std::string_view name_of(Mark mark) {
  return kMarks[static_cast<std::size_t>(mark)];
}

std::optional<Mark> mark_from(std::string_view name) {
  const auto at = std::find(kMarks.begin(), kMarks.end(), name);
  if (at == kMarks.end()) return std::nullopt;
  return static_cast<Mark>(at - kMarks.begin());
}

Json to_json(const Verdict& verdict) {
  Json assertions = Json::array();
  for (const AssertionResult& one : verdict.assertions) {
    Json entry{{"type", one.type},
               {"pipeline", one.pipeline},
               {"verdict", name_of(one.mark)},
               {"score", score_json(one.score)},
               {"weight", one.weight},
               {"reason", one.reason}};
    if (!one.metric.empty()) entry["metric"] = one.metric;
    assertions.push_back(std::move(entry));
  }
  return {{"verdict", name_of(verdict.mark)}, {"score", score_json(verdict.score)},
          {"reason", verdict.reason},         {"detail", verdict.detail},
          {"extracted", verdict.extracted},   {"assertions", std::move(assertions)},
          {"steps", verdict.steps},           {"flags", verdict.flags}};
}

Verdict verdict_from_json(const Json& object) {
  Verdict verdict;
  if (!object.is_object()) return verdict;
  verdict.mark = mark_from(text_from(object, "verdict")).value_or(Mark::ungraded);
  verdict.score = score_from(object);
  verdict.reason = text_from(object, "reason");
  verdict.detail = text_from(object, "detail");
  verdict.extracted = text_from(object, "extracted");
  if (const auto list = object.find("assertions"); list != object.end() && list->is_array()) {
    for (const Json& entry : *list) {
      if (entry.is_object()) verdict.assertions.push_back(assertion_from(entry));
    }
  }
  if (const auto steps = object.find("steps"); steps != object.end()) verdict.steps = *steps;
  if (const auto flags = object.find("flags"); flags != object.end() && flags->is_array()) {
    for (const Json& flag : *flags) {
      if (flag.is_string()) verdict.flags.push_back(flag.get<std::string>());
    }
  }
  return verdict;
}

}  // namespace assay::record
