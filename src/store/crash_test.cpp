// A killed writer, a torn log, two writers at once.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "base/file.h"
#include "store/faulty_vfs.h"
#include "store/testing_samples.h"

namespace assay::store {
namespace {

using namespace testing;

constexpr const char* kRun = "01abcdefg0000001";

/// In the child: goes on with the run and tells each sequence, once it is kept, through the pipe. Never
/// returns.
[[noreturn]] void append_for_ever(const std::string& path, int pipe) {
  Result<Store> store = Store::open(path, Mode::read_write_create, {.vfs = {}, .merge_pages = 64});
  if (!store || !store->resume(kRun)) ::_exit(1);
  const Result<LayerId> layer = store->add_layer(kRun, {});
  if (!layer) ::_exit(2);
  for (std::uint64_t sequence = store->next_sequence(kRun).value_or(0);; ++sequence) {
    if (!store->append(a_sample(kRun, sequence))) ::_exit(3);
    if (::write(pipe, &sequence, sizeof sequence) != sizeof sequence) ::_exit(4);
    if (!store->put_verdict(kRun, *layer, sequence, a_verdict(record::Mark::pass))) ::_exit(5);
  }
}

/// Kills the child after it has told `wanted` sequences, reads what else is in the pipe, returns how many
/// were told.
std::uint64_t run_and_kill(const std::string& path, std::uint64_t wanted) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) append_for_ever(path, ends[1]);
  ::close(ends[1]);
  std::uint64_t told = 0;
  std::uint64_t sequence = 0;
  while (::read(ends[0], &sequence, sizeof sequence) == sizeof sequence) {
    if (++told == wanted) ::kill(child, SIGKILL);
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself with " << WEXITSTATUS(status);
  return told;
}

TEST(Crash, kill_9_loses_nothing_that_was_kept) {
  const Folder folder;
  const std::string path = folder.file("lab.db");
  value_of(open_new(path).begin(a_run(kRun)));
  std::mt19937 random(7);
  std::uint64_t kept = 0;
  for (int round = 0; round < 50; ++round) {
    kept += run_and_kill(path, 1 + random() % 60);
    // At most the sample between its commit and its telling is there beside those that were told.
    Store store = value_of(Store::open(path, Mode::read_only));
    const std::uint64_t stored = value_of(store.next_sequence(kRun));
    ASSERT_GE(stored, kept) << "round " << round;
    ASSERT_LE(stored, kept + 1) << "round " << round;
    kept = stored;
  }
  Store store = value_of(Store::open(path, Mode::read_only));
  std::uint64_t expected = 0;
  value_of(store.for_each_sample(kRun, {}, [&](record::Sample&& sample) {
    EXPECT_EQ(sample, a_sample(kRun, expected));
    ++expected;
    return true;
  }));
  EXPECT_EQ(expected, kept);
  EXPECT_EQ(value_of(store.done_keys(kRun)).size(), kept);
}

// Power loss: of the log only a part has reached the disk, cut anywhere, or with a page of rubbish in it.
TEST(Crash, a_torn_log_leaves_the_first_samples_whole) {
  const Folder folder;
  faulty_disk().disarm();  // only for its speed: it carries out no syncs
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(a_run(kRun)));
  for (std::uint64_t i = 0; i < 10; ++i) value_of(store.append(a_sample(kRun, i)));
  const std::string file = value_of(read_file(folder.file("lab.db"), 1U << 26U));
  const std::string log = value_of(read_file(folder.file("lab.db-wal"), 1U << 26U));
  ASSERT_GT(log.size(), 10'000U);

  std::size_t most = 0;
  std::mt19937 random(3);
  for (std::size_t cut = 0; cut <= log.size(); cut += 1 + random() % 3000) {
    const Folder copy;
    std::string torn = log.substr(0, cut);
    if (cut % 2 == 1) torn.append(4096, '\x5a');
    value_of(write_file(copy.file("lab.db"), file));
    value_of(write_file(copy.file("lab.db-wal"), torn));
    Store again = value_of(Store::open(copy.file("lab.db"), Mode::read_write_create, {.vfs = kFaultyVfs}));
    if (!again.run(kRun)) {
      EXPECT_EQ(most, 0U);
      continue;
    }
    const std::vector<record::Sample> samples = samples_of(again, kRun);
    for (std::size_t i = 0; i < samples.size(); ++i)
      ASSERT_EQ(samples[i], a_sample(kRun, i)) << "cut at " << cut;
    EXPECT_GE(samples.size(), most);
    most = samples.size();
  }
  EXPECT_GE(most, 9U);
}

TEST(Crash, two_processes_write_one_store) {
  const Folder folder;
  const std::string path = folder.file("lab.db");
  constexpr std::uint64_t kSamples = 300;
  std::vector<pid_t> children;
  for (const char* id : {"01abcdefg000000a", "01abcdefg000000b"}) {
    const pid_t child = ::fork();
    if (child == 0) {
      Result<Store> store = Store::open(path, Mode::read_write_create, {.vfs = {}, .merge_pages = 64});
      if (!store) ::_exit(1);
      if (!store->begin(a_run(id))) ::_exit(2);
      for (std::uint64_t i = 0; i < kSamples; ++i) {
        if (!store->append(a_sample(id, i))) ::_exit(3);
      }
      ::_exit(store->finish(id, record::RunState::finished, Nanos{1}) ? 0 : 4);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
  Store store = value_of(Store::open(path, Mode::read_only));
  for (const char* id : {"01abcdefg000000a", "01abcdefg000000b"}) {
    const std::vector<record::Sample> samples = samples_of(store, id);
    ASSERT_EQ(samples.size(), kSamples);
    for (std::uint64_t i = 0; i < kSamples; ++i) ASSERT_EQ(samples[i], a_sample(id, i));
  }
}

}  // namespace
}  // namespace assay::store
