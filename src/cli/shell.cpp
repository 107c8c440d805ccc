#include "cli/shell.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/file.h"
#include "base/text.h"

namespace assay::cli {
namespace {

constexpr int kLeastWidth = 20;
constexpr int kMostWidth = 10'000;

int stdout_trouble = 0;  ///< errno of the first write that failed; stdio keeps only that one did

void flush_stdout() {
  if (std::fflush(stdout) != 0 && stdout_trouble == 0) stdout_trouble = errno;
}

std::optional<int> told_width() {
  const auto text = environment("COLUMNS");
  int width = 0;
  if (!text) return std::nullopt;
  const char* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, width);
  if (read.ec != std::errc{} || read.ptr != end || width <= 0) return std::nullopt;
  return std::clamp(width, kLeastWidth, kMostWidth);
}

bool use_colour(int fd) {
  if (::isatty(fd) == 0 || environment("NO_COLOR")) return false;
  const auto terminal = environment("TERM");
  return terminal && *terminal != "dumb";
}

void labelled(std::string_view label, std::string_view colour, const Error& error) {
  const std::string head =
      use_colour(STDERR_FILENO) ? std::string(colour) + std::string(label) + "\x1b[0m" : std::string(label);
  // A suite's own text may stand in the message: nothing of it may steer the terminal.
  std::string text = message(error);
  std::string safe;
  for (const std::string& line : split(text, '\n'))
    safe += (safe.empty() ? "" : "\n") + printable(line, 4000);
  std::fprintf(stderr, "%s: %s\n", head.c_str(), safe.c_str());
}

}  // namespace

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) < text.size() && stdout_trouble == 0)
    stdout_trouble = errno;
}

void print_line(std::string_view text) {
  print(text);
  print("\n");
}

Exit flushed(Exit exit) {
  flush_stdout();
  if (stdout_trouble == 0 || stdout_trouble == EPIPE) return exit;
  print_error({.code = Code::io,
               .where = {},
               .found = fmt::format("standard output cannot be written: {}", std::strerror(stdout_trouble)),
               .expected = "a file with room, or a pipe",
               .remedy = "Nothing that is stored is lost: assay show and assay report print it again"});
  return exit == Exit::done ? Exit::nothing_ran : exit;
}

void say(std::string_view line) {
  flush_stdout();  // in the order of events where both go to one file
  std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
}

void print_error(const Error& error) {
  labelled("error", "\x1b[1;31m", error);
}

void print_errors(const Errors& errors) {
  for (const Error& error : errors) print_error(error);
}

void print_warnings(const Errors& warnings) {
  for (const Error& warning : warnings) labelled("warning", "\x1b[1;33m", warning);
}

Exit failed(const Error& error) {
  print_error(error);
  return error.code == Code::bad_input ? Exit::usage : Exit::nothing_ran;
}

bool stderr_is_terminal() {
  return ::isatty(STDERR_FILENO) != 0;
}

bool use_colour_on_stdout() {
  return use_colour(STDOUT_FILENO);
}

int terminal_width() {
  if (const auto told = told_width()) return *told;
  winsize size{};
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
    if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
      return std::max<int>(size.ws_col, kLeastWidth);
  }
  return 100;
}

Result<std::string> store_path(const Shell& shell) {
  if (!shell.store_path.empty()) return shell.store_path;
  return store::default_path();
}

Result<store::Store> open_store_to_write(const Shell& shell) {
  auto path = store_path(shell);
  if (!path) return fail(path.error());
  // Only the default place is ours to make; a folder that somebody names must exist.
  const std::string folder = folder_of(*path);
  if (shell.store_path.empty() && !folder.empty()) {
    if (auto made = make_folder(folder); !made) return fail(made.error());
  }
  return store::Store::open(*path, store::Mode::read_write_create);
}

Result<store::Store> open_store_to_read(const Shell& shell) {
  auto path = store_path(shell);
  if (!path) return fail(path.error());
  if (!file_exists(*path)) {
    return fail({.code = Code::not_found,
                 .where = {*path, 0, 0},
                 .found = "no store here yet: nothing has been run",
                 .expected = {},
                 .remedy = "Start with: assay run suites/sums.yaml"});
  }
  return store::Store::open(*path, store::Mode::read_only);
}

void add_json_option(CLI::App& command, Shell& shell) {
  command.add_flag("--json", shell.json, "Print JSON instead of a table");
}

}  // namespace assay::cli
