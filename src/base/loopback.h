// A socket that listens on this machine alone.
#pragma once

#include "base/result.h"

namespace assay {

struct Listener {
  int fd = -1;   ///< the caller closes it
  int port = 0;  ///< chosen by the system
};

/// Errors: io.
Result<Listener> listen_on_loopback(int backlog);

}  // namespace assay
