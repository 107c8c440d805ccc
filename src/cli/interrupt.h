// Ctrl-C: the first asks the run to end and keep what is done, the second ends the program at once.
#pragma once

#include <atomic>

namespace assay::cli {

/// Installs the handlers for SIGINT and SIGTERM. The flag is set by the first of them, and `words`, which
/// stay alive, are shown.
const std::atomic<bool>& catch_interrupts(const char* words = "stopping; what is done is stored");

}  // namespace assay::cli
