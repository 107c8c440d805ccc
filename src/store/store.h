// The one place that keeps what was measured: runs, samples, verdicts, in one SQLite file (docs/store.md).
//
// Promises
//   Kept     append() returns after the sample is a committed row in the write-ahead log: kill -9 then loses
//   nothing of
//            it. At most a second later it has been synced, so that power loss does not either. What is found
//            after a crash is whole samples, the first k of those appended.
//   Raw      nothing is computed here but sizes; what comes out equals what went in, to the nanosecond.
//   One      a run has one writer at a time; several programs may write several runs of one file at once.
// Everything else in the program knows this header and no SQL, so that a second store (PostgreSQL) can stand
// behind it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "record/run.h"
#include "record/sample.h"
#include "record/verdict.h"

namespace assay::store {

enum class Mode {
  read_write_create,  ///< makes the file, not its folder
  read_only,          ///< changes nothing; works in a read-only folder and on a read-only disk
};

struct OpenOptions {
  std::string vfs;  ///< name of SQLite's file layer, for tests that let the disk fail; empty: the system's
  /// Length of the write-ahead log, in pages of 4 KiB, at which it is merged into the file (syncer.h). In a
  /// longer log the last pages of the trees, which change with every sample, are merged once instead of
  /// often; but a reader looks each page up in the log first, and 32 MiB are what a crash leaves to be read
  /// at the next start (about 30 ms).
  int merge_pages = 8192;
};

/// $ASSAY_STORE, else assay/assay.db below $XDG_DATA_HOME or ~/.local/share (macOS: ~/Library/Application
/// Support). Its folder may not exist yet: make_folder(folder_of(path)) before open(). Errors: not_found
/// without a home folder.
Result<std::string> default_path();

/// Gradings of a run are numbered from 1; the greatest is the newest.
using LayerId = std::uint32_t;

/// One grading of a whole run. Grading again adds a layer; the old ones stay.
struct Layer {
  LayerId id = 0;       ///< given by add_layer()
  Nanos created{0};     ///< wall clock
  std::string grading;  ///< "assay", "benchy", or what the user called it
  Json versions;        ///< evaluator and filter → version, as far as they can change a verdict
  bool operator==(const Layer&) const = default;
};

/// Which runs; every part that is set must hold.
struct RunFilter {
  std::optional<std::string> suite_sha256;
  std::optional<record::RunState> state;
  std::optional<std::string> label;
  std::uint32_t limit = 0;  ///< 0: all
  std::string before = {};  ///< id: only runs older than this one; an id that does not exist: none
  /// Part of a label, suite name, model's label or id. ASCII letters match in both cases.
  std::string words = {};
};

/// One line of a list of runs.
struct RunEntry {
  std::string id;
  std::string label;
  record::RunState state = record::RunState::running;
  std::string suite_name;
  std::string suite_path;
  std::string suite_sha256;
  std::vector<std::string> models;  ///< labels, in order
  std::uint64_t planned = 0;
  std::uint64_t stored = 0;  ///< samples in the file
  Nanos started_wall{0};
  std::optional<Nanos> ended_wall;
  record::RunKind kind = record::RunKind::suite;
  std::string host;  ///< of the machine that it ran on; empty: not known
};

/// Which samples; every part that is set must hold.
struct SampleFilter {
  std::optional<std::uint32_t> model;
  std::optional<std::uint32_t> cell;
  std::optional<std::string> case_id;
  std::optional<record::Status> status;
  std::uint64_t from_sequence = 0;
  std::uint64_t limit = 0;  ///< 0: all
  bool superseded = false;  ///< with those that a resumed run did again
  /// False leaves prompt, output, reasoning, detail, claims and parameters empty: enough for speed and
  /// accuracy, and about three times as fast.
  bool texts = true;
  /// False gives verdicts with mark and reason alone: reading all their steps costs more than judging again.
  bool verdict_steps = true;
};

/// What of a sample is looked at to find it among a million: the columns that filters ask for.
struct SampleBrief {
  std::uint64_t sequence = 0;
  std::uint32_t model = 0;
  std::uint32_t cell = 0;
  std::string_view case_id;  ///< valid during the call
  record::Status status = record::Status::ok;
  record::Flags flags = 0;
  std::optional<record::Mark> mark;  ///< absent: nobody has judged it in that layer
};
using BriefSink = std::function<bool(const SampleBrief&)>;

/// What to do when another process has claimed the run.
enum class Takeover {
  if_dead,   ///< take it when that process is gone for certain
  by_force,  ///< take it in any case: the user says that it is gone (another machine or container)
};

/// Return false to stop early.
using SampleSink = std::function<bool(record::Sample&&)>;
/// The verdict is nullptr while the sample is ungraded in that layer; else valid during the call.
using GradedSink = std::function<bool(record::Sample&&, const record::Verdict*)>;

struct GradedSequence {
  std::uint64_t sequence = 0;
  record::Verdict verdict;
};

/// Thread   any; writing calls wait for each other, reading calls see a snapshot and hold nobody up. A sink
///          may call back into the store.
/// Errors   io (disk full or failing; what was stored before is safe), permission, conflict (another
///          process), not_found (no such run), bad_input (damaged). A write that failed has left nothing
///          behind. Once the disk has failed to sync, every later write says so: what it reported as kept
///          may not be.
/// Moved    a moved-from Store may only be destroyed or assigned.
class Store {
 public:
  /// Sentences for: folder missing, no permission, no store, not ours, newer format, damaged, disk full.
  static Result<Store> open(const std::string& path, Mode mode, const OpenOptions& options = {});
  Store(Store&& other) noexcept;
  Store& operator=(Store&& other) noexcept;
  /// Syncs, gives up the claims, and merges the write-ahead log into the file if nobody else has it open.
  ~Store();

