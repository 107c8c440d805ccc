// From the bytes of tokens to the texts that are sent: stop strings cut, reasoning told from answer,
// characters whole.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record/sample.h"

namespace assay::llama {

/// How an answer may begin with reasoning. Empty `begin`: it does not.
struct ThinkTags {
  std::string begin;              ///< "<think>"
  std::vector<std::string> ends;  ///< "</think>"
  bool open = false;              ///< the prompt has opened it: the answer begins inside
};

/// One answer. Push each token's bytes, take() what can be sent.
///
/// Bytes go through three stages. A stop string is looked for in everything (also in reasoning, as servers
/// do); bytes that may be its beginning wait. Then the tags tell reasoning from answer; the tags themselves
/// are in neither text, and their tokens count as reasoning. At last only whole characters leave.
class TextStream {
 public:
  TextStream(std::vector<std::string> stops, ThinkTags tags);

  /// Takes one token's bytes (empty for a token without text). True when a stop string is complete: the
  /// answer ends here, and nothing from the stop string on will be sent.
  bool push(std::string_view bytes);

  struct Piece {
    std::string text;
    std::string reasoning;
    std::vector<record::TokenKind> kinds;  ///< of tokens pushed and not yet told, in order; may lag behind
  };
  /// `last`: no more will come; everything that waited is sent, and half characters become U+FFFD.
  Piece take(bool last);

 private:
  enum class Mode { opening, reasoning, answer };
  void sort(std::string_view bytes);
  void sort_opening();
  void sort_reasoning();
  void decide_kinds(record::TokenKind kind);

  std::vector<std::string> stops_;
  ThinkTags tags_;
  Mode mode_;
  bool stopped_ = false;
  std::string unstopped_;  ///< may be the beginning of a stop string
  std::string unsorted_;   ///< may be (part of) a tag
  std::string text_;
  std::string reasoning_;
  std::size_t undecided_ = 0;  ///< tokens whose kind is not known yet
  std::vector<record::TokenKind> kinds_;
};

}  // namespace assay::llama
