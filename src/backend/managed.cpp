#include "backend/managed.h"

#include <unistd.h>

#include <array>
#include <csignal>

#include <fmt/format.h>

#include "base/http.h"
#include "base/loopback.h"

namespace assay::backend {
namespace {

constexpr auto kPatience = std::chrono::minutes{10};
constexpr auto kFarewell = std::chrono::seconds{5};
constexpr auto kLook = std::chrono::milliseconds{50};

/// A port that was free a moment ago. Another program may take it first; the server then says so and ends.
Result<int> free_port() {
  const auto listener = listen_on_loopback(1);
  if (!listener) return fail(listener.error());
  ::close(listener->fd);
  return listener->port;
}

/// As one word for the shell.
std::string quoted(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string filled(std::string text, int port, const std::string& model, int parallel) {
  const std::array<std::pair<std::string_view, std::string>, 3> places{
      {{"{port}", std::to_string(port)},
       {"{model}", quoted(model)},
       {"{parallel}", std::to_string(parallel)}}};
  for (const auto& [name, value] : places) {
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
      text.replace(at, name.size(), value);
  }
  return text;
}

}  // namespace

Result<std::unique_ptr<ManagedServer>> ManagedServer::start(const StartRule& rule, const std::string& model,
                                                            int parallel, Clock& clock,
                                                            const std::atomic<bool>* stop) {
  const auto port = free_port();
  if (!port) return fail(port.error());
  const std::string command = filled(rule.command, *port, model, parallel);
  const Nanos begin = clock.now();
  auto process = Process::start({"/bin/sh", "-c", command});
  if (!process) return fail(process.error());
  std::unique_ptr<ManagedServer> server(new ManagedServer(std::move(*process), clock));
  server->address_ = filled(rule.address, *port, model, parallel);
  const std::string health = filled(rule.health, *port, model, parallel);
  HttpClient client(clock);
  while (clock.now() < begin + kPatience) {
    if (!server->alive()) {
      return fail({.code = Code::engine,
                   .where = {},
                   .found = fmt::format("the server ended before it could be asked. {}", server->obituary()),
                   .expected = {},
                   .remedy = fmt::format("Try the command by hand: {}", command)});
    }
    if (stop != nullptr && *stop)
      return fail({.code = Code::timeout,
                   .where = {},
                   .found = "interrupted before the server was ready",
                   .expected = {},
                   .remedy = {}});
    HttpRequest request;
    request.url = health;
    request.limits.whole = std::chrono::seconds{5};
    if (const auto reply = client.fetch(std::move(request)); reply && reply->status == 200) {
      server->took_ = clock.now() - begin;
      return server;
    }
    clock.sleep_until(clock.now() + kLook);
  }
  return fail({.code = Code::timeout,
               .where = {},
               .found = fmt::format("the server was not ready after 10 minutes: {}", command),
               .expected = fmt::format("status 200 from {}", health),
               .remedy = {}});
}

ManagedServer::~ManagedServer() {
  if (!process_) return;
  process_->close_input();
  process_->kill(SIGTERM);
  process_->wait(clock_.now() + kFarewell);
  process_->kill(SIGKILL);  // its children, should it have left some
}

bool ManagedServer::alive() {
  while (process_->read_line(Nanos{0})) {
  }
  return !process_->wait(Nanos{0}).has_value();
}

std::string ManagedServer::obituary() {
  const auto status = process_->wait(clock_.now() + std::chrono::seconds{1});
  const std::string words = process_->last_words();
  return fmt::format("It ended ({}){}", status ? describe(*status) : "it closed its output",
                     words.empty() ? words : ". Its last words: " + words);
}

void ManagedServer::forget_peak() {
  reset_peak_memory(process_->pid());
}

std::optional<Memory> ManagedServer::memory() const {
  const auto memory = process_memory(process_->pid());
  if (!memory) return std::nullopt;
  return Memory{memory->resident, memory->mapped, memory->peak};
}

}  // namespace assay::backend
