// The words that the VQA evaluation writes in another way.
#pragma once

#include <string>
#include <string_view>

namespace assay::evaluator {

/// "two" → "2", "dont" → "don't"; other words as they are. Lower case in and out.
std::string vqa_word(std::string_view word);

}  // namespace assay::evaluator
