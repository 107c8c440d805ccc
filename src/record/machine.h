// What machine a run was made on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace assay::record {

/// How fast this machine moves memory, measured by meter/bandwidth.h. Bytes per second.
struct Bandwidth {
  double read = 0;         ///< all cores sum arrays: what decoding does with weights. The best of several
  double read_median = 0;  ///< of the same repetitions: below `read` by what the machine was busy with
  double triad = 0;        ///< STREAM's a[i] = b[i] + s·c[i], 24 bytes each; the best
  int threads = 0;
  std::uint64_t array_bytes = 0;  ///< each array, all threads together
  bool operator==(const Bandwidth&) const = default;
};

/// A graphics processor whose memory the system tells. Absent fields are unknown.
struct Card {
  std::string name;
  std::optional<std::uint64_t> memory_bytes;  ///< of one that shares main memory: the most that it may have
  std::optional<std::uint64_t> free_bytes;    ///< when the record was made
  bool shares_memory = false;                 ///< it computes in main memory, as on Apple's processors
  bool operator==(const Card&) const = default;
};

/// Absent (or empty) fields are unknown.
struct Machine {
  std::string host;
  std::string os;   ///< "Debian GNU/Linux 12, Linux 6.1.0"
  std::string cpu;  ///< "AMD EPYC 9354"
  int cores = 0;    ///< logical processors we may use
  std::optional<std::uint64_t> memory_bytes;
  std::string build;  ///< compiler and build type of assay itself

  std::optional<int> physical_cores;              ///< without hyper-threads
  std::optional<int> fast_cores;                  ///< of the physical ones, where there are two kinds
  std::optional<std::uint64_t> l1_bytes;          ///< data, of one core
  std::optional<std::uint64_t> l2_bytes;          ///< of one core
  std::optional<std::uint64_t> last_cache_bytes;  ///< the largest level, all its parts together
  std::vector<std::string> gpus;                  ///< names
  std::vector<Card> cards;                        ///< those of which more than the name is known
  std::string governor;                           ///< of processor 0: "performance", "powersave", …
  std::string power;                              ///< "mains", "battery"
  std::string hypervisor;                         ///< "KVM": a virtual machine, whose neighbours are not seen
  std::optional<double> load;  ///< average of a minute before the start: processes that wanted to run
  std::optional<Bandwidth> bandwidth;
  bool operator==(const Machine&) const = default;
};

Json to_json(const Machine& machine);
/// Takes what it knows; what is missing stays absent.
Machine machine_from_json(const Json& object);

}  // namespace assay::record
