// What lies outside a sandbox, for hostile programs to look for: a canary file, sockets, a descriptor that
// was left open, and a mark that their processes carry, by which they are found wherever they hide.
#pragma once

#include <string>
#include <string_view>

#include "sandbox/descriptor.h"

namespace assay::sandbox {

/// One at a time in a process. What it makes, and what a program that escaped left, is removed at its end.
class Outside {
 public:
  Outside();
  ~Outside();
  Outside(const Outside&) = delete;
  Outside& operator=(const Outside&) = delete;

  /// The program with {canary}, {port}, {parent}, {home}, {key} and {mark} filled in.
  std::string filled(std::string_view program) const;
  /// Empty, or what a program did to the world: a file changed or made, the socket reached, shared memory or
  /// processes left.
  std::string damage() const;

 private:
  std::string canary() const { return folder_ + "/canary"; }
  void leave_open();
  void listen_somewhere();
  void listen_by_name();

  std::string folder_;
  Descriptor leaked_;  ///< a program that inherits it can write to the canary
  Descriptor named_;
  Descriptor listener_;
  int port_ = 0;
};

/// Replaces every occurrence.
void replace_all(std::string& text, std::string_view what, std::string_view by);

}  // namespace assay::sandbox
