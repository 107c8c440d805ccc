// assay-llama: llama.cpp behind assay's wire protocol (docs/wire.md), one conversation on standard input and
// output.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <ggml-backend.h>
#include <llama.h>

#include "channel.h"
#include "engine_log.h"
#include "session.h"

#ifdef ASSAY_LLAMA_COMMON
#include <llama-common/log.h>
#endif

namespace {

/// Keeps the real standard output for the protocol and points descriptor 1 at standard error, so that a print
/// from somewhere in the engine cannot get between two messages.
int take_standard_output() {
  const int own = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (own < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    std::perror("assay-llama: standard output and error must be open");
    std::exit(2);
  }
  return own;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) {
    std::fprintf(
        stderr,
        "assay-llama %s: a worker that assay starts; it takes no arguments (found '%s') and speaks the "
        "protocol of docs/wire.md on standard input and output\n",
        ASSAY_VERSION, argv[1]);
    return 2;
  }
  // A failed assertion of the engine would start a debugger for its back trace; assay wants the line and the
  // exit.
  setenv("GGML_NO_BACKTRACE", "1", 0);
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is seen by write()
  assay::llama::Channel channel(STDIN_FILENO, take_standard_output());
  assay::llama::install_engine_log();
#ifdef ASSAY_LLAMA_COMMON
  common_log_set_verbosity_thold(LOG_LEVEL_ERROR);
#endif
  ggml_backend_load_all();
  llama_backend_init();
  assay::llama::Session(channel).run();
  std::fflush(nullptr);
  // The reading thread is still blocked in read(); leaving through destructors would wait for nothing.
  _exit(0);
}
