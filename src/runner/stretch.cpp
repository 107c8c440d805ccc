#include "runner/stretch.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/duration.h"

namespace assay::runner {
namespace {

// Progress is for eyes: ten times a second, and one wake-up of a sleeping thread costs the engine nothing we
// can see.
constexpr auto kTick = std::chrono::milliseconds{100};
// A cancelled request must end within this, or its engine counts as dead. llama.cpp looks between two steps;
// one prefill step of a large model on a slow machine takes a few seconds.
constexpr auto kCancelGrace = std::chrono::seconds{10};

bool may_retry(std::string_view reason) {
  return reason == "transport" || reason == "http" || reason == "stalled" || reason == "server_exit";
}

}  // namespace

backend::LoadRequest load_request(const Runner& runner, const record::Stretch& stretch) {
  const record::Plan& plan = runner.plan;
  const bool shares = stretch.alone.has_value();
  // One more than go at once: for a prompt that is kept.
  const std::uint64_t together =
      shares && plan.shared_need.own > 0 ? plan.shared_need.of(stretch.parallel + 1) : 0;
  return {.params = stretch.load_params,
          .parallel = stretch.parallel,
          .longest = plan.longest_request,
          .share_prefixes = shares,
          .together = together,
          .stop = &runner.stop};
}

StretchRunner::StretchRunner(const Runner& runner, const record::Stretch& stretch, RunState& state)
    : runner_(runner), stretch_(stretch), state_(state), backend_(*runner.backends[stretch.model]) {
  for (std::size_t i = stretch.begin; i < stretch.end; ++i)
    waiting_.push_back({runner.plan.trials[i], 0, false});
  for (std::size_t i = 0; i < stretch.alone.value_or(0); ++i) waiting_[i].alone = true;
  limit_ = static_cast<std::size_t>(std::max(1, stretch.parallel));
}

Nanos StretchRunner::timeout() const {
  return runner_.plan.timeout.count() > 0 ? runner_.plan.timeout : runner_.options.default_timeout;
}

/// An answer among n takes as long as n alone at most, or they would not go together.
Nanos StretchRunner::limit_of(const Flight& flight) const {
  return shares(flight.alone()) ? timeout() * static_cast<std::int64_t>(limit_) : timeout();
}

Result<std::string> StretchRunner::walk(std::optional<backend::Loaded> loaded) {
  while (!waiting_.empty() && !stopping() && given_up_.empty()) {
    if (!loaded_ && !load(std::exchange(loaded, std::nullopt))) continue;
    if (auto done = loop(); !done) return fail(done.error());
  }
  if (!given_up_.empty()) {
    for (const Waiting& left : waiting_) state_.outcome.skipped += left.trial.warmup || left.expected ? 0 : 1;
  }
  const std::optional<backend::Memory> memory = loaded_ ? backend_.memory() : std::nullopt;
  backend_.unload();
  if (auto told = runner_.observer.on_model_end(stretch_.model, memory, given_up_); !told)
    return fail(told.error());
  return given_up_;
}

/// False when the load failed; after too many failures the model is given up.
bool StretchRunner::load(std::optional<backend::Loaded> loaded) {
  if (!loaded) {
    runner_.observer.on_load_begin(stretch_.model);
    auto answer = backend_.load(load_request(runner_, stretch_));
    if (!answer && stopping()) return false;  // cut short by Ctrl-C: no death
    if (!answer) {
      last_trouble_ = sentence(answer.error());
      engine_died();
      return false;
    }
    loaded = std::move(*answer);
  }
  loaded_ = true;
  times_steps_ = loaded->times_steps;
  runner_.observer.on_loaded(stretch_.model, *loaded, backend_.memory());
  return true;
}

void StretchRunner::engine_died() {
  loaded_ = false;
  backend_.unload();
  // Who died of another's request is asked again alone, and counts then.
  if (std::exchange(died_together_, false)) return;
  if (++deaths_ < runner_.options.deaths_in_a_row) return;
  given_up_ = fmt::format("given up after {} deaths in a row: {}", deaths_, last_trouble_);
}

/// Until nothing waits or is in flight, the engine died, or somebody said stop.
Result<void> StretchRunner::loop() {
  const record::LoadPattern& pattern = runner_.plan.load;
  if (pattern.rate_per_s) {
    arrivals_.emplace(pattern, runner_.clock.now(), runner_.plan.seed);
    next_due_ = arrivals_->next();
  }
  died_ = false;
  rate_from_ = last_tick_ = runner_.clock.now();
  rate_base_ = finished_tokens_;
  while (!died_ && ((!waiting_.empty() && given_up_.empty()) || !flights_.empty())) {
    if (stopping()) {
      stop_all();
      return {};
    }
    const Nanos now = runner_.clock.now();
    fill(now);
    for (backend::Event& event : backend_.wait(wait_until(now))) handle(std::move(event));
    check_deadlines(runner_.clock.now());
    if (auto kept = collect(); !kept) return kept;
    tick(runner_.clock.now());
  }
  if (died_) engine_died();
  return {};
}

/// The first of the batch are those that were answered alone.
void StretchRunner::begin_batch() {
  if (again_.empty() || !flights_.empty() || waiting_.empty() || waiting_.front().alone ||
      waiting_.front().trial.warmup)
    return;
  waiting_.insert(waiting_.begin(), std::make_move_iterator(again_.begin()),
                  std::make_move_iterator(again_.end()));
  again_.clear();
}

void StretchRunner::fill(Nanos now) {
  while (!waiting_.empty() && flights_.size() < limit_ && given_up_.empty()) {
    settle_streams();
    if (died_ || stopping()) return;
    begin_batch();
    const bool warmup = waiting_.front().trial.warmup;
    // Warm-ups go first and alone: the first measured trial must not share the engine with one.
    const bool alone = warmup || waiting_.front().alone;
    const bool alone_in_flight = !flights_.empty() && flights_.begin()->second.alone();
    if (alone_in_flight || (alone && !flights_.empty())) return;
    Nanos scheduled = now;
    if (arrivals_ && !warmup) {
      if (*next_due_ > now) return;
      scheduled = *next_due_;
      next_due_ = arrivals_->next();
    }
    const Waiting next = waiting_.front();
    if (send(next, scheduled)) waiting_.pop_front();
  }
}

/// False when it is refused: then the model is given up.
bool StretchRunner::send(const Waiting& next, Nanos scheduled) {
  TrialRequest asked = runner_.request_of(next.trial);
  if (runner_.options.refusal) given_up_ = runner_.options.refusal(stretch_.model, asked);
  if (!given_up_.empty()) {
    state_.outcome.refused = true;
    return false;
  }
  const backend::RequestId id = state_.next_request++;
  Flight flight(next.trial, next.attempt, std::move(asked), scheduled, runner_.options);
  flight.set_alone(next.trial.warmup || next.alone);
  flight.set_expected(next.expected);
  flight.begin(next.attempts, runner_.clock.now());
  flight.set_deadline(runner_.clock.now() + limit_of(flight));
  if (flights_.empty()) heard_ = runner_.clock.now();
  backend::Request request = flight.request(id);
  request.reuse_prefix = may_reuse_prefix(next, request.prompt);
  flights_.emplace(id, std::move(flight));
  // In the shared part also the last request, which runs alone when the others are done, was not measured.
  if (flights_.size() > 1 || (request.reuse_prefix && !next.alone)) {
    for (auto& [other, one] : flights_) one.mark_batched();
  }
  backend_.start(std::move(request));
  return true;
}

/// In the shared part always. Of those that go alone, the first two of a cell and each whose prompt begins
/// otherwise are computed as a whole; the others are there for the decode speed, and eight times a long
/// common beginning took as long as a hundred answers in batches (600 tokens of 620, 0.5 B on two cores).
/// What was not computed is counted as cached, and such a sample stays out of TTFT and prefill.
bool StretchRunner::may_reuse_prefix(const Waiting& next, const record::Prompt& prompt) {
  constexpr int kWhole = 2;
  if (!stretch_.alone || next.trial.warmup) return false;
  if (!next.alone) return true;
  std::string text;
  for (const record::Message& message : prompt.messages) text += message.role + '\n' + message.content + '\n';
  const auto [end, other] = std::mismatch(text.begin(), text.end(), last_alone_.begin(), last_alone_.end());
  const bool shares_half = 2 * (end - text.begin()) >= static_cast<std::ptrdiff_t>(text.size());
  last_alone_ = std::move(text);
  return alone_sent_[next.trial.cell]++ >= kWhole && shares_half;
}

Nanos StretchRunner::wait_until(Nanos now) const {
  Nanos until = now + kTick;
  if (arrivals_ && !waiting_.empty() && flights_.size() < limit_ && given_up_.empty())
    until = std::min(until, std::max(*next_due_, now));
  for (const auto& [id, flight] : flights_) until = std::min(until, std::max(flight.deadline(), now));
  return until;
}

void StretchRunner::handle(backend::Event&& event) {
  const auto at = flights_.find(event.id);
  if (at == flights_.end()) return;
  if (const auto* broken = std::get_if<backend::Broken>(&event.what)) {
    last_trouble_ = broken->detail;
    died_ = died_ || broken->engine_died;
  }
  if (!std::holds_alternative<backend::Sent>(event.what)) heard_ = runner_.clock.now();
  std::visit([&](auto&& what) { at->second.take(std::forward<decltype(what)>(what)); },
             std::move(event.what));
}

/// A trial alone has its time limit. Those that go together have so many times it as they are, and all of it
/// is over when for one limit nothing has come for any of them.
void StretchRunner::check_deadlines(Nanos now) {
  const bool silent = now - heard_ >= timeout();
  for (auto& [id, flight] : flights_) {
    const bool stalled = silent && shares(flight.alone()) && !flight.cancelling();
    if (flight.over() || (now < flight.deadline() && !stalled)) continue;
    if (!flight.cancelling()) {
      flight.time_out(stalled ? timeout() : limit_of(flight));
      flight.mark_cancelled(now);
      flight.set_deadline(now + kCancelGrace);
      backend_.cancel(id);
    } else {
      last_trouble_ =
          fmt::format("it did not end a cancelled request within {}", format_duration(kCancelGrace));
      flight.take(backend::Broken{"stalled", last_trouble_, true});
      died_ = true;
    }
  }
}

/// Takes the finished flights out and hands their samples on. A dead engine takes all others with it.
Result<void> StretchRunner::collect() {
  died_together_ = died_ && flights_.size() > 1 && shares(flights_.begin()->second.alone()) && !is_paid();
  for (auto at = flights_.begin(); at != flights_.end();) {
    if (died_ && !at->second.over()) at->second.take(backend::Broken{"server_exit", last_trouble_, true});
    if (!at->second.over()) {
      ++at;
      continue;
    }
    Flight flight = std::move(at->second);
    at = flights_.erase(at);
    if (auto kept = complete(std::move(flight)); !kept) return kept;
  }
  return {};
}

Result<void> StretchRunner::complete(Flight&& flight) {
  const record::Trial trial = flight.trial();
  finished_tokens_ += flight.tokens();
  if (!flight.failed()) deaths_ = 0;
  if (trial.warmup) {
    runner_.observer.on_discarded(flight.finish());
    return {};
  }
  if (flight.expected()) {  // the sample of this trial is the answer alone
    if (flight.ended())
      runner_.observer.on_again(trial.model, trial.cell, flight.case_id(),
                                flight.text() == *flight.expected());
    runner_.observer.on_discarded(flight.finish());
    return {};
  }
  if (ask_again_alone(flight)) {
    waiting_.push_front(
        {trial, flight.attempt() + 1, true, std::nullopt, flight.attempts(runner_.clock.now())});
    runner_.observer.on_discarded(flight.finish());
    return {};
  }
  // Not after a death in company: it was asked alone to be safe.
  if (flight.alone() && stretch_.alone && !is_paid() && flight.attempt() == 0 && flight.ended() &&
      flight.greedy())
    again_.push_back({trial, 0, false, flight.text()});
  if (flight.failed() && may_retry(flight.reason()) &&
      flight.attempt() < static_cast<std::uint32_t>(runner_.plan.retries)) {
    waiting_.push_front(
        {trial, flight.attempt() + 1, flight.alone(), std::nullopt, flight.attempts(runner_.clock.now())});
    runner_.observer.on_discarded(flight.finish());
    return {};
  }
  record::Sample sample = flight.finish();
  sample.sequence = state_.sequence++;
  if (const auto memory = loaded_ && !died_ ? backend_.memory() : std::nullopt)
    sample.peak_memory_bytes = memory->peak_resident;
  if (stretch_.alone && flight.alone()) measure_alone(sample);
  ++finished_;
  ++state_.outcome.samples;
  if (sample.status == record::Status::error) ++state_.outcome.errors;
  return runner_.observer.on_sample(std::move(sample), flights_.empty());
}

/// The engine died while several requests shared it: each is asked again by itself, so that only the one that
/// kills the engine alone, too, is an error.
bool StretchRunner::ask_again_alone(const Flight& flight) const {
  const bool of_the_engine = flight.reason() == "server_exit" || flight.reason() == "transport";
  return died_together_ && flight.failed() && of_the_engine && !flight.alone() && !flight.cancelling();
}

/// Ends what is in flight without a sample: a resumed run asks these trials again.
void StretchRunner::stop_all() {
  for (const auto& [id, flight] : flights_) backend_.cancel(id);
  flights_.clear();
  backend_.unload();
  loaded_ = false;
}

void StretchRunner::tick(Nanos now) {
  if (now - last_tick_ < kTick) return;
  last_tick_ = now;
  Progress progress;
  progress.model = stretch_.model;
  progress.finished = finished_;
  progress.in_flight = flights_.size();
  for (const auto& [id, flight] : flights_) progress.tokens += flight.tokens();
  if (!flights_.empty()) progress.case_id = flights_.begin()->second.case_id();
  const std::uint64_t total = finished_tokens_ + progress.tokens;
  if (const Nanos span = now - rate_from_; span >= std::chrono::seconds{1}) {
    rate_ = static_cast<double>(total - rate_base_) * 1e9 / static_cast<double>(span.count());
    rate_from_ = now;
    rate_base_ = total;
  }
  progress.tokens_per_s = rate_;
  runner_.observer.on_progress(progress);
}

}  // namespace assay::runner
