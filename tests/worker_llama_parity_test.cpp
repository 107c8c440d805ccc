// Greedy decoding through assay-llama gives what the engine's own server gives, on the same file.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/json.h"
#include "tests/worker_llama_client.h"

namespace assay {
namespace {

using namespace std::chrono_literals;

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// A port that was free a moment ago.
int free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

/// The body of the answer; empty when nobody answers with status 200.
std::string http(int port, const std::string& head, const std::string& body = "") {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port);
  std::string answer;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::string request =
        fmt::format("{} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", head,
                    body.size(), body);
    if (write(fd, request.data(), request.size()) == static_cast<ssize_t>(request.size())) {
      char buffer[4096];
      for (ssize_t n = 0; (n = read(fd, buffer, sizeof buffer)) > 0;)
        answer.append(buffer, static_cast<std::size_t>(n));
    }
  }
  close(fd);
  const std::size_t end = answer.find("\r\n\r\n");
  if (answer.find(" 200 ") != 8 || end == std::string::npos) return {};
  return answer.substr(end + 4);
}

class Parity : public ::testing::TestWithParam<const char*> {};

TEST_P(Parity, SamePromptSameAnswerSameCounts) {
  const std::string program = ASSAY_LLAMA_SERVER;
  if (!file_exists(program)) GTEST_SKIP() << "no llama-server; build it with: tools/build_engines tools";
  const std::string model = std::string(ASSAY_SOURCE_DIR) + "/models/" + GetParam();
  if (!file_exists(model)) GTEST_SKIP() << model << " is not there";

  const int port = free_port();
  auto server = Process::start({program, "-m", model, "--host", "127.0.0.1", "--port", std::to_string(port),
                                "-c", "512", "-np", "1", "-t", "1"});
  ASSERT_TRUE(server) << message(server.error());
  SystemClock clock;
  const Nanos limit = clock.now() + 60s;
  while (http(port, "GET /health").empty() && clock.now() < limit) clock.sleep_until(clock.now() + 50ms);

  testing::WorkerClient worker(ASSAY_LLAMA_PROGRAM);
  worker.call(
      wire::Load{.id = worker.next_id(), .model = model, .options = {{"threads", 1}, {"context", 512}}});
  for (const char* text :
       {"What is 3 + 4?", "12 - 5 =", "Reverse: stone", "Anna lives in Rome.", "ä€", "Write a function."}) {
    const Json ask_raw{{"prompt", text}, {"temperature", 0}, {"n_predict", 48}, {"cache_prompt", false}};
    const Json raw = Json::parse(http(port, "POST /completion", dump(ask_raw)));
    const testing::Answer our_raw = worker.generate_raw(text, {{"max_tokens", 48}});
    EXPECT_EQ(Json(our_raw.text), raw["content"]) << text;
    EXPECT_EQ(Json(our_raw.done.output_tokens), raw["tokens_predicted"]) << text;

    const Json messages = Json::array({{{"role", "user"}, {"content", text}}});
    const Json ask{{"messages", messages}, {"temperature", 0}, {"max_tokens", 48}, {"cache_prompt", false}};
    const Json chat = Json::parse(http(port, "POST /v1/chat/completions", dump(ask)));
    const Json rendered = Json::parse(http(port, "POST /apply-template", dump(Json{{"messages", messages}})));
    const testing::Answer ours = worker.generate({{"user", text}}, {{"max_tokens", 48}});
    EXPECT_EQ(Json(ours.started.prompt), rendered["prompt"]) << text;
    EXPECT_EQ(Json(ours.started.prompt_tokens), chat["usage"]["prompt_tokens"]) << text;
    EXPECT_EQ(Json(ours.text), chat["choices"][0]["message"]["content"]) << text;
    EXPECT_EQ(Json(ours.done.output_tokens), chat["usage"]["completion_tokens"]) << text;
    EXPECT_EQ(Json(ours.done.finish), chat["choices"][0]["finish_reason"]) << text;
  }
  // Log-likelihoods, token by token from the server's own: n_probs gives those of the whole vocabulary.
  const auto chance_of = [&](const std::vector<std::int32_t>& before, std::int32_t token) {
    const Json request{
        {"prompt", before}, {"temperature", 0}, {"n_predict", 1}, {"cache_prompt", false}, {"n_probs", 2000}};
    const Json told = Json::parse(http(port, "POST /completion", dump(request)));
    for (const Json& one : told["completion_probabilities"][0]["top_logprobs"])
      if (one["id"] == token) return one["logprob"].get<double>();
    ADD_FAILURE() << "the server tells nothing of token " << token;
    return 0.0;
  };
  for (const auto& [prompt, continuation] :
       {std::pair("What is 3 + 4? It is", " 7."), std::pair("Anna lives in", " Rome, and Tom in Paris"),
        std::pair("12 - 5 =", " zebra")}) {
    std::vector<std::int32_t> before = worker.tokens(prompt);
    const std::vector<std::int32_t> whole = worker.tokens(std::string(prompt) + continuation);
    double sum = 0;
    for (std::size_t i = before.size(); i < whole.size(); ++i) {
      sum += chance_of(before, whole[i]);
      before.push_back(whole[i]);
    }
    const std::vector<record::ChoiceScore> ours = worker.score_raw(prompt, {continuation, " x"});
    ASSERT_EQ(ours.size(), 2U);
    EXPECT_NEAR(ours[0].log_likelihood, sum, 2e-3 * std::abs(sum)) << prompt << continuation;
  }
  (*server)->kill(SIGTERM);
  (*server)->wait(clock.now() + 10s);
}

INSTANTIATE_TEST_SUITE_P(Models, Parity, ::testing::Values("tiny-s.q8_0.gguf", "tiny-m.q8_0.gguf"),
                         [](const auto& param) {
                           return std::string(param.param).substr(0, 6) == "tiny-s" ? "Small" : "Large";
                         });

}  // namespace
}  // namespace assay
