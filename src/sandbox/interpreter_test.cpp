// Which interpreter programs run under, what is said of one that will not do, and what is remembered of it.
#include "sandbox/interpreter.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/text.h"
#include "sandbox/containment.h"
#include "sandbox/fake.h"
#include "sandbox/proof.h"
#include "sandbox/table.h"

namespace assay::sandbox {
namespace {

namespace fs = std::filesystem;

class InterpreterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string folder = (fs::temp_directory_path() / "assay-test-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  std::string script(const std::string& text) const {
    std::string path = write("python", "#!/bin/sh\n" + text + "\n");
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }
  std::string trouble(const std::string& name) const {
    const auto found = find_interpreter(name);
    return found ? "none" : message(found.error());
  }

  fs::path folder_;
};

TEST_F(InterpreterTest, one_that_will_not_do_is_a_sentence_with_a_remedy) {
  const std::string old = script(
      R"(echo '{"executable": "/x", "prefix": "/", "library": "/l", "version": "3.8.1", "new": false}')");
  EXPECT_EQ(trouble(old), "no Python interpreter: '" + old +
                              "' is Python 3.8.1; expected Python 3.9 or later. Install python3, or name "
                              "another one with --python or ASSAY_PYTHON");
  for (const char* says :
       {"echo hello", "exit 3", "echo '{\"new\": 1}'", "echo '[]'", "echo '{\"new\": true}'"})
    EXPECT_NE(trouble(script(says)).find("does not answer as Python does"), std::string::npos) << says;
  EXPECT_NE(trouble((folder_ / "none").string()).find("does not start"), std::string::npos);
}

TEST_F(InterpreterTest, a_script_that_chooses_one_stands_for_what_it_chooses) {
  const auto usual = find_interpreter("python3");
  if (!usual) GTEST_SKIP() << message(usual.error());
  const auto chosen = find_interpreter(script("exec " + usual->executable + " \"$@\""));
  ASSERT_TRUE(chosen.has_value()) << message(chosen.error());
  EXPECT_EQ(chosen->executable, usual->executable);
  EXPECT_EQ(chosen->version, usual->version);
}

/// Interpreters beside the usual one: on PATH, and those that pyenv keeps in the home folder.
std::vector<std::string> other_interpreters() {
  std::vector<std::string> names{"python3.9", "python3.10", "python3.12", "python3.13", "python3.14"};
  std::error_code none;
  const std::string home = environment("HOME").value_or("/");
  for (const auto& version : fs::directory_iterator(home + "/.pyenv/versions", none))
    names.push_back(version.path().string() + "/bin/python3");
  std::erase_if(names, [](const std::string& name) { return !find_interpreter(name); });
  std::sort(names.begin(), names.end());
  return names;
}

TEST_F(InterpreterTest, others_run_contained_too) {
  if (const auto sandbox = make_best({}); !sandbox) GTEST_SKIP() << message(sandbox.error());
  std::vector<std::string> names = other_interpreters();
  if (names.empty()) GTEST_SKIP() << "no other interpreter on this machine";
  for (const std::string& name : std::set<std::string>{names.front(), names.back()}) {
    const auto sandbox = make_best({.interpreter = name});
    ASSERT_TRUE(sandbox.has_value()) << message(sandbox.error());
    const std::string version = find_interpreter(name)->version;
    EXPECT_NE((*sandbox)->describe().find("Python " + version), std::string::npos);
    const Outcome outcome =
        (*sandbox)->run({.source = "import ast, platform\nprint(platform.python_version())",
                         .arguments = {},
                         .input = {},
                         .reply = {}},
                        {});
    EXPECT_EQ(trim(outcome.out), version) << outcome.err;
    for (const Containment& row : self_test(**sandbox))
      EXPECT_TRUE(row.holds) << name << ": " << row.threat << ": " << row.detail;
  }
}

TEST_F(InterpreterTest, the_hash_is_of_what_a_program_can_import) {
  const Interpreter interpreter{.executable = write("python", "p"),
                                .prefix = folder_.string(),
                                .library = (folder_ / "lib").string(),
                                .version = "3.11.2"};
  write("lib/os.py", "a");
  write("lib/json/__init__.py", "b");
  const std::string hash = library_hash(interpreter, {});
  EXPECT_EQ(hash.size(), 64U);
  write("lib/__pycache__/os.py", "x");
  write("lib/site-packages/numpy.py", "x");
  write("lib/test/x.py", "x");
  write("lib/os.txt", "x");
  EXPECT_EQ(library_hash(interpreter, {}), hash);
  write("lib/json/__init__.py", "c");
  const std::string changed = library_hash(interpreter, {});
  EXPECT_NE(changed, hash);
  write("python", "q");
  EXPECT_NE(library_hash(interpreter, {}), changed);
  EXPECT_EQ(library_hash({.executable = "/x", .prefix = "/", .library = "/no/such", .version = ""}, {}), "");
}

TEST_F(InterpreterTest, a_hash_is_kept_and_asked_for_by_sizes_and_times) {
  const Interpreter interpreter{.executable = write("python", "p"),
                                .prefix = folder_.string(),
                                .library = (folder_ / "lib").string(),
                                .version = "3.11.2"};
  write("lib/os.py", "a");
  const std::string cache = (folder_ / "cache").string();
  const std::string hash = library_hash(interpreter, cache);
  ASSERT_TRUE(fs::exists(cache + "/python"));
  const fs::path kept = fs::directory_iterator(cache + "/python")->path();
  std::ofstream(kept) << std::string(64, 'a') << "\n";
  EXPECT_EQ(library_hash(interpreter, cache), std::string(64, 'a'));
  std::ofstream(kept) << "damaged";
  EXPECT_EQ(library_hash(interpreter, cache), hash);
  write("lib/os.py", "longer");
  EXPECT_NE(library_hash(interpreter, cache), hash);
}

TEST_F(InterpreterTest, a_sandbox_is_proven_once) {
  const std::string cache = (folder_ / "cache").string();
  const auto sandbox = make_best({.interpreter = "python3", .cache = cache});
  if (!sandbox) GTEST_SKIP() << message(sandbox.error());
  EXPECT_EQ((*sandbox)->signature().library.size(), 64U);
  EXPECT_EQ((*sandbox)->signature().enclosure.size(), 64U);
  int begun = 0;
  for (int i = 0; i < 2; ++i) {
    const auto held = prove(**sandbox, cache, [&] { ++begun; });
    EXPECT_TRUE(held.has_value()) << message(held.error());
  }
  EXPECT_EQ(begun, 1);
}

TEST_F(InterpreterTest, a_sandbox_that_does_not_hold_is_tried_every_time) {
  FakeSandbox broken;
  for (int i = 1; i < 3; ++i) {
    int begun = 0;
    const auto held = prove(broken, folder_.string(), [&] { ++begun; });
    ASSERT_FALSE(held.has_value());
    EXPECT_EQ(begun, 1);
    EXPECT_EQ(held.error().code, Code::unavailable);
    EXPECT_NE(message(held.error()).find("does not hold 'endless loop"), std::string::npos);
  }
}

}  // namespace
}  // namespace assay::sandbox
