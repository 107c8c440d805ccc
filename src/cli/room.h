// How much memory a model may have on a machine: main memory, or that of its graphics cards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "record/machine.h"

namespace assay::cli {

enum class Place { memory, card };

struct Room {
  std::uint64_t bytes = 0;
  std::string words;  ///< whose memory, and how much
  std::string note;   ///< what the other place would offer, or what is not known; may be empty
  std::optional<double> bandwidth = std::nullopt;  ///< bytes/s of that memory
  Place place = Place::memory;
  bool has_card = false;  ///< with memory of its own; then processors compute what lies in main memory
};

/// What of a system's memory is left for a model, where only its size is known: elsewhere than on macOS a
/// browser and the system want as much as Metal's limit leaves there.
inline constexpr double kUsableShare = 0.7;
/// Of each card; what llama.cpp itself keeps free when it fits a model to a card (its --fit-target).
inline constexpr std::uint64_t kCardMargin = 1ULL << 30U;

/// The memory that a model with all its layers there may have.
/// available  free main memory, where `machine` is this one; absent: of its size, kUsableShare
/// wanted     absent: the cards where the memory of one is known, else main memory. Of a card that shares
/// main
///            memory the smaller of both limits counts.
/// Errors     unsupported: neither `available` nor the machine's memory is known; or cards are wanted, and of
///            none the memory is known.
Result<Room> room_on(const record::Machine& machine, std::optional<std::uint64_t> available,
                     std::optional<Place> wanted);

/// Main memory that is free and that of the cards, together: what no model can need more of, wherever its
/// layers lie. The worker, which knows whether it computes on a card, refuses what does not fit there. Absent
/// where free main memory is.
std::optional<std::uint64_t> memory_of_all(const record::Machine& machine,
                                           std::optional<std::uint64_t> available);

}  // namespace assay::cli
