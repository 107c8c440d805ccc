#include "base/loopback.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace assay {

Result<Listener> listen_on_loopback(int backlog) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (fd >= 0) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  if (fd >= 0 && ::bind(fd, plain, length) == 0 && ::listen(fd, backlog) == 0 &&
      ::getsockname(fd, plain, &length) == 0)
    return Listener{fd, ntohs(address.sin_port)};
  const int error = errno;
  if (fd >= 0) ::close(fd);
  return fail({.code = Code::io,
               .where = {},
               .found = fmt::format("cannot listen on the loopback: {}", std::strerror(error)),
               .expected = {},
               .remedy = {}});
}

}  // namespace assay
