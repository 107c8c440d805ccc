// Which of many sockets are ready. epoll on Linux: poll(2) over 256 streams costs 15 us a call, more than all
// other work on a token. Elsewhere poll(2).
#pragma once

#include <map>
#include <vector>

#include "base/clock.h"

namespace assay {

class Poller {
 public:
  struct Ready {
    int fd = -1;
    bool readable = false;
    bool writable = false;
    bool broken = false;  ///< error or hang-up: reading tells more
  };

  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Watches `fd` for this from now on; neither is the same as forget().
  void watch(int fd, bool readable, bool writable);
  void forget(int fd);
  /// Waits at most `patience` (rounded up to a whole millisecond where the system has no finer one; 0 only
  /// looks) and gives what is ready, possibly nothing.
  std::vector<Ready> wait(Nanos patience);

 private:
  struct Wish {
    bool readable = false;
    bool writable = false;
  };
  std::map<int, Wish> wishes_;
#ifdef __linux__
  int epoll_ = -1;
#endif
};

}  // namespace assay
