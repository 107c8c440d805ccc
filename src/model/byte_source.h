// Bytes by position: a file that is never read as a whole, or memory in tests.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay::model {

/// Read-only bytes of a known size.
/// Thread    one thread at a time.
/// Lifetime  the source outlives what reads from it.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// For messages: the file's path.
  virtual const std::string& name() const = 0;
  virtual std::uint64_t size() const = 0;
  /// Fills `to` with the bytes from `offset` on. Asking beyond size() is an io error, as is a file that has
  /// become shorter since it was opened.
  virtual Result<void> read(std::uint64_t offset, std::span<char> to) const = 0;
};

/// Errors: not_found, permission, io; bad_input when it is no regular file.
Result<std::unique_ptr<ByteSource>> open_bytes(const std::string& path);

/// The bytes are not copied: they must outlive the source.
std::unique_ptr<ByteSource> bytes_in_memory(std::string_view bytes, std::string name);

}  // namespace assay::model
