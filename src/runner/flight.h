// One request on its way: events in, a sample out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backend/backend.h"
#include "base/clock.h"
#include "record/plan.h"
#include "record/sample.h"
#include "runner/runner.h"

namespace assay::runner {

class Flight {
 public:
  Flight(record::Trial trial, std::uint32_t attempt, TrialRequest&& request, Nanos scheduled,
         const Options& options);

  const record::Trial& trial() const { return trial_; }
  /// How often the runner has sent this trial before; what the backend repeats itself is not in it.
  std::uint32_t attempt() const { return attempt_; }
  const std::string& case_id() const { return sample_.case_id; }
  std::uint64_t tokens() const { return tokens_; }
  bool had_tokens() const { return tokens_ > 0; }
  bool cancelling() const { return cancelled_at_.has_value(); }
  Nanos deadline() const { return deadline_; }
  void set_deadline(Nanos at) { deadline_ = at; }
  void mark_cancelled(Nanos at) { cancelled_at_ = at; }
  bool alone() const { return alone_; }
  void set_alone(bool alone) { alone_ = alone; }
  /// What the answer is to be compared with; absent for every trial but those that are answered twice.
  const std::optional<std::string>& expected() const { return expected_; }
  void set_expected(std::optional<std::string> text) { expected_ = std::move(text); }
  /// The answer with its reasoning, so far.
  std::string text() const { return sample_.reasoning + sample_.output; }
  bool ended() const { return over_ && !timed_out_ && sample_.status == record::Status::ok; }
  /// A text that the prompt alone decides: generated, and without chance.
  bool greedy() const;
  void mark_batched() { sample_.flags |= record::bit(record::Flag::batched); }

  /// The part of the request that goes to the backend.
  backend::Request request(backend::RequestId id);

  /// How this trial was tried before, and when it is tried now.
  void begin(std::vector<record::Attempt> attempts, Nanos now);

  void take(backend::Sent&& sent);
  void take(backend::Again&& again);
  void take(backend::Accepted&& accepted);
  void take(backend::Tokens&& tokens);
  void take(backend::Finished&& finished);
  void take(backend::Broken&& broken);
  /// Its time limit is over: with tokens `timeout`, without `error: stalled`.
  void time_out(Nanos limit);

  bool over() const { return over_; }
  bool failed() const { return sample_.status == record::Status::error; }
  const std::string& reason() const { return sample_.reason; }
  /// The finished sample with its flags. Call once, after over() or time_out().
  record::Sample finish();
  /// All tries of a trial that failed at `now` and is asked again: those before, and this one.
  std::vector<record::Attempt> attempts(Nanos now) const;

 private:
  void set_count_flags();
  void refute_params();
  void set_param_flags();

  record::Trial trial_;
  std::uint32_t attempt_ = 0;
  record::Prompt prompt_;
  record::Sample sample_;
  Nanos zero_;  // the run's start
  Nanos deadline_{0};
  Nanos began_{0};  // the try that is on its way, since the run's start
  std::optional<int> http_status_;
  std::optional<std::string> retry_after_;
  std::optional<Nanos> cancelled_at_;
  std::uint64_t tokens_ = 0;
  std::optional<std::string> expected_;
  bool alone_ = false;
  bool timed_out_ = false;
  bool over_ = false;
};

}  // namespace assay::runner
