// What the servers that people use really answered, byte for byte.
#include "backend/ollama.h"
#include "backend/openai.h"
#include "testing/model_server.h"

namespace assay::backend {
namespace {

class RealAnswer : public ServerTest {
 protected:
  static std::string capture(const std::string& name) { return capture_body(name); }

  /// Every way of tearing it gives the same.
  template <class Make>
  static Got read(const std::string& body, Make make) {
    Got whole;
    for (std::size_t size : {body.size(), std::size_t{1}, std::size_t{7}, std::size_t{64}}) {
      auto reader = make();
      Got got;
      std::vector<Piece> pieces;
      Nanos at{1};
      for (std::size_t from = 0; from < body.size(); from += size)
        reader->take(std::string_view(body).substr(from, size), at++, pieces);
      reader->end(at, pieces);
      for (Piece& piece : pieces) std::visit([&](auto&& what) { take(got, {1, what}); }, piece);
      if (size == body.size()) {
        whole = got;
      } else {
        EXPECT_EQ(got.text, whole.text) << size;
        EXPECT_EQ(got.events.size(), whole.events.size()) << size;
        EXPECT_EQ(got.finished.has_value(), whole.finished.has_value()) << size;
      }
    }
    return whole;
  }
};

TEST_F(RealAnswer, llama_server) {
  const Got got = read(capture("llama-server.chat-stream.http"), [] { return make_openai_reader(true); });
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.text, "8");
  EXPECT_EQ(got.events.size(), 2U);
  EXPECT_EQ(got.finished->counts.prompt_tokens, 16U);
  EXPECT_EQ(got.finished->counts.output_tokens, 2U);
  EXPECT_EQ(got.finished->counts.cached_prompt_tokens, 0U);
  EXPECT_DOUBLE_EQ(got.finished->claims["claimed_decode_tps"].get<double>(), 3194.888178913738);
  EXPECT_EQ(got.finished->claims["claimed_build"], "b0-llama-cpp-python-0.3.36");
}

TEST_F(RealAnswer, mlx_server) {
  const Got got = read(capture("mlx.chat-stream.http"), [] { return make_openai_reader(true); });
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.text, "8");
  EXPECT_EQ(got.events.size(), 2U) << "the first chunk has content already; keepalive comments are none";
  EXPECT_EQ(got.finished->counts.prompt_tokens, 16U);
  EXPECT_EQ(got.finished->finish, "stop");
}

TEST_F(RealAnswer, mlx_server_cut_at_its_limit) {
  const Got got = read(capture("mlx.chat-stream-length.http"), [] { return make_openai_reader(true); });
  ASSERT_TRUE(got.finished);
  EXPECT_FALSE(got.text.empty());
  EXPECT_EQ(got.finished->finish, "length");
  EXPECT_EQ(got.finished->counts.source, record::CountSource::usage);
}

TEST_F(RealAnswer, llama_server_whole_and_cut) {
  const Got cut =
      read(capture("llama-server.chat-stream-length.http"), [] { return make_openai_reader(true); });
  ASSERT_TRUE(cut.finished);
  EXPECT_EQ(cut.finished->finish, "length");
  EXPECT_EQ(cut.events.size(), *cut.finished->counts.output_tokens) << "no end token when it was cut";
  const Got whole = read(capture("llama-server.chat-plain.http"), [] { return make_openai_reader(false); });
  ASSERT_TRUE(whole.finished);
  EXPECT_EQ(whole.text, "8");
  EXPECT_TRUE(whole.events.empty());
}

TEST_F(RealAnswer, llama_server_and_ollama_with_logprobs) {
  for (const char* name : {"llama-server.chat-stream-logprobs.http", "ollama.chat-stream-logprobs.http"}) {
    const bool is_ollama = std::string_view(name).starts_with("ollama");
    const Got got = read(capture(name), [&] {
      return is_ollama ? make_ollama_reader({4096, 5, 2}) : make_openai_reader(true, 2);
    });
    ASSERT_TRUE(got.finished) << name;
    EXPECT_EQ(got.text, "8");
    const Json& told = got.finished->claims["claimed_logprobs"];
    ASSERT_GE(told.size(), 1U) << name;
    EXPECT_EQ(told[0]["token"], "8");
    EXPECT_NEAR(told[0]["logprob"].get<double>(), -0.89, 0.01) << "the same model behind both";
    EXPECT_EQ(told[0]["event"], 0);
    EXPECT_EQ(told[0]["top"][1]["token"], "7");
    EXPECT_EQ(got.finished->effective.at("logprobs").how, record::Applied::verified);
  }
}

TEST_F(RealAnswer, ollama) {
  const Got got = read(capture("ollama.chat-stream.http"), [] { return make_ollama_reader({4096, 5}); });
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.text, "8");
  EXPECT_EQ(got.events.size(), 2U) << "the last line is the end token's event";
  EXPECT_EQ(got.finished->finish, "stop");
  EXPECT_EQ(got.finished->counts.prompt_tokens, 16U);
  EXPECT_EQ(got.finished->counts.output_tokens, 2U);
  EXPECT_FALSE(got.finished->counts.cached_prompt_tokens) << "Ollama does not tell";
  EXPECT_EQ(got.finished->flags, 0U);
  EXPECT_GT(got.finished->claims["claimed_decode_tps"].get<double>(), 0);
}

TEST_F(RealAnswer, ollama_cuts_a_long_prompt_in_silence_and_is_caught) {
  const std::string body = capture("ollama.generate-long-prompt-truncated.http");
  const Got full = read(body, [] { return make_ollama_reader({256, 100}); });
  ASSERT_TRUE(full.finished);
  EXPECT_TRUE(record::has(full.finished->flags, record::Flag::truncated_prompt)) << "the context is full";
  const Got short_of = read(body, [] { return make_ollama_reader({4096, 600}); });
  EXPECT_TRUE(record::has(short_of.finished->flags, record::Flag::truncated_prompt))
      << "fewer tokens than words";
}

TEST_F(RealAnswer, ollama_speaks_openais_protocol_too) {
  const Got got = read(capture("ollama.openai-chat-stream.http"), [] { return make_openai_reader(true); });
  ASSERT_TRUE(got.finished);
  EXPECT_EQ(got.text, "8");
}

TEST_F(RealAnswer, of_ollama_cut_short_is_broken) {
  const std::string body = capture("ollama.chat-stream.http");
  const Got got = read(body.substr(0, body.find('\n') + 20), [] { return make_ollama_reader({4096, 5}); });
  ASSERT_TRUE(got.broken);
  EXPECT_EQ(got.text, "8");
}

}  // namespace
}  // namespace assay::backend
