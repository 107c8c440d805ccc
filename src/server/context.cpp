#include "server/context.h"

#include <fmt/format.h>

namespace assay::server {
namespace {

// An index of a million samples takes 20 MB, so few are kept.
constexpr std::size_t kMostHeld = 4;

}  // namespace

/// Changes when what was read of the run is no longer true: graded again, ended, resumed.
std::string Opened::epoch_of(const record::Run& run) const {
  const auto layers = store_.layers(run.id);
  return fmt::format("{} {} {}", layers && !layers->empty() ? layers->back().id : 0,
                     record::name_of(run.state), run.ended_wall ? run.ended_wall->count() : 0);
}

Result<std::shared_ptr<const Opened::Run>> Opened::find(const std::string& word) {
  auto entry = store_.entry(word);
  if (!entry) {
    const auto id = store_.find_run(word);
    if (!id) return fail(id.error());
    entry = store_.entry(*id);
    if (!entry) return fail(entry.error());
  }
  // The record of a run that goes on changes with each load.
  const std::string version = entry->state == record::RunState::running
                                  ? fmt::format("running {}", entry->stored)
                                  : fmt::format("{} {} {}", record::name_of(entry->state), entry->stored,
                                                entry->ended_wall ? entry->ended_wall->count() : 0);
  std::shared_ptr<const Run> before;
  {
    const std::lock_guard lock(mutex_);
    for (auto at = held_.begin(); at != held_.end(); ++at) {
      if (at->id != entry->id) continue;
      held_.splice(held_.begin(), held_, at);
      if (at->version == version) return at->run;
      before = at->run;
      break;
    }
  }
  auto record = store_.run(entry->id);
  if (!record) return fail(record.error());
  auto fresh = std::make_shared<Run>();
  if (before && before->record.suite_text == record->suite_text) {
    fresh->cases = before->cases;
    fresh->index = before->index;
    fresh->suite_lost = before->suite_lost;
  } else {
    auto cases = library_.cases(*record);
    fresh->suite_lost = !cases.has_value();
    fresh->cases = std::make_shared<CaseTable>(cases ? *std::move(cases) : std::vector<CaseInfo>{});
    fresh->index = std::make_shared<SampleIndex>(entry->id, fresh->cases);
  }
  fresh->record = *std::move(record);
  const std::lock_guard lock(mutex_);
  std::erase_if(held_, [&](const Held& held) { return held.id == entry->id; });
  held_.push_front({entry->id, version, fresh});
  if (held_.size() > kMostHeld) held_.pop_back();
  return std::shared_ptr<const Run>(fresh);
}

Result<std::shared_ptr<SampleIndex>> Opened::index(const Run& run) {
  if (auto updated = run.index->update(store_, epoch_of(run.record)); !updated) return fail(updated.error());
  return run.index;
}

}  // namespace assay::server
