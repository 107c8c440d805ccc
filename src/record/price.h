// What a service charges for tokens, and what a sample cost by it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "record/plan.h"
#include "record/sample.h"
#include "record/value.h"

namespace assay::record {

/// US dollars per million tokens.
struct Price {
  double input = 0;
  double output = 0;                                  ///< reasoning included
  std::optional<double> cached_input = std::nullopt;  ///< absent: as `input`
  std::string as_of = {};  ///< "2025-10": the month of a list; empty: the suite's author says so
  bool operator==(const Price&) const = default;
};

/// ModelSpec::price read; absent for null and for what is no price (a suite's own is checked at its load).
std::optional<Price> price_from(const Value& value);
/// The mapping that price_from() reads.
Value to_value(const Price& price);

/// US dollars. Absent where the service did not count both prompt and answer: a bill of guessed tokens is
/// none. Cached prompt tokens that were not told count as none.
std::optional<double> cost_usd(const Price& price, const Counts& counts);

/// US dollars that the request costs at most: no token of a text is shorter than one byte, each message costs
/// its template at most 64 more, a schema or grammar is sent along, and the answer ends at `max_tokens`.
/// Absent with images or sound, whose tokens nobody can bound from here.
std::optional<double> most_it_costs(const Price& price, const Prompt& prompt, const Params& params,
                                    std::uint64_t max_tokens);

}  // namespace assay::record
