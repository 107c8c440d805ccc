// A disk that fails when a test says so: a layer over SQLite's own file layer, registered as "faulty".
#pragma once

#include <atomic>
#include <string>

namespace assay::store::testing {

enum class Failing {
  never,
  once,          ///< one operation fails, the disk is well again
  from_then_on,  ///< it and all later ones fail
};

/// Operations counted: writes, syncs, cuts, deletions and openings of the store and of the files beside it,
/// by all threads. Syncs are counted and not carried out, so that the tests are quick.
struct Faults {
  std::atomic<Failing> failing{Failing::never};
  std::atomic<int> at{0};     ///< the operation that fails, from 1
  std::atomic<int> count{0};  ///< operations so far
  std::atomic<bool> fired{false};
  std::atomic<bool> full{false};        ///< fails as a full disk does, after half of the bytes
  std::atomic<bool> syncs_fail{false};  ///< every sync of the write-ahead log fails
  std::atomic<int> log_syncs{0};
  std::atomic<int> file_syncs{0};  ///< of the store itself: each merge has one

  void arm(Failing how, int nth, bool as_full);
  void disarm();
};

/// The one set of faults of the program, with the layer registered.
Faults& faulty_disk();
/// Its name, for OpenOptions.
inline const std::string kFaultyVfs = "faulty";

}  // namespace assay::store::testing
