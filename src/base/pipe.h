// Pipes and children that several threads may make at once.
#pragma once

#include <sys/types.h>

#include <array>

namespace assay {

/// A pipe: first the end to read from, then the end to write to, both closed in programs that are started.
/// False, with errno, when the system refuses.
bool open_pipe(std::array<int, 2>& ends);

/// fork() for whoever uses open_pipe(). Where the system cannot make a pipe that is closed at once (macOS),
/// no thread forks between another's pipe() and the mark on its ends: that child would keep a copy, and the
/// stream would end only when it does.
pid_t fork_child();

}  // namespace assay
