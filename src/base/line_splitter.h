// Lines out of bytes that come in pieces.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay {

/// Feed with take(), then call next() until it gives false. A line ends with LF, CR LF or CR; a CR LF that is
/// torn between two pieces is one end.
class LineSplitter {
 public:
  /// `most`: a longer line is a fault (too_long()), so that a stranger's server cannot fill the memory.
  explicit LineSplitter(std::size_t most = 16U << 20U) : most_(most) {}

  void take(std::string_view bytes);
  /// The next whole line without its end; the view holds until the next call of any member.
  bool next(std::string_view& line);
  /// What is left without an end: the last line of a stream that ended without one.
  std::string_view rest() const { return std::string_view(text_).substr(begin_); }
  bool too_long() const { return too_long_; }

 private:
  std::size_t most_;
  std::string text_;
  std::size_t begin_ = 0;    // of the next line
  std::size_t scanned_ = 0;  // no end before this
  std::size_t newline_ = 0;  // no LF between scanned_ and this
  bool after_cr_ = false;    // the last line ended with CR: an LF that follows belongs to it
  bool too_long_ = false;
};

}  // namespace assay
