// Places where a store cannot be, and places where it can only be read.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "base/file.h"
#include "store/testing_samples.h"

namespace assay::store {
namespace {

using namespace testing;

constexpr const char* kRun = "01abcdefg0000001";

std::string refusal(const std::string& path, Mode mode) {
  const Result<Store> store = Store::open(path, mode);
  return store ? "opened" : message(store.error());
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Runs `body` as a user who owns nothing, in a process of its own; its result is the exit status. Root may
/// write everywhere, so permissions show only this way.
template <class Body>
int as_nobody(const Body& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr unsigned kNobody = 65534;
    if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) ::_exit(99);
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

void make_store(const std::string& path) {
  Store store = open_new(path);
  value_of(store.begin(a_run(kRun)));
  value_of(store.append(a_sample(kRun, 0)));
  value_of(store.finish(kRun, record::RunState::finished, Nanos{1}));
}

TEST(Open, sentences) {
  const Folder folder;
  EXPECT_TRUE(holds(refusal(folder.file("no/lab.db"), Mode::read_write_create),
                    "folder '" + folder.file("no") + "' does not exist"));
  EXPECT_TRUE(holds(refusal(folder.path(), Mode::read_write_create), "this is a folder"));
  EXPECT_TRUE(holds(refusal(folder.file("lab.db"), Mode::read_only), "there is no store"));
  EXPECT_TRUE(holds(refusal("", Mode::read_only), "the store has no path"));
  EXPECT_FALSE(file_exists(folder.file("lab.db")));
}

TEST(Open, a_path_with_special_characters) {
  const Folder folder;
  const std::string path = folder.file("a b%20?x=1#y.db");
  make_store(path);
  EXPECT_TRUE(file_exists(path));
  EXPECT_EQ(refusal(path, Mode::read_only), "opened");
}

TEST(Open, a_read_only_folder_is_read_and_not_written) {
  const Folder folder;
  const std::string path = folder.file("a?b%20.db");
  make_store(path);
  ::chmod(path.c_str(), 0444);
  ::chmod(folder.path().c_str(), 0555);
  EXPECT_EQ(as_nobody([&] {
              const Result<Store> store = Store::open(path, Mode::read_only);
              if (!store) return 1;
              const Result<record::Sample> sample = store->sample(kRun, 0);
              return sample && *sample == a_sample(kRun, 0) ? 0 : 2;
            }),
            0);
  EXPECT_EQ(as_nobody([&] {
              return holds(refusal(path, Mode::read_write_create), "the file is read-only") ? 0 : 1;
            }),
            0);
  ::chmod(path.c_str(), 0666);
  EXPECT_EQ(as_nobody([&] {
              return holds(refusal(path, Mode::read_write_create),
                           "is read-only; expected a folder that can be written")
                         ? 0
                         : 1;
            }),
            0);
  ::chmod(path.c_str(), 0);
  EXPECT_EQ(
      as_nobody([&] { return holds(refusal(path, Mode::read_only), "the file may not be read") ? 0 : 1; }),
      0);
  ::chmod(folder.path().c_str(), 0755);
}

// A store that was killed, on a read-only disk: its last samples are in the log, and must not be lost without
// a word.
TEST(Open, samples_in_the_log_of_a_read_only_folder_are_not_forgotten) {
  const Folder writing;
  const Folder folder;
  {
    Store store = open_new(writing.file("lab.db"));
    value_of(store.begin(a_run(kRun)));
    value_of(store.append(a_sample(kRun, 0)));
    for (const char* name : {"lab.db", "lab.db-wal"}) {
      value_of(write_file(folder.file(name), value_of(read_file(writing.file(name), 1U << 26U))));
    }
  }
  ::chmod(folder.path().c_str(), 0555);
  EXPECT_EQ(as_nobody([&] {
              return holds(refusal(folder.file("lab.db"), Mode::read_only),
                           "samples in the write-ahead log beside it cannot be read")
                         ? 0
                         : 1;
            }),
            0);
  ::chmod(folder.path().c_str(), 0755);
}

TEST(Open, reading_while_another_process_writes) {
  const Folder folder;
  Store writer = open_new(folder.file("lab.db"));
  value_of(writer.begin(a_run(kRun)));
  value_of(writer.append(a_sample(kRun, 0)));
  Store reader = value_of(Store::open(folder.file("lab.db"), Mode::read_only));
  EXPECT_EQ(value_of(reader.next_sequence(kRun)), 1U);
  value_of(writer.append(a_sample(kRun, 1)));
  EXPECT_EQ(value_of(reader.next_sequence(kRun)), 2U);
  const Result<void> refused = reader.append(a_sample(kRun, 2));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(holds(message(refused.error()), "the store was opened for reading"));
}

// A real limit of the system instead of our layer: the file may not grow beyond 200 kB.
TEST(Open, a_file_that_may_not_grow_is_a_full_disk) {
  const Folder folder;
  const std::string path = folder.file("lab.db");
  ::chmod(folder.path().c_str(), 0777);
  const int kept = as_nobody([&] {
    const rlimit limit{200'000, 200'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::signal(SIGXFSZ, SIG_IGN);
    Result<Store> store = Store::open(path, Mode::read_write_create);
    if (!store || !store->begin(a_run(kRun))) return 101;
    for (std::uint64_t i = 0; i < 100; ++i) {
      const Result<void> done = store->append(a_sample(kRun, i));
      if (!done) return holds(message(done.error()), "the disk is full") ? static_cast<int>(i) : 102;
    }
    return 103;
  });
  ASSERT_GT(kept, 0);
  ASSERT_LT(kept, 100);
  Store store = value_of(Store::open(path, Mode::read_write_create));
  EXPECT_EQ(value_of(store.next_sequence(kRun)), static_cast<std::uint64_t>(kept));
  value_of(store.resume(kRun));
  value_of(store.append(a_sample(kRun, static_cast<std::uint64_t>(kept))));
}

class Environment {
 public:
  explicit Environment(const char* name) : name_(name), before_(environment(name)) {}
  ~Environment() { set(before_ ? before_->c_str() : nullptr); }
  void set(const char* value) const { value == nullptr ? ::unsetenv(name_) : ::setenv(name_, value, 1); }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

TEST(Open, default_path) {
  const Environment named("ASSAY_STORE"), data("XDG_DATA_HOME"), home("HOME");
  named.set("x/y.db");
  EXPECT_EQ(value_of(default_path()), "x/y.db");
  named.set(nullptr);
  data.set("/data");
  EXPECT_EQ(value_of(default_path()), "/data/assay/assay.db");
  data.set(nullptr);
  home.set("/home/ada");
#ifdef __APPLE__
  EXPECT_EQ(value_of(default_path()), "/home/ada/Library/Application Support/assay/assay.db");
#else
  EXPECT_EQ(value_of(default_path()), "/home/ada/.local/share/assay/assay.db");
#endif
  home.set(nullptr);
  EXPECT_EQ(default_path().error().code, Code::not_found);
}

}  // namespace
}  // namespace assay::store