  // Writing a run.

  /// Stores the run and claims it for this Store. Errors: conflict when the id exists.
  Result<void> begin(const record::Run& run);
  /// Claims a stored run to go on with it: its state becomes `running`, and cancelled samples are marked
  /// superseded, so that their trials run again. Errors: conflict with a sentence when a living process has
  /// it.
  Result<void> resume(const std::string& run_id, Takeover takeover = Takeover::if_dead);
  /// Replaces the options of a claimed run: a run that is resumed may be told others.
  Result<void> update_options(const std::string& run_id, const Json& options);
  /// Replaces what is known of one model. Errors: not_found when the run has no model at `index`.
  Result<void> update_model(const std::string& run_id, std::uint32_t index, const record::ModelRecord& model);
  /// One committed row. `sample.sequence` is next_sequence() counted up by the caller; at most 2^32 - 1.
  /// Errors: conflict when the run is not claimed by this Store or the sequence is taken.
  Result<void> append(const record::Sample& sample);
  /// Ends the run, syncs, gives up the claim.
  Result<void> finish(const std::string& run_id, record::RunState state, Nanos ended_wall);
  /// Deletes the run with all it has. Errors: conflict while a living process writes it.
  Result<void> remove(const std::string& run_id);

  /// Keeps a whole file with the run, such as the report that it was imported from; replaces one of the same
  /// name. Needs no claim. At most 900 MB. Errors: not_found, bad_input when it is larger.
  Result<void> attach(const std::string& run_id, std::string_view name, std::string_view body);

  // Grading. Needs no claim: a finished run can be graded again.

  /// The layer is the run's newest one from here on; its `id` is given, whatever the caller set.
  Result<LayerId> add_layer(const std::string& run_id, const Layer& layer);
  /// The last one for a sample counts. Errors: not_found for an unknown layer.
  Result<void> put_verdict(const std::string& run_id, LayerId layer, std::uint64_t sequence,
                           const record::Verdict& verdict);
  /// All in one commit.
  Result<void> put_verdicts(const std::string& run_id, LayerId layer,
                            std::span<const GradedSequence> verdicts);

  /// Returns when all that was committed is synced. Not needed for the promises above.
  Result<void> sync();

  // Reading.

  /// Newest first.
  Result<std::vector<RunEntry>> runs(const RunFilter& filter = {}) const;
  /// One line of that list. Errors: not_found.
  Result<RunEntry> entry(const std::string& run_id) const;
  /// The id for what a user wrote: "last", an id, a label, or the beginning of an id. Errors: not_found with
  /// what exists; bad_input with the candidates when several fit.
  Result<std::string> find_run(std::string_view word) const;
  Result<record::Run> run(const std::string& run_id) const;
  /// The newest run of this suite that has not finished, for --resume without an id. Absent: there is none.
  Result<std::optional<std::string>> newest_unfinished(const std::string& suite_sha256) const;

  /// In the order of completion, one at a time: memory does not grow with the run.
  Result<void> for_each_sample(const std::string& run_id, const SampleFilter& filter,
                               const SampleSink& sink) const;
  /// With their verdicts. Without `layer` the newest; a run without any layer gives nullptr for each.
  Result<void> for_each_graded(const std::string& run_id, std::optional<LayerId> layer,
                               const SampleFilter& filter, const GradedSink& sink) const;
  /// With its texts. Errors: not_found.
  Result<record::Sample> sample(const std::string& run_id, std::uint64_t sequence) const;
  /// Only the narrow columns, from a sequence on, without superseded ones: a million in about a second.
  Result<void> for_each_brief(const std::string& run_id, std::optional<LayerId> layer,
                              std::uint64_t from_sequence, const BriefSink& sink) const;
  /// These samples with their texts and verdicts, in the order given; one that does not exist is left out.
  Result<void> for_each_of(const std::string& run_id, std::optional<LayerId> layer,
                           std::span<const std::uint64_t> sequences, const GradedSink& sink) const;
  /// Sequences in [from, to) whose prompt, output, reasoning or case id holds the text; ASCII letters match
  /// in both cases. Ascending. Reads every text in between.
  Result<std::vector<std::uint64_t>> find_text(const std::string& run_id, std::uint64_t from,
                                               std::uint64_t to, std::string_view text) const;
  /// The samples before and after one in the order of completion, superseded ones left out.
  struct Neighbours {
    std::optional<std::uint64_t> previous, next;
  };
  Result<Neighbours> neighbours(const std::string& run_id, std::uint64_t sequence) const;
  /// Keys of the trials that need not run again: every sample that is not superseded or cancelled. 200,000 in
  /// well under a second.
  Result<std::unordered_set<std::string>> done_keys(const std::string& run_id) const;
  /// The sequence for the next append(): 0 in a new run.
  Result<std::uint64_t> next_sequence(const std::string& run_id) const;
  /// Oldest first.
  Result<std::vector<Layer>> layers(const std::string& run_id) const;
  /// Sequences without a verdict in that layer, ascending; superseded ones left out.
  Result<std::vector<std::uint64_t>> ungraded(const std::string& run_id, LayerId layer) const;

  /// Absent when the run has none of this name.
  Result<std::optional<std::string>> attachment(const std::string& run_id, std::string_view name) const;

  const std::string& path() const;

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::store
