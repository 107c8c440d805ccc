// A run as it grows, as server-sent events. The store is followed, whoever writes it; what only this process
// knows of its own run (loads, tokens per second) is told beside it. So a page that connects again, to this
// server or to a later one, goes on at the sample where it was.
#include <set>

#include <fmt/format.h>

#include "server/one_sample.h"
#include "server/routes.h"
#include "server/wall.h"

namespace assay::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kPoll{250};       // a run of another process
constexpr milliseconds kAtLeast{60};     // between two looks at our own: 16 a second are live enough
constexpr milliseconds kQuiet{10'000};   // then a comment, so that a vanished client is noticed
constexpr milliseconds kJudgePoll{500};  // between looks for verdicts that came later
constexpr std::uint64_t kBatch = 500;    // samples of one look
constexpr std::uint64_t kMostJudged = 20'000;

class Follower {
 public:
  Follower(Context& context, std::string run_id, std::shared_ptr<const CaseTable> cases, std::uint64_t from)
      : context_(context), run_id_(std::move(run_id)), cases_(std::move(cases)), next_(from) {}

  void follow(EventSink& sink) {
    if (!sink.write("retry: 1000\n\n")) return;
    last_write_ = steady_clock::now();
    while (sink.open() && !context_.ending) {
      const auto entry = context_.store.entry(run_id_);
      if (!entry) return;  // removed under us
      // State first: a run that had ended before we read has nothing behind what we read.
      const bool going = entry->state == record::RunState::running;
      if (!send_samples(sink) || !send_verdicts(sink, !going) || !send_live(sink)) return;
      if (!going && next_ >= entry->stored) {
        send(sink, "end", {{"state", record::name_of(entry->state)}, {"stored", entry->stored}});
        return;
      }
      if (steady_clock::now() - last_write_ > kQuiet && !write(sink, ": still here\n\n")) return;
      if (!more_) rest();
    }
  }

 private:
  bool write(EventSink& sink, std::string_view bytes) {
    last_write_ = steady_clock::now();
    return sink.write(bytes);
  }

  bool send(EventSink& sink, std::string_view name, const OrderedJson& data) {
    return write(sink, fmt::format("id: {}\nevent: {}\ndata: {}\n\n", next_, name, dump(data)));
  }

  bool send_samples(EventSink& sink) {
    more_ = false;
    store::SampleFilter filter;
    filter.from_sequence = next_;
    filter.limit = kBatch;
    filter.texts = false;
    filter.verdict_steps = false;
    std::string out;
    std::uint64_t count = 0;
    const auto read = context_.store.for_each_graded(
        run_id_, std::nullopt, filter, [&](record::Sample&& sample, const record::Verdict* verdict) {
          next_ = sample.sequence + 1;
          if (verdict == nullptr) unjudged_.insert(sample.sequence);
          out += fmt::format("id: {}\nevent: sample\ndata: {}\n\n", next_,
                             dump(wall_row(sample, verdict, *cases_)));
          ++count;
          return true;
        });
    more_ = count == kBatch;
    return read.has_value() && (out.empty() || write(sink, out));
  }

  /// Verdicts that came after their samples were sent.
  bool send_verdicts(EventSink& sink, bool last) {
    if (unjudged_.empty()) return true;
    const auto now = steady_clock::now();
    if (!last && now - judged_ < kJudgePoll) return true;
    judged_ = now;
    std::string out;
    std::uint64_t looked = 0;
    const std::uint64_t end = *unjudged_.rbegin();
    const auto read = context_.store.for_each_brief(
        run_id_, std::nullopt, *unjudged_.begin(), [&](const store::SampleBrief& brief) {
          if (brief.mark && unjudged_.erase(brief.sequence) > 0)
            out += fmt::format("event: verdict\ndata: {{\"sequence\":{},\"verdict\":\"{}\"}}\n\n",
                               brief.sequence, record::name_of(*brief.mark));
          return brief.sequence < end && (last || ++looked < kMostJudged);
        });
    return read.has_value() && (out.empty() || write(sink, out));
  }

  bool send_live(EventSink& sink) {
    const auto live = context_.control.wait(run_id_, seen_, milliseconds{0});
    here_ = live.has_value();
    if (!live || live->version == seen_) return true;
    seen_ = live->version;
    for (; loads_ < live->loads.size(); ++loads_) {
      const LoadEvent& load = live->loads[loads_];
      OrderedJson data{{"model", load.model}};
      data["load_ms"] = or_null(load.load_ms);
      if (!send(sink, load.load_ms ? "loaded" : "loading", data)) return false;
    }
    if (!live->has_progress) return true;
    OrderedJson data{{"model", live->model},
                     {"finished", live->finished},
                     {"in_flight", live->in_flight},
                     {"tokens", live->tokens}};
    data["tokens_per_s"] = or_null(live->tokens_per_s);
    data["case"] = live->case_id.empty() ? OrderedJson(nullptr) : OrderedJson(live->case_id);
    return send(sink, "progress", data);
  }

  void rest() {
    if (!here_) {
      std::this_thread::sleep_for(kPoll);
      return;
    }
    const auto begun = steady_clock::now();
    static_cast<void>(context_.control.wait(run_id_, seen_, kPoll));
    const auto spent = steady_clock::now() - begun;
    if (spent < kAtLeast) std::this_thread::sleep_for(kAtLeast - spent);
  }

  Context& context_;
  std::string run_id_;
  std::shared_ptr<const CaseTable> cases_;
  std::uint64_t next_;
  std::set<std::uint64_t> unjudged_;
  steady_clock::time_point last_write_{}, judged_{};
  std::uint64_t seen_ = 0;
  std::size_t loads_ = 0;
  bool more_ = false;
  bool here_ = false;
};

}  // namespace

Reply get_events(Context& context, const Asked& asked) {
  Asked where;
  where.params = asked.params;
  // What the browser sends when it connects again counts more than the address that it was given first.
  const bool again = !asked.last_event_id.empty();
  if (again) where.params.emplace("Last-Event-ID", asked.last_event_id);
  Query query(where);
  const std::uint64_t from = query.number_or(again ? "Last-Event-ID" : "from", 0, 0, kMostSequence);
  if (query.error()) return refuse(*query.error());
  const auto run = context.opened.find(asked.parts.at(0));
  if (!run) return refuse(run.error());
  Reply reply;
  reply.type = "text/event-stream";
  reply.headers.emplace_back("Cache-Control", "no-store");
  reply.stream = [&context, id = (*run)->record.id, cases = (*run)->cases, from](EventSink& sink) {
    Follower(context, id, cases, from).follow(sink);
  };
  return reply;
}

}  // namespace assay::server
