// MBPP (Austin 2021, arXiv 2108.07732): a sentence, and three asserts that its program must hold. Rows are
// {task_id, text, code, test_list, test_setup_code}, or, of the part that its authors went over again,
// {task_id, prompt, code, test_list, test_imports}; ids 1-10 are for shots, 11-510 are the test.
#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "suite/task_rows.h"

namespace assay::suite {
namespace {

constexpr std::array<std::string_view, 2> kProtocols{"mbpp@chat", "mbpp@3-shot"};
constexpr std::array<Split, 5> kSplits{
    {{"test", 500}, {"prompt", 10}, {"validation", 90}, {"train", 374}, {"all", 974}}};
constexpr std::array<std::size_t, 5> kSanitizedRows{257, 7, 43, 120, 427};  // of the same splits
constexpr std::array<int, 3> kShots{2, 3, 4};                               // the paper's
constexpr int kMaxTokens = 1024;

std::string_view split_of(int id) {
  return id <= 10 ? "prompt" : id <= 510 ? "test" : id <= 600 ? "validation" : "train";
}

struct Problem {
  int id = 0;
  std::string text;
  std::string code;
  std::vector<std::string> tests;
  std::string setup;
  bool sanitized = false;
};

/// Both layouts. A test is one assert on one line.
Problem problem_of(Row& row) {
  Problem problem;
  problem.id = row.whole("task_id");
  problem.sanitized = row.has("prompt");
  problem.text = row.text(problem.sanitized ? "prompt" : "text");
  problem.code = row.text("code");
  problem.tests = row.texts("test_list");
  problem.setup =
      row.has("test_imports") ? join(row.texts("test_imports"), "\n") : row.text_or_empty("test_setup_code");
  return problem;
}

std::string asked(const Problem& problem) {
  return fmt::format(
      "You are an expert Python programmer, and here is your task: {} Your code should pass these "
      "tests:\n\n{}\n",
      problem.text, join(problem.tests, "\n"));
}

/// Puts the shots before each case, which ends where the answer begins.
void add_shots(TaskReader& reader, const std::map<int, std::string>& shots) {
  if (shots.size() < kShots.size()) {
    return reader.refuse("the file has not all of the tasks 2, 3 and 4", "the shots",
                         "Put the file of the split 'prompt' before this one (cat), or take mbpp@chat");
  }
  std::string before;
  for (const auto& [id, text] : shots) before += text;
  for (record::Case& one : reader.cases) {
    std::string& prompt = one.vars.front().second.text;
    prompt = fmt::format("{}{}[BEGIN]\n", before, prompt);
  }
}

void read(TaskReader& reader, const TaskRequest& request) {
  std::map<int, std::string> shots;
  const std::size_t split =
      static_cast<std::size_t>(std::find_if(kSplits.begin(), kSplits.end(),
                                            [&](const Split& one) { return one.name == request.split; }) -
                               kSplits.begin());
  reader.for_each_row([&](Row& row) -> std::optional<record::Case> {
    const Problem problem = problem_of(row);
    if (row.fault()) return std::nullopt;
    if (problem.sanitized) reader.published = kSanitizedRows[split];
    if (std::find(kShots.begin(), kShots.end(), problem.id) != kShots.end())
      shots[problem.id] = asked(problem) + "[BEGIN]\n" + problem.code + "\n[DONE]\n\n";
    if (request.split != "all" && split_of(problem.id) != request.split) return std::nullopt;
    record::Case one;
    one.id = fmt::format("MBPP/{}", problem.id);
    one.vars.emplace_back("prompt", record::Value::of_text(asked(problem)));
    one.expect =
        mapping_of({{"tests", list_of(problem.tests)}, {"setup", record::Value::of_text(problem.setup)}});
    return one;
  });
  if (request.protocol == "mbpp@3-shot") add_shots(reader, shots);
}

void apply(const TaskRequest& request, record::Suite& suite) {
  record::Check check;
  check.type = "python-tests";
  check.where = request.where;
  suite.checks = {check};
  suite.params.try_emplace("max_tokens", kMaxTokens);
  if (request.protocol == "mbpp@chat") {
    suite.prompt.messages = {{"user", "{{prompt}}\nAnswer with one Python code block."}};
    return;
  }
  suite.prompt.messages = {{"user", "{{prompt}}"}};
  suite.prompt.raw = true;
  suite.params.try_emplace("stop", Json{"[DONE]"});
  // An engine that does not know stops writes on: what counts stands before the mark.
  record::Filter before{.name = "before",
                        .options = mapping_of({{"marker", record::Value::of_text("[DONE]")},
                                               {"fallback", record::Value::of_text("whole")}}),
                        .where = request.where};
  suite.pipelines = {{.name = "before-done", .filters = {before}, .where = request.where}};
}

}  // namespace

const TaskSpec kMbpp{.name = "mbpp",
                     .file = "mbpp.jsonl",
                     .protocols = kProtocols,
                     .splits = kSplits,
                     .apply = apply,
                     .read = read};

}  // namespace assay::suite
