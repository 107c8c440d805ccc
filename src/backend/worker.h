// Any engine that speaks the wire from a process of its own (docs/wire.md).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backend/backend.h"
#include "base/clock.h"
#include "record/text_token.h"

namespace assay::backend {

struct WorkerOptions {
  std::vector<std::string> argv;  ///< how to start it
  std::string model;              ///< what its load message names
  std::string name = {};          ///< in messages for people; empty: argv[0]'s file name
  Nanos hello_timeout = std::chrono::seconds{20};
  Nanos load_timeout = std::chrono::minutes{30};
};

/// The text as tokens of the options' model, without loading it: the vocabulary of its file is read. Errors:
/// what the start of the process says; not_found, bad_input (the file), engine, timeout.
Result<std::vector<record::TextToken>> tokens_by_worker(const WorkerOptions& options, std::string text,
                                                        Clock& clock);

/// A worker that dies, babbles or lies costs the requests in flight, never the run: they end as Broken with
/// the worker's last words, and load() starts a new process.
std::unique_ptr<Backend> make_worker(WorkerOptions options, Clock& clock);

}  // namespace assay::backend
