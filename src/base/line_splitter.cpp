#include "base/line_splitter.h"

#include <algorithm>

namespace assay {

void LineSplitter::take(std::string_view bytes) {
  if (begin_ > 0) {
    text_.erase(0, begin_);
    scanned_ -= begin_;
    newline_ -= std::min(newline_, begin_);
    begin_ = 0;
  }
  if (too_long_) return;
  text_ += bytes;
}

bool LineSplitter::next(std::string_view& line) {
  if (after_cr_ && begin_ < text_.size()) {
    if (text_[begin_] == '\n') ++begin_;
    after_cr_ = false;
  }
  if (scanned_ < begin_) scanned_ = begin_;
  // Two searches for one byte each are ten times as fast as one for either.
  newline_ = std::max(newline_, scanned_);
  if (newline_ < text_.size() && text_[newline_] != '\n')
    newline_ = std::min(text_.find('\n', newline_), text_.size());
  std::size_t end = std::string_view(text_).substr(0, newline_).find('\r', scanned_);
  if (end == std::string::npos && newline_ < text_.size()) end = newline_;
  if (end == std::string::npos) {
    scanned_ = text_.size();
    if (scanned_ - begin_ > most_) too_long_ = true;
    return false;
  }
  line = std::string_view(text_).substr(begin_, end - begin_);
  after_cr_ = text_[end] == '\r';
  begin_ = scanned_ = end + 1;
  if (line.size() > most_) {
    too_long_ = true;
    return false;
  }
  return true;
}

}  // namespace assay
