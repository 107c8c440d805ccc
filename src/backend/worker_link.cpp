#include "backend/worker_link.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"

namespace assay::backend {
namespace {

constexpr auto kQuitPatience = std::chrono::seconds{3};
// How soon a speed test notices Ctrl-C. It costs the core that the engine wants a wake-up each time.
constexpr auto kLookEvery = std::chrono::milliseconds{100};

Code code_for(std::string_view reason) {
  if (reason == "engine_oom") return Code::out_of_memory;
  if (reason == "not_found") return Code::not_found;
  if (reason == "bad_model" || reason == "bad_request") return Code::bad_input;
  if (reason == "not_supported") return Code::unsupported;
  return Code::engine;
}

}  // namespace

WorkerLink::WorkerLink(std::unique_ptr<Process> process, const WorkerOptions& options, Clock& clock)
    : process_(std::move(process)),
      name_(options.name.empty() ? file_name(options.argv[0]) : options.name),
      clock_(clock) {}

Result<std::unique_ptr<WorkerLink>> WorkerLink::open(const WorkerOptions& options, Clock& clock) {
  auto process = Process::start(options.argv);
  if (!process) return fail(process.error());
  std::unique_ptr<WorkerLink> link(new WorkerLink(std::move(*process), options, clock));
  if (auto greeted = link->greet(options.hello_timeout); !greeted) {
    Error error = greeted.error();
    link->quit();
    return fail(std::move(error));
  }
  return link;
}

bool WorkerLink::can(std::string_view capability) const {
  return std::find(hello_.capabilities.begin(), hello_.capabilities.end(), capability) !=
         hello_.capabilities.end();
}

Result<void> WorkerLink::write(const wire::Request& request) {
  return process_->write(wire::encode(request) + "\n");
}

std::string WorkerLink::farewell() {
  const std::string words = process_->last_words();
  return words.empty() ? words : ". Its last words: " + words;
}

Error WorkerLink::died(std::string_view doing) {
  process_->close_input();
  const auto status = process_->wait(clock_.now() + std::chrono::seconds{1});
  const std::string how = status ? describe(*status) : std::string("it closed its output");
  return {.code = Code::engine,
          .where = {},
          .found = fmt::format("the worker '{}' ended while {} ({}){}", name_, doing, how, farewell()),
          .expected = {},
          .remedy = {}};
}

Result<wire::Reply> WorkerLink::answer_to(wire::Id id, Nanos until, std::string_view doing,
                                          const std::atomic<bool>* stop) {
  for (;;) {
    const auto line =
        process_->read_line(stop == nullptr ? until : std::min(until, clock_.now() + kLookEvery));
    if (!line && process_->ended()) return fail(died(doing));
    if (!line && stop != nullptr && !*stop && clock_.now() < until) continue;
    if (!line) {
      return fail(
          {.code = Code::timeout,
           .where = {},
           .found = fmt::format("the worker '{}' gave no answer while {}{}", name_, doing, farewell()),
           .expected = {},
           .remedy = {}});
    }
    auto reply = wire::decode_reply(line->text);
    if (!reply) {
      return fail({.code = Code::engine,
                   .where = {},
                   .found = fmt::format("the worker '{}' wrote '{}' ({})", name_, printable(line->text, 80),
                                        sentence(reply.error())),
                   .expected = "a message of docs/wire.md",
                   .remedy = {}});
    }
    const wire::Id about = std::visit([](const auto& message) { return message.id; }, *reply);
    const auto* failed = std::get_if<wire::Failed>(&*reply);
    const bool ours = about == id || (about == 0 && failed != nullptr);  // 0: it could not read our line
    if (!ours) continue;  // the late end of a cancelled request
    if (failed != nullptr) {
      return fail({.code = code_for(failed->reason),
                   .where = {},
                   .found = failed->message,
                   .expected = {},
                   .remedy = {}});
    }
    return std::move(*reply);
  }
}

Result<void> WorkerLink::greet(Nanos patience) {
  auto hello = ask<wire::HelloReply>(wire::Hello{.id = 0, .protocol = wire::kProtocol},
                                     clock_.now() + patience, "starting");
  if (!hello) return fail(hello.error());
  if (hello->protocol != wire::kProtocol) {
    return fail({.code = Code::unsupported,
                 .where = {},
                 .found = fmt::format("the worker '{}' speaks protocol {}", name_, hello->protocol),
                 .expected = fmt::format("protocol {}", wire::kProtocol),
                 .remedy = "Build assay and its workers from one source"});
  }
  hello_ = std::move(*hello);
  return {};
}

void WorkerLink::quit() {
  if (!write(wire::Quit{next_id()})) return;
  process_->close_input();
  const Nanos until = clock_.now() + kQuitPatience;
  while (process_->read_line(until)) {
  }
  process_->wait(until);
}

}  // namespace assay::backend
