// Log-likelihoods from assay-llama: what docs/wire.md, "Scores", promises, and the engine's own figures.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>

#include "base/file.h"
#include "tests/worker_llama_client.h"

namespace assay {
namespace {

using namespace std::chrono_literals;
using record::ChoiceScore;
using testing::WorkerClient;

const std::string kModel = std::string(ASSAY_SOURCE_DIR) + "/models/tiny-s.q8_0.gguf";
const std::string kText =
    "What is 3 + 4? It is 7. The reverse of stone is enots. Anna lives in Rome, and Tom lives in Paris. "
    "Write a function that adds two numbers. What is 12 - 5? It is 7, and 12 - 7 is 5. Who lives in Rome? "
    "Anna does. The first letter of lamp is l and the last letter is p. Ben has a red car and a blue bike. "
    "What is 8 + 9? It is 17. Lisa is 34 years old and works as a nurse in Berlin. Which number is larger, "
    "15 "
    "or 51? The word garden has six letters. Return the sum of a and b. What is the colour of the car?";

class Scores : public ::testing::Test {
 protected:
  void SetUp() override { load(512); }
  /// In floats and without flash attention, whose sums in half precision depend on what else is in a batch:
  /// up to 0.4 % of a log-likelihood were seen.
  void load(int context, bool share_prefixes = false) {
    record::Params options{
        {"threads", 1}, {"context", context}, {"flash_attention", "off"}, {"kv_type", "f32"}};
    const wire::Reply reply = worker.call(wire::Load{.id = worker.next_id(),
                                                     .model = kModel,
                                                     .options = std::move(options),
                                                     .parallel = 1,
                                                     .longest = 0,
                                                     .share_prefixes = share_prefixes});
    ASSERT_TRUE(std::holds_alternative<wire::Loaded>(reply)) << wire::encode(reply);
  }
  /// With room for the long texts.
  void reload(bool share_prefixes) {
    worker.call(wire::Unload{.id = worker.next_id()});
    load(2048, share_prefixes);
  }
  std::string failure(const wire::Score& request) {
    EXPECT_TRUE(worker.score(request).empty());
    const auto* failed = std::get_if<wire::Failed>(&worker.received(request.id));
    return failed == nullptr ? "no error" : failed->reason + ": " + failed->message;
  }
  wire::Score raw(std::string text, std::vector<std::string> continuations) {
    return {.id = worker.next_id(),
            .messages = {},
            .raw = std::move(text),
            .continuations = std::move(continuations),
            .params = {}};
  }

