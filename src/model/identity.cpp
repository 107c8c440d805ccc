#include "model/identity.h"

#include <fstream>

#include "base/file.h"
#include "base/hash.h"

namespace assay::model {
namespace {

constexpr std::uint64_t kPiece = 1U << 20U;

}  // namespace

std::string identity(const std::string& path) {
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

}  // namespace assay::model
