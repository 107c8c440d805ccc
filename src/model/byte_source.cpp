#include "model/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace assay::model {
namespace {

tl::unexpected<Error> beyond_the_end(const std::string& name, std::uint64_t offset, std::size_t count,
                                     std::uint64_t size) {
  return fail({.code = Code::io,
               .where = {.file = name},
               .found = fmt::format("bytes {} to {} were asked for, the file ends at {}", offset,
                                    offset + count, size),
               .expected = "a file that does not change while it is read",
               .remedy = "Try again when nothing writes to it"});
}

// pread, not a mapping: a file that is cut while we read is then an error and not a signal.
class FileBytes final : public ByteSource {
 public:
  FileBytes(std::string name, int descriptor, std::uint64_t size)
      : name_(std::move(name)), descriptor_(descriptor), size_(size) {}
  ~FileBytes() override { ::close(descriptor_); }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return size_; }

  Result<void> read(std::uint64_t offset, std::span<char> to) const override {
    if (offset > size_ || to.size() > size_ - offset) return beyond_the_end(name_, offset, to.size(), size_);
    while (!to.empty()) {
      const ssize_t got = ::pread(descriptor_, to.data(), to.size(), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        return fail({.code = Code::io,
                     .where = {.file = name_},
                     .found = fmt::format("cannot read at byte {}: {}", offset, std::strerror(errno)),
                     .expected = {},
                     .remedy = {}});
      }
      if (got == 0) return beyond_the_end(name_, offset, to.size(), offset);
      offset += static_cast<std::uint64_t>(got);
      to = to.subspan(static_cast<std::size_t>(got));
    }
    return {};
  }

 private:
  std::string name_;
  int descriptor_;
  std::uint64_t size_;
};

class MemoryBytes final : public ByteSource {
 public:
  MemoryBytes(std::string_view bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}

  const std::string& name() const override { return name_; }
  std::uint64_t size() const override { return bytes_.size(); }

  Result<void> read(std::uint64_t offset, std::span<char> to) const override {
    if (offset > bytes_.size() || to.size() > bytes_.size() - offset) {
      return beyond_the_end(name_, offset, to.size(), bytes_.size());
    }
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), to.size(), to.begin());
    return {};
  }

 private:
  std::string_view bytes_;
  std::string name_;
};

tl::unexpected<Error> cannot_open(const std::string& path, int error) {
  const bool missing = error == ENOENT || error == ENOTDIR;
  const bool forbidden = error == EACCES || error == EPERM;
  return fail({.code = missing     ? Code::not_found
                       : forbidden ? Code::permission
                                   : Code::io,
               .where = {.file = path},
               .found = missing ? "no such file" : fmt::format("cannot open: {}", std::strerror(error)),
               .expected = "a model file that can be read",
               .remedy = missing     ? "Check the path"
                         : forbidden ? "Check the file's permissions"
                                     : ""});
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_bytes(const std::string& path) {
  // O_NONBLOCK: opening a named pipe must not wait for a writer. It means nothing for a regular file.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return cannot_open(path, errno);
  struct stat info {};
  if (::fstat(descriptor, &info) != 0) {
    const int error = errno;
    ::close(descriptor);
    return cannot_open(path, error);
  }
  if (!S_ISREG(info.st_mode)) {
    ::close(descriptor);
    return fail({.code = Code::bad_input,
                 .where = {.file = path},
                 .found = S_ISDIR(info.st_mode) ? "this is a folder" : "this is no regular file",
                 .expected = "a model file",
                 .remedy = "Give the path of one .gguf file"});
  }
  return std::make_unique<FileBytes>(path, descriptor, static_cast<std::uint64_t>(info.st_size));
}

std::unique_ptr<ByteSource> bytes_in_memory(std::string_view bytes, std::string name) {
  return std::make_unique<MemoryBytes>(bytes, std::move(name));
}

}  // namespace assay::model
