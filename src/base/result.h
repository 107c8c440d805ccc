// Value or error: the one way that library code reports what can go wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace assay {

/// What kind of trouble, for the program: it decides the exit status and whether a retry makes sense.
enum class Code {
  bad_input,      ///< a suite, option or file that a person wrote is wrong
  not_found,      ///< a file, model, run or name does not exist
  permission,     ///< it exists, and we may not
  unavailable,    ///< an engine, server or tool is not there or does not answer
  unsupported,    ///< understood, and this build, engine or version cannot do it
  io,             ///< the disk or a pipe failed, or is full
  engine,         ///< the engine failed (its words are in `found`)
  out_of_memory,  ///< it would not fit, or did not
  timeout,        ///< it took longer than its limit
  conflict,       ///< somebody else holds it, or the name is taken
  internal,       ///< our own fault
};

/// Where in a file. Parts that do not apply are empty or 0; lines and columns count from 1.
struct Location {
  std::string file;
  int line = 0;
  int column = 0;
  bool operator==(const Location&) const = default;
};

/// A message in four parts: where, what was found, what was expected, what to do. `expected` and `remedy` may
/// be empty where there is nothing to say. No part ends with a full stop; message() adds them.
struct Error {
  Code code = Code::internal;
  Location where;
  std::string found;
  std::string expected;
  std::string remedy;
  bool operator==(const Error&) const = default;
};

using Errors = std::vector<Error>;

/// One line: "suite.yaml:12:5: unknown key 'promt'; expected one of: name, prompt. Did you mean 'prompt'?"
std::string message(const Error& error);
/// The same without the place, for records that keep the place elsewhere.
std::string sentence(const Error& error);
/// "bad input", "not found", … as written in JSON (`bad_input`, `not_found`, …).
std::string_view name_of(Code code);

/// What a person wrote is wrong, and no place can be named.
Error bad_input(std::string found, std::string expected = {}, std::string remedy = {});

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

/// The nearest of `known` to `word` by edit distance, or empty when none is near (more than a third of its
/// length).
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace assay
