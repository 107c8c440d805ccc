// Which sequences hold which places of one cache that all of them share. Knows numbers only: it says how full
// the engine's memory will be at most, which the engine itself does not tell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace assay::llama {

/// A place holds one token for one sequence, or for several that have their beginning in common. It is taken
/// until the last of them gives it back. Sequences are counted from 0. Thread: one.
class CachePlaces {
 public:
  explicit CachePlaces(std::size_t sequences) : held_(sequences) {}

  /// `to`, which holds nothing, gets the first `count` places of `from`, which holds so many.
  void share(std::size_t from, std::size_t to, std::size_t count);
  /// `count` more places that nobody else holds.
  void take(std::size_t sequence, std::size_t count);
  /// Keeps the first `count` places, gives the others back.
  void cut(std::size_t sequence, std::size_t count);
  void clear(std::size_t sequence) { cut(sequence, 0); }

  /// Places that some sequence holds.
  std::size_t taken() const { return taken_; }

 private:
  std::vector<std::vector<std::uint32_t>> held_;  ///< by sequence, in the order of its tokens
  std::vector<std::uint32_t> holders_;            ///< by place
  std::vector<std::uint32_t> free_;
  std::size_t taken_ = 0;
};

}  // namespace assay::llama
