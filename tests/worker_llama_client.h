// A worker's other side for tests: sends requests, keeps what comes back.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/process.h"
#include "wire/messages.h"

namespace assay::testing {

struct Answer {
  wire::Started started;
  wire::Done done;
  std::vector<record::TokenEvent> events;
  std::string text;
  std::string reasoning;
  std::string failure;  ///< the reason word; empty when it ended
};

/// Throws when the worker says nothing for a minute, dies, or writes what is no reply.
class WorkerClient {
 public:
  explicit WorkerClient(const std::string& program) {
    Result<std::unique_ptr<Process>> started = Process::start({program});
    if (!started) throw std::runtime_error(message(started.error()));
    process_ = std::move(*started);
  }

  wire::Id next_id() { return ++last_id_; }
  void send(const wire::Request& request) { send_line(wire::encode(request)); }
  void send_line(const std::string& line) {
    if (const Result<void> sent = process_->write(line + "\n"); !sent)
      throw std::runtime_error(message(sent.error()));
  }
  wire::Reply receive() {
    SystemClock clock;
    const auto line = process_->read_line(clock.now() + std::chrono::minutes(1));
    if (!line) throw std::runtime_error("the worker says nothing; stderr: " + process_->stderr_tail());
    Result<wire::Reply> reply = wire::decode_reply(line->text);
    if (!reply) throw std::runtime_error(message(reply.error()) + " in: " + line->text);
    last_[std::visit([](const auto& m) { return m.id; }, *reply)] = *reply;
    if (const auto* output = std::get_if<wire::Output>(&*reply)) texts_[output->id] += output->text;
    if (const auto* began = std::get_if<wire::Started>(&*reply)) started_[began->id] = *began;
    return std::move(*reply);
  }
  /// The last reply to `id` so far; an Ok with id 0 when there is none.
  const wire::Reply& received(wire::Id id) { return last_.try_emplace(id, wire::Ok{}).first->second; }

  /// Sends, and gives the first reply to this request.
  wire::Reply call(const wire::Request& request) {
    send(request);
    const wire::Id id = std::visit([](const auto& m) { return m.id; }, request);
    for (;;) {
      wire::Reply reply = receive();
      if (std::visit([](const auto& m) { return m.id; }, reply) == id) return reply;
    }
  }
  Answer generate(std::vector<record::Message> messages, record::Params params) {
    return run(
        {.id = next_id(), .messages = std::move(messages), .raw = std::nullopt, .params = std::move(params)});
  }
  Answer generate_raw(std::string raw, record::Params params) {
    return run({.id = next_id(), .messages = {}, .raw = std::move(raw), .params = std::move(params)});
  }
  /// The figures of a `score`; empty when it failed (then received(id) is the error).
  std::vector<record::ChoiceScore> score(const wire::Score& request) {
    send(request);
    for (;;) {
      const wire::Reply reply = receive();
      if (const auto* scored = std::get_if<wire::Scored>(&reply);
          scored != nullptr && scored->id == request.id)
        return scored->choices;
      if (const auto* failed = std::get_if<wire::Failed>(&reply);
          failed != nullptr && failed->id == request.id)
        return {};
    }
  }
  std::vector<record::ChoiceScore> score_raw(std::string raw, std::vector<std::string> continuations) {
    return score({.id = next_id(),
                  .messages = {},
                  .raw = std::move(raw),
                  .continuations = std::move(continuations),
                  .params = {}});
  }
  std::vector<std::int32_t> tokens(std::string text) {
    const wire::Reply reply = call(wire::Tokenize{.id = next_id(), .text = std::move(text), .messages = {}});
    return std::get<wire::Tokens>(reply).ids;
  }
  wire::Done wait_done(wire::Id id) {
    while (!std::holds_alternative<wire::Done>(received(id))) receive();
    return std::get<wire::Done>(received(id));
  }
  /// All text of a request so far, and its first reply.
  const std::string& text_of(wire::Id id) { return texts_[id]; }
  const wire::Started& started(wire::Id id) { return started_[id]; }
  void close_input() { process_->close_input(); }
  /// The exit code; -1 when it did not exit by itself in time.
  int wait_exit(std::chrono::seconds limit) {
    SystemClock clock;
    const auto status = process_->wait(clock.now() + limit);
    return status && status->signal == 0 ? status->code : -1;
  }

 private:
  Answer run(const wire::Generate& request) {
    send(request);
    Answer answer;
    for (;;) {
      const wire::Reply reply = receive();
      if (const auto* failed = std::get_if<wire::Failed>(&reply)) {
        answer.failure = failed->reason;
        return answer;
      }
      if (const auto* started = std::get_if<wire::Started>(&reply)) answer.started = *started;
      if (const auto* output = std::get_if<wire::Output>(&reply)) {
        answer.events.insert(answer.events.end(), output->events.begin(), output->events.end());
        answer.text += output->text;
        answer.reasoning += output->reasoning;
      }
      if (const auto* done = std::get_if<wire::Done>(&reply)) {
        answer.done = *done;
        return answer;
      }
    }
  }

  std::unique_ptr<Process> process_;
  wire::Id last_id_ = 0;
  std::map<wire::Id, wire::Reply> last_;
  std::map<wire::Id, std::string> texts_;
  std::map<wire::Id, wire::Started> started_;
};

}  // namespace assay::testing