  WorkerClient worker{ASSAY_LLAMA_PROGRAM};
};

TEST_F(Scores, TellsLikelihoodTokensBytesAndWhetherItWouldSayIt) {
  const testing::Answer said = worker.generate({{"user", "What is 3 + 4?"}}, {{"max_tokens", 8}});
  wire::Score request{.id = worker.next_id(),
                      .messages = {{"user", "What is 3 + 4?"}},
                      .raw = std::nullopt,
                      .continuations = {said.text, "zebra", "8", "1234"},
                      .params = {}};
  const std::vector<ChoiceScore> scores = worker.score(request);
  ASSERT_EQ(scores.size(), 4U);
  EXPECT_TRUE(scores[0].greedy) << "what it says by itself is the likeliest token after token";
  EXPECT_FALSE(scores[1].greedy);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    EXPECT_LT(scores[i].log_likelihood, 0);
    EXPECT_LE(scores[i].log_likelihood, scores[0].log_likelihood) << i;
    EXPECT_EQ(scores[i].bytes, request.continuations[i].size());
    EXPECT_FALSE(scores[i].inside_token);
  }
  EXPECT_EQ(scores[2].tokens, 1U);
  EXPECT_GT(scores[3].tokens, 1U);
  const wire::Started& started = worker.started(request.id);
  EXPECT_NE(started.prompt.find("<|im_start|>assistant"), std::string::npos);
  EXPECT_EQ(started.prompt_tokens, said.started.prompt_tokens);
  EXPECT_EQ(started.cached_prompt_tokens, 0U);
}

TEST_F(Scores, AContinuationIsTheSumOfItsTokens) {
  // p(ab) = p(a) · p(b | a), whether it is asked at once or piece by piece. "." and "?" never merge with a
  // word.
  const double whole = worker.score_raw("What is", {" the colour of the car?"})[0].log_likelihood;
  double sum = 0;
  std::string prompt = "What is";
  for (const char* piece : {" the", " colour", " of", " the", " car", "?"}) {
    const std::vector<ChoiceScore> one = worker.score_raw(prompt, {piece});
    ASSERT_EQ(one.size(), 1U);
    EXPECT_FALSE(one[0].inside_token);
    sum += one[0].log_likelihood;
    prompt += piece;
  }
  EXPECT_NEAR(whole, sum, 2e-3 * std::abs(sum));
}

TEST_F(Scores, ManyAndLongContinuationsGiveWhatEachGivesAlone) {
  std::vector<std::string> continuations;
  for (int i = 0; i < 70; ++i)
    continuations.push_back(fmt::format(" {} {}", i, kText.substr(0, 3U * static_cast<unsigned>(i))));
  const std::vector<ChoiceScore> together = worker.score_raw("Numbers:", continuations);
  ASSERT_EQ(together.size(), continuations.size());
  for (const std::size_t i : {0U, 1U, 31U, 32U, 33U, 50U, 69U}) {
    const std::vector<ChoiceScore> alone = worker.score_raw("Numbers:", {continuations[i]});
    ASSERT_EQ(alone.size(), 1U);
    EXPECT_NEAR(together[i].log_likelihood, alone[0].log_likelihood, 2e-3 * std::abs(alone[0].log_likelihood))
        << i;
    EXPECT_EQ(together[i].tokens, alone[0].tokens);
  }
  // Longer than a batch, between others; and the same again, to the last bit.
  reload(false);
  const std::vector<ChoiceScore> mixed =
      worker.score_raw("So", {" it", " " + kText + kText, " is " + kText, " a b"});
  ASSERT_EQ(mixed.size(), 4U);
  ASSERT_GT(mixed[1].tokens, 256U);
  const std::vector<ChoiceScore> single = worker.score_raw("So", {" " + kText + kText});
  EXPECT_NEAR(mixed[1].log_likelihood, single[0].log_likelihood, 2e-3 * std::abs(single[0].log_likelihood));
  const std::vector<ChoiceScore> again =
      worker.score_raw("So", {" it", " " + kText + kText, " is " + kText, " a b"});
  EXPECT_TRUE(mixed == again);
}

TEST_F(Scores, TheBoundaryIsThatOfTheCommonEncoding) {
  // A blank at the end of the prompt goes to the continuation.
  const std::vector<ChoiceScore> blank = worker.score_raw("What is ", {"the"});
  const std::vector<ChoiceScore> moved = worker.score_raw("What is", {" the"});
  ASSERT_EQ(blank.size(), 1U);
  EXPECT_EQ(blank[0].log_likelihood, moved[0].log_likelihood);
  EXPECT_EQ(blank[0].bytes, 3U) << "as sent";
  EXPECT_EQ(moved[0].bytes, 4U);
  // Inside a word the whole has other tokens than the prompt by itself.
  const std::vector<std::int32_t> whole = worker.tokens("What is the colour");
  for (std::size_t cut = std::string("What is the c").size(); cut < std::string("What is the colour").size();
       ++cut) {
    const std::string prompt = std::string("What is the colour").substr(0, cut);
    const std::vector<std::int32_t> own = worker.tokens(prompt);
    const bool begins = own.size() <= whole.size() && std::equal(own.begin(), own.end(), whole.begin());
    const wire::Score request = raw(prompt, {std::string("What is the colour").substr(cut)});
    const std::vector<ChoiceScore> scores = worker.score(request);
    if (own.size() >= whole.size()) {
      EXPECT_TRUE(scores.empty()) << "no token of its own: " << prompt;
    } else {
      ASSERT_EQ(scores.size(), 1U);
      EXPECT_EQ(scores[0].inside_token, !begins) << prompt;
      EXPECT_EQ(scores[0].tokens, whole.size() - own.size());
    }
  }
}

TEST_F(Scores, SharedBeginningsAreReusedOnlyOnRequest) {
  reload(true);
  wire::Score first = raw(kText + " First", {" one"});
  wire::Score second = raw(kText + " Second", {" two"});
  first.reuse_prefix = second.reuse_prefix = true;
  ASSERT_EQ(worker.score(first).size(), 1U);
  const std::vector<ChoiceScore> shared = worker.score(second);
  EXPECT_GT(worker.started(second.id).cached_prompt_tokens, 100U);
  const wire::Score whole = raw(kText + " Second", {" two"});
  const std::vector<ChoiceScore> alone = worker.score(whole);
  EXPECT_EQ(worker.started(whole.id).cached_prompt_tokens, 0U);
  EXPECT_NEAR(shared[0].log_likelihood, alone[0].log_likelihood, 2e-3 * std::abs(alone[0].log_likelihood));
  reload(false);
  first.id = worker.next_id();
  second.id = worker.next_id();
  worker.score(first);
  worker.score(second);
  EXPECT_EQ(worker.started(second.id).cached_prompt_tokens, 0U) << "the load was not told of it";
}

TEST_F(Scores, RefusesWhatHasNoFigure) {
  EXPECT_NE(failure(raw("", {"a"})).find("bad_request: the prompt has no tokens"), std::string::npos);
  EXPECT_NE(failure(raw(" \n", {"a"})).find("the prompt has no tokens"), std::string::npos);
  EXPECT_NE(failure(raw(kText + kText + kText, {"a"})).find("context: the prompt with its longest"),
            std::string::npos);
  EXPECT_NE(failure(raw("a", {"b", kText + kText + kText})).find("context:"), std::string::npos);
  wire::Score request = raw("2 + 2 =", {" 4"});
  request.params = {{"temperature", 0.7}};
  ASSERT_EQ(worker.score(request).size(), 1U);
  EXPECT_EQ(worker.started(request.id).effective.at("temperature").how, record::Applied::not_supported);
  worker.call(wire::Unload{.id = worker.next_id()});
  EXPECT_NE(failure(raw("a", {"b"})).find("no model is loaded"), std::string::npos);
}

TEST_F(Scores, OneThatWaitsOrRunsCanBeCancelled) {
  std::vector<std::string> many(500, " " + kText);
  const wire::Score first = raw("So", many);
  const wire::Score second = raw("So", {" it"});
  worker.send(first);
  worker.send(second);
  worker.send(wire::Cancel{.id = worker.next_id(), .target = first.id});
  worker.send(wire::Cancel{.id = worker.next_id(), .target = second.id});
  EXPECT_EQ(worker.wait_done(second.id).finish, "cancelled");
  EXPECT_EQ(worker.wait_done(first.id).finish, "cancelled");
  EXPECT_EQ(worker.score_raw("So", {" it"}).size(), 1U);
}

/// Where each token of the text ends, in bytes; 0 where the text up to there has other tokens by itself.
std::vector<std::size_t> ends_of(WorkerClient& worker, const std::string& text,
                                 const std::vector<std::int32_t>& ids) {
  std::vector<std::size_t> ends(ids.size(), 0);
  for (std::size_t size = 1; size <= text.size(); ++size) {
    const std::vector<std::int32_t> own = worker.tokens(text.substr(0, size));
    if (!own.empty() && own.size() <= ids.size() && std::equal(own.begin(), own.end(), ids.begin()))
      ends[own.size() - 1] = size;
  }
  return ends;
}

/// Perplexity after each chunk, as llama-perplexity prints it: "[1]12.3456,[2]…".
std::vector<double> chunks_of(const std::string& printed) {
  std::vector<double> chunks;
  for (int i = 1;; ++i) {
    const std::string mark = fmt::format("[{}]", i);
    const std::size_t at = printed.find(mark);
    if (at == std::string::npos) return chunks;
    chunks.push_back(std::strtod(printed.c_str() + at + mark.size(), nullptr));
  }
}

TEST_F(Scores, ThePerplexityOfATextIsThatOfTheEnginesOwnProgram) {
  const std::string program = ASSAY_LLAMA_PERPLEXITY;
  if (!file_exists(program))
    GTEST_SKIP() << "no llama-perplexity; build it with: tools/build_engines perplexity";
  constexpr std::size_t kContext = 32;
  const std::vector<std::int32_t> ids = worker.tokens(kText);
  ASSERT_GE(ids.size(), 3 * kContext);
  const std::vector<std::size_t> ends = ends_of(worker, kText, ids);

  const std::string file = ::testing::TempDir() + fmt::format("assay-perplexity-{}.txt", getpid());
  std::ofstream(file) << kText;
  auto peer = Process::start({program, "-m", kModel, "-f", file, "-c", "32", "-b", "32", "-t", "1", "-fa",
                              "off", "-ctk", "f32", "-ctv", "f32"});
  ASSERT_TRUE(peer) << message(peer.error());
  SystemClock clock;
  std::string printed;
  while (const auto line = (*peer)->read_line(clock.now() + 60s)) printed += line->text + "\n";
  std::remove(file.c_str());
  const std::vector<double> chunks = chunks_of(printed);
  ASSERT_GE(chunks.size(), 3U) << printed << (*peer)->stderr_tail();

  // It reads the first half of each chunk as the prompt and counts the tokens behind it, all but the first.
  constexpr std::size_t kPrompt = kContext / 2 + 1;
  constexpr std::size_t kCounted = kContext - kPrompt;
  double before = 0;
  int compared = 0;
  for (std::size_t chunk = 0; chunk < chunks.size(); ++chunk) {
    const double sum = std::log(chunks[chunk]) * static_cast<double>(kCounted * (chunk + 1));
    const double theirs = before - sum;
    before = sum;
    const std::size_t begin = chunk == 0 ? 0 : ends[chunk * kContext - 1];
    const std::size_t middle = ends[chunk * kContext + kPrompt - 1];
    const std::size_t end = ends[(chunk + 1) * kContext - 1];
    if ((chunk > 0 && begin == 0) || middle == 0 || end == 0) continue;
    const std::string prompt = kText.substr(begin, middle - begin);
    const std::string rest = kText.substr(middle, end - middle);
    const std::vector<std::int32_t> same = worker.tokens(prompt + rest);
    if (same.size() != kContext ||
        !std::equal(same.begin(), same.end(), ids.begin() + static_cast<std::ptrdiff_t>(chunk * kContext)))
      continue;  // a chunk that begins inside a word has other tokens by itself
    const std::vector<ChoiceScore> ours = worker.score_raw(prompt, {rest});
    ASSERT_EQ(ours.size(), 1U);
    if (ours[0].tokens != kCounted) continue;  // the prompt ends in a blank
    EXPECT_NEAR(ours[0].log_likelihood, theirs, 2e-3 * std::abs(theirs)) << "chunk " << chunk;
    ++compared;
  }
  EXPECT_GE(compared, 2) << "of " << chunks.size() << " chunks";
}

}  // namespace
}  // namespace assay
