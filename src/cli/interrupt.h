// Ctrl-C: the first asks the run to end and keep what is done, the second ends the program at once.
#pragma once

#include <atomic>

namespace assay::cli {

/// Installs the handlers for SIGINT and SIGTERM. The flag is set by the first of them.
const std::atomic<bool>& catch_interrupts();

}  // namespace assay::cli
