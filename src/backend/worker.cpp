#include "backend/worker.h"

#include <csignal>

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "backend/scored.h"
#include "backend/worker_link.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "wire/messages.h"

namespace assay::backend {
namespace {

// A test with a long prompt on a slow machine takes minutes; nobody waits a day.
constexpr auto kBenchPatience = std::chrono::hours{24};
constexpr const char* kPrefixCache = "prefix_cache";

/// What the wire's reason words mean in a sample (the closed list of docs/measurement.md, "Verdicts").
std::string reason_for(std::string_view reason) {
  if (reason == "engine_oom") return "engine_oom";
  if (reason == "server_exit") return "server_exit";
  if (reason == "context") return "context";
  return "internal";
}

class WorkerBackend final : public Backend {
 public:
  WorkerBackend(WorkerOptions options, Clock& clock) : options_(std::move(options)), clock_(clock) {}
  ~WorkerBackend() override { unload(); }

  Result<Loaded> load(const LoadRequest& request) override;
  void start(Request request) override;
  std::vector<Event> wait(Nanos until) override;
  void cancel(RequestId id) override;
  void unload() override;
  Result<record::BenchAnswer> bench(const record::BenchTest& test, std::uint64_t seed,
                                    const std::atomic<bool>& stop) override;
  Result<std::vector<Nanos>> time_steps(int streams, int count, const std::atomic<bool>& stop) override;
  std::optional<Memory> memory() override;

 private:
  struct InFlight {
    RequestId id = 0;
    Nanos latest{0};                              ///< of the times it was told; they may not go back
    std::vector<std::string> continuations = {};  ///< what it is asked to score; empty: it generates
  };

  Result<wire::Loaded> load_model(const LoadRequest& request);
  void break_all(std::string_view reason, const std::string& detail);
  void take(const std::string& line);
  void take_scores(InFlight& flight, const wire::Scored& scored, wire::Id wire_id);
  void take_event(InFlight& flight, wire::Reply reply, wire::Id wire_id);
  bool plausible(InFlight& flight, Nanos at) const;
  void babble(const std::string& what);
  wire::Request message_for(Request&& request, wire::Id id) const;

