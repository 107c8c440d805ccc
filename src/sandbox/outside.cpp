#include "sandbox/outside.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"

namespace assay::sandbox {
namespace {

constexpr std::uint64_t kMaxProcFile = 4096;
// Among the numbers that a program tries, and above those that we hand it.
constexpr int kLeakedNumber = 40;

/// The name that marked processes have: at most 15 bytes, which is all that Linux keeps.
std::string mark() {
  return fmt::format("assay-{}", getpid());
}

key_t shared_key() {
  return static_cast<key_t>(0x41000000 + getpid());
}

/// Of /proc, which does not tell sizes, so that read_file() has no use for it.
std::string proc_file(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, kMaxProcFile> block{};
  const ssize_t got = file ? read(file.get(), block.data(), block.size()) : 0;
  return {block.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

/// Living processes that carry the mark. None where there is no /proc (macOS).
std::vector<pid_t> marked_processes() {
  std::vector<pid_t> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    pid_t pid = 0;
    std::from_chars(name.data(), name.data() + name.size(), pid);
    if (pid <= 0 || trim(proc_file(entry.path().string() + "/comm")) != mark()) continue;
    const std::string stat = proc_file(entry.path().string() + "/stat");
    const std::size_t state = stat.rfind(')');
    if (state != std::string::npos && stat.substr(state).starts_with(") Z")) continue;
    found.push_back(pid);
  }
  return found;
}

}  // namespace

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

Outside::Outside() {
  std::error_code ignored;
  folder_ = (std::filesystem::temp_directory_path(ignored) / "assay-canary-XXXXXX").string();
  if (mkdtemp(folder_.data()) == nullptr) folder_.clear();
  std::filesystem::permissions(folder_, std::filesystem::perms::all,
                               ignored);  // whoever escapes may write here
  static_cast<void>(write_file(canary(), "alive"));
  leave_open();
  listen_somewhere();
  listen_by_name();
}

Outside::~Outside() {
  for (const pid_t pid : marked_processes()) kill(pid, SIGKILL);
  const int shared = shmget(shared_key(), 0, 0);
  if (shared >= 0) shmctl(shared, IPC_RMID, nullptr);
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

std::string Outside::filled(std::string_view program) const {
  std::string text(program);
  replace_all(text, "{canary}", canary());
  replace_all(text, "{port}", std::to_string(port_));
  replace_all(text, "{parent}", std::to_string(getpid()));
  replace_all(text, "{home}", environment("HOME").value_or("/root"));
  replace_all(text, "{key}", std::to_string(shared_key()));
  replace_all(text, "{mark}", mark());
  return text;
}

std::string Outside::damage() const {
  const auto text = read_file(canary(), 100);
  if (!text || *text != "alive") return "the file outside was changed";
  std::size_t files = 0;
  std::error_code ignored;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_, ignored)) ++files;
  if (files != 1) return "a file was made outside";
  const int connection = accept(listener_.get(), nullptr, nullptr);
  if (connection >= 0) {
    close(connection);
    return "the socket outside was reached";
  }
  if (shmget(shared_key(), 0, 0) >= 0) return "shared memory was left outside";
  const std::vector<pid_t> left = marked_processes();
  return left.empty() ? std::string() : fmt::format("processes were left outside: {}", left.size());
}

void Outside::leave_open() {
  const Descriptor file(open(canary().c_str(), O_RDWR | O_CLOEXEC));
  leaked_ = Descriptor(fcntl(file.get(), F_DUPFD, kLeakedNumber));
}

void Outside::listen_somewhere() {
  listener_ = Descriptor(socket(AF_INET, SOCK_STREAM, 0));
  if (listener_) fcntl(listener_.get(), F_SETFD, FD_CLOEXEC);
  make_nonblocking(listener_);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);  // NOLINT: the interface of sockets
  if (bind(listener_.get(), plain, size) == 0 && listen(listener_.get(), 8) == 0 &&
      getsockname(listener_.get(), plain, &size) == 0) {
    port_ = ntohs(address.sin_port);
  }
}

/// A Unix socket without a file: whoever shares our network namespace can reach it.
void Outside::listen_by_name() {
  named_ = Descriptor(socket(AF_UNIX, SOCK_STREAM, 0));
  if (named_) fcntl(named_.get(), F_SETFD, FD_CLOEXEC);
  const std::string name = "assay-canary-" + std::to_string(getpid());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), std::begin(address.sun_path) + 1);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (bind(named_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0) {  // NOLINT: as above
    static_cast<void>(listen(named_.get(), 8));
  }
}

}  // namespace assay::sandbox
