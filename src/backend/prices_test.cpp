#include "backend/prices.h"

#include <gtest/gtest.h>

namespace assay::backend {
namespace {

record::ModelSpec model(std::string engine, std::string name, std::string url = {}) {
  record::ModelSpec spec;
  spec.engine = std::move(engine);
  spec.model = std::move(name);
  spec.url = std::move(url);
  return spec;
}

TEST(Prices, of_the_list_that_comes_with_assay_are_read) {
  const auto list = PriceList::here();
  ASSERT_TRUE(list) << sentence(list.error());
  const auto price = list->of(model("openai", "gpt-4o-mini"));
  ASSERT_TRUE(price);
  EXPECT_EQ(price->input, 0.15);
  EXPECT_EQ(price->output, 0.60);
  EXPECT_EQ(price->cached_input, 0.075);
  EXPECT_EQ(price->as_of.size(), 7U);
}

TEST(Prices, of_a_dated_version_are_those_of_the_model) {
  const auto list = PriceList::here();
  ASSERT_TRUE(list);
  EXPECT_EQ(list->of(model("openai", "gpt-4o-mini-2024-07-18")), list->of(model("openai", "gpt-4o-mini")));
  EXPECT_EQ(list->of(model("anthropic", "claude-haiku-4-5-20251001")),
            list->of(model("anthropic", "claude-haiku-4-5")));
  EXPECT_EQ(list->of(model("openai", "gpt-4o-mini-12345678-x")), std::nullopt);
  EXPECT_EQ(list->of(model("openai", "no-such-model")), std::nullopt);
}

TEST(Prices, are_nobodys_on_a_server_of_ones_own) {
  const auto list = PriceList::here();
  ASSERT_TRUE(list);
  EXPECT_EQ(list->of(model("openai", "gpt-4o", "http://127.0.0.1:8080/v1")), std::nullopt);
  EXPECT_EQ(charge_of(model("openai", "gpt-4o", "http://127.0.0.1:8080/v1")), Charge::none);
  EXPECT_EQ(charge_of(model("openai", "gpt-4o")), Charge::service);
  EXPECT_EQ(charge_of(model("openai", "m", "https://models.example.org/v1")), Charge::service);
  EXPECT_EQ(charge_of(model("ollama", "m", "http://192.168.1.9:11434")), Charge::none);
  EXPECT_EQ(charge_of(model("llama", "m.gguf")), Charge::none);
  EXPECT_EQ(charge_of(model("anthropic", "claude-haiku-4-5")), Charge::service);
}

TEST(Prices, that_are_wrongly_written_say_where) {
  for (const char* text :
       {"", "[]", "{}", R"({"services": []})", R"({"services": {"a": 1}})",
        R"({"services": {"a": {"models": {}}}})",
        R"({"services": {"a": {"as_of": "2026-01", "models": {"m": 1}}}})",
        R"({"services": {"a": {"as_of": "2026-01", "models": {"m": {"input": 1}}}}})",
        R"({"services": {"a": {"as_of": "2026-01", "models": {"m": {"input": -1, "output": 1}}}}})",
        R"({"services": {"a": {"as_of": "2026-01", "models": {"m": {"input": "1", "output": 1}}}}})"}) {
    const auto list = PriceList::read(text, "mine.json");
    ASSERT_FALSE(list) << text;
    EXPECT_EQ(list.error().where.file, "mine.json") << text;
    EXPECT_FALSE(list.error().found.empty()) << text;
  }
}

}  // namespace
}  // namespace assay::backend
