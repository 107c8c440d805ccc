// Computed prompts that outlive their request, so that a later prompt with the same beginning need not be
// computed again as a whole. Knows tokens and sequence numbers; the engine's memory is the scheduler's
// business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <llama.h>

namespace assay::llama {

/// Tokens that two prompts have in common at their beginning.
std::size_t common_beginning(std::span<const llama_token> a, std::span<const llama_token> b);

/// Shorter beginnings are not worth the book-keeping: every chat prompt of a model has its first tokens in
/// common.
inline constexpr std::size_t kLeastShared = 16;

class KeptPrompts {
 public:
  struct Found {
    llama_seq_id sequence = -1;
    std::size_t shared = 0;
  };

  /// The kept prompt that has most in common with this one; its use is noted. Absent below kLeastShared.
  std::optional<Found> find(std::span<const llama_token> prompt);
  /// Most of what this prompt could give to others is there already.
  bool covers(std::span<const llama_token> prompt) const;
  void keep(llama_seq_id sequence, std::vector<llama_token> prompt);
  /// Forgets the one that was not used for longest and gives its sequence, whose memory is the caller's to
  /// free. Absent when nothing is kept.
  std::optional<llama_seq_id> drop();

 private:
  struct Kept {
    llama_seq_id sequence;
    std::vector<llama_token> tokens;
    std::uint64_t used;
  };
  std::vector<Kept> kept_;
  std::uint64_t clock_ = 0;
};

}  // namespace assay::llama
