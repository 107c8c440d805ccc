#include "speed/walk.h"

#include <gtest/gtest.h>

#include <map>

namespace assay::speed {
namespace {

using namespace std::chrono_literals;
using record::BenchEnd;

/// Answers each test after the times that it is told, one after the other; the last is used again.
class ScriptedEngine final : public backend::Backend {
 public:
  std::map<std::string, std::vector<Nanos>> times;
  std::map<std::string, Error> errors;
  std::vector<std::string>* log = nullptr;
  std::uint32_t before = 0;
  std::atomic<bool>* stop_at_third = nullptr;
  std::atomic<bool>* stop_while_loading = nullptr;
  int loads = 0;

  Result<backend::Loaded> load(const backend::LoadRequest& request) override {
    ++loads;
    if (stop_while_loading != nullptr) *stop_while_loading = true;
    if (request.stop != nullptr && *request.stop)
      return fail({.code = Code::timeout, .where = {}, .found = "cut", .expected = {}, .remedy = {}});
    backend::Loaded loaded;
    loaded.engine_version = "scripted 1";
    loaded.facts = {{"description", "toy Q8_0"}};
    loaded.engine_build = {{"backends", "CPU"}};
    return loaded;
  }
  Result<record::BenchAnswer> bench(const record::BenchTest& test, std::uint64_t,
                                    const std::atomic<bool>& stop) override {
    const std::string name = name_of(test);
    log->push_back(name);
    if (stop_at_third != nullptr && log->size() == 3) *stop_at_third = true;
    if (stop) return fail({.code = Code::timeout, .where = {}, .found = "cut", .expected = {}, .remedy = {}});
    if (const auto error = errors.find(name); error != errors.end()) return fail(error->second);
    std::vector<Nanos>& script = times[name];
    const Nanos time = script.empty() ? 100ms : script.front();
    if (script.size() > 1) script.erase(script.begin());
    record::BenchAnswer answer;
    answer.repetition.total = time;
    answer.before = before;
    answer.threads = 2;
    answer.memory_bytes = 1000 + log->size();
    return answer;
  }
  void start(backend::Request) override {}
  std::vector<backend::Event> wait(Nanos) override { return {}; }
  void cancel(backend::RequestId) override {}
  void unload() override {}
  std::optional<backend::Memory> memory() override { return std::nullopt; }
};

class WalkTest : public ::testing::Test {
 protected:
  WalkTest() {
    auto engine = std::make_unique<ScriptedEngine>();
    engine_ = engine.get();
    engine_->log = &log_;
    engines_.push_back({.backend = std::move(engine), .load = {}, .model = 0});
    report_.models.emplace_back();
  }
  void add(std::uint32_t prompt) {
    record::BenchRow row;
    row.test.prompt = prompt;
    report_.rows.push_back(row);
    engine_of_.push_back(0);
  }
  Result<void> run() {
    return speed::run({.report = report_,
                       .engines = engines_,
                       .engine_of = engine_of_,
                       .limits = limits_,
                       .together = true,
                       .clock = clock_,
                       .observer = observer_,
                       .stop = stop_});
  }

