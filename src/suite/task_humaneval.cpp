// HumanEval (Chen 2021, arXiv 2107.03374): the begin of a function, and tests that its completion must hold.
// Rows are {task_id, prompt, entry_point, canonical_solution, test}.
#include <array>

#include "suite/task_rows.h"

namespace assay::suite {
namespace {

constexpr std::array<std::string_view, 2> kProtocols{"humaneval@chat", "humaneval@completion"};
constexpr std::array<Split, 1> kSplits{{{"test", 164}}};
constexpr int kMaxTokens = 1024;

std::optional<record::Case> case_of(Row& row) {
  record::Case one;
  one.id = row.text("task_id");
  const std::string prompt = row.text("prompt");
  one.vars.emplace_back("prompt", record::Value::of_text(prompt));
  one.expect = mapping_of({{"tests", record::Value::of_text(row.text("test"))},
                           {"entry_point", record::Value::of_text(row.text("entry_point"))},
                           {"prompt", record::Value::of_text(prompt)}});
  return one;
}

void apply(const TaskRequest& request, record::Suite& suite) {
  record::Check check;
  check.type = "python-tests";
  check.options = mapping_of({{"timeout_s", record::Value::of_number("3")}});
  // What continues the prompt has what the prompt imports, also when it writes the whole function again.
  if (request.protocol == "humaneval@completion") {
    check.options.keys.emplace_back("continues");
    check.options.items.push_back(record::Value::of_boolean(true));
  }
  check.where = request.where;
  suite.checks = {check};
  suite.params.try_emplace("max_tokens", kMaxTokens);
  if (request.protocol == "humaneval@chat") {
    suite.prompt.messages = {
        {"user",
         "Complete this Python function. Answer with the whole function in one Python code "
         "block.\n\n{{prompt}}"}};
    return;
  }
  // A completion goes on behind the prompt: no template, and no trim, because its first blanks are
  // indentation.
  suite.prompt.messages = {{"user", "{{prompt}}"}};
  suite.prompt.raw = true;
  suite.params.try_emplace("stop", Json{"\nclass", "\ndef", "\n#", "\nif", "\nprint"});
  suite.pipelines = {{.name = "completion", .filters = {}, .where = request.where}};
}

void read(TaskReader& reader, const TaskRequest& /*request*/) {
  reader.for_each_row(case_of);
}

}  // namespace

const TaskSpec kHumanEval{.name = "humaneval",
                          .file = "HumanEval.jsonl",
                          .protocols = kProtocols,
                          .splits = kSplits,
                          .apply = apply,
                          .read = read};

}  // namespace assay::suite
