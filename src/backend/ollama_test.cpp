// Ollama: load, context, unload.
#include "backend/ollama.h"

#include <atomic>

#include "testing/model_server.h"

namespace assay::backend {
namespace {

class OllamaTest : public ServerTest {
 protected:
  void SetUp() override {
    small_ = {
        {"GET /api/version", R"({"version":"0.17.4"})"},
        {"POST /api/show",
         R"({"details":{"quantization_level":"Q8_0","family":"llama","parameter_size":"968K"},"template":"T",)"
         R"("model_info":{"general.architecture":"llama","general.parameter_count":967808,)"
         R"("llama.context_length":2048}})"},
        {"GET /api/tags", R"({"models":[{"name":"tiny:latest","digest":"8beb","size":1046460}]})"}};
  }
};

TEST_F(OllamaTest, loads_asks_and_unloads) {
  std::atomic<bool> resident = false;  // each connection of the server has a thread
  serve([&](const SeenRequest& request, HttpWire& wire) {
    const auto body = parse_json(request.body.empty() ? "{}" : request.body);
    if (request.path == "/api/ps") {
      return wire.answer(200, "application/json",
                         resident ? R"({"models":[{"name":"tiny:latest","size":5138944,"size_vram":0,)"
                                    R"("context_length":2048},{"name":"other:7b"}]})"
                                  : R"({"models":[{"name":"other:7b"}]})");
    }
    if (request.path == "/api/generate") {
      resident = (*body)["keep_alive"] != 0;
      return wire.answer(200, "application/json", R"({"done":true})");
    }
    wire.begin_stream("application/x-ndjson");
    wire.piece("{\"message\":{\"content\":\"7\"},\"done\":false}\n");
    wire.piece(
        R"({"message":{"content":""},"done":true,"done_reason":"stop","prompt_eval_count":16,"eval_count":2})"
        "\n");
    wire.end_stream();
  });
  auto backend = engine("ollama", "tiny");
  const auto loaded = backend->load({.params = {{"threads", 1}}, .parallel = 1, .longest = 9000});
  ASSERT_TRUE(loaded.has_value()) << message(loaded.error());
  EXPECT_EQ(loaded->parameters, 967808U);
  EXPECT_EQ(loaded->facts["digest"], "8beb");
  EXPECT_EQ(loaded->effective.at("context").value, 2048) << "what /api/ps says";
  EXPECT_EQ(loaded->effective.at("context").how, record::Applied::verified);
  EXPECT_TRUE(loaded->load.has_value());

  const Got got = one_answer(*backend);
  EXPECT_EQ(got.text, "7");
  const auto body = parse_json(server_->seen().back().body);
  EXPECT_EQ((*body)["options"],
            *parse_json(R"({"num_ctx":2048,"num_thread":1,"temperature":0,"num_predict":16,)"
                        R"("seed":7})"))
      << "the trained context is the most";
  EXPECT_TRUE(record::has(got.accepted->flags, record::Flag::contended)) << "another model was resident";
  EXPECT_FALSE(record::has(got.accepted->flags, record::Flag::cached_prefix));
  EXPECT_TRUE(record::has(one_answer(*backend, ask(2, "What is 3 + 5?")).accepted->flags,
                          record::Flag::cached_prefix))
      << "it begins like the one before";
  backend->unload();
  EXPECT_FALSE(resident);
}

TEST_F(OllamaTest, a_missing_model_says_how_to_fetch_it) {
  small_.erase("POST /api/show");
  serve([](const SeenRequest&, HttpWire& wire) {
    wire.answer(404, "application/json", R"({"error":"model 'tiny:latest' not found"})");
  });
  auto backend = engine("ollama", "tiny");
  const auto loaded = backend->load({});
  ASSERT_FALSE(loaded.has_value());
  EXPECT_NE(message(loaded.error())
                .find("has no model 'tiny:latest'. Fetch it: assay models pull ollama:tiny:latest"),
            std::string::npos)
      << message(loaded.error());
}

TEST(Ollama, address_in_every_form_that_it_takes) {
  EXPECT_EQ(ollama_address("http://host:1234/"), "http://host:1234");
  EXPECT_EQ(ollama_address("host:1234"), "http://host:1234");
  EXPECT_EQ(ollama_address("host"), "http://host:11434");
  EXPECT_EQ(ollama_address(":1234"), "http://127.0.0.1:1234");
  EXPECT_EQ(ollama_address("0.0.0.0"), "http://127.0.0.1:11434");
}

TEST(Ollama, context_is_what_the_longest_request_needs) {
  EXPECT_EQ(ollama_context(0, 0), 4096U);
  EXPECT_EQ(ollama_context(5000, 0), 5120U);
  EXPECT_EQ(ollama_context(5000, 2048), 2048U);
}

}  // namespace
}  // namespace assay::backend
