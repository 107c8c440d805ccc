#include "suite/task.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "suite/cases.h"
#include "suite/files.h"
#include "suite/task_rows.h"

namespace assay::suite {
namespace {

constexpr std::array<const TaskSpec*, 2> kTasks{&kHumanEval, &kMbpp};
constexpr std::array<std::string_view, 6> kKeys{"task", "path", "protocol", "split", "limit", "skip_bad"};
constexpr std::uint64_t kMaxTaskBytes = 1U << 30U;
// Raised when the same file would give other cases.
constexpr int kLoaderVersion = 1;
// What a protocol fixes.
constexpr std::array<std::string_view, 6> kFixed{"prompt", "messages", "system",
                                                 "raw",    "evaluate", "pipelines"};

const TaskSpec* find_task(Reader& reader, Node node) {
  std::vector<std::string> names;
  for (const TaskSpec* task : kTasks) {
    if (node.text() == task->name) return task;
    names.emplace_back(task->name);
  }
  reader.error(node.where(), fmt::format("unknown task '{}'", printable(node.text(), 40)),
               "one of: " + join(names, ", "), did_you_mean(node.text(), names));
  return nullptr;
}

/// The word under `key`, or the first of the names that exist. Absent: reported.
std::optional<std::string> name_under(Reader& reader, Node source, std::string_view key,
                                      const std::vector<std::string>& names) {
  const Node node = source.find(key);
  if (!node) return names.front();
  if (std::find(names.begin(), names.end(), node.text()) != names.end()) return std::string(node.text());
  reader.error(node.where(), fmt::format("unknown {} {}", key, shown(node)), "one of: " + join(names, ", "),
               did_you_mean(node.text(), names));
  return std::nullopt;
}

std::optional<std::string> path_of(Reader& reader, Node source, const TaskSpec& task) {
  const Node node = source.find("path");
  if (!node) {
    reader.error(source.where(), "a task without 'path'", "the file of the task, which you have",
                 fmt::format("Write: path: {}", task.file));
    return std::nullopt;
  }
  return existing_file(reader, node, "path");
}

std::optional<TaskRequest> request_of(Reader& reader, Node source, const TaskSpec& task) {
  const std::optional<std::string> path = path_of(reader, source, task);
  std::vector<std::string> splits;
  for (const Split& split : task.splits) splits.emplace_back(split.name);
  const auto protocol =
      name_under(reader, source, "protocol", {task.protocols.begin(), task.protocols.end()});
  const auto split = name_under(reader, source, "split", splits);
  if (!path || !protocol || !split) return std::nullopt;
  TaskRequest request{.path = *path,
                      .protocol = *protocol,
                      .split = *split,
                      .limit = std::nullopt,
                      .skip_bad = false,
                      .where = source.find("path").where()};
  if (const Node limit = source.find("limit")) {
    const std::optional<int> count = reader.whole(limit, "limit", 1, static_cast<int>(kMaxCases));
    if (count) request.limit = static_cast<std::size_t>(*count);
  }
  if (const Node skip = source.find("skip_bad"))
    request.skip_bad = reader.boolean(skip, "skip_bad").value_or(false);
  return request;
}

/// A file that was cut or added to gives another score than the published ones.
void compare_rows(Reader& reader, const TaskSpec& task, const TaskRequest& request, const TaskReader& rows) {
  const auto split = std::find_if(task.splits.begin(), task.splits.end(),
                                  [&](const Split& one) { return one.name == request.split; });
  const std::size_t published = rows.published.value_or(split->rows);
  if (rows.rows == published) return;
  reader.warning(
      request.where,
      fmt::format("{} {} of {} ({})", rows.rows, rows.rows == 1 ? "row" : "rows", task.name, split->name),
      fmt::format("{}, as published", published), "Scores cannot be compared with published ones");
}

/// The record says which protocol, which bytes and which reading of them a score belongs to.
void tag(const TaskRequest& request, const TaskReader& rows, const std::string& hash, record::Suite& suite) {
  suite.tags.push_back(request.protocol);
  suite.tags.push_back("sha256:" + hash);
  suite.tags.push_back(fmt::format("rows:{}", rows.rows));
  if (rows.bad_rows > 0) suite.tags.push_back(fmt::format("rows-left-out:{}", rows.bad_rows));
  suite.tags.push_back(fmt::format("loader:{}", kLoaderVersion));
}

void fill(Reader& reader, const TaskSpec& task, const TaskRequest& request, record::Suite& suite) {
  // Of the file as it lies there, packed or not, so that sha256sum says the same.
  const Result<std::string> hash =
      read_file(request.path, kMaxTaskBytes).map([](const std::string& bytes) { return hex(sha256(bytes)); });
  if (!hash) return reader.error_at(request.where, hash.error());
  TaskReader rows(reader, request);
  const std::size_t errors_before = reader.error_count();
  task.read(rows, request);
  if (reader.error_count() == errors_before) compare_rows(reader, task, request, rows);
  if (request.skip_bad && rows.bad_rows > 0) {
    reader.warning(request.where, fmt::format("{} of {} rows are left out", rows.bad_rows, rows.rows),
                   "rows as the task was published");
  }
  suite.cases = std::move(rows.cases);
  tag(request, rows, *hash, suite);
}

}  // namespace

Node task_node(Node suite_node) {
  const Node cases = suite_node.find("cases");
  return cases && cases.is(Kind::mapping) && cases.find("task") ? cases : Node{};
}

void read_task(Reader& reader, Node suite_node, record::Suite& suite) {
  const Node source = task_node(suite_node);
  reader.check_keys(source, kKeys, "a task");
  const TaskSpec* task = find_task(reader, source.find("task"));
  if (task == nullptr) return;
  const std::optional<TaskRequest> request = request_of(reader, source, *task);
  if (!request) return;
  for (const std::string_view key : kFixed) {
    if (const Node other = suite_node.find_key(key)) {
      reader.error(other.where(), fmt::format("'{}' beside task: {}", key, task->name),
                   fmt::format("what the protocol {} fixes", request->protocol),
                   "Remove it; with another prompt or evaluator the score would be another one");
    }
  }
  task->apply(*request, suite);
  suite.prompt.where = request->where;
  fill(reader, *task, *request, suite);
  if (suite.name.empty()) suite.name = request->protocol;
}

}  // namespace assay::suite
