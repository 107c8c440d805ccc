#include "server/sample_index.h"

#include <algorithm>

namespace assay::server {

CaseTable::CaseTable(std::vector<CaseInfo> cases) : cases_(std::move(cases)) {
  places_.reserve(cases_.size());
  for (std::uint32_t i = 0; i < cases_.size(); ++i) places_.emplace(cases_[i].id, i);
}

std::optional<std::uint32_t> CaseTable::find(std::string_view id) const {
  const auto at = places_.find(id);
  return at == places_.end() ? std::nullopt : std::optional(at->second);
}

bool IndexFilter::empty() const {
  return !model && !cell && !status && !mark && !case_id && !tag && flags == 0;
}

SampleIndex::SampleIndex(std::string run_id, std::shared_ptr<const CaseTable> cases)
    : run_id_(std::move(run_id)), table_(std::move(cases)) {}

void SampleIndex::clear() {
  rows_.clear();
  others_.clear();
  other_places_.clear();
}

std::uint32_t SampleIndex::place_of(std::string_view case_id) {
  if (const auto place = table_->find(case_id)) return *place;
  const auto base = static_cast<std::uint32_t>(table_->cases().size());
  const auto [at, fresh] =
      other_places_.try_emplace(std::string(case_id), base + static_cast<std::uint32_t>(others_.size()));
  if (fresh) others_.emplace_back(case_id);
  return at->second;
}

Result<void> SampleIndex::update(const store::Store& store, const std::string& epoch) {
  const std::lock_guard lock(mutex_);
  if (epoch_ != epoch) clear();
  epoch_ = epoch;
  // From the first that had no verdict: judging may follow long after the answer.
  const auto open =
      std::find_if(rows_.begin(), rows_.end(), [](const Row& row) { return row.mark == kNoMark; });
  rows_.erase(open, rows_.end());
  const std::uint64_t from = rows_.empty() ? 0 : std::uint64_t{rows_.back().sequence} + 1;
  Result<void> done = store.for_each_brief(run_id_, std::nullopt, from, [&](const store::SampleBrief& brief) {
    rows_.push_back({.sequence = static_cast<std::uint32_t>(brief.sequence),
                     .case_place = place_of(brief.case_id),
                     .flags = brief.flags,
                     .model = static_cast<std::uint16_t>(brief.model),
                     .cell = static_cast<std::uint16_t>(brief.cell),
                     .status = static_cast<std::uint8_t>(brief.status),
                     .mark = brief.mark ? static_cast<std::uint8_t>(*brief.mark) : kNoMark});
    return true;
  });
  if (!done) epoch_.clear();
  return done;
}

std::vector<bool> SampleIndex::allowed_cases(const IndexFilter& filter) const {
  if (!filter.case_id && !filter.tag) return {};
  const std::vector<CaseInfo>& cases = table_->cases();
  std::vector<bool> allowed(cases.size() + others_.size(), false);
  for (std::size_t i = 0; i < allowed.size(); ++i) {
    const std::string& id = i < cases.size() ? cases[i].id : others_[i - cases.size()];
    const bool tagged =
        !filter.tag || (i < cases.size() && std::find(cases[i].tags.begin(), cases[i].tags.end(),
                                                      *filter.tag) != cases[i].tags.end());
    allowed[i] = tagged && (!filter.case_id || id == *filter.case_id);
  }
  if (allowed.empty()) allowed.push_back(false);  // empty means every case
  return allowed;
}

bool SampleIndex::fits(const Row& row, const IndexFilter& filter, const std::vector<bool>& cases) {
  if (filter.model && row.model != *filter.model) return false;
  if (filter.cell && row.cell != *filter.cell) return false;
  if (filter.status && row.status != static_cast<std::uint8_t>(*filter.status)) return false;
  if ((row.flags & filter.flags) != filter.flags) return false;
  if (filter.mark) {
    const bool same = row.mark == static_cast<std::uint8_t>(*filter.mark);
    if (!same && !(*filter.mark == record::Mark::ungraded && row.mark == kNoMark)) return false;
  }
  return cases.empty() || (row.case_place < cases.size() && cases[row.case_place]);
}

SampleIndex::Page SampleIndex::page(const IndexFilter& filter, std::optional<std::uint64_t> after,
                                    std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  const std::vector<bool> cases = allowed_cases(filter);
  Page page;
  for (const Row& row : rows_) {
    if (!fits(row, filter, cases)) continue;
    ++page.total;
    if (after && row.sequence <= *after) continue;
    if (page.sequences.size() < limit)
      page.sequences.push_back(row.sequence);
    else
      page.more = true;
  }
  return page;
}

std::vector<std::uint64_t> SampleIndex::fitting(const IndexFilter& filter,
                                                const std::vector<std::uint64_t>& sequences) const {
  const std::lock_guard lock(mutex_);
  const std::vector<bool> cases = allowed_cases(filter);
  std::vector<std::uint64_t> found;
  auto at = rows_.begin();
  for (const std::uint64_t sequence : sequences) {
    at = std::lower_bound(at, rows_.end(), sequence,
                          [](const Row& row, std::uint64_t wanted) { return row.sequence < wanted; });
    if (at != rows_.end() && at->sequence == sequence && fits(*at, filter, cases)) found.push_back(sequence);
  }
  return found;
}

SampleIndex::Tallies SampleIndex::tallies(std::size_t models, std::size_t cells) const {
  const std::lock_guard lock(mutex_);
  Tallies all;
  for (const CaseInfo& one : table_->cases()) all.cases.push_back(one.id);
  all.cases.insert(all.cases.end(), others_.begin(), others_.end());
  all.counts.resize(all.cases.size() * cells * models);
  for (const Row& row : rows_) {
    if (row.model >= models || row.cell >= cells || row.mark == kNoMark) continue;
    Tally& tally = all.counts[(row.case_place * cells + row.cell) * models + row.model];
    const auto mark = static_cast<record::Mark>(row.mark);
    if (mark == record::Mark::pass) ++tally.passed;
    if (mark == record::Mark::pass || mark == record::Mark::fail) ++tally.graded;
  }
  return all;
}

std::size_t SampleIndex::size() const {
  const std::lock_guard lock(mutex_);
  return rows_.size();
}

}  // namespace assay::server
