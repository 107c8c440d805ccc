// assay serve: the page and the HTTP interface over the store.

#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/process.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/run_control.h"
#include "cli/server_library.h"
#include "meter/machine.h"
#include "server/server.h"

namespace assay::cli {
namespace {

struct Options {
  server::ServerOptions server;
  bool open = false;
};

/// The system's own way to show an address. It must live until the browser has taken over.
std::unique_ptr<Process> open_browser(const std::string& address) {
#ifdef __APPLE__
  const char* opener = "open";
#else
  const char* opener = "xdg-open";
#endif
  auto started = Process::start({opener, address});
  if (!started) {
    say(fmt::format("No browser could be opened ({}); open the address yourself.", opener));
    return nullptr;
  }
  return std::move(*started);
}

Exit serve(const Shell& shell, const Options& options) {
  if (options.server.host.empty())  // would be every address of this machine
    return failed({.code = Code::bad_input,
                   .where = {},
                   .found = "--host is empty",
                   .expected = "an address of this machine, such as 127.0.0.1",
                   .remedy = {}});
  bool writable = true;
  auto store = open_store_to_write(shell);
  if (!store && (store.error().code == Code::permission || store.error().code == Code::io)) {
    writable = false;
    auto readable = open_store_to_read(shell);
    if (readable) store = std::move(readable);
  }
  if (!store) return failed(store.error());
  if (!writable) say("warning: the store can only be read; nothing can be run or imported from the page.");

  const std::atomic<bool>& stop = catch_interrupts();
  ServerLibrary library(*store);
  LocalRuns runs(*store);
  const auto server =
      server::Server::bind(options.server, *store, writable, library, runs, meter::describe_machine());
  if (!server) return failed(server.error());
  server::Server& bound = **server;
  print_line(bound.address());
  std::fflush(stdout);
  say(fmt::format("Open this address; it brings the token that lets the page start runs. Store: {}",
                  store->path()));
  if (bound.is_open_to_others()) {
    say("warning: other machines can reach this address, and what they send and read is not encrypted. "
        "Whoever "
        "has the token can start programs here (models, servers, tests).");
  }
  if (options.server.benchy_route) {
    say("POST /iso-speed-bench runs suites of Benchy and needs no token: every program on this machine can "
        "start runs there.");
  }
  std::unique_ptr<Process> browser;
  if (options.open) browser = open_browser(bound.address());
  std::thread answering([&] { bound.run(); });
  while (!stop) std::this_thread::sleep_for(std::chrono::milliseconds{100});
  runs.end_all();  // a request may wait for models to be proven, or for a run
  bound.stop();
  answering.join();
  return Exit::done;
}

}  // namespace

void add_serve(CLI::App& command, Shell& shell) {
  auto options = std::make_shared<Options>();
  constexpr int kGreatestPort = 65535;
  command
      .add_option("--port", options->server.port, "Port to listen on; 0 lets the system choose a free one")
      ->type_name("PORT")
      ->check(CLI::Range(0, kGreatestPort))
      ->capture_default_str();
  command
      .add_option("--host", options->server.host,
                  "Address to listen on. Anything but loopback can be reached by other machines")
      ->type_name("ADDRESS")
      ->capture_default_str();
  command.add_flag("--open", options->open, "Open the page in the browser");
  command.add_flag(
      "--benchy-route", options->server.benchy_route,
      "Answer POST /iso-speed-bench as Benchy does, for its old clients. They send no token, so any "
      "program on this machine can start runs; only on loopback");
  command.footer(
      "Prints one address. Everything that can be seen there can be had as JSON too: docs/serve.md.\n"
      "Ctrl-C ends it; a run that was started from the page stops, and can be resumed.\n\n"
      "Examples:\n"
      "  assay serve --open                look at the stored runs, start new ones\n"
      "  assay serve --port 8080           always the same address, but for the token\n"
      "  assay serve --benchy-route        old clients of Benchy may send their suites, too\n"
      "  assay serve --host 192.168.1.20   from other machines too; each request then needs the token");
  command.callback(
      [options, &shell] { shell.action = [options, &shell] { return serve(shell, *options); }; });
}

}  // namespace assay::cli
