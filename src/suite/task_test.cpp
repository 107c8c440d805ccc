// The files of public tasks, in every layout and packing that they come in: the same cases. What a data file
// cannot hold in a readable way.
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/file.h"
#include "suite/load.h"
#include "suite/text_list.h"
#include "suite/text_source.h"
#include "testing/gzip.h"
#include "testing/places.h"
#include "testing/suite_files.h"

namespace assay::suite {
namespace {

using testing::packed;

constexpr std::string_view kBom = "\xEF\xBB\xBF";

std::string data(const std::string& name) {
  return read_file(ASSAY_SOURCE_DIR "/src/suite/testdata/" + name, 1U << 20U).value();
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

/// JSON on each line as one list.
std::string as_list(const std::string& lines) {
  return "[" + replaced(lines.substr(0, lines.find_last_not_of('\n') + 1), "\n", ",") + "]";
}

class TaskFile : public ::testing::Test {
 protected:
  TaskFile() { std::filesystem::create_directories(folder_); }
  ~TaskFile() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, std::string_view bytes) {
    ASSERT_TRUE(write_file(folder_ + "/" + name, bytes).has_value());
  }
  LoadOutcome load_cases(const std::string& cases) {
    return load("assay: 1\nprompt: x\nmodels: [\"fake:\"]\ncases: " + cases, folder_ + "/suite.yaml",
                testing::test_catalogue());
  }
  LoadOutcome load_task(const std::string& task, const std::string& name, const std::string& more = "") {
    return load("assay: 1\nmodels: [\"fake:\"]\ncases: {task: " + task + ", path: " + name + more + "}\n",
                folder_ + "/suite.yaml", testing::test_catalogue());
  }
  std::vector<record::Case> cases_of(const std::string& task, const std::string& name,
                                     const std::string& more = "") {
    const LoadOutcome outcome = load_task(task, name, more);
    for (const Error& error : outcome.errors) ADD_FAILURE() << message(error);
    return outcome.suite ? testing::without_places(*outcome.suite).cases : std::vector<record::Case>{};
  }
  /// The first error, without the folder.
  std::string error_of(const LoadOutcome& outcome) {
    return outcome.errors.empty() ? "" : replaced(message(outcome.errors.front()), folder_ + "/", "");
  }

  std::string folder_ = ::testing::TempDir() + "task_" + std::to_string(::getpid());
};

TEST_F(TaskFile, humaneval_is_the_same_in_every_layout_and_packing) {
  const std::string lines = data("_humaneval.jsonl");
  const std::string table = data("_humaneval_hub.csv");
  const std::size_t half = lines.find('\n') + 1;
  write("HumanEval.jsonl", lines);
  const std::vector<record::Case> wanted = cases_of("humaneval", "HumanEval.jsonl");
  ASSERT_EQ(wanted.size(), 2U);
  const std::vector<std::pair<std::string, std::string>> files{
      {"HumanEval.jsonl.gz", packed(lines)},
      {"two_members.jsonl.gz", packed(lines.substr(0, half)) + packed(lines.substr(half))},
      {"packed_under_a_plain_name.jsonl", packed(lines)},
      {"plain_under_a_packed_name.jsonl.gz", lines},
      {"dos.jsonl", std::string(kBom) + replaced(lines, "\n", "\r\n")},
      {"dos.jsonl.gz", packed(std::string(kBom) + replaced(lines, "\n", "\r\n"))},
      {"list.json", as_list(lines)},
      {"list_with_mark.json", std::string(kBom) + as_list(lines)},
      {"list.json.gz", packed(as_list(lines))},
      {"lines_of_the_hub.json", lines},
      {"test.csv", table},
      {"test.csv.gz", packed(table)},
      {"dos.csv", std::string(kBom) + replaced(table, "\n", "\r\n")},
  };
  for (const auto& [name, bytes] : files) {
    write(name, bytes);
    EXPECT_EQ(cases_of("humaneval", name), wanted) << name;
  }
}

TEST_F(TaskFile, mbpp_is_the_same_as_published_and_as_exported) {
  write("mbpp.jsonl", data("_mbpp.jsonl"));
  write("hub.csv", data("_mbpp_hub.csv"));
  for (const std::string protocol : {"mbpp@chat", "mbpp@3-shot"}) {
    const std::string more = ", split: all, protocol: " + protocol;
    EXPECT_EQ(cases_of("mbpp", "hub.csv", more), cases_of("mbpp", "mbpp.jsonl", more));
  }
  write("sanitized.json", data("_mbpp_sanitized.json"));
  write("lines.jsonl", R"json({"task_id": 11, "prompt": "Write a function to round down.", )json"
                       R"json("code": "import math\ndef down(x):\n  return math.floor(x)", )json"
                       R"json("test_imports": ["import math"], )json"
                       R"json("test_list": ["assert down(2.5) == math.floor(2.5)"]})json");
  write("table.csv",
        "source_file,task_id,prompt,code,test_imports,test_list\r\n"
        "own,11,Write a function to round down.,\"import math\ndef down(x):\n  return math.floor(x)\","
        "['import math'],['assert down(2.5) == math.floor(2.5)']\r\n");
  const std::vector<record::Case> wanted = cases_of("mbpp", "sanitized.json");
  ASSERT_EQ(wanted.size(), 1U);
  EXPECT_EQ(cases_of("mbpp", "lines.jsonl"), wanted);
  EXPECT_EQ(cases_of("mbpp", "table.csv"), wanted);
}

TEST_F(TaskFile, a_case_file_may_be_packed_in_every_form) {
  const std::vector<std::pair<std::string, std::string>> files{
      {"a.jsonl.gz", "{\"id\": \"a\", \"vars\": {\"q\": \"one\"}}\n"},
      {"a.csv.gz", "id,q\na,one\n"},
      {"a.yaml.gz", "- {id: a, vars: {q: one}}\n"},
      {"a.json.gz", "[{\"id\": \"a\", \"vars\": {\"q\": \"one\"}}]"},
  };
  for (const auto& [name, text] : files) {
    write(name, packed(text));
    const LoadOutcome outcome = load_cases("{file: " + name + "}\n");
    ASSERT_TRUE(outcome.suite) << name << error_of(outcome);
    ASSERT_EQ(outcome.suite->cases.size(), 1U) << name;
    EXPECT_EQ(outcome.suite->cases[0].id, "a") << name;
    EXPECT_EQ(outcome.suite->cases[0].vars[0].second.text, "one") << name;
  }
}

TEST_F(TaskFile, broken_packing_is_said_of_the_file_and_nothing_else_is) {
  const std::string lines = data("_humaneval.jsonl");
  const auto too_early = [](const std::string& cut) {
    return "gzip data that ends too early, after " + std::to_string(cut.size()) +
           " bytes; expected a whole gzip file. Fetch or pack it again";
  };
  const std::vector<std::pair<std::string, std::string>> files{
      {"x.jsonl.gz", lines}, {"x.csv.gz", data("_humaneval_hub.csv")}, {"x.json.gz", as_list(lines)}};
  for (const auto& [name, text] : files) {
    std::string cut = packed(text);
    cut.resize(cut.size() / 2);
    write(name, cut);
    const LoadOutcome outcome = load_task("humaneval", name, ", skip_bad: true");
    EXPECT_EQ(error_of(outcome), name + ": " + too_early(cut));
    EXPECT_EQ(outcome.errors.size(), 1U);
    EXPECT_TRUE(outcome.warnings.empty()) << "rows that were read before are no news";
  }
  const std::string bytes = packed(lines);
  write("garbage.jsonl.gz", bytes + "more");
  EXPECT_EQ(error_of(load_task("humaneval", "garbage.jsonl.gz")),
            "garbage.jsonl.gz: bytes that are no gzip data, from byte " + std::to_string(bytes.size()) +
                "; expected gzip data to the end. Fetch or pack it again");
  write("cases.jsonl.gz", bytes.substr(0, 30));
  EXPECT_EQ(error_of(load_cases("{file: cases.jsonl.gz}\n")),
            "cases.jsonl.gz: " + too_early(bytes.substr(0, 30)));
}

TEST_F(TaskFile, a_packed_file_has_a_limit) {
  write("bomb.json.gz", packed("[" + std::string(64U << 20U, ' ') + "]"));
  EXPECT_EQ(error_of(load_task("humaneval", "bomb.json.gz")),
            "bomb.json.gz: gzip data that unpacks to more than 64 MiB; expected at most 64 MiB unpacked. "
            "Split the file");
  write("lines", packed(std::string(1000, '\n')));
  for (const auto& [limit, trouble] : {std::pair{1000U, false}, std::pair{999U, true}}) {
    TextSource source(folder_ + "/lines", limit);
    while (source.take() != TextSource::kEnd) continue;
    EXPECT_EQ(source.trouble().has_value(), trouble) << limit;
    EXPECT_LE(source.offset(), limit);
  }
}

TEST_F(TaskFile, rows_that_are_too_many_to_list_are_counted) {
  std::string lines;
  for (int i = 0; i < 200; ++i) lines += "{\"task_id\": \"no more\"}\n";
  write("bad.jsonl", lines + data("_humaneval.jsonl"));
  const LoadOutcome outcome = load_task("humaneval", "bad.jsonl", ", skip_bad: true");
  ASSERT_TRUE(outcome.suite) << error_of(outcome);
  EXPECT_EQ(outcome.suite->cases.size(), 2U);
  EXPECT_LT(outcome.warnings.size(), 100U);
  const auto counts = [](const Error& one) { return one.found == "200 of 202 rows are left out"; };
  EXPECT_EQ(std::count_if(outcome.warnings.begin(), outcome.warnings.end(), counts), 1);
  const std::vector<std::string>& tags = outcome.suite->tags;
  EXPECT_EQ(std::vector<std::string>(tags.begin() + 2, tags.end()),
            (std::vector<std::string>{"rows:202", "rows-left-out:200", "loader:1"}));
}

using Texts = std::vector<std::string>;

TEST(TextList, json_python_and_numpy) {
  EXPECT_EQ(texts_of_list(R"(["a", "b\u00e9\/"])"), (Texts{"a", "bé/"}));
  EXPECT_EQ(texts_of_list("['a', \"it's\"]"), (Texts{"a", "it's"}));
  EXPECT_EQ(texts_of_list("['a' \"it's\"\n 'c, d']"), (Texts{"a", "it's", "c, d"}));
  EXPECT_EQ(texts_of_list(R"(['both \' and "', 'é\x07\n\\ \u200b\xad\U0001f600'])"),
            (Texts{"both ' and \"", "é\x07\n\\ \u200b\u00ad😀"}));
  EXPECT_EQ(texts_of_list(" [] "), Texts{});
}

TEST(TextList, anything_else_is_none) {
  for (const char* text : {"",
                           "[",
                           "]",
                           "a",
                           "'a'",
                           "['a'",
                           "['a]",
                           "['a',]",
                           "[,'a']",
                           "['a',,'b']",
                           "['a''b']",
                           "['a'] x",
                           "[1]",
                           "['a', 1]",
                           "[['a']]",
                           "['a' ... 'b']",
                           "['\\q']",
                           "['\\x1']",
                           "['\\xzz']",
                           "['\\ud800']",
                           "['\\U00110000']",
                           "['a\nb']",
                           "['\\",
                           "[None]",
                           "{\"a\": 1}",
                           "\"a\""})
    EXPECT_EQ(texts_of_list(text), std::nullopt) << text;
}

}  // namespace
}  // namespace assay::suite
