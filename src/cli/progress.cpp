#include "cli/progress.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "base/duration.h"
#include "base/text.h"
#include "cli/shell.h"

namespace assay::cli {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds{100};

}  // namespace

Progress::Progress(Clock& clock, bool terminal, bool quiet)
    : clock_(clock), terminal_(terminal), quiet_(quiet) {}

void Progress::preflight(const std::string& label) {
  if (!terminal_ || quiet_) return;
  std::fprintf(stderr, "\r\x1b[Kchecking %s …", printable(label, 50).c_str());
  std::fflush(stderr);
  on_screen_ = true;
}

void Progress::checked(const std::vector<CheckedModel>& models) {
  clear();
  // One model in this machine has nothing to tell that its result does not tell better.
  const bool tells = models.size() > 1 || (!models.empty() && !models.front().server.empty());
  if (quiet_ || !tells) return;
  const auto width = static_cast<std::size_t>(std::max(40, terminal_width()));
  std::fputs(preflight_table(models, width).c_str(), stderr);
  std::fputc('\n', stderr);
}

void Progress::model_begins(const std::string& label, std::uint64_t trials) {
  label_ = printable(label, 30);
  trials_ = trials;
  done_ = 0;
  marks_ = {};
  rate_.reset();
  begun_ = clock_.now();
}

void Progress::loading(std::uint32_t /*model*/, const std::string& label) {
  if (quiet_) return;
  if (terminal_) {
    std::fprintf(stderr, "\r\x1b[K%s  loading …", printable(label, 30).c_str());
    std::fflush(stderr);
    on_screen_ = true;
  }
}

void Progress::loaded(std::uint32_t /*model*/, Nanos load) {
  begun_ = clock_.now();
  if (!quiet_ && !terminal_)
    say(fmt::format("{}: loaded in {}, {} trials", label_, human_duration(load), trials_));
}

void Progress::moved(const runner::Progress& progress) {
  case_id_ = progress.case_id;
  rate_ = progress.tokens_per_s;
  draw(false);
}

void Progress::graded(record::Mark mark) {
  ++marks_[static_cast<std::size_t>(mark)];
}

void Progress::finished_one() {
  ++done_;
  draw(done_ == trials_);
}

void Progress::model_ends(const std::string& why) {
  if (quiet_) return;
  draw(true);
  if (terminal_ && on_screen_) std::fputc('\n', stderr);
  on_screen_ = false;
  if (!terminal_) say(line());
  if (!why.empty()) say(fmt::format("{}: {}", label_, why));
}

void Progress::clear() {
  if (on_screen_) std::fputs("\r\x1b[K", stderr);
  on_screen_ = false;
}

std::string Progress::line() const {
  const auto count = [&](record::Mark mark) { return marks_[static_cast<std::size_t>(mark)]; };
  std::string text = fmt::format("{}  {}/{}", label_, done_, trials_);
  text += fmt::format("  ✓ {}  ✗ {}", count(record::Mark::pass), count(record::Mark::fail));
  const std::uint64_t other =
      count(record::Mark::error) + count(record::Mark::incomplete) + count(record::Mark::ungraded);
  if (other > 0) text += fmt::format("  ? {}", other);
  if (rate_ && terminal_) text += fmt::format("  {:.0f} tok/s", *rate_);
  const Nanos spent = clock_.now() - begun_;
  if (terminal_ && done_ > 0 && done_ < trials_) {
    const Nanos left = spent * static_cast<std::int64_t>(trials_ - done_) / static_cast<std::int64_t>(done_);
    text += fmt::format("  {} left", human_duration(std::chrono::ceil<std::chrono::seconds>(left)));
    if (!case_id_.empty()) text += "  " + printable(case_id_, 24);
  } else {
    text += "  " + human_duration(spent);
  }
  return text;
}

void Progress::draw(bool now) {
  if (!terminal_ || quiet_) return;
  const Nanos time = clock_.now();
  if (!now && time - drawn_ < kRedraw) return;
  drawn_ = time;
  const auto width = static_cast<std::size_t>(std::max(20, terminal_width() - 1));
  std::fprintf(stderr, "\r\x1b[K%s", printable(line(), width).c_str());
  std::fflush(stderr);
  on_screen_ = true;
}

}  // namespace assay::cli
