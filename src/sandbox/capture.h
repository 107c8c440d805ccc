// The two streams that a program writes, read up to their caps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sandbox/descriptor.h"
#include "sandbox/sandbox.h"

namespace assay::sandbox {

/// One stream. Reads what is there without waiting.
class Capture {
 public:
  Capture(Descriptor from, std::uint64_t cap) : from_(std::move(from)), cap_(cap) { make_nonblocking(from_); }
  /// False when the stream has ended or the cap is reached: then nothing more is read.
  bool read();
  /// As read(), until nothing is there any more.
  void drain();
  int number() const { return over_ || ended_ ? -1 : from_.get(); }
  bool over() const { return over_; }
  /// The next whole line that nobody took, without its line break: a dialogue takes what is said.
  std::optional<std::string> take_line();
  /// What nobody took, with "[truncated after N bytes]" when the cap cut it.
  std::string text() const;

 private:
  Descriptor from_;
  std::uint64_t cap_;
  std::uint64_t seen_ = 0;
  std::string bytes_;
  std::size_t taken_ = 0;
  bool over_ = false;
  bool ended_ = false;
};

/// What a program is told in a dialogue, written without ever waiting for it to read.
class Feed {
 public:
  explicit Feed(Descriptor to) : to_(std::move(to)) { make_nonblocking(to_); }
  void add(std::string_view text) { waiting_.append(text); }
  /// -1 when nothing waits.
  int number() const { return waiting_.empty() ? -1 : to_.get(); }
  void write();

 private:
  Descriptor to_;
  std::string waiting_;
};

/// What the end of a process means: the exit status as waitpid() gives it, what it wrote and used.
void classify(int wait_status, const Limits& limits, Outcome& outcome);

}  // namespace assay::sandbox
