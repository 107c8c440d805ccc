#include "model/identity.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/file.h"
#include "base/hash.h"

namespace assay::model {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kPiece = 1U << 20U;

std::string file_identity(const std::string& path) {
  const auto size = file_size(path);
  std::ifstream file(path, std::ios::binary);
  if (!size || !file) return {};
  std::string bytes = std::to_string(*size) + "\n";
  const auto append = [&](std::uint64_t offset, std::uint64_t length) {
    std::string piece(static_cast<std::size_t>(length), '\0');
    file.seekg(static_cast<std::streamoff>(offset));
    file.read(piece.data(), static_cast<std::streamsize>(length));
    bytes += piece;
  };
  append(0, std::min(*size, kPiece));
  if (*size > kPiece) append(*size - std::min(*size - kPiece, kPiece), std::min(*size - kPiece, kPiece));
  if (!file) return {};
  return hex(sha256(bytes));
}

/// The files of a model folder, in the order of their names.
std::vector<std::string> files_of(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->is_regular_file(error) && !at->path().filename().string().starts_with('.'))
      files.push_back(at->path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::string identity(const std::string& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return file_identity(path);
  std::string bytes;
  for (const std::string& file : files_of(path)) {
    const std::string one = file_identity(file);
    if (one.empty()) return {};
    bytes += file_name(file) + "\n" + one + "\n";
  }
  return bytes.empty() ? std::string{} : hex(sha256(bytes));
}

std::optional<std::uint64_t> size_on_disk(const std::string& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return file_size(path);
  std::uint64_t total = 0;
  for (const std::string& file : files_of(path)) total += file_size(file).value_or(0);
  return total;
}

}  // namespace assay::model
