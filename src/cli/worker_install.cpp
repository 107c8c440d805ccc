#include "cli/worker_install.h"

#include <unistd.h>
#include <csignal>

#include <atomic>
#include <filesystem>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "cli/interrupt.h"
#include "cli/shell.h"

namespace assay::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNew = ".new-";  // then the process id of who makes it
constexpr auto kLook = std::chrono::milliseconds{200};
constexpr std::size_t kShownEnd = 1200;
constexpr std::uint64_t kMaxRequirements = 1U << 20U;

/// Removes what it names at the end, unless it was moved away.
struct Scaffold {
  std::string folder;
  ~Scaffold() {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
};

Error trouble(std::string found, std::string remedy) {
  return {.code = Code::unavailable,
          .where = {},
          .found = std::move(found),
          .expected = {},
          .remedy = std::move(remedy)};
}

/// The end of what a program wrote, for people.
std::string ending(Process& process, const std::string& output) {
  const std::string errors = process.stderr_tail();
  const std::string_view words = trim(errors).empty() ? trim(output) : trim(errors);
  return to_valid_utf8(words.substr(words.size() - std::min(words.size(), kShownEnd)));
}

struct Ended {
  bool good = false;
  std::string words;  ///< the end of what it wrote
};

/// Runs it to its end; lines of pip that name a download are shown. Errors: unavailable when it was stopped,
/// not_found.
Result<Ended> run(const std::vector<std::string>& argv, const std::atomic<bool>& stop) {
  auto process = Process::start(argv);
  if (!process) return fail(process.error());
  (*process)->close_input();
  SystemClock clock;
  std::string output;
  while (!(*process)->ended()) {
    if (stop.load()) {
      (*process)->kill(SIGTERM);
      return fail({.code = Code::unavailable,
                   .where = {},
                   .found = "stopped; nothing was installed",
                   .expected = {},
                   .remedy = {}});
    }
    const auto line = (*process)->read_line(clock.now() + kLook);
    if (!line) continue;
    output = line->text;
    if (trim(output).starts_with("Downloading ") || trim(output).starts_with("Using cached "))
      say("  " + printable(trim(output), 120));
  }
  const auto status = (*process)->wait(clock.now() + std::chrono::seconds{10});
  return Ended{status && status->code == 0 && status->signal == 0, ending(**process, output)};
}

/// What an interrupted install left, whose maker is gone.
void remove_leftovers(const std::string& folder) {
  const std::string begin = file_name(folder) + std::string(kNew);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_of(folder), error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(begin)) continue;
    const auto maker = static_cast<pid_t>(std::strtol(name.c_str() + begin.size(), nullptr, 10));
    std::error_code ignored;
    if (maker <= 0 || ::kill(maker, 0) != 0) fs::remove_all(entry.path(), ignored);
  }
}

Result<void> make_environment(const std::string& python, const std::string& folder,
                              const std::atomic<bool>& stop) {
  auto made = run({python, "-m", "venv", folder}, stop);
  if (!made && made.error().code == Code::not_found) {
    return fail(trouble(fmt::format("there is no program '{}'", python),
                        "Install Python 3.10 or later, or name one: --python PATH"));
  }
  if (!made) return fail(made.error());
  if (!made->good) {
    return fail(trouble(fmt::format("'{} -m venv' failed: {}", python, made->words),
                        "Debian: apt-get install python3-venv. Or name another Python: --python PATH"));
  }
  return {};
}

#ifdef __linux__
bool has_nvidia() {
  return file_exists("/proc/driver/nvidia/version") || file_exists("/dev/nvidiactl");
}
#endif

Result<void> install_packages(const backend::PythonWorker& worker, const backend::WorkerPlaces& places,
                              const std::string& folder, const std::atomic<bool>& stop) {
  const std::string python = resolve(folder, "bin/python3");
  const std::vector<std::string> pip{
      python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"};
#ifdef __linux__
  if (!has_nvidia()) {
    // The build without CUDA is 200 MB instead of 2.5 GB. Not every package index has it: then the usual one
    // comes.
    std::vector<std::string> small = pip;
    small.insert(small.end(), {"--quiet", "--retries", "1", "--no-deps",
                               fmt::format("torch=={}+cpu", worker.torch_version)});
    auto tried = run(small, stop);
    if (!tried) return fail(tried.error());
    if (!tried->good) say("  this package index has no PyTorch without CUDA; taking the usual one");
  }
#endif
  std::vector<std::string> all = pip;
  all.insert(all.end(), {"-r", places.requirements});
  auto installed = run(all, stop);
  if (!installed) return fail(installed.error());
  if (!installed->good) {
    return fail(
        trouble(fmt::format("pip could not install the packages: {}", installed->words),
                "Is the network there, and room on the disk? Behind a proxy or mirror: PIP_INDEX_URL"));
  }
  auto proved = run({python, "-c", std::string(worker.probe)}, stop);
  if (!proved) return fail(proved.error());
  if (!proved->good)
    return fail(trouble(fmt::format("the installed packages do not work: {}", proved->words), {}));
  return {};
}

}  // namespace

Result<void> install_worker(const backend::PythonWorker& worker, const backend::WorkerPlaces& places,
                            const std::string& python) {
  const std::atomic<bool>& stop = catch_interrupts();
  if (auto made = make_folder(folder_of(places.folder)); !made) return fail(made.error());
  remove_leftovers(places.folder);
  const Scaffold scaffold{fmt::format("{}{}{}", places.folder, kNew, ::getpid())};
  if (auto made = make_environment(python, scaffold.folder, stop); !made) return fail(made.error());
  if (auto filled = install_packages(worker, places, scaffold.folder, stop); !filled)
    return fail(filled.error());
  auto wanted = read_file(places.requirements, kMaxRequirements);
  if (!wanted) return fail(wanted.error());
  if (auto marked = write_file(backend::completion_mark(scaffold.folder), *wanted); !marked)
    return fail(marked.error());
  std::error_code error;
  fs::remove_all(places.folder, error);
  fs::rename(scaffold.folder, places.folder, error);
  if (error) {
    return fail({.code = Code::io,
                 .where = {places.folder, 0, 0},
                 .found = "the environment cannot be moved here: " + error.message(),
                 .expected = {},
                 .remedy = {}});
  }
  return {};
}

}  // namespace assay::cli
