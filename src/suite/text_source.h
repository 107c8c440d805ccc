// A file, character by character, with the place of the next one.
#pragma once

#include <array>
#include <cstdint>
#include <fstream>
#include <string>

#include "suite/tree.h"

namespace assay::suite {

class TextSource {
 public:
  static constexpr int kEnd = -1;

  explicit TextSource(const std::string& path) : file_(path, std::ios::binary) { skip_byte_order_mark(); }

  bool opened() const { return file_.is_open(); }
  /// A read that failed, which is not the end of the file.
  bool failed() const { return file_.bad(); }
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
  std::uint64_t offset() const { return offset_; }

 private:
  void fill() {
    file_.read(block_.data(), static_cast<std::streamsize>(block_.size()));
    filled_ = static_cast<std::size_t>(file_.gcount());
    at_ = 0;
  }
  void skip_byte_order_mark() {
    fill();
    if (filled_ >= 3 && std::string_view(block_.data(), 3) == "\xEF\xBB\xBF") {
      at_ = 3;
      offset_ = 3;
    }
  }

  std::ifstream file_;
  std::array<char, 1U << 16U> block_{};
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  std::uint64_t offset_ = 0;
  Place place_{1, 1};
};

}  // namespace assay::suite
