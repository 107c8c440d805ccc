#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

namespace assay {
namespace {

namespace fs = std::filesystem;

Code code_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return Code::not_found;
    case EACCES:
    case EPERM:
    case EROFS: return Code::permission;
    default: return Code::io;
  }
}

Error system_error(const std::string& path, std::string_view doing, int error) {
  return {.code = code_of(error),
          .where = {.file = path, .line = 0, .column = 0},
          .found = fmt::format("cannot {}: {}", doing, std::strerror(error)),
          .expected = {},
          .remedy = {}};
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Error write_error(const std::string& path, int error) {
  Error trouble = system_error(path, "write", error);
  if (error == ENOENT || error == ENOTDIR) trouble.expected = "a file in a folder that exists";
  if (error == EISDIR) trouble.expected = "a file, not a folder";
  if (error == EACCES || error == EPERM || error == EROFS) trouble.expected = "permission to write there";
  if (error == ENOSPC || error == EDQUOT) trouble.remedy = "Make room, or write elsewhere";
  return trouble;
}

/// 0, or the errno of what failed.
int put_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return 0;
}

/// A pipe, a terminal or /dev/stdout takes bytes; a rename would put a plain file in its place.
Result<void> write_into(const std::string& path, std::string_view bytes) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  const int failed = file.get() < 0 ? errno : put_all(file.get(), bytes);
  if (failed != 0) return fail(write_error(path, failed));
  return {};
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return fail(system_error(path, "read", errno));
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return fail(system_error(path, "read", errno));
  if (S_ISDIR(info.st_mode)) {
    return fail({.code = Code::bad_input,
                 .where = {path, 0, 0},
                 .found = "this is a folder",
                 .expected = "a file",
                 .remedy = {}});
  }
  std::string bytes;
  std::array<char, 1U << 16U> block{};
  for (;;) {
    const ssize_t got = ::read(file.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(system_error(path, "read", errno));
    if (got == 0) return bytes;
    bytes.append(block.data(), static_cast<std::size_t>(got));
    if (bytes.size() > max_bytes) {
      return fail({.code = Code::bad_input,
                   .where = {path, 0, 0},
                   .found = fmt::format("the file is larger than {} bytes", max_bytes),
                   .expected = "a smaller file",
                   .remedy = {}});
    }
  }
}

Result<void> write_file(const std::string& path, std::string_view bytes) {
  std::error_code error;
  const fs::file_type type = fs::status(path, error).type();
  const bool plain = type == fs::file_type::regular;
  if (type != fs::file_type::not_found && type != fs::file_type::none && !plain)
    return write_into(path, bytes);
  const fs::path behind_links = plain ? fs::canonical(path, error) : fs::path();
  const std::string target = behind_links.empty() ? path : behind_links.string();
  const std::string temporary = fmt::format("{}.{}.part", target, ::getpid());
  const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (file.get() < 0) return fail(write_error(path, errno));
  if (const int failed = put_all(file.get(), bytes); failed != 0) {
    ::unlink(temporary.c_str());
    return fail(write_error(path, failed));
  }
  if (::rename(temporary.c_str(), target.c_str()) != 0) {
    const int failed = errno;
    ::unlink(temporary.c_str());
    return fail(write_error(path, failed));
  }
  return {};
}

bool file_exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::optional<std::uint64_t> file_size(const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) return std::nullopt;
  return size;
}

Result<void> make_folder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return fail(system_error(path, "create the folder", error.value()));
  return {};
}

std::string resolve(const std::string& folder, const std::string& path) {
  const fs::path given(path);
  return (given.is_absolute() || folder.empty() ? given : fs::path(folder) / given)
      .lexically_normal()
      .string();
}

std::string from_home(const std::string& path) {
  const auto home = environment("HOME");
  if (!home || !path.starts_with("~/")) return path;
  return resolve(*home, path.substr(2));
}

std::string absolute_path(const std::string& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  return error ? path : absolute.lexically_normal().string();
}

std::string folder_of(const std::string& path) {
  return fs::path(path).parent_path().string();
}

std::string file_name(const std::string& path) {
  return fs::path(path).filename().string();
}

std::optional<double> page_cache_share(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (file.get() < 0 || ::fstat(file.get(), &info) != 0 || info.st_size <= 0) return std::nullopt;
  const auto length = static_cast<std::size_t>(info.st_size);
  void* mapped = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, file.get(), 0);
  if (mapped == MAP_FAILED) return std::nullopt;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
#ifdef __APPLE__
  std::vector<char> resident((length + page - 1) / page);
#else
  std::vector<unsigned char> resident((length + page - 1) / page);
#endif
  const int status = ::mincore(mapped, length, resident.data());
  ::munmap(mapped, length);
  if (status != 0) return std::nullopt;
  std::size_t held = 0;
  for (const auto state : resident) held += static_cast<std::size_t>(state & 1);
  return static_cast<double>(held) / static_cast<double>(resident.size());
}

std::string program_folder() {
  std::array<char, PATH_MAX> buffer{};
#ifdef __APPLE__
  auto size = static_cast<std::uint32_t>(buffer.size());
  if (_NSGetExecutablePath(buffer.data(), &size) != 0) return {};
  std::error_code ignored;
  return fs::weakly_canonical(buffer.data(), ignored).parent_path().string();
#else
  const ssize_t length = ::readlink("/proc/self/exe", buffer.data(), buffer.size() - 1);
  if (length <= 0) return {};
  return folder_of(std::string(buffer.data(), static_cast<std::size_t>(length)));
#endif
}

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

}  // namespace assay
