// What somebody wrote into the file by hand, or a disk lost: a sentence or an absent value, never the end of
// the program.
#include <array>

#include <gtest/gtest.h>

#include "store/database.h"
#include "store/testing_samples.h"

namespace assay::store {
namespace {

using namespace testing;

constexpr const char* kRun = "01abcdefg0000001";

class Damage : public ::testing::Test {
 protected:
  Damage() {
    Store store = open_new(path_);
    value_of(store.begin(a_run(kRun)));
    for (std::uint64_t i = 0; i < 6; ++i) value_of(store.append(a_sample(kRun, i)));
    value_of(store.finish(kRun, record::RunState::finished, Nanos{1}));
  }

  void change(const std::string& sql) {
    const auto database =
        value_of(Database::open(path_, {.write = true, .create = false, .immutable = false, .vfs = {}}));
    value_of(database->execute(sql));
  }

  Store store() { return value_of(Store::open(path_, Mode::read_only)); }

  /// What each of the three ways to read samples says; empty where one says nothing.
  std::vector<std::string> sentences() {
    const Store opened = store();
    const auto any = [](record::Sample&&, const record::Verdict*) { return true; };
    const std::array<std::uint64_t, 1> wanted{4};
    std::vector<std::string> said;
    for (const Result<void>& read : {opened.for_each_sample(kRun, {}, [](record::Sample&&) { return true; }),
                                     opened.for_each_graded(kRun, std::nullopt, {}, any),
                                     opened.for_each_of(kRun, std::nullopt, wanted, any)})
      said.push_back(read ? std::string() : sentence(read.error()));
    return said;
  }

  const Folder folder_;
  const std::string path_ = folder_.file("lab.db");
};

TEST_F(Damage, a_sample_of_a_model_or_cell_that_the_run_has_not_is_told) {
  EXPECT_EQ(sentences(), (std::vector<std::string>(3)));
  change("UPDATE sample SET model = 2 WHERE id & 4294967295 = 4");
  for (const std::string& said : sentences())
    EXPECT_EQ(
        said.find("sample 4 is damaged: it names model 2, counted from 0; expected one of the 2 that the "
                  "run has"),
        0U)
        << said;
  change("UPDATE sample SET model = 0, cell = 3 WHERE id & 4294967295 = 4");
  for (const std::string& said : sentences())
    EXPECT_EQ(said.find("sample 4 is damaged: it names cell 3"), 0U) << said;
}

TEST_F(Damage, a_run_whose_models_are_lost_has_no_samples_to_read) {
  change("DELETE FROM model");
  for (const std::string& said : sentences()) EXPECT_NE(said.find("is damaged"), std::string::npos);
  EXPECT_TRUE(value_of(store().run(kRun)).models.empty());
}

TEST_F(Damage, a_run_without_a_list_of_cells_has_one) {
  change("UPDATE run SET cells = '{'");
  EXPECT_TRUE(value_of(store().run(kRun)).cells.empty());
  for (const std::string& said : sentences()) EXPECT_NE(said.find("is damaged"), std::string::npos);
  change("UPDATE sample SET cell = 0");
  EXPECT_EQ(sentences(), (std::vector<std::string>(3)));
}

TEST_F(Damage, attempts_that_are_none_are_told_and_what_they_lack_is_absent) {
  change(
      R"sql(UPDATE attempts SET body = '[{"began_ns":9e99,"took_ns":9223372036854775807,"sent_ns":"x","detail":7,
               "http_status":99999999999,"retry_after":[]}]' WHERE id & 4294967295 = 1)sql");
  EXPECT_EQ(sentences(), (std::vector<std::string>(3)));
  EXPECT_EQ(value_of(store().sample(kRun, 1)).attempts, (std::vector<record::Attempt>{{}}));
  change("UPDATE attempts SET body = '[1]' WHERE id & 4294967295 = 1");
  EXPECT_EQ(sentences().at(0).find("sample 1 is damaged: its earlier attempts cannot be read"), 0U)
      << sentences().at(0);
}

TEST_F(Damage, what_is_not_what_it_was_is_absent) {
  change(
      R"sql(UPDATE run SET options = '["x"]', load = '{"parallel":1e300,"measure":-5000000000,"automatic":0}',
                           machine = '[1]')sql");
  change(R"sql(UPDATE model SET record = '{"spec":{"params":[1],"where":3},"facts":7,"parameters":-1,
               "load_params":["a"],"load_times_ns":[0.5,"x",3],"batch_checks":[{"cell":-1,"compared":-2}],
               "batch_speeds":[{"streams":99999999999,"measured":[5]}]}' WHERE position = 0)sql");
  const record::Run run = value_of(store().run(kRun));
  EXPECT_TRUE(run.options.is_null());
  EXPECT_EQ(run.load, record::LoadPattern{});
  EXPECT_EQ(run.machine, record::Machine{});
  const record::ModelRecord& model = run.models.at(0);
  EXPECT_TRUE(model.spec.params.empty());
  EXPECT_EQ(model.parameters, std::nullopt);
  EXPECT_EQ(model.load_times, (std::vector<Nanos>{Nanos{3}}));
  EXPECT_EQ(model.batch_checks, (std::vector<record::BatchCheck>{{}}));
  EXPECT_EQ(model.batch_speeds, (std::vector<record::BatchSpeed>{{.measured = {{}}}}));
}

}  // namespace
}  // namespace assay::store
