// Reading gzip (RFC 1952), in pieces or at once. gzip.cpp is the only file that knows zlib.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace assay {

/// Whether bytes begin as gzip's do. No UTF-8 text does.
bool begins_gzip(std::string_view bytes);

/// Unpacks gzip data that comes in pieces. Several members, one behind the other, are one text.
class Gunzip {
 public:
  /// `max_bytes`: unpacked, of all members together.
  explicit Gunzip(std::uint64_t max_bytes);
  ~Gunzip();
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  /// Fills `room` from `packed`, which loses what was read; the bytes written. None: more of `packed` is
  /// needed. Errors, without a file: bad_input for what is no gzip data, broken, or more than the limit; the
  /// bytes in `room` are then worth nothing, and nothing more can be read.
  Result<std::size_t> unpack(std::string_view& packed, std::span<char> room);
  /// When no more `packed` comes. Errors, without a file: bad_input in the middle of a member.
  Result<void> finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The whole data at once. Errors as those of Gunzip.
Result<std::string> gunzip(std::string_view packed, std::uint64_t max_bytes);

/// read_file(), and what it holds is unpacked when it is gzip data, whatever the file's name. `max_bytes` are
/// those of the file, and those that come out of it.
Result<std::string> read_unpacked_file(const std::string& path, std::uint64_t max_bytes);

/// A file's name without ".gz", whose ending says what is inside.
std::string_view without_gz(std::string_view name);

}  // namespace assay
