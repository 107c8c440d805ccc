// How fast this machine reads memory: the roof over decoding.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "record/machine.h"

namespace assay::meter {

struct ProbeOptions {
  int threads = 0;  ///< 0: every processor that we may use
  std::uint64_t array_bytes =
      0;  ///< 0: four times the last cache, at least 64 MiB, at most an eighth of memory
  int repetitions = 15;
};

/// Sums an array with all threads at once (read), and a[i] = b[i] + s·c[i] over three (triad, after
/// J. McCalpin's STREAM), each several times; the first of each is thrown away. About 0.3 s at 20 GB/s.
/// Absent when there is no memory for the arrays.
std::optional<record::Bandwidth> measure_bandwidth(const record::Machine& machine,
                                                   const ProbeOptions& options = {});

/// The best that was ever measured on this machine, from a small file in `folder` (one per processor and
/// number of cores); measured now when there is none, or with `again` to see whether it gets better: a busy
/// machine can only make it slower. A file that cannot be read or written is measured anew.
std::optional<record::Bandwidth> known_bandwidth(const record::Machine& machine, const std::string& folder,
                                                 bool again);

}  // namespace assay::meter
