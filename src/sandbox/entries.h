// What the table names; each lives in a file of its own name. Only table.cpp, those files and tests include
// this.
#pragma once

#include "sandbox/table.h"

namespace assay::sandbox {

std::optional<Error> probe_bubblewrap(const Choice& choice);  // bubblewrap.cpp
Result<std::shared_ptr<Sandbox>> make_bubblewrap(const Choice& choice);

std::optional<Error> probe_sandbox_exec(const Choice& choice);  // plain.cpp
Result<std::shared_ptr<Sandbox>> make_sandbox_exec(const Choice& choice);
std::optional<Error> probe_none(const Choice& choice);
Result<std::shared_ptr<Sandbox>> make_none(const Choice& choice);

/// A trivial program does what it should. Absent: it did.
std::optional<Error> try_out(Sandbox& sandbox);

}  // namespace assay::sandbox