  WorkerOptions options_;
  Clock& clock_;
  std::unique_ptr<WorkerLink> link_;
  std::map<wire::Id, InFlight> in_flight_;
  std::vector<Event> events_;
};

Result<wire::Loaded> WorkerBackend::load_model(const LoadRequest& request) {
  wire::Load message{
      .id = 0, .model = options_.model, .options = request.params, .parallel = request.parallel};
  if (link_->can(kPrefixCache)) {
    message.longest = request.longest;
    message.share_prefixes = request.share_prefixes;
    message.together = request.together;
  }
  return link_->ask<wire::Loaded>(std::move(message), clock_.now() + options_.load_timeout,
                                  "loading the model", request.stop);
}

Result<Loaded> WorkerBackend::load(const LoadRequest& request) {
  unload();
  Loaded loaded;
  loaded.page_cache_share = page_cache_share(options_.model);
  auto link = WorkerLink::open(options_, clock_);
  if (!link) return fail(link.error());
  link_ = std::move(*link);
  auto answer = load_model(request);
  if (!answer) {
    Error error = answer.error();
    if (request.stop != nullptr && *request.stop)
      link_.reset();  // it loads on, and would not hear a farewell
    unload();
    return fail(std::move(error));
  }
  const wire::HelloReply& hello = link_->hello();
  loaded.load = answer->load;
  loaded.engine_version = hello.engine + " " + hello.engine_version;
  loaded.engine_build = hello.build;
  loaded.facts = std::move(answer->facts);
  if (loaded.facts.is_object() && loaded.facts.contains("parameters") &&
      loaded.facts["parameters"].is_number_unsigned())
    loaded.parameters = loaded.facts["parameters"].get<std::uint64_t>();
  loaded.effective = std::move(answer->options);
  loaded.supported = hello.params;
  loaded.scores = link_->can("score");
  loaded.times_steps = link_->can("steps");
  reset_peak_memory(link_->process().pid());
  return loaded;
}

void WorkerBackend::start(Request request) {
  if (!link_) {
    events_.push_back({request.id, Broken{"server_exit", "no model is loaded", true}});
    return;
  }
  if (!request.prompt.continuations.empty() && !link_->can("score")) {
    const std::string detail = fmt::format("the worker '{}' gives no log-likelihoods", link_->name());
    events_.push_back({request.id, Broken{"internal", detail, false}});
    return;
  }
  const RequestId id = request.id;
  const wire::Id wire_id = link_->next_id();
  InFlight flight{.id = id, .continuations = request.prompt.continuations};
  const std::string line = wire::encode(message_for(std::move(request), wire_id)) + "\n";
  // `sent` is the moment before the request leaves us; encoding it is not the engine's time.
  const Nanos sent = clock_.now();
  flight.latest = sent;
  in_flight_[wire_id] = std::move(flight);
  events_.push_back({id, Sent{sent}});
  if (auto written = link_->process().write(line); !written)
    break_all("server_exit", sentence(link_->died("answering")));
}

wire::Request WorkerBackend::message_for(Request&& request, wire::Id id) const {
  record::Prompt& prompt = request.prompt;
  std::optional<std::string> raw;
  if (prompt.raw) {
    raw = std::move(prompt.messages.front().content);
    prompt.messages.clear();
  }
  const bool reuse = request.reuse_prefix && link_->can(kPrefixCache);
  if (!prompt.continuations.empty())
    return wire::Score{.id = id,
                       .messages = std::move(prompt.messages),
                       .raw = std::move(raw),
                       .continuations = std::move(prompt.continuations),
                       .params = std::move(request.params),
                       .reuse_prefix = reuse};
  return wire::Generate{.id = id,
                        .messages = std::move(prompt.messages),
                        .raw = std::move(raw),
                        .params = std::move(request.params),
                        .reuse_prefix = reuse};
}

std::vector<Event> WorkerBackend::wait(Nanos until) {
  if (events_.empty() && link_) {
    if (const auto line = link_->process().read_line(until)) {
      take(line->text);
      while (link_) {
        const auto more = link_->process().read_line(Nanos{0});  // what is there already
        if (!more) break;
        take(more->text);
      }
    }
    if (link_ && link_->process().ended() && !in_flight_.empty())
      break_all("server_exit", sentence(link_->died("answering")));
  } else if (events_.empty()) {
    clock_.sleep_until(until);
  }
  return std::exchange(events_, {});
}

void WorkerBackend::take(const std::string& line) {
  auto reply = wire::decode_reply(line);
  if (!reply) {
    babble(fmt::format("it wrote '{}' ({})", printable(line, 80), sentence(reply.error())));
    return;
  }
  const wire::Id id = std::visit([](const auto& message) { return message.id; }, *reply);
  const auto flight = in_flight_.find(id);
  if (flight == in_flight_.end()) return;  // the late end of a cancelled request
  take_event(flight->second, std::move(*reply), id);
}

bool WorkerBackend::plausible(InFlight& flight, Nanos at) const {
  if (at < flight.latest || at > clock_.now()) return false;
  flight.latest = at;
  return true;
}

void WorkerBackend::take_event(InFlight& flight, wire::Reply reply, wire::Id wire_id) {
  const RequestId id = flight.id;
  if (auto* started = std::get_if<wire::Started>(&reply)) {
    if (!plausible(flight, started->at)) return babble("it sent a time outside of the request's own");
    events_.push_back({id, Accepted{started->at, std::move(started->prompt), started->prompt_tokens,
                                    started->cached_prompt_tokens, std::move(started->effective)}});
  } else if (auto* output = std::get_if<wire::Output>(&reply)) {
    for (const record::TokenEvent& event : output->events) {
      if (!plausible(flight, event.at)) return babble("it sent a token time that goes back or lies ahead");
    }
    events_.push_back(
        {id, Tokens{std::move(output->events), std::move(output->text), std::move(output->reasoning)}});
  } else if (auto* done = std::get_if<wire::Done>(&reply)) {
    if (!plausible(flight, done->at)) return babble("it sent a time outside of the request's own");
    Finished finished{done->at, std::move(done->finish), {}, std::move(done->claims)};
    finished.counts.output_tokens = done->output_tokens;
    finished.counts.reasoning_tokens = done->reasoning_tokens;
    finished.counts.source = record::CountSource::engine;
    events_.push_back({id, std::move(finished)});
    in_flight_.erase(wire_id);
  } else if (auto* scored = std::get_if<wire::Scored>(&reply)) {
    take_scores(flight, *scored, wire_id);
  } else if (auto* failed = std::get_if<wire::Failed>(&reply)) {
    if (!flight.continuations.empty() && failed->reason == "context")
      events_.push_back(too_long_to_score(id, clock_.now()));
    else
      events_.push_back({id, Broken{reason_for(failed->reason), std::move(failed->message), false}});
    in_flight_.erase(wire_id);
  } else {
    babble("it answered a request with a message of another kind");
  }
}

void WorkerBackend::take_scores(InFlight& flight, const wire::Scored& scored, wire::Id wire_id) {
  if (!plausible(flight, scored.at)) return babble("it sent a time outside of the request's own");
  if (scored.choices.size() != flight.continuations.size() || flight.continuations.empty())
    return babble(fmt::format("it scored {} continuations where {} were sent", scored.choices.size(),
                              flight.continuations.size()));
  for (Event& event : scored_events(flight.id, scored.at, std::move(flight.continuations), scored.choices))
    events_.push_back(std::move(event));
  in_flight_.erase(wire_id);
}

/// A worker that does not keep the protocol cannot be believed any more: it ends here.
void WorkerBackend::babble(const std::string& what) {
  const std::string detail = fmt::format("the worker '{}' broke the protocol: {}", link_->name(), what);
  link_->process().kill(SIGKILL);
  break_all("transport", detail);
}

void WorkerBackend::break_all(std::string_view reason, const std::string& detail) {
  for (const auto& [wire_id, flight] : in_flight_) {
    events_.push_back({flight.id, Broken{std::string(reason), detail, true}});
  }
  in_flight_.clear();
  link_.reset();
}

void WorkerBackend::cancel(RequestId id) {
  const auto flight = std::find_if(in_flight_.begin(), in_flight_.end(),
                                   [&](const auto& entry) { return entry.second.id == id; });
  if (flight == in_flight_.end() || !link_) return;
  const wire::Cancel message{link_->next_id(), flight->first};
  if (auto sent = link_->write(message); !sent) break_all("server_exit", sentence(link_->died("answering")));
}

void WorkerBackend::unload() {
  in_flight_.clear();
  events_.clear();
  // Its end frees the memory for certain: the process goes, not only the model.
  if (link_) link_->quit();
  link_.reset();
}

Result<record::BenchAnswer> WorkerBackend::bench(const record::BenchTest& test, std::uint64_t seed,
                                                 const std::atomic<bool>& stop) {
  if (!link_)
    return fail(
        {.code = Code::engine, .where = {}, .found = "no model is loaded", .expected = {}, .remedy = {}});
  if (!link_->can("bench")) return Backend::bench(test, seed, stop);
  auto told = link_->ask<wire::Benched>(wire::Bench{.id = 0, .test = test, .seed = seed},
                                        clock_.now() + kBenchPatience, "measuring " + name_of(test), &stop);
  if (told) return std::move(told->answer);
  // A worker that is in the middle of something, or gone, is of no use for the next test.
  if (told.error().code == Code::timeout || link_->process().ended()) link_.reset();
  return fail(told.error());
}

Result<std::vector<Nanos>> WorkerBackend::time_steps(int streams, int count, const std::atomic<bool>& stop) {
  if (!link_ || !link_->can("steps")) return Backend::time_steps(streams, count, stop);
  auto told = link_->ask<wire::Stepped>(wire::Steps{.id = 0,
                                                    .streams = static_cast<std::uint32_t>(streams),
                                                    .count = static_cast<std::uint32_t>(count)},
                                        clock_.now() + kBenchPatience,
                                        fmt::format("timing steps of {} streams", streams), &stop);
  if (told) return std::move(told->steps);
  if (told.error().code == Code::timeout || link_->process().ended()) link_.reset();
  return fail(told.error());
}

std::optional<Memory> WorkerBackend::memory() {
  if (!link_) return std::nullopt;
  const auto memory = process_memory(link_->process().pid());
  if (!memory) return std::nullopt;
  return Memory{memory->resident, memory->mapped, memory->peak};
}

}  // namespace

Result<std::vector<record::TextToken>> tokens_by_worker(const WorkerOptions& options, std::string text,
                                                        Clock& clock) {
  auto link = WorkerLink::open(options, clock);
  if (!link) return fail(link.error());
  auto told = (*link)->ask<wire::Tokens>(
      wire::Tokenize{.id = 0, .text = std::move(text), .messages = {}, .model = options.model},
      clock.now() + options.hello_timeout, "reading the vocabulary");
  (*link)->quit();
  if (!told) return fail(told.error());
  std::vector<record::TextToken> tokens;
  tokens.reserve(told->ids.size());
  for (std::size_t i = 0; i < told->ids.size(); ++i)
    tokens.push_back({told->ids[i], told->pieces.empty() ? std::string() : std::move(told->pieces[i])});
  return tokens;
}

std::unique_ptr<Backend> make_worker(WorkerOptions options, Clock& clock) {
  return std::make_unique<WorkerBackend>(std::move(options), clock);
}

}  // namespace assay::backend
