#include "sandbox/sandbox.h"

namespace assay::sandbox {

std::string_view name_of(End end) {
  switch (end) {
    case End::exited: return "exited";
    case End::signalled: return "signalled";
    case End::timeout: return "timeout";
    case End::memory_limit: return "memory_limit";
    case End::output_limit: return "output_limit";
    case End::stopped: return "stopped";
    case End::broken: return "broken";
  }
  return "broken";
}

}  // namespace assay::sandbox
