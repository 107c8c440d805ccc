// assay-llama from outside, with a shipped model: what docs/wire.md promises.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>

#include "tests/worker_llama_client.h"

namespace assay {
namespace {

using namespace std::chrono_literals;
using record::Applied;
using testing::Answer;
using testing::WorkerClient;

const std::string kModel = std::string(ASSAY_SOURCE_DIR) + "/models/tiny-s.q8_0.gguf";

class WorkerLlama : public ::testing::Test {
 protected:
  void load(record::Params options = {{"threads", 1}}, int parallel = 1) {
    load_with(wire::Load{
        .id = worker.next_id(), .model = kModel, .options = std::move(options), .parallel = parallel});
  }
  /// For four requests at once that may share the beginnings of their prompts.
  void load_for_four(record::Params options, std::uint64_t longest, std::uint64_t together = 0) {
    load_with(wire::Load{.id = worker.next_id(),
                         .model = kModel,
                         .options = std::move(options),
                         .parallel = 4,
                         .longest = longest,
                         .share_prefixes = true,
                         .together = together});
  }
  void load_with(const wire::Load& request) {
    const wire::Reply reply = worker.call(request);
    ASSERT_TRUE(std::holds_alternative<wire::Loaded>(reply)) << wire::encode(reply);
    loaded = std::get<wire::Loaded>(reply);
  }
  std::string failure(const wire::Reply& reply) {
    const auto* failed = std::get_if<wire::Failed>(&reply);
    return failed == nullptr ? "no error: " + wire::encode(reply) : failed->reason;
  }

