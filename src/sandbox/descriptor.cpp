#include "sandbox/descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "base/pipe.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace assay::sandbox {

void Descriptor::reset() {
  if (number_ >= 0) close(number_);
  number_ = -1;
}

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (!open_pipe(ends)) return {};
  return {.read = Descriptor(ends[0]), .write = Descriptor(ends[1])};
}

namespace {

Descriptor nameless_file() {
#if defined(__linux__)
  return Descriptor(memfd_create("assay", MFD_CLOEXEC));
#else
  std::string name = "/tmp/assay-XXXXXX";
  Descriptor file(mkstemp(name.data()));
  if (file) {
    unlink(name.c_str());
    fcntl(file.get(), F_SETFD, FD_CLOEXEC);
  }
  return file;
#endif
}

}  // namespace

Descriptor make_memory_file(std::string_view bytes) {
  Descriptor file = nameless_file();
  while (file && !bytes.empty()) {
    const ssize_t written = write(file.get(), bytes.data(), bytes.size());
    if (written <= 0) return {};
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (file) lseek(file.get(), 0, SEEK_SET);
  return file;
}

std::string contents_of(const Descriptor& file) {
  std::string bytes;
  std::array<char, 4096> block{};
  lseek(file.get(), 0, SEEK_SET);
  for (ssize_t got = 0; (got = read(file.get(), block.data(), block.size())) > 0;)
    bytes.append(block.data(), static_cast<std::size_t>(got));
  return bytes;
}

bool make_nonblocking(const Descriptor& descriptor) {
  const int flags = descriptor ? fcntl(descriptor.get(), F_GETFL) : -1;
  return flags >= 0 && fcntl(descriptor.get(), F_SETFL, flags | O_NONBLOCK) == 0;
}

}  // namespace assay::sandbox
