// A file, character by character, with the place of the next one. What is packed with gzip is unpacked on the
// way, whatever the file's name.
#pragma once

#include <array>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

#include "base/gzip.h"
#include "base/result.h"
#include "suite/tree.h"

namespace assay::suite {

/// What a packed file may hold. 164 tasks of HumanEval are 210 KB; a million short cases are 60 MB.
constexpr std::uint64_t kMaxUnpackedBytes = 256U << 20U;

class TextSource {
 public:
  static constexpr int kEnd = -1;

  explicit TextSource(const std::string& path, std::uint64_t max_unpacked = kMaxUnpackedBytes);

  /// What kept the file from being read to its end, which then looks like its end. It has the file, no line.
  const std::optional<Error>& trouble() const { return trouble_; }
  int peek() {
    if (at_ == filled_) fill();
    return at_ == filled_ ? kEnd : static_cast<unsigned char>(block_[at_]);
  }
  int take() {
    const int c = peek();
    if (c == kEnd) return kEnd;
    ++at_;
    ++offset_;
    if (c == '\n') {
      ++place_.line;
      place_.column = 1;
    } else if ((static_cast<unsigned>(c) & 0xC0U) != 0x80U) {
      ++place_.column;
    }
    return c;
  }
  Place place() const { return place_; }
  /// Bytes before the next character, of the unpacked text.
  std::uint64_t offset() const { return offset_; }

 private:
  void fill();
  std::size_t read_file(char* into, std::size_t size);
  /// The next bytes of a packed file; none at its end, and when it is broken.
  std::size_t unpack();
  void fail_with(Error error);

  std::string path_;
  std::ifstream file_;
  std::optional<Error> trouble_;
  std::optional<Gunzip> gunzip_;
  std::string packed_;  ///< read and not unpacked yet, from packed_at_
  std::size_t packed_at_ = 0;
  std::array<char, 1U << 16U> block_{};
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  std::uint64_t offset_ = 0;
  Place place_{1, 1};
};

}  // namespace assay::suite
