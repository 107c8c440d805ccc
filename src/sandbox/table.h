// The ways to run a program that a model wrote, as one explicit table.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sandbox/sandbox.h"

namespace assay::sandbox {

struct Choice {
  std::string interpreter = "python3";  ///< Python 3.9 or later: a path, or a name that is searched on PATH
  std::string cache = {};  ///< a folder for what is known of an interpreter's library; empty: none is kept
};

struct Entry {
  std::string_view name;
  std::string_view help;
  bool contains;  ///< false: programs can do what the user can; never chosen without being asked for
  /// nullopt: a program was run in it just now. Otherwise why it cannot be, and what to do.
  std::optional<Error> (*probe)(const Choice& choice);
  /// Errors: as probe, but nothing is run yet.
  Result<std::shared_ptr<Sandbox>> (*make)(const Choice& choice);
};

std::span<const Entry> table();
const Entry* find(std::string_view name);
/// The first entry that contains and whose probe is content. Errors: unavailable, with cause and remedy.
Result<std::shared_ptr<Sandbox>> make_best(const Choice& choice);

}  // namespace assay::sandbox
