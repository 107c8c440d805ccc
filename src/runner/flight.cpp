#include "runner/flight.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/duration.h"
#include "base/json.h"
#include "record/choice_score.h"

namespace assay::runner {
namespace {

using record::Flag;

/// What was sent, for engines that do not tell what they saw.
std::string prompt_text(const record::Prompt& prompt) {
  if (prompt.raw) return prompt.messages.empty() ? std::string{} : prompt.messages.front().content;
  Json messages = Json::array();
  for (const record::Message& message : prompt.messages)
    messages.push_back({{"role", message.role}, {"content", message.content}});
  return dump(messages);
}

std::size_t expected_tokens(const record::Params& params) {
  // A growing vector would reallocate between two tokens. 4096 events are 64 KiB; longer answers may grow.
  const auto at = params.find("max_tokens");
  const std::int64_t most =
      at != params.end() && at->second.is_number_integer() ? at->second.get<std::int64_t>() : 512;
  return static_cast<std::size_t>(std::clamp<std::int64_t>(most, 0, 4096)) + 2;
}

}  // namespace

Flight::Flight(record::Trial trial, std::uint32_t attempt, TrialRequest&& request, Nanos scheduled,
               const Options& options)
    : trial_(trial), attempt_(attempt), prompt_(std::move(request.prompt)), zero_(options.run_start) {
  sample_.run_id = options.run_id;
  sample_.model = trial.model;
  sample_.cell = trial.cell;
  sample_.repeat = trial.repeat;
  sample_.case_id = std::move(request.case_id);
  sample_.key = std::move(request.key);
  sample_.requested = std::move(request.params);
  sample_.times.scheduled = scheduled - zero_;
  sample_.tokens.reserve(expected_tokens(sample_.requested));
}

backend::Request Flight::request(backend::RequestId id) {
  sample_.prompt = prompt_text(prompt_);
  return {.id = id,
          .case_id = sample_.case_id,
          .repeat = sample_.repeat,
          .prompt = std::move(prompt_),
          .params = record::with_scope(sample_.requested, record::ParamScope::request)};
}

void Flight::take(backend::Sent&& sent) {
  sample_.times.sent = sent.at - zero_;
}

void Flight::begin(std::vector<record::Attempt> attempts, Nanos now) {
  sample_.attempts = std::move(attempts);
  sample_.attempt = static_cast<std::uint32_t>(sample_.attempts.size());
  began_ = now - zero_;
}

void Flight::take(backend::Again&& again) {
  record::Attempt& failed = again.failed;
  failed.began -= zero_;
  failed.ended -= zero_;
  if (failed.sent) *failed.sent -= zero_;
  began_ = failed.ended + failed.pause;
  sample_.times.sent.reset();
  sample_.attempts.push_back(std::move(failed));
  ++sample_.attempt;
}

std::vector<record::Attempt> Flight::attempts(Nanos now) const {
  std::vector<record::Attempt> all = sample_.attempts;
  all.push_back({.began = began_,
                 .sent = sample_.times.sent,
                 .ended = now - zero_,
                 .pause = {},
                 .reason = sample_.reason,
                 .detail = sample_.detail,
                 .http_status = http_status_,
                 .retry_after = retry_after_});
  return all;
}

void Flight::take(backend::Accepted&& accepted) {
  sample_.times.accepted = accepted.at - zero_;
  if (!accepted.prompt.empty()) sample_.prompt = std::move(accepted.prompt);
  if (accepted.prompt_tokens) sample_.counts.prompt_tokens = accepted.prompt_tokens;
  if (accepted.cached_prompt_tokens) sample_.counts.cached_prompt_tokens = accepted.cached_prompt_tokens;
  sample_.effective = std::move(accepted.effective);
  sample_.flags |= accepted.flags;
}

void Flight::take(backend::Tokens&& tokens) {
  for (record::TokenEvent event : tokens.events) {
    tokens_ += event.count;
    event.at -= zero_;
    sample_.tokens.push_back(event);
  }
  sample_.counts.chunks += static_cast<std::uint32_t>(tokens.events.size());
  sample_.output += tokens.text;
  sample_.reasoning += tokens.reasoning;
}

void Flight::take(backend::Finished&& finished) {
  over_ = true;
  sample_.times.done = finished.at - zero_;
  record::Counts& counts = sample_.counts;
  if (finished.counts.prompt_tokens) counts.prompt_tokens = finished.counts.prompt_tokens;
  if (finished.counts.cached_prompt_tokens)
    counts.cached_prompt_tokens = finished.counts.cached_prompt_tokens;
  counts.output_tokens = finished.counts.output_tokens;
  counts.reasoning_tokens = finished.counts.reasoning_tokens;
  counts.source = finished.counts.source;
  sample_.finish = std::move(finished.finish);
  sample_.claims = std::move(finished.claims);
  sample_.tool_calls = std::move(finished.tool_calls);
  sample_.flags |= finished.flags;
  for (auto& [name, param] : finished.effective) sample_.effective[name] = std::move(param);
}

void Flight::take(backend::Broken&& broken) {
  over_ = true;
  sample_.status = record::Status::error;
  sample_.reason = std::move(broken.reason);
  sample_.detail = std::move(broken.detail);
  http_status_ = broken.http_status;
  retry_after_ = std::move(broken.retry_after);
}

void Flight::time_out(Nanos limit) {
  timed_out_ = true;
  if (had_tokens()) {
    sample_.status = record::Status::timeout;
    sample_.detail = fmt::format("tokens still flowed at the limit of {}", format_duration(limit));
  } else {
    sample_.status = record::Status::error;
    sample_.reason = "stalled";
    sample_.detail = fmt::format("no token came within {}", format_duration(limit));
  }
}

bool Flight::greedy() const {
  const auto temperature = sample_.requested.find("temperature");
  return temperature != sample_.requested.end() && temperature->second.is_number() &&
         temperature->second.get<double>() == 0 && sample_.finish != record::kScored;
}

void Flight::set_count_flags() {
  record::Counts& counts = sample_.counts;
  if (!counts.output_tokens && tokens_ > 0) {
    // Nobody counted, so the events have to do: marked, because a chunk need not be a token.
    counts.output_tokens = static_cast<std::uint32_t>(tokens_);
    counts.source = record::CountSource::chunks;
    sample_.flags |= record::bit(Flag::estimated_count);
  }
  if (counts.output_tokens && !sample_.tokens.empty()) {
    const auto told = static_cast<double>(*counts.output_tokens);
    const auto seen = static_cast<double>(tokens_);
    const double gap = std::abs(told - seen);
    // More than 2 % and more than one token: one token may be the end token that a server counts and does not
    // send.
    if (gap > 1 && gap > 0.02 * std::max(told, seen)) sample_.flags |= record::bit(Flag::count_mismatch);
  }
  if (counts.cached_prompt_tokens.value_or(0) > 0) sample_.flags |= record::bit(Flag::cached_prefix);
}

/// What was sent and not confirmed can be refuted by the answer: text behind a stop text, or tokens beyond
/// the most. One more is the end of the generation, which servers count and do not send.
void Flight::refute_params() {
  const auto refute = [this](const char* name, const auto& is_refuted) {
    const auto asked = sample_.requested.find(name);
    const auto told = sample_.effective.find(name);
    if (asked == sample_.requested.end() || told == sample_.effective.end()) return;
    if (told->second.how == record::Applied::unverified && is_refuted(asked->second))
      told->second = {Json(), record::Applied::not_supported};
  };
  refute("stop", [this](const Json& texts) {
    return texts.is_array() && std::any_of(texts.begin(), texts.end(), [this](const Json& text) {
             return text.is_string() &&
                    sample_.output.find(text.get_ref<const std::string&>()) != std::string::npos;
           });
  });
  refute("max_tokens", [this](const Json& most) {
    return most.is_number_integer() &&
           sample_.counts.output_tokens.value_or(0) > most.get<std::uint64_t>() + 1;
  });
}

void Flight::set_param_flags() {
  for (const auto& [name, value] : sample_.requested) {
    const auto at = sample_.effective.find(name);
    const bool sure = at != sample_.effective.end() && at->second.how == record::Applied::verified;
    const record::ParamSpec* spec = record::find_param(name);
    const bool per_request = spec != nullptr && spec->scope == record::ParamScope::request;
    if (per_request && !sure && sample_.status != record::Status::error)
      sample_.flags |= record::bit(Flag::param_unverified);
  }
}

record::Sample Flight::finish() {
  if (timed_out_) sample_.finish.clear();  // the answer was cut by us: it never ended
  set_count_flags();
  refute_params();
  set_param_flags();
  if (sample_.finish == "length" || sample_.status == record::Status::timeout)
    sample_.flags |= record::bit(Flag::incomplete);
  return std::move(sample_);
}

}  // namespace assay::runner