  ManualClock clock_;
  record::BenchReport report_;
  std::vector<Engine> engines_;
  std::vector<std::size_t> engine_of_;
  Limits limits_;
  WalkObserver observer_;
  std::atomic<bool> stop_{false};
  std::vector<std::string> log_;
  ScriptedEngine* engine_ = nullptr;
};

TEST_F(WalkTest, EqualTimesAreEnoughAfterTheLeastRepetitions) {
  add(512);
  ASSERT_TRUE(run());
  EXPECT_EQ(report_.rows[0].repetitions.size(), 5U);
  EXPECT_EQ(report_.rows[0].end, BenchEnd::precise);
  EXPECT_EQ(report_.rows[0].test.threads, 2U);
  EXPECT_EQ(report_.rows[0].memory_bytes, 1005U);
  EXPECT_EQ(report_.models[0].type, "toy Q8_0");
  EXPECT_EQ(report_.models[0].backend, "CPU");
  EXPECT_EQ(engine_->loads, 1);
}

TEST_F(WalkTest, NoiseGoesOnUntilTheCountOrTheTimeIsReached) {
  add(512);
  add(64);
  for (int i = 0; i < 40; ++i) {
    engine_->times["pp512"].push_back(i % 2 == 0 ? 100ms : 200ms);
    engine_->times["pp64"].push_back(i % 2 == 0 ? 10s : 20s);
  }
  limits_.time = 100s;
  ASSERT_TRUE(run());
  EXPECT_EQ(report_.rows[0].end, BenchEnd::count);
  EXPECT_EQ(report_.rows[0].repetitions.size(), 20U);
  EXPECT_EQ(report_.rows[1].end, BenchEnd::time);
  EXPECT_EQ(report_.rows[1].repetitions.size(), 7U);  // 10+20+10+20+10+20+10 s
}

TEST_F(WalkTest, RepetitionsAreInterleaved) {
  add(1);
  add(2);
  add(3);
  ASSERT_TRUE(run());
  ASSERT_EQ(log_.size(), 15U);
  for (std::size_t round = 0; round < 5; ++round) {
    std::vector<std::string> names(log_.begin() + static_cast<std::ptrdiff_t>(round * 3),
                                   log_.begin() + static_cast<std::ptrdiff_t>(round * 3 + 3));
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, (std::vector<std::string>{"pp1", "pp2", "pp3"}));
  }
}

TEST_F(WalkTest, ARowThatFailsKeepsItsSentenceAndTheOthersGoOn) {
  add(1);
  add(2);
  engine_->errors["pp1"] = {
      .code = Code::bad_input, .where = {}, .found = "no such shape", .expected = {}, .remedy = {}};
  ASSERT_TRUE(run());
  EXPECT_EQ(report_.rows[0].end, BenchEnd::failed);
  EXPECT_EQ(report_.rows[0].trouble, "no such shape");
  EXPECT_EQ(report_.rows[1].end, BenchEnd::precise);
  EXPECT_EQ(engine_->loads, 1);
}

TEST_F(WalkTest, ADeadEngineIsLoadedAgainForTheOthers) {
  add(1);
  add(2);
  engine_->errors["pp1"] = {.code = Code::engine, .where = {}, .found = "died", .expected = {}, .remedy = {}};
  ASSERT_TRUE(run());
  EXPECT_EQ(report_.rows[0].end, BenchEnd::failed);
  EXPECT_EQ(report_.rows[1].end, BenchEnd::precise);
  EXPECT_EQ(engine_->loads, 2);
}

TEST_F(WalkTest, ACacheThatIsNotColdIsAnError) {
  add(512);
  engine_->before = 7;
  ASSERT_TRUE(run());
  EXPECT_EQ(report_.rows[0].end, BenchEnd::failed);
  EXPECT_NE(report_.rows[0].trouble.find("held 7 tokens"), std::string::npos) << report_.rows[0].trouble;
}

TEST_F(WalkTest, CtrlCInsideARepetitionKeepsWhatIsDone) {
  add(1);
  add(2);
  engine_->stop_at_third = &stop_;
  ASSERT_TRUE(run());
  EXPECT_EQ(log_.size(), 3U);
  EXPECT_EQ(report_.rows[0].repetitions.size() + report_.rows[1].repetitions.size(), 2U);
  for (const record::BenchRow& row : report_.rows) {
    EXPECT_EQ(row.end, BenchEnd::interrupted);
    EXPECT_EQ(row.trouble, "");
  }
}

TEST_F(WalkTest, CtrlCWhileTheModelLoadsIsNoFaultOfTheRow) {
  add(1);
  engine_->stop_while_loading = &stop_;
  ASSERT_TRUE(run());
  EXPECT_TRUE(log_.empty()) << "nothing was measured";
  EXPECT_EQ(report_.rows[0].end, BenchEnd::interrupted);
  EXPECT_EQ(report_.rows[0].trouble, "");
}

}  // namespace
}  // namespace assay::speed