  WorkerClient worker{ASSAY_LLAMA_PROGRAM};
  wire::Loaded loaded;
};

record::Params greedy(int max_tokens) {
  return {{"temperature", 0}, {"max_tokens", max_tokens}};
}

TEST_F(WorkerLlama, TellsWhatItIs) {
  const wire::Reply reply = worker.call(wire::Hello{.id = worker.next_id()});
  const auto& hello = std::get<wire::HelloReply>(reply);
  EXPECT_EQ(hello.protocol, wire::kProtocol);
  EXPECT_EQ(hello.engine, "llama.cpp");
  EXPECT_FALSE(hello.engine_version.empty());
  EXPECT_TRUE(hello.build.contains("system_info"));
  EXPECT_EQ(failure(worker.call(wire::Hello{.id = worker.next_id(), .protocol = 99})), "not_supported");
}

TEST_F(WorkerLlama, BenchTimesEveryTokenFromAColdCache) {
  load();
  record::BenchTest test;
  test.prompt = 40;
  test.generate = 8;
  test.depth = 100;
  test.threads = 1;
  for (int i = 0; i < 3; ++i) {
    test.path = i == 2 ? record::BenchPath::sampling : record::BenchPath::engine;
    const wire::Reply reply = worker.call(wire::Bench{.id = worker.next_id(), .test = test, .seed = 5});
    ASSERT_TRUE(std::holds_alternative<wire::Benched>(reply)) << wire::encode(reply);
    const record::BenchAnswer& answer = std::get<wire::Benched>(reply).answer;
    EXPECT_EQ(answer.warmed_up, i != 1) << "once for each kind of test";
    EXPECT_EQ(answer.before, 100U);
    EXPECT_EQ(answer.context, 256U) << "the engine rounds 148 up";
    EXPECT_EQ(answer.threads, 1U);
    EXPECT_GT(answer.memory_bytes, 1'000'000U);
    ASSERT_EQ(answer.repetition.tokens.size(), 8U);
    ASSERT_TRUE(answer.repetition.prompt);
    EXPECT_LT(*answer.repetition.prompt, answer.repetition.tokens.front());
    EXPECT_TRUE(std::is_sorted(answer.repetition.tokens.begin(), answer.repetition.tokens.end()));
    EXPECT_EQ(answer.repetition.total, answer.repetition.tokens.back());
  }
}

TEST_F(WorkerLlama, BenchRefusesWhatCannotBe) {
  record::BenchTest test;
  const auto ask = [&] {
    return failure(worker.call(wire::Bench{.id = worker.next_id(), .test = test, .seed = 1}));
  };
  test.prompt = 8;
  EXPECT_EQ(ask(), "bad_request") << "no model is loaded";
  load();
  test.prompt = 0;
  EXPECT_EQ(ask(), "bad_request") << "zero tokens";
  test.prompt = 4096;
  EXPECT_EQ(ask(), "context");
  test.prompt = 8;
  test.batch = 0;
  EXPECT_EQ(ask(), "bad_request");
  test.batch = 2048;
  test.key_type = "q9";
  EXPECT_EQ(ask(), "bad_request");
  test.key_type = "f16";
  test.flash_attention = "perhaps";
  EXPECT_EQ(ask(), "bad_request");
  test.flash_attention = "off";
  test.value_type = "q8_0";
  EXPECT_EQ(ask(), "bad_request") << "the engine itself refuses this pair";
  test.value_type = "f16";
  EXPECT_NE(ask().find("benched"), std::string::npos) << "the worker goes on after every refusal";
}

TEST_F(WorkerLlama, LoadSaysWhatIsInForce) {
  load({{"threads", 1}, {"context", 300}, {"kv_type", "q8_0"}, {"nonsense", 1}}, 2);
  EXPECT_GT(loaded.load.count(), 0);
  EXPECT_EQ(loaded.options["threads"].value, 1);
  EXPECT_EQ(loaded.options["context"].value, 512) << "the engine rounds up to 256";
  EXPECT_EQ(loaded.options["context"].how, Applied::verified);
  EXPECT_EQ(loaded.options["kv_type"].value, "q8_0");
  EXPECT_EQ(loaded.options["parallel"].value, 2);
  EXPECT_EQ(loaded.options["nonsense"].how, Applied::not_supported);
  EXPECT_EQ(loaded.facts["architecture"], "llama");
  EXPECT_EQ(loaded.facts["quantisation"], "Q8_0");
  EXPECT_GT(loaded.facts["parameters"], 100'000);
  EXPECT_EQ(failure(worker.call(wire::Load{.id = worker.next_id(), .model = kModel, .options = {}})),
            "bad_request")
      << "loaded twice";
}

TEST_F(WorkerLlama, NothingWorksWithoutAModel) {
  EXPECT_EQ(failure(worker.call(wire::Tokenize{.id = worker.next_id(), .text = "x", .messages = {}})),
            "bad_request");
  EXPECT_EQ(
      failure(worker.call(wire::Generate{.id = worker.next_id(), .messages = {}, .raw = "x", .params = {}})),
      "bad_request");
}

TEST_F(WorkerLlama, AnswersWithTimesAndCounts) {
  load();
  const Answer answer = worker.generate({{"user", "What is 3 + 4?"}}, greedy(64));
  ASSERT_EQ(answer.failure, "");
  EXPECT_FALSE(answer.text.empty());
  EXPECT_EQ(answer.done.finish, "stop");
  EXPECT_EQ(answer.events.size(), answer.done.output_tokens) << "one event per token, the end token included";
  EXPECT_NE(answer.started.prompt.find("What is 3 + 4?"), std::string::npos);
  EXPECT_GT(answer.started.prompt_tokens, 5U);
  Nanos before = answer.started.at;
  for (const record::TokenEvent& event : answer.events) {
    EXPECT_GT(event.at, before);
    EXPECT_EQ(event.count, 1U);
    before = event.at;
  }
  EXPECT_GE(answer.done.at, before);
  EXPECT_EQ(worker.generate({{"user", "What is 3 + 4?"}}, greedy(64)).text, answer.text);
}

TEST_F(WorkerLlama, LengthAndContextEndAnAnswer) {
  load({{"threads", 1}, {"context", 256}});
  const Answer two = worker.generate_raw("aaaa", greedy(2));
  EXPECT_EQ(two.done.finish, "length");
  EXPECT_EQ(two.done.output_tokens, 2U);
  // Without max_tokens the context is the limit, and says so.
  const Answer all =
      worker.generate_raw("aaaa", {{"grammar", "root ::= \"a\"*"}, {"temperature", 5}, {"seed", 1}});
  ASSERT_EQ(all.failure, "");
  EXPECT_EQ(all.started.effective.at("max_tokens").value, 256 - all.started.prompt_tokens + 1);
  const Answer more = worker.generate_raw("aaaa", {{"grammar", "root ::= \"a\"*"}, {"max_tokens", 5000}});
  EXPECT_EQ(more.started.effective.at("max_tokens").value, 256 - more.started.prompt_tokens + 1)
      << "what is in force, not what was asked for";
  std::string lots;
  for (int i = 0; i < 400; ++i) lots += "word ";
  EXPECT_EQ(worker.generate_raw(lots, greedy(2)).failure, "context");
  EXPECT_EQ(worker.generate_raw("aaaa", greedy(2)).text, two.text) << "the next request is not harmed";
}

TEST_F(WorkerLlama, TokenizeIsWhatGenerateSees) {
  load();
  const std::vector<record::Message> messages{{"user", "What is 3 + 4?"}};
  const wire::Reply reply =
      worker.call(wire::Tokenize{.id = worker.next_id(), .text = std::nullopt, .messages = messages});
  const auto& tokens = std::get<wire::Tokens>(reply);
  const Answer answer = worker.generate(messages, greedy(1));
  EXPECT_EQ(tokens.prompt, answer.started.prompt);
  EXPECT_EQ(tokens.ids.size(), answer.started.prompt_tokens);
}

TEST_F(WorkerLlama, AVocabularyIsReadWithoutAModel) {
  const auto ask = [&](std::string model, std::string text) {
    return worker.call(wire::Tokenize{
        .id = worker.next_id(), .text = std::move(text), .messages = {}, .model = std::move(model)});
  };
  const std::string text = "<|im_start|>user\nWhat is 3 + 4?<|im_end|>\n";
  const wire::Reply reply = ask(kModel, text + "\u00e4");
  const auto& alone = std::get<wire::Tokens>(reply);
  EXPECT_EQ(alone.pieces.front(), "<|im_start|>");
  std::string together;
  for (const std::string& piece : alone.pieces) together += piece;
  EXPECT_EQ(together, text + "<0xC3><0xA4>") << "this vocabulary has no token for an ä";
  EXPECT_EQ(failure(ask("/nowhere.gguf", "a")), "not_found");
  EXPECT_EQ(failure(ask(std::string(ASSAY_SOURCE_DIR) + "/README.md", "a")), "bad_model");
  load();
  EXPECT_EQ(worker.tokens(text + "\u00e4"), alone.ids);
}

TEST_F(WorkerLlama, StopStringsCutTheAnswer) {
  load();
  const std::string whole = worker.generate_raw("hello", greedy(40)).text;
  ASSERT_GT(whole.size(), 4U);
  record::Params params = greedy(40);
  params["stop"] = {whole.substr(2, 2)};
  const Answer cut = worker.generate_raw("hello", params);
  EXPECT_EQ(cut.text, whole.substr(0, whole.find(whole.substr(2, 2))));
  EXPECT_EQ(cut.done.finish, "stop");
  EXPECT_EQ(cut.events.size(), cut.done.output_tokens);
}

TEST_F(WorkerLlama, SamplingIsEchoedAndRepeatable) {
  load();
  const record::Params params{
      {"temperature", 1.5}, {"top_k", 30}, {"seed", 7}, {"max_tokens", 24}, {"mirostat", 2}};
  const Answer first = worker.generate_raw("Once", params);
  ASSERT_EQ(first.failure, "");
  EXPECT_EQ(worker.generate_raw("Once", params).text, first.text);
  record::Params other = params;
  other["seed"] = 8;
  EXPECT_NE(worker.generate_raw("Once", other).text, first.text);
  EXPECT_EQ(first.started.effective.at("temperature").value, 1.5);
  EXPECT_EQ(first.started.effective.at("top_p").value, 1) << "off unless asked for";
  EXPECT_EQ(first.started.effective.at("seed").value, 7);
  EXPECT_EQ(first.started.effective.at("mirostat").how, Applied::not_supported);

  const Answer without_seed = worker.generate_raw("Once", {{"temperature", 1}, {"max_tokens", 8}});
  record::Params same{
      {"temperature", 1}, {"max_tokens", 8}, {"seed", without_seed.started.effective.at("seed").value}};
  EXPECT_EQ(worker.generate_raw("Once", same).text, without_seed.text) << "the seed that was taken is told";

  const Answer greedy_answer = worker.generate_raw("Once", {{"top_p", 0.5}, {"max_tokens", 4}});
  EXPECT_EQ(greedy_answer.started.effective.at("top_p").value, nullptr) << "greedy has no use for it";
}

TEST_F(WorkerLlama, ATemperatureThatNoScoreCanBeDividedByIsGreedy) {
  load();
  const std::string likeliest = worker.generate_raw("What is", greedy(8)).text;
  for (const double temperature : {1e-45, 1e-38, 1e-31}) {
    const Answer cold = worker.generate_raw("What is", {{"temperature", temperature}, {"max_tokens", 8}});
    EXPECT_EQ(cold.text, likeliest) << temperature;
    EXPECT_EQ(cold.started.effective.at("temperature").value, 0.0);
  }
}

TEST_F(WorkerLlama, WrongParametersAreRefused) {
  load();
  for (const record::Params& params :
       std::vector<record::Params>{{{"temperature", "hot"}},
                                   {{"temperature", -1}},
                                   {{"top_p", 2}},
                                   {{"seed", 4294967295U}},
                                   {{"stop", {""}}},
                                   {{"grammar", "root ::= ("}},
                                   {{"json_schema", {{"type", "no such type"}}}},
                                   {{"max_tokens", 0}}})
    EXPECT_EQ(worker.generate_raw("x", params).failure, "bad_request")
        << wire::encode(wire::Request(wire::Generate{.id = 0, .messages = {}, .raw = "", .params = params}));
}

TEST_F(WorkerLlama, GrammarsAreFollowed) {
  load();
  record::Params params = greedy(20);
  params["grammar"] = R"(root ::= "yes" | "no")";
  const std::string word = worker.generate_raw("hello", params).text;
  EXPECT_TRUE(word == "yes" || word == "no") << word;

  params = greedy(60);
  params["json_schema"] = Json::parse(
      R"({"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"],"additionalProperties":false})");
  const Answer json = worker.generate_raw("hello", params);
  if (json.done.finish == "stop") {
    EXPECT_TRUE(Json::parse(json.text)["ok"].is_boolean()) << json.text;
  }
  EXPECT_EQ(json.text.find_first_not_of(" \n\t"), json.text.find('{'));
}

TEST_F(WorkerLlama, SeveralAtOnceAnswerAsAlone) {
  load({{"threads", 1}, {"context", 256}}, 3);
  std::map<wire::Id, std::string> alone;
  std::map<wire::Id, std::string> together;
  std::vector<wire::Id> ids;
  for (int i = 0; i < 7; ++i) {  // more than there are slots: the rest waits
    const std::vector<record::Message> messages{{"user", "What is " + std::to_string(i) + " + 2?"}};
    const std::string text = worker.generate(messages, greedy(16)).text;
    ids.push_back(worker.next_id());
    alone[ids.back()] = text;
  }
  for (int i = 0; i < 7; ++i)
    worker.send(wire::Generate{.id = ids[static_cast<std::size_t>(i)],
                               .messages = {{"user", "What is " + std::to_string(i) + " + 2?"}},
                               .raw = std::nullopt,
                               .params = greedy(16)});
  for (std::size_t done = 0; done < ids.size();) {
    const wire::Reply reply = worker.receive();
    if (const auto* output = std::get_if<wire::Output>(&reply)) together[output->id] += output->text;
    ASSERT_FALSE(std::holds_alternative<wire::Failed>(reply)) << wire::encode(reply);
    done += std::holds_alternative<wire::Done>(reply) ? 1U : 0U;
  }
  EXPECT_EQ(together, alone);
}

// A grammar that allows nothing behind its first letter ends one answer in the middle of the batch.
TEST_F(WorkerLlama, OneThatFailsTakesNoOtherWithIt) {
  load({{"threads", 1}, {"context", 256}}, 3);
  record::Params dead_end = greedy(16);
  dead_end["grammar"] = "root ::= \"a\" [^\\x00-\\UFFFFFFFF]";
  const std::vector<record::Message> messages{{"user", "What is 4 + 2?"}};
  const std::string alone = worker.generate(messages, greedy(16)).text;
  const auto ask = [&](const record::Params& params) {
    const wire::Id id = worker.next_id();
    worker.send(wire::Generate{.id = id, .messages = messages, .raw = std::nullopt, .params = params});
    return id;
  };
  const wire::Id first = ask(greedy(16));
  const wire::Id broken = ask(dead_end);
  const wire::Id last = ask(greedy(16));
  worker.wait_done(first);
  worker.wait_done(last);
  const auto has_ended = [&] {
    const wire::Reply& reply = worker.received(broken);
    return std::holds_alternative<wire::Failed>(reply) || std::holds_alternative<wire::Done>(reply);
  };
  while (!has_ended()) worker.receive();
  const auto* failed = std::get_if<wire::Failed>(&worker.received(broken));
  ASSERT_NE(failed, nullptr) << "it said: " << worker.text_of(broken);
  EXPECT_EQ(failed->reason, "engine");
  EXPECT_NE(failed->message.find("the grammar allows nothing"), std::string::npos) << failed->message;
  EXPECT_EQ(worker.text_of(first), alone);
  EXPECT_EQ(worker.text_of(last), alone);
}

// Room for three answers where four may run: the fourth waits, and nobody meets a full cache.
TEST_F(WorkerLlama, WhatWasForetoldIsReservedAndRequestsWaitForRoom) {
  load_for_four({{"threads", 1}, {"context", 512}}, 512, 600);
  EXPECT_EQ(loaded.options.at("context").value, 512) << "each may have so much";
  EXPECT_EQ(loaded.options.at("flash_attention").value, "off")
      << "on processors, where nobody said otherwise";
  std::vector<wire::Id> ids;
  for (int i = 0; i < 12; ++i) {
    ids.push_back(worker.next_id());
    worker.send(wire::Generate{.id = ids.back(),
                               .messages = {{"user", "What is " + std::to_string(i) + " + 2?"}},
                               .raw = std::nullopt,
                               .params = greedy(200),
                               .reuse_prefix = true});
  }
  for (const wire::Id id : ids) {
    worker.wait_done(id);
    EXPECT_FALSE(worker.text_of(id).empty());
  }
}

// One that needs most of the room waits beside three short ones; others that are as short come after it. They
// end one after the other, so that there never is room by chance.
TEST_F(WorkerLlama, ShortRequestsDoNotKeepALongOneWaiting) {
  load_for_four({{"threads", 1}, {"context", 512}}, 512, 512);
  const auto ask = [&](int i, int tokens) {
    const wire::Id id = worker.next_id();
    worker.send(wire::Generate{.id = id,
                               .messages = {},
                               .raw = std::to_string(i) + " + 2",
                               .params = {{"max_tokens", tokens}, {"grammar", "root ::= [a-z] root"}},
                               .reuse_prefix = true});
    return id;
  };
  for (int i = 0; i < 3; ++i) ask(i, 20 + 7 * i);
  const wire::Id wide = ask(3, 480);
  for (int i = 4; i < 30; ++i) ask(i, 20 + i % 5);
  int before = 0;
  for (int done = 0; done < 30;) {
    const wire::Reply told = worker.receive();
    ASSERT_FALSE(std::holds_alternative<wire::Failed>(told)) << wire::encode(told);
    if (std::holds_alternative<wire::Started>(told) && worker.started(wide).id == 0) ++before;
    if (std::holds_alternative<wire::Done>(told)) ++done;
  }
  EXPECT_LE(before, 3 + 4) << "four that came later, as many as may run at once";
}

TEST_F(WorkerLlama, TheBeginningOfAPromptIsComputedOnce) {
  load_for_four({{"threads", 1}}, 300);
  EXPECT_EQ(loaded.options.at("context").value, 512);
  EXPECT_EQ(loaded.options.at("parallel").value, 4);

  const auto request = [&](int i, bool reuse) {
    return wire::Generate{.id = worker.next_id(),
                          .messages = {{"system", "You add numbers and give the sum alone, without a word."},
                                       {"user", "What is " + std::to_string(i) + " + 2?"}},
                          .raw = std::nullopt,
                          .params = greedy(8),
                          .reuse_prefix = reuse};
  };
  std::vector<std::string> alone;
  for (int i = 0; i < 9; ++i) {
    const wire::Generate one = request(i, false);
    worker.send(one);
    worker.wait_done(one.id);
    alone.push_back(worker.text_of(one.id));
    EXPECT_EQ(worker.started(one.id).cached_prompt_tokens, 0U) << "nobody asked for it";
  }
  std::vector<wire::Id> ids;
  for (int i = 0; i < 9; ++i) {
    const wire::Generate one = request(i, true);
    ids.push_back(one.id);
    worker.send(one);
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    worker.wait_done(ids[i]);
    EXPECT_EQ(worker.text_of(ids[i]), alone[i]);
    const wire::Started started = worker.started(ids[i]);
    if (i == 0)
      EXPECT_EQ(started.cached_prompt_tokens, 0U);
    else
      EXPECT_GE(started.cached_prompt_tokens, 16U);
    EXPECT_LT(started.cached_prompt_tokens, started.prompt_tokens);
  }
  // Kept, when nobody runs any more.
  const wire::Generate last = request(3, true);
  worker.send(last);
  worker.wait_done(last.id);
  EXPECT_GE(worker.started(last.id).cached_prompt_tokens, 16U);
  EXPECT_EQ(worker.text_of(last.id), alone[3]);
}

TEST_F(WorkerLlama, CancelEndsARequestAndOnlyThat) {
  load({{"threads", 1}, {"context", 2048}}, 2);
  const record::Params endless{
      {"max_tokens", 100'000}, {"temperature", 5}, {"seed", 1}, {"grammar", "root ::= [a-z] root"}};
  const wire::Id one = worker.next_id();
  const wire::Id two = worker.next_id();
  worker.send(wire::Generate{.id = one, .messages = {}, .raw = "a", .params = endless});
  worker.send(wire::Generate{.id = two, .messages = {}, .raw = "b", .params = greedy(5)});
  while (std::get_if<wire::Output>(&worker.received(one)) == nullptr) worker.receive();
  worker.send(wire::Cancel{.id = worker.next_id(), .target = one});
  const wire::Done cancelled = worker.wait_done(one);
  EXPECT_EQ(cancelled.finish, "cancelled");
  EXPECT_GT(cancelled.output_tokens, 0U);
  EXPECT_NE(worker.wait_done(two).finish, "cancelled");
  EXPECT_TRUE(
      std::holds_alternative<wire::Ok>(worker.call(wire::Cancel{.id = worker.next_id(), .target = one})))
      << "too late is no error";
}

TEST_F(WorkerLlama, BadModelFilesAreErrorsAndItLivesOn) {
  std::ifstream file(kModel, std::ios::binary);
  const std::string good{std::istreambuf_iterator<char>(file), {}};
  ASSERT_GT(good.size(), 1000U);
  std::string hostile = good;
  for (std::size_t i = 8; i < 16; ++i) hostile[i] = '\x7f';  // number of tensors
  std::string magic = good;
  magic[0] = 'X';
  const std::map<std::string, std::string> files{{"empty", ""},
                                                 {"short", good.substr(0, 40)},
                                                 {"header", good.substr(0, 3000)},
                                                 {"half", good.substr(0, good.size() / 2)},
                                                 {"magic", magic},
                                                 {"hostile", hostile}};
  for (const auto& [name, bytes] : files) {
    const std::string path = ::testing::TempDir() + "/worker_llama_" + name + ".gguf";
    std::ofstream(path, std::ios::binary) << bytes;
    const wire::Reply reply = worker.call(wire::Load{.id = worker.next_id(), .model = path, .options = {}});
    EXPECT_EQ(failure(reply), "bad_model") << name;
  }
  EXPECT_EQ(
      failure(worker.call(wire::Load{.id = worker.next_id(), .model = "/no/such/file.gguf", .options = {}})),
      "not_found");
  EXPECT_EQ(
      failure(worker.call(wire::Load{
          .id = worker.next_id(), .model = kModel, .options = {{"context", 100'000'000}}, .parallel = 8})),
      "engine_oom");
  load();
  EXPECT_EQ(worker.generate_raw("a", greedy(2)).failure, "");
}

TEST_F(WorkerLlama, UnloadAndLoadAgain) {
  load({{"threads", 1}});
  const std::string text = worker.generate_raw("hello", greedy(10)).text;
  EXPECT_TRUE(std::holds_alternative<wire::Ok>(worker.call(wire::Unload{.id = worker.next_id()})));
  load({{"threads", 1}, {"context", 512}});
  EXPECT_EQ(loaded.options["context"].value, 512);
  EXPECT_EQ(worker.generate_raw("hello", greedy(10)).text, text);
  EXPECT_TRUE(std::holds_alternative<wire::Ok>(worker.call(wire::Quit{.id = worker.next_id()})));
  EXPECT_EQ(worker.wait_exit(10s), 0);
}

TEST_F(WorkerLlama, BadLinesAreAnswered) {
  const auto said = [&](const std::string& line) {
    worker.send_line(line);
    const wire::Reply reply = worker.receive();
    const auto* failed = std::get_if<wire::Failed>(&reply);
    return failed == nullptr ? std::string() : std::to_string(failed->id) + " " + failed->reason;
  };
  EXPECT_EQ(said("nonsense"), "0 bad_request");
  EXPECT_EQ(said("\xff\xfe"), "0 bad_request");
  EXPECT_EQ(said(R"({"type":"sing","id":5})"), "5 bad_request");
  EXPECT_EQ(said(R"({"type":"quit","id":6,"now":true})"), "6 bad_request");
  EXPECT_EQ(said(std::string(wire::kMaxLine + 10, 'x')), "0 bad_request");
  EXPECT_TRUE(std::holds_alternative<wire::HelloReply>(worker.call(wire::Hello{.id = worker.next_id()})));
}

TEST_F(WorkerLlama, TheEndOfInputEndsItAtOnce) {
  load({{"threads", 1}, {"context", 2048}});
  worker.send(wire::Generate{
      .id = worker.next_id(),
      .messages = {},
      .raw = "a",
      .params = {
          {"max_tokens", 100'000}, {"temperature", 5}, {"seed", 1}, {"grammar", "root ::= [a-z] root"}}});
  worker.receive();
  worker.close_input();
  EXPECT_EQ(worker.wait_exit(5s), 0);
}

}  // namespace
}  // namespace assay
