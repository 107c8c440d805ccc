#include <unistd.h>

#include <gtest/gtest.h>

#include "backend/table.h"
#include "base/file.h"
#include "testing/gzip.h"

namespace assay::backend {
namespace {

class AnswersTest : public ::testing::Test {
 protected:
  ~AnswersTest() override { ::unlink(path_.c_str()); }

  std::unique_ptr<Backend> backend(const std::string& lines) {
    EXPECT_TRUE(write_file(path_, lines).has_value());
    record::ModelSpec spec;
    spec.engine = "answers";
    spec.model = path_;
    return std::move(*make(spec, {clock_}));
  }

  std::string load_error(const std::string& lines) {
    const auto loaded = backend(lines)->load({});
    return loaded ? std::string{} : message(loaded.error());
  }

  /// The text that comes; absent when none does.
  std::optional<std::string> answer(Backend& backend, const std::string& case_id, std::uint32_t repeat) {
    backend.start({.id = 1, .case_id = case_id, .repeat = repeat, .prompt = {}, .params = {}});
    for (const Event& event : backend.wait(Nanos{5000}))
      if (const auto* tokens = std::get_if<Tokens>(&event.what)) return tokens->text;
    return std::nullopt;
  }

  ManualClock clock_{Nanos{1000}};
  std::string path_ = ::testing::TempDir() + "answers_" + std::to_string(::getpid()) + ".jsonl";
};

TEST_F(AnswersTest, answers_by_case_and_repeat_with_times_and_counts) {
  auto made =
      backend(R"({"case":"a","output":"one","output_tokens":3,"tokens":[[10,1,"answer"],[20,2,"answer"]]})"
              "\n\n"
              R"({"case":"a","repeat":1,"raw":"two","finish":"length"})"
              "\n");
  ASSERT_TRUE(made->load({}).has_value());
  made->start({.id = 5, .case_id = "a", .repeat = 0, .prompt = {}, .params = {}});
  const auto events = made->wait(Nanos{5000});
  ASSERT_EQ(events.size(), 4U);
  const auto& tokens = std::get<Tokens>(events[2].what);
  EXPECT_EQ(tokens.text, "one");
  EXPECT_EQ(tokens.events[1].at, Nanos{1020});
  EXPECT_EQ(std::get<Finished>(events[3].what).counts.output_tokens, 3U);
  made->start({.id = 6, .case_id = "a", .repeat = 1, .prompt = {}, .params = {}});
  const auto second = made->wait(Nanos{5000});
  EXPECT_EQ(std::get<Tokens>(second[2].what).text, "two");
  EXPECT_EQ(std::get<Finished>(second[3].what).finish, "length");
  EXPECT_FALSE(std::get<Finished>(second[3].what).counts.output_tokens.has_value());
}

TEST_F(AnswersTest, lines_of_samples_have_times_of_their_run) {
  auto made = backend(
      R"({"case":"a","raw":"x","sent_ns":100,"error":null,"tokens":[[130,1,"reasoning"],[140,1,"answer"]]})");
  ASSERT_TRUE(made->load({}).has_value());
  made->start({.id = 1, .case_id = "a", .repeat = 0, .prompt = {}, .params = {}});
  const auto events = made->wait(Nanos{5000});
  EXPECT_EQ(std::get<Tokens>(events[2].what).events[0].at, Nanos{1030});
  EXPECT_EQ(std::get<Tokens>(events[2].what).events[0].kind, record::TokenKind::reasoning);
}

TEST_F(AnswersTest, samples_of_humaneval_are_repeats_in_their_order) {
  const std::string lines = R"({"task_id":"H/0","completion":"    return 1\n"})"
                            "\n"
                            R"({"task_id":"H/1","completion":"    return 2\n"})"
                            "\n"
                            R"({"task_id":"H/0","completion":"    return 3\n","result":"passed"})"
                            "\n"
                            R"({"task_id":"H/0","repeat":7,"completion":""})";
  for (const std::string& bytes : {lines, testing::packed(lines)}) {
    auto made = backend(bytes);
    ASSERT_TRUE(made->load({}).has_value());
    EXPECT_EQ(answer(*made, "H/0", 0), "    return 1\n") << "the indentation stays";
    EXPECT_EQ(answer(*made, "H/0", 1), "    return 3\n");
    EXPECT_EQ(answer(*made, "H/1", 0), "    return 2\n");
    EXPECT_EQ(answer(*made, "H/0", 7), "");
    EXPECT_EQ(answer(*made, "H/1", 1), std::nullopt);
  }
}

TEST_F(AnswersTest, a_case_without_answer_is_an_error_of_that_trial) {
  auto made = backend(R"({"case":"a","output":"one"})");
  ASSERT_TRUE(made->load({}).has_value());
  made->start({.id = 1, .case_id = "b", .repeat = 0, .prompt = {}, .params = {}});
  const auto events = made->wait(Nanos{5000});
  EXPECT_NE(std::get<Broken>(events[1].what).detail.find("no answer for case 'b'"), std::string::npos);
}

TEST_F(AnswersTest, bad_lines_have_their_place) {
  EXPECT_NE(load_error("{\"case\":\"a\",\"output\":\"x\"}\n{oops}\n").find(":2:1: "), std::string::npos);
  EXPECT_NE(load_error(R"({"output":"x"})").find("no 'case'"), std::string::npos);
  EXPECT_NE(load_error(R"({"case":"a"})").find("no 'output'"), std::string::npos);
  EXPECT_NE(
      load_error(R"({"case":"a","output":"x","tokens":[[5,1,"answer"],[4,1,"answer"]]})").find("ascending"),
      std::string::npos);
  EXPECT_NE(load_error("{\"case\":\"a\",\"output\":\"x\"}\n{\"case\":\"a\",\"output\":\"y\"}")
                .find("a second answer"),
            std::string::npos);
  EXPECT_NE(load_error(R"({"task_id":3,"completion":"x"})").find("no 'case'"), std::string::npos);
  EXPECT_NE(load_error(R"({"task_id":"a","solution":"x"})").find("no 'output'"), std::string::npos);
  EXPECT_NE(load_error(testing::packed(R"({"case":"a","output":"x"})") + "more").find("no gzip data"),
            std::string::npos);
  EXPECT_NE(load_error("\n").find("no answers"), std::string::npos);
  EXPECT_NE(load_error("{\"case\":\"a\",\"output\":\"\xff\"}").find("not UTF-8"), std::string::npos);
}

}  // namespace
}  // namespace assay::backend
