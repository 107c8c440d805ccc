// One model between a load and an unload: the loop that keeps requests in flight.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runner/arrivals.h"
#include "runner/flight.h"
#include "runner/runner.h"

namespace assay::runner {

/// Counters that live longer than one stretch.
struct RunState {
  Outcome outcome;
  std::uint64_t sequence = 0;
  backend::RequestId next_request = 1;
  /// By model: how many go together in a load with these parameters.
  std::vector<std::pair<std::uint32_t, record::BatchSpeed>> speeds = {};
};

/// How the stretch's model is loaded.
backend::LoadRequest load_request(const Runner& runner, const record::Stretch& stretch);

class StretchRunner {
 public:
  StretchRunner(const Runner& runner, const record::Stretch& stretch, RunState& state);

  /// Walks the stretch. `loaded`: the model is loaded already. The text is empty, or why the model is given
  /// up.
  Result<std::string> walk(std::optional<backend::Loaded> loaded);

 private:
  struct Waiting {
    record::Trial trial;
    std::uint32_t attempt = 0;
    bool alone = false;  ///< nothing else may be in flight
    /// The text that the trial was answered with alone: it is answered again in the batch, for comparison
    /// only.
    std::optional<std::string> expected = std::nullopt;
    std::vector<record::Attempt> attempts = {};  ///< `attempt` of ours, and those of the backend
  };

  bool load(std::optional<backend::Loaded> loaded);
  Result<void> loop();
  /// Each answer of such a model costs money, so none is asked for twice.
  bool is_paid() const { return runner_.plan.models[stretch_.model].price.kind != record::Value::Kind::null; }
  void begin_batch();
  void settle_streams();
  void measure_alone(const record::Sample& sample);
  void fill(Nanos now);
  bool send(const Waiting& next, Nanos scheduled);
  bool may_reuse_prefix(const Waiting& next, const record::Prompt& prompt);
  Nanos wait_until(Nanos now) const;
  void handle(backend::Event&& event);
  Result<void> collect();
  Result<void> complete(Flight&& flight);
  void check_deadlines(Nanos now);
  void stop_all();
  void engine_died();
  void tick(Nanos now);
  Nanos timeout() const;
  /// Of those that go together, where the load is not what is measured.
  bool shares(bool alone) const { return stretch_.alone && !alone; }
  Nanos limit_of(const Flight& flight) const;
  bool ask_again_alone(const Flight& flight) const;
  bool stopping() const { return runner_.stop.load(std::memory_order_relaxed); }

  const Runner& runner_;
  const record::Stretch& stretch_;
  RunState& state_;
  backend::Backend& backend_;
  std::deque<Waiting> waiting_;
  std::vector<Waiting> again_;  ///< answered alone; to be answered in the batch as well
  std::map<backend::RequestId, Flight> flights_;
  std::optional<Arrivals> arrivals_;
  std::optional<Nanos> next_due_;
  std::size_t limit_ = 1;                    // requests in flight
  std::map<std::uint32_t, int> alone_sent_;  // by cell
  std::string last_alone_;                   // the prompt of the one before
  Nanos alone_time_{0};                      // of those that went alone: their times, tokens and number
  std::uint64_t alone_tokens_ = 0;
  std::size_t alone_count_ = 0;
  bool times_steps_ = false;
  bool streams_settled_ = false;
  bool loaded_ = false;
  bool died_ = false;           // the engine went down in this round of events
  bool died_together_ = false;  // with several requests that shared it: nobody knows whose fault it was
  Nanos heard_{0};              // when anything came last, for whichever request
  int deaths_ = 0;              // in a row, without an answer between
  std::string last_trouble_;
  std::string given_up_;
  std::uint64_t finished_ = 0;
  Nanos last_tick_{0};
  std::uint64_t finished_tokens_ = 0;
  Nanos rate_from_{0};  // tokens/s now: since this moment, when rate_base_ tokens had been seen
  std::uint64_t rate_base_ = 0;
  std::optional<double> rate_;
};

}  // namespace assay::runner
