// The narrow columns of one run in memory, so that any filter over a million samples takes milliseconds: 18
// bytes a sample. A table in the store would need an index for each filter, and each would cost every append.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "server/library.h"
#include "store/store.h"

namespace assay::server {

/// The cases of a run: those of its suite in order, then others that samples name.
class CaseTable {
 public:
  explicit CaseTable(std::vector<CaseInfo> cases);
  /// Absent for a case that the suite does not have.
  std::optional<std::uint32_t> find(std::string_view id) const;
  const std::vector<CaseInfo>& cases() const { return cases_; }

 private:
  std::vector<CaseInfo> cases_;
  std::unordered_map<std::string_view, std::uint32_t> places_;  // views into cases_
};

/// What a page of samples asks for; every part that is set must hold.
struct IndexFilter {
  std::optional<std::uint32_t> model, cell;
  std::optional<record::Status> status;
  std::optional<record::Mark> mark;  ///< ungraded: also what nobody has judged
  std::optional<std::string> case_id;
  std::optional<std::string> tag;
  record::Flags flags = 0;
  bool empty() const;
};

/// Thread   any; calls wait for each other.
class SampleIndex {
 public:
  SampleIndex(std::string run_id, std::shared_ptr<const CaseTable> cases);

  /// Reads what the store has more, and what was judged since. `epoch` names grading and state: when it
  /// changes, everything is read again.
  Result<void> update(const store::Store& store, const std::string& epoch);

  struct Page {
    std::vector<std::uint64_t> sequences;  ///< ascending
    bool more = false;                     ///< others follow
    std::uint64_t total = 0;               ///< all that fit, from the first
  };
  Page page(const IndexFilter& filter, std::optional<std::uint64_t> after, std::size_t limit) const;
  /// Those of the ascending list that fit.
  std::vector<std::uint64_t> fitting(const IndexFilter& filter,
                                     const std::vector<std::uint64_t>& sequences) const;

  /// Passed and graded samples by case, cell and model.
  struct Tally {
    std::uint32_t passed = 0, graded = 0;
  };
  /// Shape: [case × cells × models], cases in the order of the table, then others.
  struct Tallies {
    std::vector<std::string> cases;
    std::vector<Tally> counts;
  };
  Tallies tallies(std::size_t models, std::size_t cells) const;
  std::size_t size() const;

 private:
  struct Row {
    std::uint32_t sequence = 0;
    std::uint32_t case_place = 0;  ///< of the table; above it, of others_
    record::Flags flags = 0;
    std::uint16_t model = 0;
    std::uint16_t cell = 0;
    std::uint8_t status = 0;
    std::uint8_t mark = 0;  ///< kNoMark: nobody has judged it
  };
  static constexpr std::uint8_t kNoMark = 255;

  void clear();
  std::uint32_t place_of(std::string_view case_id);
  /// What can fit, per case; empty: every case.
  std::vector<bool> allowed_cases(const IndexFilter& filter) const;
  static bool fits(const Row& row, const IndexFilter& filter, const std::vector<bool>& cases);

  mutable std::mutex mutex_;
  std::string run_id_;
  std::shared_ptr<const CaseTable> table_;
  std::string epoch_;
  std::vector<Row> rows_;            ///< ascending by sequence
  std::vector<std::string> others_;  ///< ids that the suite does not have
  std::unordered_map<std::string, std::uint32_t> other_places_;
};

}  // namespace assay::server
