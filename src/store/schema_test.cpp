#include "store/schema.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "store/testing_samples.h"

namespace assay::store {
namespace {

using namespace testing;

constexpr const char* kRun = "01abcdefg0000001";

std::unique_ptr<Database> database_at(const std::string& path) {
  return value_of(Database::open(path, {.write = true, .create = true, .immutable = false, .vfs = {}}));
}

/// Runs SQL on a file behind the store's back.
void tamper(const std::string& path, const std::string& sql) {
  value_of(database_at(path)->execute(sql));
}

std::string refusal(const std::string& path, Mode mode) {
  const Result<Store> store = Store::open(path, mode);
  return store ? "opened" : message(store.error());
}

/// A store of format 1 as its first assay left it, with one run, one sample and one verdict. Never changed:
/// it stands for the files that people have.
void write_format_1(const std::string& path) {
  tamper(path, std::string(migrations().front().sql));
  tamper(path, R"sql(
    PRAGMA application_id=1095975257; PRAGMA user_version=1; PRAGMA journal_mode=WAL;
    INSERT INTO content VALUES (3, x'00112233445566778899aabbccddeeff', '<|user|>What is 2 + 2? A prompt of more than 64 bytes.');
    INSERT INTO run VALUES (1, '01abcdefg0000001', 'first', 'finished', 'sums', 'sums.yaml', 'aa', '{}',
      '[{"label":"","params":{}}]', -2, 1, '{"arrivals":"constant","parallel":1}', 1, 1700000000000000000, 5, 1700000001000000000,
      '0.1.0', '{"host":"lab","cores":2}', 'null');
    INSERT INTO model VALUES (1, 0, 'a', 'fake', '{"spec":{"engine":"fake","label":"a"},"ended":""}');
    INSERT INTO sample (id, model, cell, case_id, repeat, attempt, key, status, reason, finish, scheduled, sent, chunks,
      count_source, flags, requested, seed, effective, effective_seed, output_tokens)
      VALUES (4294967296, 0, 0, 'two', 0, 0, x'abcd', 'ok', '', 'stop', 10, 11, 2, 'engine', 512, '{"temperature":0}', '7',
      '{"temperature":{"how":"verified","value":0}}', '{"how":"unverified","value":7}', 2);
    INSERT INTO answer VALUES (4294967296, 3, '4', '', '', NULL, x'01020200010a0a');
    INSERT INTO layer VALUES (1, 1, 1, 1700000002000000000, 'assay', '{"numeric":1}');
    INSERT INTO verdict VALUES (4294967296, 'pass', 1.0, '', '{"verdict":"pass","score":1.0,"reason":"","extracted":"4"}');
  )sql");
}

void expect_format_1(const Store& store) {
  const record::Run run = value_of(store.run(kRun));
  EXPECT_EQ(run.label, "first");
  EXPECT_EQ(run.seed, 0xfffffffffffffffeU);
  EXPECT_EQ(run.machine.cores, 2);
  ASSERT_EQ(run.models.size(), 1U);
  const record::Sample sample = value_of(store.sample(kRun, 0));
  EXPECT_EQ(sample.prompt, "<|user|>What is 2 + 2? A prompt of more than 64 bytes.");
  EXPECT_EQ(sample.key, "abcd");
  EXPECT_EQ(sample.requested, (record::Params{{"temperature", 0}, {"seed", 7}}));
  EXPECT_EQ(sample.effective.at("seed"), (record::EffectiveParam{7, record::Applied::unverified}));
  EXPECT_EQ(sample.flags, record::bit(record::Flag::batched));
  EXPECT_EQ(sample.times.sent, Nanos{11});
  EXPECT_EQ(sample.times.accepted, std::nullopt);
  EXPECT_EQ(sample.tokens, (std::vector<record::TokenEvent>{{Nanos{5}}, {Nanos{10}}}));
  value_of(
      store.for_each_graded(kRun, std::nullopt, {}, [](record::Sample&&, const record::Verdict* verdict) {
        EXPECT_TRUE(verdict != nullptr && verdict->mark == record::Mark::pass && verdict->extracted == "4");
        return true;
      }));
}

TEST(Schema, a_store_of_format_1_is_read) {
  const Folder folder;
  write_format_1(folder.file("lab.db"));
  expect_format_1(value_of(Store::open(folder.file("lab.db"), Mode::read_only)));
  expect_format_1(value_of(Store::open(folder.file("lab.db"), Mode::read_write_create)));
}

TEST(Schema, a_store_of_format_1_has_no_attachments_and_takes_them_once_it_is_raised) {
  const Folder folder;
  write_format_1(folder.file("lab.db"));
  EXPECT_EQ(value_of(value_of(Store::open(folder.file("lab.db"), Mode::read_only)).attachment(kRun, "a")),
            std::nullopt);
  Store store = value_of(Store::open(folder.file("lab.db"), Mode::read_write_create));
  value_of(store.attach(kRun, "a", "body"));
  EXPECT_EQ(value_of(store.attachment(kRun, "a")), "body");
}

TEST(Schema, a_store_of_format_1_has_no_tool_calls_and_takes_them_once_it_is_raised) {
  const Folder folder;
  write_format_1(folder.file("lab.db"));
  EXPECT_TRUE(value_of(value_of(Store::open(folder.file("lab.db"), Mode::read_only)).sample(kRun, 0))
                  .tool_calls.empty());
  Store store = value_of(Store::open(folder.file("lab.db"), Mode::read_write_create));
  EXPECT_TRUE(value_of(store.sample(kRun, 0)).tool_calls.empty());
  const std::string later = "01abcdefg0000002";
  value_of(store.begin(a_run(later)));
  value_of(store.append(a_sample(later, 0)));
  EXPECT_EQ(value_of(store.sample(later, 0)).tool_calls, a_sample(later, 0).tool_calls);
}

TEST(Schema, a_store_of_format_3_has_no_attempts_and_takes_them_once_it_is_raised) {
  const Folder folder;
  write_format_1(folder.file("lab.db"));
  value_of(prepare(*database_at(folder.file("lab.db")), true, migrations().first(3)));
  tamper(folder.file("lab.db"), "UPDATE sample SET attempt = 2");
  for (const Mode mode : {Mode::read_only, Mode::read_write_create}) {
    const record::Sample sample =
        value_of(value_of(Store::open(folder.file("lab.db"), mode)).sample(kRun, 0));
    EXPECT_EQ(sample.attempt, 2U) << "the number was kept, and no more";
    EXPECT_TRUE(sample.attempts.empty());
  }
  Store store = value_of(Store::open(folder.file("lab.db"), Mode::read_write_create));
  const std::string later = "01abcdefg0000002";
  value_of(store.begin(a_run(later)));
  value_of(store.append(a_sample(later, 0)));
  value_of(store.append(a_sample(later, 1)));
  ASSERT_EQ(a_sample(later, 1).attempts.size(), 2U);
  EXPECT_EQ(value_of(store.sample(later, 1)).attempts, a_sample(later, 1).attempts);
  store::SampleFilter narrow;
  narrow.texts = false;
  EXPECT_EQ(samples_of(store, later, narrow).at(1).attempts, a_sample(later, 1).attempts)
      << "a summary counts them";
}

TEST(Schema, a_file_that_only_lacks_additions_is_read_as_it_is) {
  const Folder folder;
  const std::unique_ptr<Database> database = database_at(folder.file("lab.db"));
  const std::array<Migration, 3> steps{Migration{1, "CREATE TABLE a (x)"},
                                       Migration{2, "CREATE TABLE b (x)", true},
                                       Migration{3, "ALTER TABLE a ADD COLUMN y"}};
  value_of(prepare(*database, true, std::span(steps).first(1)));
  value_of(prepare(*database, false, std::span(steps).first(2)));
  EXPECT_EQ(value_of(database->integer_of("PRAGMA user_version")), 1);
  EXPECT_FALSE(prepare(*database, false, steps));
}

TEST(Schema, steps_run_in_order_and_once) {
  const Folder folder;
  const std::unique_ptr<Database> database = database_at(folder.file("lab.db"));
  const std::array<Migration, 3> steps{Migration{1, "CREATE TABLE a (x)"},
                                       Migration{2, "ALTER TABLE a ADD COLUMN y"},
                                       Migration{3, "INSERT INTO a (x, y) VALUES (1, 2)"}};
  value_of(prepare(*database, true, std::span(steps).first(1)));
  EXPECT_EQ(value_of(database->integer_of("PRAGMA user_version")), 1);
  value_of(prepare(*database, true, steps));
  value_of(prepare(*database, true, steps));
  EXPECT_EQ(value_of(database->integer_of("PRAGMA user_version")), 3);
  EXPECT_EQ(value_of(database->integer_of("SELECT count(*) FROM a WHERE y = 2")), 1);
}

TEST(Schema, a_step_that_fails_leaves_the_file_as_it_was) {
  const Folder folder;
  const std::unique_ptr<Database> database = database_at(folder.file("lab.db"));
  const std::array<Migration, 3> steps{Migration{1, "CREATE TABLE a (x)"},
                                       Migration{2, "INSERT INTO a VALUES (1)"},
                                       Migration{3, "INSERT INTO nowhere VALUES (1)"}};
  value_of(prepare(*database, true, std::span(steps).first(1)));
  EXPECT_FALSE(prepare(*database, true, steps));
  EXPECT_EQ(value_of(database->integer_of("PRAGMA user_version")), 1);
  EXPECT_EQ(value_of(database->integer_of("SELECT count(*) FROM a")), 0);
}

TEST(Schema, an_older_format_cannot_be_raised_without_writing) {
  const Folder folder;
  const std::unique_ptr<Database> database = database_at(folder.file("lab.db"));
  const std::array<Migration, 2> steps{Migration{1, "CREATE TABLE a (x)"},
                                       Migration{2, "ALTER TABLE a ADD COLUMN y"}};
  value_of(prepare(*database, true, std::span(steps).first(1)));
  const Result<void> refused = prepare(*database, false, steps);
  ASSERT_FALSE(refused);
  EXPECT_NE(message(refused.error()).find("store format 1 must first be brought to format 2"),
            std::string::npos);
}

TEST(Schema, a_newer_format_is_refused_and_left_alone) {
  const Folder folder;
  const Folder copy;
  const std::string path = copy.file("lab.db");
  value_of(open_new(folder.file("lab.db")).begin(a_run(kRun)));
  // As a killed newer assay leaves it: the log is not merged, and we must not merge it by closing the file.
  const std::unique_ptr<Database> newer = database_at(folder.file("lab.db"));
  value_of(newer->execute("PRAGMA user_version=7"));
  std::vector<std::string> before;
  for (const char* name : {"lab.db", "lab.db-wal"}) {
    before.push_back(value_of(read_file(folder.file(name), 1U << 26U)));
    value_of(write_file(copy.file(name), before.back()));
  }
  ASSERT_FALSE(before[1].empty());
  const std::string sentence =
      path + ": store format 7; this assay reads formats 1 to 4. Use a newer assay. The file was not changed";
  EXPECT_EQ(refusal(path, Mode::read_write_create), sentence);
  EXPECT_EQ(refusal(path, Mode::read_only), sentence);
  EXPECT_EQ(value_of(read_file(path, 1U << 26U)), before[0]);
  EXPECT_EQ(value_of(read_file(path + "-wal", 1U << 26U)), before[1]);
}

TEST(Schema, a_database_of_another_program_is_refused) {
  const Folder folder;
  const std::string path = folder.file("other.db");
  tamper(path, "CREATE TABLE notes (x); INSERT INTO notes VALUES (1)");
  const std::string before = value_of(read_file(path, 1U << 26U));
  EXPECT_NE(refusal(path, Mode::read_write_create).find("this is the database of another program"),
            std::string::npos);
  EXPECT_NE(refusal(path, Mode::read_only).find("this is the database of another program"),
            std::string::npos);
  EXPECT_EQ(value_of(read_file(path, 1U << 26U)), before);
}

TEST(Schema, a_file_that_is_no_database_is_refused) {
  const Folder folder;
  const std::string path = folder.file("lab.db");
  value_of(write_file(path, std::string(5000, 'x')));
  EXPECT_NE(refusal(path, Mode::read_write_create).find("this is no assay store"), std::string::npos);
  EXPECT_NE(refusal(path, Mode::read_only).find("this is no assay store"), std::string::npos);
  EXPECT_EQ(value_of(read_file(path, 1U << 20U)), std::string(5000, 'x'));
}

TEST(Schema, an_empty_file_becomes_a_store) {
  const Folder folder;
  const std::string path = folder.file("lab.db");
  value_of(write_file(path, ""));
  EXPECT_NE(refusal(path, Mode::read_only).find("the store is empty"), std::string::npos);
  value_of(open_new(path).begin(a_run(kRun)));
  EXPECT_EQ(refusal(path, Mode::read_only), "opened");
}

// The views are part of the documented format.
// What a file is gets read as one: a store that is half made is no database of another program.
TEST(Schema, several_may_make_the_same_store_at_once) {
  const Folder folder;
  for (int round = 0; round < 40; ++round) {
    const std::string path = folder.file("lab" + std::to_string(round) + ".db");
    std::array<std::string, 4> said;
    std::vector<std::thread> threads;
    for (std::string& one : said) {
      threads.emplace_back([&one, &path] {
        const Result<Store> store = Store::open(path, Mode::read_write_create);
        if (!store) one = message(store.error());
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::string& one : said) EXPECT_EQ(one, "");
  }
}

TEST(Schema, the_views_resolve_references) {
  const Folder folder;
  const std::string path = folder.file("lab.db");
  {
    Store store = open_new(path);
    value_of(store.begin(a_run(kRun)));
    value_of(store.append(a_sample(kRun, 4)));
    const LayerId layer = value_of(store.add_layer(kRun, {}));
    value_of(store.put_verdict(kRun, layer, 4, a_verdict(record::Mark::pass)));
  }
  const std::unique_ptr<Database> database = database_at(path);
  EXPECT_EQ(value_of(database->text_of("SELECT prompt FROM samples")), a_sample(kRun, 4).prompt);
  EXPECT_EQ(value_of(database->text_of("SELECT run_id || sequence || model FROM samples")),
            std::string(kRun) + "4a");
  EXPECT_EQ(value_of(database->text_of("SELECT requested FROM samples")),
            "{\"max_tokens\":64,\"temperature\":0.5}");
  EXPECT_EQ(value_of(database->text_of("SELECT run_id || sequence || mark FROM verdicts")),
            std::string(kRun) + "4pass");
}

}  // namespace
}  // namespace assay::store
