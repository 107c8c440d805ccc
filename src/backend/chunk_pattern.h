// The chunks of one stream say the same around one string, their text: the same id, model, role and nulls.
// Reading each in full costs more than all other work of ours on a token, so that once one was read, the next
// is only compared with it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace assay::backend {

class ChunkPattern {
 public:
  /// Learns from a chunk of valid JSON, one of whose string values is `text`. What cannot be told for certain
  /// (`text` stands there twice, something is escaped) is not learnt.
  void learn(std::string_view chunk, std::string_view text);
  void forget() { chunk_.clear(); }
  /// The string at that place when `chunk` is the learnt one byte for byte but for it, and the string is not
  /// empty and what JSON allows without an escape. So the chunk is valid JSON and says nothing else that is
  /// new. Absent: it must be read in full.
  std::optional<std::string_view> text_of(std::string_view chunk) const;

 private:
  std::string chunk_;      // empty: nothing learnt
  std::size_t begin_ = 0;  // of the text in it
  std::size_t after_ = 0;  // bytes behind the text
};

}  // namespace assay::backend
