// The disk fails at each operation in turn; what is left reopens with whole samples only.
#include <gtest/gtest.h>

#include "store/faulty_vfs.h"
#include "store/testing_samples.h"

namespace assay::store {
namespace {

using namespace testing;

constexpr const char* kRun = "01abcdefg0000001";

/// Opens, begins, appends three samples with a verdict each, finishes, closes. Returns the sequences whose
/// append() said that they are kept.
std::vector<std::uint64_t> write_three(const std::string& path) {
  std::vector<std::uint64_t> kept;
  // Few pages, so that merging the log is among the operations that fail.
  Result<Store> store = Store::open(path, Mode::read_write_create, {.vfs = kFaultyVfs, .merge_pages = 8});
  if (!store || !store->begin(a_run(kRun))) return kept;
  const Result<LayerId> layer = store->add_layer(kRun, {});
  for (std::uint64_t i = 0; i < 3; ++i) {
    if (!store->append(a_sample(kRun, i))) break;
    kept.push_back(i);
    if (layer) static_cast<void>(store->put_verdict(kRun, *layer, i, a_verdict(record::Mark::pass)));
    static_cast<void>(store->sync());
  }
  static_cast<void>(store->finish(kRun, record::RunState::finished, Nanos{1}));
  return kept;
}

/// The sequences found, each compared with what was appended.
std::vector<std::uint64_t> found_in(const std::string& path, int operation) {
  std::vector<std::uint64_t> found;
  Result<Store> store =
      Store::open(path, Mode::read_write_create, {.vfs = kFaultyVfs});  // well again, and quick
  EXPECT_TRUE(store) << "failed operation " << operation << ": " << message(store.error());
  if (!store || !store->run(kRun)) return found;
  for (const record::Sample& sample : samples_of(*store, kRun)) {
    EXPECT_EQ(sample, a_sample(kRun, sample.sequence)) << "failed operation " << operation;
    found.push_back(sample.sequence);
  }
  return found;
}

void fail_each_operation(Failing how, bool as_full) {
  Faults& disk = faulty_disk();
  for (int operation = 1;; ++operation) {
    const Folder folder;
    disk.arm(how, operation, as_full);
    const std::vector<std::uint64_t> kept = write_three(folder.file("lab.db"));
    const bool fired = disk.fired;
    disk.disarm();
    EXPECT_EQ(found_in(folder.file("lab.db"), operation), kept) << "failed operation " << operation;
    if (!fired) {
      EXPECT_EQ(kept.size(), 3U);
      EXPECT_GT(operation, 30);  // the loop has seen failures
      break;
    }
    ASSERT_LT(operation, 2000);
  }
}

TEST(Faults, one_operation_fails) {
  fail_each_operation(Failing::once, false);
}

TEST(Faults, the_disk_dies) {
  fail_each_operation(Failing::from_then_on, false);
}

TEST(Faults, the_disk_is_full) {
  fail_each_operation(Failing::from_then_on, true);
}

TEST(Faults, a_full_disk_is_said_and_can_be_helped) {
  const Folder folder;
  Faults& disk = faulty_disk();
  disk.disarm();
  Store store = value_of(Store::open(folder.file("lab.db"), Mode::read_write_create, {.vfs = kFaultyVfs}));
  value_of(store.begin(a_run(kRun)));
  value_of(store.append(a_sample(kRun, 0)));
  disk.arm(Failing::once, 1, true);
  const Result<void> refused = store.append(a_sample(kRun, 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::io);
  EXPECT_NE(message(refused.error()).find("lab.db: the disk is full"), std::string::npos)
      << message(refused.error());
  // Room was made: the same sample, with the texts that the undone transaction had stored, goes in.
  value_of(store.append(a_sample(kRun, 1)));
  EXPECT_EQ(value_of(store.sample(kRun, 1)), a_sample(kRun, 1));
}

TEST(Faults, a_failed_sync_is_told_at_the_next_append_and_for_ever) {
  const Folder folder;
  Faults& disk = faulty_disk();
  disk.disarm();
  Store store = value_of(Store::open(folder.file("lab.db"), Mode::read_write_create, {.vfs = kFaultyVfs}));
  value_of(store.begin(a_run(kRun)));
  disk.syncs_fail = true;
  value_of(store.append(a_sample(kRun, 0)));
  EXPECT_FALSE(store.sync());
  disk.syncs_fail = false;
  EXPECT_FALSE(store.sync());  // the disk says yes again, and what it dropped is still gone
  const Result<void> refused = store.append(a_sample(kRun, 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::io);
  EXPECT_FALSE(store.append(a_sample(kRun, 1)));
  EXPECT_EQ(samples_of(store, kRun).size(), 1U);
}

TEST(Faults, the_log_is_synced_without_being_asked) {
  const Folder folder;
  Faults& disk = faulty_disk();
  disk.disarm();
  Store store = value_of(Store::open(folder.file("lab.db"), Mode::read_write_create, {.vfs = kFaultyVfs}));
  value_of(store.begin(a_run(kRun)));
  value_of(store.sync());
  const int before = disk.log_syncs;
  value_of(store.append(a_sample(kRun, 0)));
  disk.log_syncs.wait(before);  // returns when the thread has synced; without it the test hangs and is ended
  EXPECT_GT(disk.log_syncs, before);
}

TEST(Faults, the_log_does_not_grow_without_end) {
  const Folder folder;
  Faults& disk = faulty_disk();
  disk.disarm();
  constexpr int kPages = 64;
  Store store = value_of(Store::open(folder.file("lab.db"), Mode::read_write_create,
                                     {.vfs = kFaultyVfs, .merge_pages = kPages}));
  value_of(store.begin(a_run(kRun)));
  const int before = disk.file_syncs;
  for (std::uint64_t i = 0; i < 200; ++i) {
    value_of(store.append(a_sample(kRun, i)));
    value_of(store.sync());  // lets the thread have its turn
  }
  EXPECT_GT(disk.file_syncs, before);
  // 200 appends of more than one page each would be 800 KiB and more. Merging holds it near 64 pages of 4,120
  // bytes.
  EXPECT_LT(std::filesystem::file_size(folder.file("lab.db-wal")), 2U * kPages * 4120);
}

}  // namespace
}  // namespace assay::store
