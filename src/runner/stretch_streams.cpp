// Between those that go alone and those that go together: how many do.
#include <algorithm>

#include "runner/streams.h"
#include "runner/stretch.h"

namespace assay::runner {

void StretchRunner::measure_alone(const record::Sample& sample) {
  if (!sample.times.sent || !sample.times.done) return;
  alone_time_ += *sample.times.done - *sample.times.sent;
  alone_tokens_ += sample.counts.output_tokens.value_or(0);
  ++alone_count_;
}

/// Before the first trial that shares the engine. A number that somebody named, and an engine that times no
/// steps, keep the plan's.
void StretchRunner::settle_streams() {
  if (streams_settled_ || !stretch_.alone || !flights_.empty() || waiting_.empty() ||
      waiting_.front().alone || waiting_.front().trial.warmup)
    return;
  streams_settled_ = true;
  if (!times_steps_ || !runner_.plan.load.automatic || stretch_.parallel < 2 || runner_.plan.scores_choices)
    return;
  const auto known = std::find_if(state_.speeds.begin(), state_.speeds.end(), [&](const auto& entry) {
    return entry.first == stretch_.model && entry.second.load_params == stretch_.load_params &&
           entry.second.most == stretch_.parallel;
  });
  if (known != state_.speeds.end()) {
    limit_ = static_cast<std::size_t>(known->second.streams);
    return;
  }
  SharedPart part{.most = stretch_.parallel};
  if (alone_count_ > 0 && alone_tokens_ > 0) {
    part.alone = alone_time_ / static_cast<std::int64_t>(alone_count_) *
                 static_cast<std::int64_t>(waiting_.size() + again_.size());
    part.token_alone = alone_time_ / static_cast<std::int64_t>(alone_tokens_);
  }
  auto speed = find_streams(
      part, [&](int streams, int count) { return backend_.time_steps(streams, count, runner_.stop); });
  if (stopping()) return;
  if (!speed) {
    // The trials tell better than this what an engine cannot do; the plan's number stays.
    last_trouble_ = sentence(speed.error());
    died_ = speed.error().code != Code::unsupported;
    return;
  }
  speed->load_params = stretch_.load_params;
  limit_ = static_cast<std::size_t>(speed->streams);
  runner_.observer.on_streams(stretch_.model, *speed);
  state_.speeds.emplace_back(stretch_.model, *std::move(speed));
}

}  // namespace assay::runner
