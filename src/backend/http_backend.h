// Any engine that is asked over HTTP: transfers, stamps, retries, and a managed server where one is wanted.
// What is said to the server and how its answer reads is the dialect's.
#pragma once

#include <memory>
#include <optional>

#include "backend/backend.h"
#include "backend/dialect.h"
#include "backend/managed.h"
#include "backend/retry.h"

namespace assay::backend {

struct HttpOptions {
  TalkOptions talk;
  std::optional<StartRule> start;  ///< assay starts and stops the server
  std::string model;               ///< what {model} in the start command becomes
  Nanos retry_pause = kRetryPause;
};

std::unique_ptr<Backend> make_http(std::unique_ptr<Dialect> dialect, HttpOptions options, Clock& clock);

}  // namespace assay::backend
