// A file descriptor that closes itself, and the few ways of this folder to get one. All are close-on-exec.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace assay::sandbox {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { reset(); }
  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  void reset();

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor read;
  Descriptor write;
  explicit operator bool() const { return read && write; }
};

/// Empty when the process has no descriptors left.
Pipe make_pipe();
/// A file without a name that holds `bytes`, from which is read at the beginning. Empty when that failed.
Descriptor make_memory_file(std::string_view bytes);
/// All that the file holds, from its beginning on.
std::string contents_of(const Descriptor& file);
/// False when the descriptor is not there or refuses.
bool make_nonblocking(const Descriptor& descriptor);

}  // namespace assay::sandbox
