// The scripted engine: the first entry, the example for a new one, and what makes tests exact. It has no
// process, so it has no memory figure; its times are the script's.

#include <deque>

#include "backend/entries.h"
#include "backend/scored.h"
#include "backend/script.h"
#include "base/text.h"

namespace assay::backend {
namespace {

struct Timed {
  Nanos due{0};
  Event event;
};

/// Words with the blank before them, so that joining gives the text again.
std::vector<std::string> pieces_of(const std::string& text) {
  std::vector<std::string> pieces;
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t end = text.find_first_of(" \n", begin + 1);
    if (end == std::string::npos) end = text.size();
    pieces.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return pieces;
}

class FakeBackend final : public Backend {
 public:
  FakeBackend(std::vector<Step> script, Clock& clock) : script_(std::move(script)), clock_(clock) {}

  Result<Loaded> load(const LoadRequest& request) override {
    const Behaviour behaviour = behaviour_of(script_, requests_ + 1);
    if (behaviour.load_fails)
      return fail({.code = Code::engine,
                   .where = {},
                   .found = "the fake engine was told to fail its load",
                   .expected = {},
                   .remedy = {}});
    const Nanos begin = clock_.now();
    clock_.sleep_until(begin + behaviour.load);
    Loaded loaded;
    loaded.load = behaviour.load;
    loaded.engine_version = "fake " ASSAY_VERSION;
    loaded.takes_any_param = true;
    loaded.media = {"image", "audio", "tools"};
    loaded.scores = true;
    for (const auto& [name, value] : request.params)
      loaded.effective[name] = {value, record::Applied::verified};
    return loaded;
  }

  void start(Request request) override {
    const Behaviour behaviour = behaviour_of(script_, ++requests_);
    const Nanos now = clock_.now();
    push(now, {request.id, Sent{now}});
    if (behaviour.stall) {
      stalled_.push_back(request.id);
      return;
    }
    if (behaviour.crash) {
      push(now + behaviour.wait,
           {request.id, Broken{"server_exit", "the fake engine was told to crash", true}});
      return;
    }
    if (!behaviour.error.empty()) {
      push(now + behaviour.wait,
           {request.id, Broken{behaviour.error, "the fake engine was told to fail", false}});
      return;
    }
    answer(request, behaviour, now);
  }

  std::vector<Event> wait(Nanos until) override {
    std::vector<Event> events;
    if (queue_.empty() || queue_.front().due > until) {
      clock_.sleep_until(until);
      return events;
    }
    clock_.sleep_until(queue_.front().due);
    const Nanos now = clock_.now();
    while (!queue_.empty() && queue_.front().due <= now) {
      events.push_back(std::move(queue_.front().event));
      queue_.pop_front();
    }
    return events;
  }

  void cancel(RequestId id) override {
    std::erase_if(queue_, [&](const Timed& timed) { return timed.event.id == id; });
    std::erase(stalled_, id);
    Finished finished;
    finished.at = clock_.now();
    finished.finish = "cancelled";
    push(finished.at, {id, finished});
  }

  void unload() override {
    queue_.clear();
    stalled_.clear();
  }

  std::optional<Memory> memory() override { return std::nullopt; }

 private:
  void answer(const Request& request, const Behaviour& behaviour, Nanos now) {
    const std::string last =
        request.prompt.messages.empty() ? std::string{} : request.prompt.messages.back().content;
    Accepted accepted;
    accepted.at = now;
    accepted.prompt_tokens = static_cast<std::uint32_t>(pieces_of(last).size());
    accepted.cached_prompt_tokens = 0;
    for (const auto& [name, value] : request.params)
      accepted.effective[name] = {value, record::Applied::verified};
    push(now, {request.id, accepted});

    const std::string text = behaviour.say.value_or(behaviour.calls.empty() ? last : std::string{});
    if (!request.prompt.continuations.empty()) {
      for (Event& event : scored(request, text, now + behaviour.wait))
        push(now + behaviour.wait, std::move(event));
      return;
    }
    std::vector<std::string> pieces = pieces_of(text);
    const std::uint32_t wanted = behaviour.tokens.value_or(static_cast<std::uint32_t>(pieces.size()) + 1);
    Nanos at = now + behaviour.wait;
    Finished finished;
    if (!behaviour.think.empty()) {
      push(at, {request.id, Tokens{{{at, 1, record::TokenKind::reasoning}}, {}, behaviour.think}});
      at += behaviour.pace;
      finished.counts.reasoning_tokens = 1;
    }
    // All the text by the last token but one; surplus tokens are empty (the end token), missing ones carry
    // the rest.
    for (std::uint32_t i = 0; i < wanted; ++i) {
      std::string piece;
      const bool last_token = i + 1 == wanted;
      if (i < pieces.size()) piece = pieces[i];
      if (last_token) {
        for (std::size_t rest = i + 1; rest < pieces.size(); ++rest) piece += pieces[rest];
      }
      push(at, {request.id, Tokens{{{at, 1, record::TokenKind::answer}}, std::move(piece), {}}});
      if (!last_token) at += behaviour.pace;
    }
    finished.at = at;
    finished.finish = behaviour.finish;
    finished.tool_calls = behaviour.calls;
    finished.counts.source = record::CountSource::engine;
    finished.counts.prompt_tokens = accepted.prompt_tokens;
    finished.counts.output_tokens =
        behaviour.claimed_count.value_or(wanted + finished.counts.reasoning_tokens.value_or(0));
    push(at, {request.id, finished});
  }

  /// What it was told to say is likely; anything else the less the longer it is.
  static std::vector<Event> scored(const Request& request, std::string_view said, Nanos at) {
    std::vector<record::ChoiceScore> scores;
    for (const std::string& text : request.prompt.continuations) {
      const bool hit = trim(text) == trim(said);
      scores.push_back({.log_likelihood = hit ? -0.5 : -1.0 - static_cast<double>(text.size()),
                        .tokens = static_cast<std::uint32_t>(pieces_of(text).size()),
                        .bytes = static_cast<std::uint32_t>(text.size()),
                        .greedy = hit});
    }
    return scored_events(request.id, at, request.prompt.continuations, scores);
  }

  /// Keeps the queue in order of time; equal times keep the order of arrival.
  void push(Nanos due, Event event) {
    auto at = queue_.end();
    while (at != queue_.begin() && std::prev(at)->due > due) --at;
    queue_.insert(at, {due, std::move(event)});
  }

  std::vector<Step> script_;
  Clock& clock_;
  std::deque<Timed> queue_;
  std::vector<RequestId> stalled_;
  std::uint64_t requests_ = 0;
};

}  // namespace

Result<std::unique_ptr<Backend>> make_fake(const record::ModelSpec& spec, MakeContext context) {
  auto script = parse_script(spec.model);
  if (!script) return fail(script.error());
  return std::make_unique<FakeBackend>(std::move(*script), context.clock);
}

}  // namespace assay::backend
