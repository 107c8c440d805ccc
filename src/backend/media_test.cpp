// Pictures and recordings on their way to each protocol.
#include "backend/media.h"

#include <gtest/gtest.h>

#include "backend/anthropic.h"
#include "backend/ollama.h"
#include "backend/openai.h"
#include "base/base64.h"
#include "base/file.h"

namespace assay::backend {
namespace {

const std::string kPng = "\x89PNG\r\n\x1a\n and the rest";
const std::string kWav = std::string("RIFF\x10\x00\x00\x00WAVEfmt ", 16);

class MediaTest : public ::testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& bytes) {
    const std::string path = ::testing::TempDir() + "media_test_" + name;
    EXPECT_TRUE(write_file(path, bytes));
    return path;
  }
  Request request(std::vector<std::string> images, std::vector<std::string> audio) {
    Request made;
    made.prompt = {.messages = {{"system", "Be short."}, {"user", "What is this?"}},
                   .raw = false,
                   .images = std::move(images),
                   .audio = std::move(audio)};
    return made;
  }
};

TEST_F(MediaTest, a_format_is_known_by_its_first_bytes) {
  EXPECT_EQ(read_image(file("a.jpg", kPng))->type, "image/png");
  EXPECT_EQ(read_image(file("b", "\xff\xd8\xff\xe0 jpeg"))->type, "image/jpeg");
  EXPECT_EQ(read_image(file("c", std::string("RIFF\x10\x00\x00\x00WEBPVP8 ", 16)))->format, "webp");
  EXPECT_EQ(read_recording(file("d", kWav))->format, "wav");
  EXPECT_EQ(read_recording(file("e", "ID3 mp3"))->format, "mp3");
}

TEST_F(MediaTest, anything_else_is_refused_with_its_name) {
  for (const std::string& bytes : {std::string(), std::string("RIFF"), std::string("hello"), kWav}) {
    const auto image = read_image(file("x", bytes));
    ASSERT_FALSE(image);
    EXPECT_NE(image.error().where.file.find("media_test_x"), std::string::npos);
    EXPECT_EQ(image.error().expected, "PNG, JPEG, GIF or WebP");
  }
  EXPECT_FALSE(read_recording(file("y", kPng)));
  EXPECT_EQ(read_image("/nowhere/a.png").error().code, Code::not_found);
}

TEST_F(MediaTest, go_to_openais_protocol_as_parts_before_the_text) {
  const auto body =
      openai_body(*find_flavour("openai"), "m", request({file("a.png", kPng)}, {file("a.wav", kWav)}));
  ASSERT_TRUE(body) << sentence(body.error());
  EXPECT_EQ((*body)["messages"][0]["content"], "Be short.");
  const Json& parts = (*body)["messages"][1]["content"];
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0]["image_url"]["url"], "data:image/png;base64," + base64(kPng));
  EXPECT_EQ(parts[1]["input_audio"]["data"], base64(kWav));
  EXPECT_EQ(parts[1]["input_audio"]["format"], "wav");
  EXPECT_EQ(parts[2], Json({{"type", "text"}, {"text", "What is this?"}}));
}

TEST_F(MediaTest, go_to_ollama_beside_the_text) {
  const auto body = ollama_body("m", request({file("a.png", kPng)}, {}), Json::object());
  ASSERT_TRUE(body);
  EXPECT_EQ((*body)["messages"][1]["content"], "What is this?");
  EXPECT_EQ((*body)["messages"][1]["images"], Json::array({base64(kPng)}));
  EXPECT_FALSE((*body)["messages"][0].contains("images"));
  EXPECT_EQ(ollama_body("m", request({}, {file("a.wav", kWav)}), Json::object()).error().code,
            Code::unsupported);
}

TEST_F(MediaTest, go_to_anthropic_as_blocks_before_the_text) {
  const auto body = anthropic_body("m", request({file("a.png", kPng)}, {}));
  ASSERT_TRUE(body);
  const Json& blocks = (*body)["messages"][0]["content"];
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0]["source"]["media_type"], "image/png");
  EXPECT_EQ(blocks[0]["source"]["data"], base64(kPng));
  EXPECT_EQ(blocks[1]["text"], "What is this?");
  EXPECT_EQ((*body)["system"], "Be short.");
}

TEST_F(MediaTest, are_absent_from_requests_of_text) {
  const auto body = openai_body(*find_flavour("openai"), "m", request({}, {}));
  ASSERT_TRUE(body);
  EXPECT_EQ((*body)["messages"][1]["content"], "What is this?");
}

}  // namespace
}  // namespace assay::backend
