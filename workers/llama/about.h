// What this worker says about itself in `hello`.
#pragma once

#include "wire/messages.h"

namespace assay::llama {

/// Without id. The engine's backend must be initialised.
wire::HelloReply about();

}  // namespace assay::llama
