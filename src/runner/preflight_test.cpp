// What is refused before the first trial, and what is left loaded.
#include <gtest/gtest.h>

#include "runner/runner_test_util.h"

namespace assay::runner {
namespace {

/// Loads with these words, and answers nothing.
class Mute final : public backend::Backend {
 public:
  explicit Mute(backend::Loaded loaded) : loaded_(std::move(loaded)) {}
  Result<backend::Loaded> load(const backend::LoadRequest&) override { return loaded_; }
  void start(backend::Request) override {}
  std::vector<backend::Event> wait(Nanos) override { return {}; }
  void cancel(backend::RequestId) override {}
  void unload() override {}
  std::optional<backend::Memory> memory() override { return std::nullopt; }

 private:
  backend::Loaded loaded_;
};

/// Every file is small enough to be loaded.
bool all(std::uint32_t /*model*/) {
  return true;
}

class PreflightTest : public ::testing::Test, protected testing::Watched {};

TEST_F(PreflightTest, refuses_to_score_where_the_engine_cannot) {
  model("say x");
  trials(1);
  plan_.scores_choices = true;
  EXPECT_TRUE(preflight(runner(), all).errors.empty());
  backend::Loaded loaded;
  loaded.takes_any_param = true;
  loaded.facts = {{"can_think", true}};
  backends_[0] = std::make_unique<Mute>(loaded);
  const auto refusal = [&] {
    const Preflight done = preflight(runner(), all);
    return done.errors.size() == 1 ? message(done.errors[0]) : std::to_string(done.errors.size());
  };
  EXPECT_NE(refusal().find("gives no log-likelihoods"), std::string::npos);
  loaded.scores = true;
  backends_[0] = std::make_unique<Mute>(loaded);
  EXPECT_NE(refusal().find("thinks before it answers"), std::string::npos);
  EXPECT_NE(refusal().find("think: false"), std::string::npos);
}

TEST_F(PreflightTest, refuses_tools_where_the_engine_takes_none) {
  model("say x");
  trials(1);
  plan_.media = {"tools"};
  EXPECT_TRUE(preflight(runner(), all).errors.empty());
  backend::Loaded loaded;
  loaded.takes_any_param = true;
  loaded.media = {"image"};
  backends_[0] = std::make_unique<Mute>(loaded);
  const Preflight done = preflight(runner(), all);
  ASSERT_EQ(done.errors.size(), 1U);
  EXPECT_NE(message(done.errors[0]).find("model 'm0' takes no tools, and some cases offer some"),
            std::string::npos);
}

TEST_F(PreflightTest, finds_every_model_that_does_not_load_and_keeps_the_first) {
  model("say x");
  model("load fails");
  model("load fails");
  trials(1);
  const Preflight bad = preflight(runner(), all);
  ASSERT_EQ(bad.errors.size(), 2U);
  EXPECT_NE(bad.errors[0].found.find("model 'm2'"), std::string::npos);
  EXPECT_FALSE(bad.first.has_value());
}

TEST_F(PreflightTest, what_it_has_loaded_is_not_loaded_again) {
  model("say x");
  trials(1);
  Preflight good = preflight(runner(), all);
  ASSERT_TRUE(good.first.has_value());
  EXPECT_EQ(seen_.loads.size(), 1U);
  ASSERT_TRUE(run(runner(), std::move(good.first)).has_value());
  EXPECT_EQ(seen_.loads.size(), 1U);
}

}  // namespace
}  // namespace assay::runner
