// Which of the known models fit into a machine's memory, and how fast they can be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/known_speeds.h"
#include "cli/room.h"
#include "model/memory.h"
#include "model/shapes.h"

namespace assay::cli {

/// Below it people wait for words; docs/measurement.md, "The dead zone".
inline constexpr double kDeadZone = 10;  // tokens a second

struct RecommendOptions {
  double ram = 0;       ///< GiB of another machine; 0: this one
  double vram = 0;      ///< GiB of a graphics card; 0: what the system or the record tells
  std::string machine;  ///< file with another machine's record; empty: this one
  std::optional<Place> place = std::nullopt;
  double bandwidth = 0;  ///< GB/s of another machine; 0: measured here
  std::uint64_t context = 8192;
  std::vector<std::string> models;  ///< only these; empty: all
  std::vector<std::string> mixes;
  bool all = false;
  bool measure = false;

  bool is_elsewhere() const { return ram > 0 || vram > 0 || !machine.empty(); }
};

struct Candidate {
  const model::Shape* shape = nullptr;
  std::string mix;
  std::uint64_t parameters = 0;
  model::MemoryNeed need;
  std::uint64_t context = 0;  ///< tokens: those asked for, or the model's own where it has fewer
  /// Bytes of a cache that keeps all tokens in every layer, as `assay run` does; need.kv_cache is without
  /// what layers that slide may forget.
  std::uint64_t whole_cache = 0;
  bool fits = false;
  bool shown = false;  ///< has a row: of each model the first mix that fits, or the last; with `all` each
  std::optional<double> most_tps = std::nullopt;   ///< every weight of a token read once, and nothing else
  std::optional<SliceSpeed> speed = std::nullopt;  ///< measured on this machine

  /// What it will decode at, as well as we know; absent when nothing is known.
  std::optional<double> decode_tps() const {
    return speed && speed->decode ? std::optional(speed->decode->tps) : most_tps;
  }
  bool slow() const { return decode_tps() && *decode_tps() < kDeadZone; }
};

/// With the memory's bandwidth, as told, recorded or measured; of a card it is not known.
/// Errors: those of room_on(); io and bad_input of the machine's file; bad_input of a size that is no number.
Result<Room> room_of(const RecommendOptions& options);
/// Whether this speed was measured where the room is: on a card, or by processors.
bool is_of(const SliceSpeed& speed, const Room& room);
/// Every mix of every model that is asked for. Those that fit come first, the largest before smaller ones, of
/// one model the first mix before later ones. Errors: bad_input for a mix, and for a model that is not in the
/// table.
Result<std::vector<Candidate>> candidates(const RecommendOptions& options, const Room& room);

/// Answers suffer under its mix (below Q4_K_M), and nobody asked for it by name.
bool is_coarse(const Candidate& one, const RecommendOptions& options);

/// Of all candidates the one with the most parameters that fits and need not be slow, in its most
/// faithful mix. Without mixes that somebody named none below Q4_K_M, under which answers suffer. nullptr:
/// none, or nothing is known of speed.
const Candidate* pick(const std::vector<Candidate>& all, const RecommendOptions& options);

/// What somebody wants to know first: what to begin with, or why there is nothing. A sentence or two.
std::string verdict(const std::vector<Candidate>& all, const RecommendOptions& options, const Room& room);

}  // namespace assay::cli
