// Times of steps from assay-llama: what docs/wire.md, "Times of steps", promises.
#include <gtest/gtest.h>

#include "tests/worker_llama_client.h"

namespace assay {
namespace {

using testing::WorkerClient;

const std::string kModel = std::string(ASSAY_SOURCE_DIR) + "/models/tiny-s.q8_0.gguf";

class Steps : public ::testing::Test {
 protected:
  void load(int parallel, bool share_prefixes, int context = 256) {
    const wire::Reply reply =
        worker.call(wire::Load{.id = worker.next_id(),
                               .model = kModel,
                               .options = record::Params{{"threads", 1}, {"context", context}},
                               .parallel = parallel,
                               .share_prefixes = share_prefixes});
    ASSERT_TRUE(std::holds_alternative<wire::Loaded>(reply)) << wire::encode(reply);
  }
  std::vector<Nanos> steps(std::uint32_t streams, std::uint32_t count) {
    const wire::Reply reply =
        worker.call(wire::Steps{.id = worker.next_id(), .streams = streams, .count = count});
    const auto* told = std::get_if<wire::Stepped>(&reply);
    EXPECT_NE(told, nullptr) << wire::encode(reply);
    return told == nullptr ? std::vector<Nanos>{} : told->steps;
  }
  std::string failure(std::uint32_t streams, std::uint32_t count) {
    const wire::Reply reply =
        worker.call(wire::Steps{.id = worker.next_id(), .streams = streams, .count = count});
    const auto* failed = std::get_if<wire::Failed>(&reply);
    return failed == nullptr ? wire::encode(reply) : failed->reason + ": " + failed->message;
  }
  std::string answer(const std::string& question) {
    wire::Generate request{.id = worker.next_id(),
                           .messages = {{"user", question}},
                           .raw = std::nullopt,
                           .params = {{"temperature", 0}, {"max_tokens", 16}}};
    request.reuse_prefix = true;
    worker.send(request);
    worker.wait_done(request.id);
    return worker.text_of(request.id);
  }

  WorkerClient worker{ASSAY_LLAMA_PROGRAM};
};

TEST_F(Steps, TimesAsManyStepsAsWereAskedFor) {
  for (const bool share : {false, true}) {
    load(8, share);
    for (const std::uint32_t streams : {1U, 2U, 8U}) {
      const std::vector<Nanos> told = steps(streams, 5);
      ASSERT_EQ(told.size(), 5U);
      for (const Nanos step : told) EXPECT_GT(step.count(), 0);
    }
    worker.call(wire::Unload{.id = worker.next_id()});
  }
}

TEST_F(Steps, LeaveAnswersAndKeptBeginningsAsTheyWere) {
  const std::string common = "Ben has a red car and a blue bike, and Anna has a green one. ";
  load(4, true);
  const std::string before = answer(common + "What is 3 + 4?");
  answer(common + "What is 5 + 4?");
  steps(4, 8);
  EXPECT_EQ(answer(common + "What is 3 + 4?"), before);
  worker.call(wire::Unload{.id = worker.next_id()});
  load(4, false);
  const std::string apart = answer(common + "What is 3 + 4?");
  steps(4, 8);
  EXPECT_EQ(answer(common + "What is 3 + 4?"), apart);
}

TEST_F(Steps, RefusedInASentence) {
  EXPECT_EQ(failure(1, 1).substr(0, 12), "bad_request:") << "nothing is loaded";
  load(4, true);
  EXPECT_NE(failure(5, 1).find("streams is 5; the model was loaded for 1 to 4"), std::string::npos);
  EXPECT_NE(failure(0, 1).find("streams is 0"), std::string::npos);
  EXPECT_NE(failure(1, 0).find("count is 0; expected 1 to 64"), std::string::npos);
  EXPECT_NE(failure(1, 65).find("count is 65"), std::string::npos);
  const wire::Generate running{.id = worker.next_id(),
                               .messages = {{"user", "Count."}},
                               .raw = std::nullopt,
                               .params = {{"max_tokens", 100}}};
  const wire::Steps beside{.id = worker.next_id(), .streams = 1, .count = 1};
  worker.send_line(wire::encode(running) + "\n" + wire::encode(beside));  // both before the first step
  worker.wait_done(running.id);
  const auto* failed = std::get_if<wire::Failed>(&worker.received(beside.id));
  ASSERT_NE(failed, nullptr);
  EXPECT_NE(failed->message.find("needs the engine alone"), std::string::npos);
}

}  // namespace
}  // namespace assay
