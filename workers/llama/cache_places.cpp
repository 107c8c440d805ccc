#include "cache_places.h"

#include "base/check.h"

namespace assay::llama {

void CachePlaces::share(std::size_t from, std::size_t to, std::size_t count) {
  CHECK(held_[to].empty() && held_[from].size() >= count);
  held_[to].assign(held_[from].begin(), held_[from].begin() + static_cast<std::ptrdiff_t>(count));
  for (const std::uint32_t place : held_[to]) ++holders_[place];
}

void CachePlaces::take(std::size_t sequence, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(holders_.size()));
      holders_.push_back(0);
    }
    held_[sequence].push_back(free_.back());
    holders_[free_.back()] = 1;
    free_.pop_back();
  }
  taken_ += count;
}

void CachePlaces::cut(std::size_t sequence, std::size_t count) {
  std::vector<std::uint32_t>& held = held_[sequence];
  while (held.size() > count) {
    if (--holders_[held.back()] == 0) {
      free_.push_back(held.back());
      --taken_;
    }
    held.pop_back();
  }
}

}  // namespace assay::llama
