// Splitting an answer into what the model thought and what it said: reasoning-split@1.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace assay::evaluator {

constexpr int kReasoningSplitVersion = 1;

/// think, thinking, reasoning, thought
const std::vector<std::string>& default_reasoning_tags();

struct ReasoningSplit {
  std::string_view answer;  ///< the part of the text that is the answer; empty when a block is not closed
  std::size_t span_end =
      0;               ///< reasoning is the text's first bytes, with tags and white space between blocks
  bool found = false;  ///< there is reasoning in the text
  bool closed = true;  ///< false: a block was opened and the text ends inside
  std::string how;     ///< "tag:think", "prefilled"; empty when there is none
  std::vector<std::string_view> blocks;  ///< what stands between the tags
};

/// 1. Text that begins, after white space, with an open tag: blocks up to their close tags, as many as follow
///    directly.
/// 2. Else, unless the server gave reasoning in a field of its own: a close tag before any open tag (the
///    template wrote the open one) ends a first block.
/// 3. Else all is answer. White space behind the last close tag belongs to neither.
ReasoningSplit split_reasoning(std::string_view text, const std::vector<std::string>& tags,
                               bool has_own_field);

}  // namespace assay::evaluator
