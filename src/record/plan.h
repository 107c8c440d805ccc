// The ordered list of everything a run will do. Small per trial: 200,000 cases must fit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "record/params.h"
#include "record/suite.h"

namespace assay::record {

/// One combination of swept parameters. A suite without sweep has one cell with no params and an empty label.
struct Cell {
  Params params;
  std::string label;  ///< "temperature=0.7 max_tokens=64"
  bool operator==(const Cell&) const = default;
};

/// One request to one model. Indices point into the plan.
struct Trial {
  std::uint32_t model = 0;
  std::uint32_t cell = 0;
  std::uint32_t case_index = 0;
  std::uint32_t repeat = 0;  ///< from 0
  bool warmup = false;       ///< executed, never stored as a sample
  bool operator==(const Trial&) const = default;
};

/// Consecutive trials of one model between one load and one unload.
struct Stretch {
  std::uint32_t model = 0;
  std::uint32_t round = 0;
  Params load_params;     ///< parameters of scope `load`; a change of them is a new stretch
  std::size_t begin = 0;  ///< trials [begin, end)
  std::size_t end = 0;
  int parallel = 1;  ///< requests in flight
  /// The first so many trials go one at a time, each prompt computed as a whole; those after them share what
  /// they can. Absent: the load is what is measured, and nothing is shared.
  std::optional<std::size_t> alone = std::nullopt;
  bool operator==(const Stretch&) const = default;
};

/// What requests that go together need, in tokens and foretold from the bytes of their prompts.
struct SharedNeed {
  std::uint64_t common = 0;  ///< of the beginning that all prompts have in common
  std::uint64_t own = 0;     ///< of the longest rest with its longest answer; 0: nobody asked for it

  std::uint64_t of(int requests) const { return common + own * static_cast<std::uint64_t>(requests); }
  bool operator==(const SharedNeed&) const = default;
};

struct Plan {
  std::vector<ModelSpec> models;
  std::vector<Cell> cells;
  std::vector<Trial> trials;
  std::vector<Stretch> stretches;
  std::uint64_t seed = 0;
  int repeats = 1;
  LoadPattern load;
  Nanos cooldown{0};
  Nanos timeout{0};
  int retries = 0;
  std::vector<std::string> media = {};  ///< what some case has beside text: image, audio, tools
  /// Tokens that the longest request may need with its answer, from above; 0: nobody asked for it.
  std::uint64_t longest_request = 0;
  SharedNeed shared_need;
  bool scores_choices = false;  ///< every prompt has continuations
};

/// The request of one trial, ready to send.
struct Prompt {
  std::vector<Message> messages;
  bool raw = false;
  std::vector<std::string> images;
  std::vector<std::string> audio;
  /// Not empty: nothing is generated; the engine says how likely each of these is behind the prompt.
  std::vector<std::string> continuations = {};
  std::vector<Tool> tools = {};  ///< what the model may call
  bool operator==(const Prompt&) const = default;
};

}  // namespace assay::record
