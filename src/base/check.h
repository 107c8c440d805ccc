// CHECK: our own promises. Never reachable by user input; a broken one ends the program with its place.
#pragma once

namespace assay {
[[noreturn]] void check_failed(const char* what, const char* file, int line);
}  // namespace assay

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::assay::check_failed(#condition, __FILE__, __LINE__))
