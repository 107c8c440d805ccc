#include "record/verdict.h"

#include <algorithm>
#include <array>

#include "base/json_members.h"

namespace assay::record {
namespace {

constexpr std::array<std::string_view, 5> kMarks{"pass", "fail", "error", "incomplete", "ungraded"};

AssertionResult assertion_from(const Json& object) {
  AssertionResult result;
  result.type = text_of(object, "type");
  result.pipeline = text_of(object, "pipeline");
  result.metric = text_of(object, "metric");
  result.mark = mark_from(text_of(object, "verdict")).value_or(Mark::ungraded);
  result.score = number_of(object, "score");
  if (const auto weight = number_of(object, "weight")) result.weight = *weight;
  result.reason = text_of(object, "reason");
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

std::string shown_name(const AssertionResult& assertion) {
  return assertion.metric.empty() ? assertion.type.substr(0, assertion.type.find('@')) : assertion.metric;
}

Json to_json(const Verdict& verdict) {
  Json assertions = Json::array();
  for (const AssertionResult& one : verdict.assertions) {
    Json entry{{"type", one.type},
               {"pipeline", one.pipeline},
               {"verdict", name_of(one.mark)},
               {"score", or_null<Json>(one.score)},
               {"weight", one.weight},
               {"reason", one.reason}};
    if (!one.metric.empty()) entry["metric"] = one.metric;
    assertions.push_back(std::move(entry));
  }
  return {{"verdict", name_of(verdict.mark)}, {"score", or_null<Json>(verdict.score)},
          {"reason", verdict.reason},         {"detail", verdict.detail},
          {"extracted", verdict.extracted},   {"assertions", std::move(assertions)},
          {"steps", verdict.steps},           {"flags", verdict.flags}};
}

Verdict verdict_from_json(const Json& object) {
  Verdict verdict;
  verdict.mark = mark_from(text_of(object, "verdict")).value_or(Mark::ungraded);
  verdict.score = number_of(object, "score");
  verdict.reason = text_of(object, "reason");
  verdict.detail = text_of(object, "detail");
  verdict.extracted = text_of(object, "extracted");
  if (const Json* list = list_of(object, "assertions")) {
    // One that cannot be read keeps its place: steps tell of assertions by their places.
    for (const Json& entry : *list) verdict.assertions.push_back(assertion_from(entry));
  }
  if (const auto steps = object.find("steps"); steps != object.end()) verdict.steps = *steps;
  if (const Json* flags = list_of(object, "flags")) {
    for (const Json& flag : *flags) {
      if (flag.is_string()) verdict.flags.push_back(flag.get<std::string>());
    }
  }
  return verdict;
}

}  // namespace assay::record
