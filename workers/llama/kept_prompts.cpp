#include "kept_prompts.h"

#include <algorithm>

namespace assay::llama {

std::size_t common_beginning(std::span<const llama_token> a, std::span<const llama_token> b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

std::optional<KeptPrompts::Found> KeptPrompts::find(std::span<const llama_token> prompt) {
  Kept* best = nullptr;
  std::size_t most = kLeastShared - 1;
  for (Kept& one : kept_) {
    const std::size_t shared = common_beginning(one.tokens, prompt);
    if (shared <= most) continue;
    most = shared;
    best = &one;
  }
  if (best == nullptr) return std::nullopt;
  best->used = ++clock_;
  return Found{best->sequence, most};
}

bool KeptPrompts::covers(std::span<const llama_token> prompt) const {
  // What a prompt has alone, its question, is no use to others: three quarters in common are a shared
  // beginning.
  const std::size_t enough = std::max(kLeastShared, prompt.size() * 3 / 4);
  return std::any_of(kept_.begin(), kept_.end(),
                     [&](const Kept& one) { return common_beginning(one.tokens, prompt) >= enough; });
}

void KeptPrompts::keep(llama_seq_id sequence, std::vector<llama_token> prompt) {
  kept_.push_back({sequence, std::move(prompt), ++clock_});
}

std::optional<llama_seq_id> KeptPrompts::drop() {
  const auto oldest = std::min_element(kept_.begin(), kept_.end(),
                                       [](const Kept& a, const Kept& b) { return a.used < b.used; });
  if (oldest == kept_.end()) return std::nullopt;
  const llama_seq_id sequence = oldest->sequence;
  kept_.erase(oldest);
  return sequence;
}

}  // namespace assay::llama
