#include "text_stream.h"

#include <algorithm>

#include "base/text.h"

namespace assay::llama {
namespace {

using record::TokenKind;

struct Found {
  std::size_t at = std::string::npos;
  std::size_t size = 0;
};

/// The first of `needles` in `text`; the longest at one place.
Found find_first(std::string_view text, const std::vector<std::string>& needles) {
  Found first;
  for (const std::string& needle : needles) {
    const std::size_t at = text.find(needle);
    if (at < first.at || (at == first.at && at != std::string::npos && needle.size() > first.size))
      first = {at, needle.size()};
  }
  return first;
}

/// Length of the longest end of `text` that is a beginning of one of `needles`, the whole needle left out.
std::size_t held_back(std::string_view text, const std::vector<std::string>& needles) {
  std::size_t most = 0;
  for (const std::string& needle : needles) {
    for (std::size_t n = std::min(text.size(), needle.size() - 1); n > most; --n)
      if (text.substr(text.size() - n) == std::string_view(needle).substr(0, n)) most = n;
  }
  return most;
}

void drop_empty(std::vector<std::string>& texts) {
  std::erase_if(texts, [](const std::string& text) { return text.empty(); });
}

std::string take_whole(std::string& buffer, bool last) {
  if (last) {
    std::string all = to_valid_utf8(buffer);
    buffer.clear();
    return all;
  }
  const std::size_t n = whole_utf8_prefix(buffer);
  std::string whole = to_valid_utf8(std::string_view(buffer).substr(0, n));
  buffer.erase(0, n);
  return whole;
}

}  // namespace

TextStream::TextStream(std::vector<std::string> stops, ThinkTags tags)
    : stops_(std::move(stops)), tags_(std::move(tags)), mode_(Mode::answer) {
  drop_empty(stops_);
  drop_empty(tags_.ends);
  if (tags_.ends.empty()) return;
  if (tags_.open)
    mode_ = Mode::reasoning;
  else if (!tags_.begin.empty())
    mode_ = Mode::opening;
}

bool TextStream::push(std::string_view bytes) {
  ++undecided_;
  if (stopped_) {
    decide_kinds(TokenKind::answer);
    return true;
  }
  if (stops_.empty()) {
    sort(bytes);
    return false;
  }
  unstopped_ += bytes;
  if (const Found stop = find_first(unstopped_, stops_); stop.at != std::string::npos) {
    stopped_ = true;
    const std::string before = unstopped_.substr(0, stop.at);
    unstopped_.clear();
    sort(before);
    return true;
  }
  const std::size_t safe = unstopped_.size() - held_back(unstopped_, stops_);
  sort(std::string_view(unstopped_).substr(0, safe));
  unstopped_.erase(0, safe);
  return false;
}

void TextStream::decide_kinds(TokenKind kind) {
  kinds_.insert(kinds_.end(), undecided_, kind);
  undecided_ = 0;
}

void TextStream::sort(std::string_view bytes) {
  if (mode_ == Mode::answer) {
    text_ += bytes;
    decide_kinds(TokenKind::answer);
    return;
  }
  unsorted_ += bytes;
  if (mode_ == Mode::opening) sort_opening();
  if (mode_ == Mode::reasoning) sort_reasoning();
}

/// White space before the tag is allowed and belongs to it.
void TextStream::sort_opening() {
  const std::size_t begin = std::min(unsorted_.find_first_not_of(" \t\r\n"), unsorted_.size());
  const std::string_view seen = std::string_view(unsorted_).substr(begin);
  if (seen.substr(0, tags_.begin.size()) == tags_.begin) {
    unsorted_.erase(0, begin + tags_.begin.size());
    mode_ = Mode::reasoning;
  } else if (std::string_view(tags_.begin).substr(0, seen.size()) != seen) {
    mode_ = Mode::answer;
    text_ += unsorted_;
    unsorted_.clear();
    decide_kinds(TokenKind::answer);
  }
}

void TextStream::sort_reasoning() {
  decide_kinds(TokenKind::reasoning);
  if (const Found end = find_first(unsorted_, tags_.ends); end.at != std::string::npos) {
    reasoning_ += unsorted_.substr(0, end.at);
    text_ += unsorted_.substr(end.at + end.size);
    unsorted_.clear();
    mode_ = Mode::answer;
    return;
  }
  const std::size_t safe = unsorted_.size() - held_back(unsorted_, tags_.ends);
  reasoning_ += unsorted_.substr(0, safe);
  unsorted_.erase(0, safe);
}

TextStream::Piece TextStream::take(bool last) {
  if (last) {
    sort(std::string(std::move(unstopped_)));  // was no stop string after all
    unstopped_.clear();
    (mode_ == Mode::reasoning ? reasoning_ : text_) += unsorted_;
    unsorted_.clear();
    decide_kinds(TokenKind::answer);
  }
  Piece piece{
      .text = take_whole(text_, last), .reasoning = take_whole(reasoning_, last), .kinds = std::move(kinds_)};
  kinds_.clear();
  return piece;
}

}  // namespace assay::llama
