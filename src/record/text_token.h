// A piece of text as a model's vocabulary has it.
#pragma once

#include <cstdint>
#include <string>

namespace assay::record {

struct TextToken {
  std::int32_t id = 0;
  /// What it stands for, control tokens by their name; a byte that is no whole character is written <0xE2>.
  std::string text;
  bool operator==(const TextToken&) const = default;
};

}  // namespace assay::record
