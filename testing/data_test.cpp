#include "testing/data_test.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

#include <gtest/gtest.h>

namespace assay::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = "# expect:\n";

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// Where the block begins, or npos.
std::size_t block_begin(const std::string& text) {
  const std::size_t at = text.rfind(kMark);
  if (at == std::string::npos || (at > 0 && text[at - 1] != '\n')) return std::string::npos;
  return at;
}

std::string commented(const std::string& text) {
  std::string block(kMark);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) block += line.empty() ? "#\n" : "# " + line + "\n";
  return block;
}

std::string uncommented(const std::string& block) {
  std::string text;
  std::istringstream lines(block);
  std::string line;
  std::getline(lines, line);  // the mark
  while (std::getline(lines, line)) text += (line.size() > 2 ? line.substr(2) : std::string{}) + "\n";
  return text;
}

/// The comment block cannot hold blanks at the end of a line that an editor strips; nobody should depend on
/// them.
std::string tidy(const std::string& text) {
  std::string out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    out += line.substr(0, line.find_last_not_of(" \r") + 1) + "\n";
  return out;
}

std::optional<std::string> expectation_of(const std::string& path) {
  if (fs::exists(path + ".expect")) return read(path + ".expect");
  const std::string text = read(path);
  const std::size_t at = block_begin(text);
  if (at == std::string::npos) return std::nullopt;
  return uncommented(text.substr(at));
}

void update(const std::string& path, const std::string& shown) {
  if (fs::exists(path + ".expect")) {
    write(path + ".expect", shown);
    return;
  }
  std::string text = without_expectation(read(path));
  if (!text.empty() && text.back() != '\n') text += '\n';
  write(path, text + commented(shown));
}

class DataTest : public ::testing::Test {
 public:
  DataTest(std::string path, std::function<Shown(const std::string&)> show)
      : path_(std::move(path)), show_(std::move(show)) {}

  void TestBody() override {
    const Shown shown = show_(path_);
    const std::string text = tidy(shown.text);
    const bool must_fail = fs::path(path_).filename().string().starts_with("fail_");
    EXPECT_EQ(shown.refused, must_fail)
        << (must_fail ? "this file must be refused" : "this file must be accepted") << "; it gave:\n"
        << text;
    const char* asked = std::getenv("ASSAY_UPDATE");
    if (asked != nullptr && std::string(asked) == "1") {
      update(path_, text);
      return;
    }
    const std::optional<std::string> expected = expectation_of(path_);
    ASSERT_TRUE(expected) << path_ << " has no expectation; it gives:\n"
                          << text << "Run again with ASSAY_UPDATE=1.";
    EXPECT_EQ(text, tidy(*expected)) << path_ << "; if the new text is right, run again with ASSAY_UPDATE=1.";
  }

 private:
  std::string path_;
  std::function<Shown(const std::string&)> show_;
};

std::string test_name(const fs::path& path) {
  std::string name = path.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

}  // namespace

bool register_data_tests(const std::string& group, const std::string& folder, const std::string& ending,
                         std::function<Shown(const std::string& path)> show) {
  std::vector<fs::path> files;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(ending) && !name.starts_with('_')) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    ::testing::RegisterTest(
        group.c_str(), test_name(file).c_str(), nullptr, nullptr, __FILE__, __LINE__,
        [path = file.string(), show]() -> ::testing::Test* { return new DataTest(path, show); });
  }
  // A wrong folder would otherwise be a group without tests, which passes.
  ::testing::RegisterTest(group.c_str(), "has_files", nullptr, nullptr, __FILE__, __LINE__,
                          [folder, empty = files.empty()]() -> ::testing::Test* {
                            class HasFiles : public ::testing::Test {
                             public:
                              HasFiles(std::string path, bool none) : path_(std::move(path)), none_(none) {}
                              void TestBody() override {
                                EXPECT_FALSE(none_) << "no data tests in " << path_;
                              }

                             private:
                              std::string path_;
                              bool none_;
                            };
                            return new HasFiles(folder, empty);
                          });
  return true;
}

std::string without_expectation(const std::string& text) {
  const std::size_t at = block_begin(text);
  return at == std::string::npos ? text : text.substr(0, at);
}

}  // namespace assay::testing
