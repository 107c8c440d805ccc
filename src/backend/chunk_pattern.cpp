#include "backend/chunk_pattern.h"

#include "base/text.h"

namespace assay::backend {
namespace {

/// The bytes of a string of JSON in which nothing is escaped.
bool is_plain(std::string_view text) {
  bool ascii = true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || c == '"' || c == '\\') return false;
    ascii = ascii && byte < 0x80;
  }
  return ascii || !first_invalid_utf8(text);
}

}  // namespace

void ChunkPattern::learn(std::string_view chunk, std::string_view text) {
  forget();
  // Without a backslash every string stands there as it is. So the value itself is one place where `text`
  // stands in quotation marks, and the only one is the value.
  if (text.empty() || chunk.find('\\') != std::string_view::npos) return;
  std::string quoted;
  quoted.reserve(text.size() + 2);
  quoted += '"';
  quoted += text;
  quoted += '"';
  const std::size_t at = chunk.find(quoted);
  if (at == std::string_view::npos || chunk.find(quoted, at + 1) != std::string_view::npos) return;
  chunk_ = chunk;
  begin_ = at + 1;
  after_ = chunk.size() - begin_ - text.size();
}

std::optional<std::string_view> ChunkPattern::text_of(std::string_view chunk) const {
  if (chunk_.empty() || chunk.size() <= begin_ + after_) return std::nullopt;
  const std::string_view learnt = chunk_;
  if (chunk.substr(0, begin_) != learnt.substr(0, begin_) ||
      chunk.substr(chunk.size() - after_) != learnt.substr(learnt.size() - after_))
    return std::nullopt;
  const std::string_view text = chunk.substr(begin_, chunk.size() - begin_ - after_);
  if (!is_plain(text)) return std::nullopt;
  return text;
}

}  // namespace assay::backend
