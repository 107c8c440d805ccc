#include "cli/interrupt.h"

#include <unistd.h>

#include <csignal>

#include "cli/exit_code.h"

namespace assay::cli {
namespace {

std::atomic<bool> stop_asked{false};
std::atomic<const char*> stop_words{""};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<const char*>::is_always_lock_free,
              "a signal handler may only touch lock-free atomics");

void on_signal(int /*signal*/) {
  if (stop_asked.exchange(true)) ::_exit(static_cast<int>(Exit::interrupted));
  const char* words = stop_words;
  for (const char* text : {"\n", words, " (Ctrl-C again: at once)\n"})
    static_cast<void>(!::write(STDERR_FILENO, text, std::strlen(text)));
}

}  // namespace

const std::atomic<bool>& catch_interrupts(const char* words) {
  stop_words = words;
  struct sigaction action {};
  action.sa_handler = on_signal;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  return stop_asked;
}

}  // namespace assay::cli
