// One writer at a time.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/database.h"
#include "store/owner.h"
#include "store/testing_samples.h"

namespace assay::store {
namespace {

using namespace testing;

constexpr const char* kRun = "01abcdefg0000001";

std::string refusal(const Result<void>& result) {
  return result ? "done" : message(result.error());
}

void change_claim(const std::string& path, const std::string& set) {
  value_of(value_of(Database::open(path, {.write = true, .create = false, .immutable = false, .vfs = {}}))
               ->execute("UPDATE claim SET " + set));
}

TEST(Owner, this_process_lives) {
  const Owner self = this_process();
  EXPECT_EQ(life_of(self), Life::alive);
  EXPECT_NE(self.started, 0);
  EXPECT_FALSE(self.boot.empty());
}

TEST(Owner, a_later_process_of_the_same_number_is_another) {
  Owner other = this_process();
  other.started += 1;
  EXPECT_EQ(life_of(other), Life::dead);
}

TEST(Owner, an_ended_process_is_dead) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  Owner ended = this_process();
  ended.pid = child;
  ended.started = 1;
  EXPECT_EQ(life_of(ended), Life::dead);
}

TEST(Owner, what_cannot_be_seen_is_unknown) {
  Owner elsewhere = this_process();
  elsewhere.host = "lab2";
  elsewhere.boot = "another";
  EXPECT_EQ(life_of(elsewhere), Life::unknown);
  Owner container = this_process();
  container.pid_space = "pid:[1]";
  EXPECT_EQ(life_of(container), Life::unknown);
  Owner before_reboot = this_process();
  before_reboot.boot = "another";
  EXPECT_EQ(life_of(before_reboot), Life::dead);
}

TEST(Claim, a_living_run_is_not_resumed_twice) {
  const Folder folder;
  Store first = open_new(folder.file("lab.db"));
  value_of(first.begin(a_run(kRun)));
  Store second = open_new(folder.file("lab.db"));
  EXPECT_EQ(refusal(second.resume(kRun)),
            folder.file("lab.db") +
                ": run '01abcdefg0000001' is being written by this very program; "
                "expected a run that nobody writes. Wait until it ends, or end it");
  EXPECT_FALSE(second.append(a_sample(kRun, 0)));
  EXPECT_FALSE(second.remove(kRun));
  value_of(first.append(a_sample(kRun, 0)));
  EXPECT_EQ(value_of(second.run(kRun)).state, record::RunState::running);
}

TEST(Claim, ends_with_the_run_and_with_the_store) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  {
    Store first = open_new(folder.file("lab.db"));
    value_of(first.begin(a_run(kRun)));
  }
  EXPECT_EQ(value_of(store.run(kRun)).state, record::RunState::interrupted);
  value_of(store.resume(kRun));
  value_of(store.finish(kRun, record::RunState::finished, Nanos{9}));
  EXPECT_EQ(value_of(store.run(kRun)).state, record::RunState::finished);
  EXPECT_EQ(value_of(store.run(kRun)).ended_wall, Nanos{9});
  EXPECT_FALSE(store.append(a_sample(kRun, 0)));
  Store other = open_new(folder.file("lab.db"));
  value_of(other.resume(kRun));
  EXPECT_EQ(value_of(store.run(kRun)).ended_wall, std::nullopt);
}

TEST(Claim, of_a_dead_process_is_taken_over) {
  const Folder folder;
  Store first = open_new(folder.file("lab.db"));
  value_of(first.begin(a_run(kRun)));
  change_claim(folder.file("lab.db"), "started = started + 1");
  Store second = open_new(folder.file("lab.db"));
  EXPECT_EQ(value_of(second.run(kRun)).state, record::RunState::interrupted);
  value_of(second.resume(kRun));
  value_of(second.append(a_sample(kRun, 0)));
}

TEST(Claim, of_another_machine_is_taken_by_force_only) {
  const Folder folder;
  Store first = open_new(folder.file("lab.db"));
  value_of(first.begin(a_run(kRun)));
  change_claim(folder.file("lab.db"), "host = 'lab2', boot = 'other', pid = 12");
  Store second = open_new(folder.file("lab.db"));
  EXPECT_NE(
      refusal(second.resume(kRun)).find("claimed by process 12 on host lab2, which cannot be seen from here"),
      std::string::npos);
  EXPECT_EQ(value_of(second.run(kRun)).state, record::RunState::running);
  value_of(second.resume(kRun, Takeover::by_force));
}

TEST(Claim, cancelled_samples_run_again) {
  const Folder folder;
  Store store = open_new(folder.file("lab.db"));
  value_of(store.begin(a_run(kRun)));
  record::Sample cancelled = a_sample(kRun, 1);
  cancelled.status = record::Status::cancelled;
  value_of(store.append(a_sample(kRun, 0)));
  value_of(store.append(cancelled));
  EXPECT_EQ(value_of(store.done_keys(kRun)), (std::unordered_set<std::string>{a_sample(kRun, 0).key}));
  EXPECT_EQ(samples_of(store, kRun).size(), 2U);
  value_of(store.resume(kRun));
  EXPECT_EQ(value_of(store.next_sequence(kRun)), 2U);
  record::Sample again = a_sample(kRun, 2);
  again.key = cancelled.key;
  value_of(store.append(again));
  EXPECT_EQ(samples_of(store, kRun), (std::vector{a_sample(kRun, 0), again}));
  SampleFilter all;
  all.superseded = true;
  EXPECT_EQ(samples_of(store, kRun, all), (std::vector{a_sample(kRun, 0), cancelled, again}));
  EXPECT_EQ(value_of(store.done_keys(kRun)).size(), 2U);
}

}  // namespace
}  // namespace assay::store
