// What the tests of this folder share: suites, cases and samples in one line. For *_test.cpp only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evaluator/grader.h"
#include "record/sample.h"
#include "record/suite.h"

namespace assay::evaluator::testing {

/// A value from JSON text: number literals stay as written.
inline record::Value value(std::string_view json) {
  Result<record::Value> read = record::value_from_json(json);
  return read ? *read : record::Value::of_text("no JSON: " + std::string(json));
}

/// A check from a JSON mapping as a suite writes it: {"type": "numeric", "value": …, "weight": …, options…}.
/// Members of an assert-set stand under "assert".
inline record::Check check(const record::Value& mapping) {
  record::Check made;
  record::Value options{.kind = record::Value::Kind::mapping, .text = {}, .items = {}, .keys = {}};
  for (std::size_t i = 0; i < mapping.keys.size(); ++i) {
    const std::string& key = mapping.keys[i];
    const record::Value& item = mapping.items[i];
    if (key == "type") {
      made.negate = item.text.starts_with("not-");
      made.type = made.negate ? item.text.substr(4) : item.text;
    } else if (key == "value") {
      made.value = item;
    } else if (key == "threshold") {
      made.threshold = std::stod(item.text);
    } else if (key == "weight") {
      made.weight = std::stod(item.text);
    } else if (key == "metric") {
      made.metric = item.text;
    } else if (key == "pipeline") {
      made.pipeline = item.text;
    } else if (key == "on") {
      made.on = item.text;
    } else if (key == "assert") {
      for (const record::Value& member : item.items) made.members.push_back(check(member));
    } else {
      options.keys.push_back(key);
      options.items.push_back(item);
    }
  }
  if (!options.keys.empty()) made.options = options;
  return made;
}

inline record::Check check(std::string_view json) {
  return check(value(json));
}

/// A filter from "trim" or {"type": "number", options…}.
inline record::Filter filter(const record::Value& written) {
  if (written.is_scalar()) return {.name = written.text, .options = {}, .where = {}};
  record::Filter made;
  record::Value options{.kind = record::Value::Kind::mapping, .text = {}, .items = {}, .keys = {}};
  for (std::size_t i = 0; i < written.keys.size(); ++i) {
    if (written.keys[i] == "type") {
      made.name = written.items[i].text;
    } else {
      options.keys.push_back(written.keys[i]);
      options.items.push_back(written.items[i]);
    }
  }
  if (!options.keys.empty()) made.options = options;
  return made;
}

inline record::Pipeline pipeline(std::string name, std::string_view json_list) {
  record::Pipeline made{.name = std::move(name), .filters = {}, .where = {}};
  for (const record::Value& item : value(json_list).items) made.filters.push_back(filter(item));
  return made;
}

/// Tools from a mapping of names to the schemas of their parameters (null: none).
inline std::vector<record::Tool> tools(const record::Value& written) {
  std::vector<record::Tool> made;
  for (std::size_t i = 0; i < written.keys.size(); ++i)
    made.push_back({.name = written.keys[i],
                    .description = {},
                    .parameters = written.items[i],
                    .strict = {},
                    .where = {.file = "suite.yaml", .line = 7, .column = 3}});
  return made;
}

/// Calls from a list of [name, arguments as text].
inline std::vector<record::ToolCall> calls(const record::Value& written) {
  std::vector<record::ToolCall> made;
  for (const record::Value& item : written.items) made.push_back({item.items[0].text, item.items[1].text});
  return made;
}

/// A suite of one case "c" with these checks.
inline record::Suite suite(std::vector<record::Check> checks) {
  record::Suite made;
  made.checks = std::move(checks);
  record::Case test_case;
  test_case.id = "c";
  made.cases.push_back(test_case);
  return made;
}

inline record::Sample sample(std::string output, std::string finish = "stop") {
  record::Sample made;
  made.case_id = "c";
  made.output = std::move(output);
  made.finish = std::move(finish);
  return made;
}

/// The verdict of a suite of one case. A suite that is refused gives ungraded with the message as detail.
inline record::Verdict judge(const record::Suite& suite, const record::Sample& sample,
                             std::shared_ptr<const Ratings> ratings = nullptr) {
  const Result<Grader> grader = Grader::make(suite, nullptr, nullptr, nullptr, std::move(ratings));
  if (grader) return grader->judge(suite.cases[0], sample);
  record::Verdict refused;
  refused.reason = "suite error";
  refused.detail = message(grader.error());
  return refused;
}

/// "mark: reason"
inline std::string say(const record::Verdict& verdict) {
  return std::string(record::name_of(verdict.mark)) + ": " + verdict.reason;
}

/// One case whose answer is 42.
inline record::Suite asks_42() {
  return suite({check(R"({"type": "numeric", "value": 42})")});
}

/// The same behind "####", which decides, or as the last number.
inline record::Suite two_pipelines() {
  record::Suite asked = asks_42();
  asked.pipelines = {
      pipeline("strict", R"_(["reasoning-split", {"type": "regex", "pattern": "#### (.*)"}])_"),
      pipeline("flexible", R"(["reasoning-split", {"type": "number", "pick": "last"}])")};
  return asked;
}

}  // namespace assay::evaluator::testing
