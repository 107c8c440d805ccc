// What slices told on this machine before, so that `assay recommend` answers at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/slice_speed.h"
#include "record/machine.h"

namespace assay::cli {

class KnownSpeeds {
 public:
  /// From a small file in `folder`, one for each machine. A file that cannot be read is as none.
  KnownSpeeds(const std::string& folder, const record::Machine& machine);
  /// The last measurement of this model and mix; nullptr when there is none.
  const SliceSpeed* find(std::string_view model, std::string_view mix) const;
  /// Keeps it in place of an earlier one. Errors: io.
  Result<void> keep(SliceSpeed speed);

 private:
  std::string folder_;
  std::string path_;
  std::vector<SliceSpeed> all_;
};

}  // namespace assay::cli
