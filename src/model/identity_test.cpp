#include "model/identity.h"

#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "base/file.h"

namespace assay::model {
namespace {

namespace fs = std::filesystem;

class IdentityTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("assay-identity-" + std::to_string(::getpid()));
    fs::create_directories(folder_ / "tiny");
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& bytes) {
    const std::string path = (folder_ / name).string();
    EXPECT_TRUE(write_file(path, bytes).has_value());
    return path;
  }
  std::string tiny() const { return (folder_ / "tiny").string(); }

 private:
  fs::path folder_;
};

TEST_F(IdentityTest, AFileIsToldByItsSizeBeginningAndEnd) {
  std::string bytes(3U << 20U, 'a');
  const std::string first = identity(write("a.gguf", bytes));
  EXPECT_EQ(identity(write("b.gguf", bytes)), first) << "the name does not count";
  bytes.back() = 'b';
  EXPECT_NE(identity(write("a.gguf", bytes)), first);
  EXPECT_EQ(identity("nowhere.gguf"), "");
}

TEST_F(IdentityTest, AFolderIsToldByItsFiles) {
  EXPECT_EQ(identity(tiny()), "") << "an empty one is no model";
  write("tiny/config.json", "{}");
  write("tiny/model.safetensors", "weights");
  const std::string first = identity(tiny());
  EXPECT_EQ(identity(tiny() + "/"), first);
  EXPECT_EQ(first.size(), 64U);
  write("tiny/model.safetensors", "Weights");
  const std::string trained = identity(tiny());
  EXPECT_NE(trained, first);
  write("tiny/tokenizer.json", "{}");
  EXPECT_NE(identity(tiny()), trained);
}

TEST_F(IdentityTest, SizeOnDisk) {
  const std::string file = write("tiny/config.json", "{}");
  write("tiny/model.safetensors", "weights");
  EXPECT_EQ(size_on_disk(file), 2U);
  EXPECT_EQ(size_on_disk(tiny()), 9U);
  EXPECT_EQ(size_on_disk("nowhere"), std::nullopt);
}

}  // namespace
}  // namespace assay::model
