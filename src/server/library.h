// What the server needs of rooms that it may not know (suites, plans, graders, engines). cli/ gives it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "record/bench.h"
#include "record/run.h"
#include "record/text_token.h"
#include "stats/summary.h"

namespace assay::server {

/// One case of a stored suite.
struct CaseInfo {
  std::string id;
  std::vector<std::string> tags;
  std::string expect;  ///< JSON; "null" where it has none
};

struct Engine {
  std::string name;
  bool available = false;
  std::string reason;  ///< a sentence when it is not
  bool over_http = false;
  bool shows_tokens = false;  ///< `Library::tokens` can tell
};

/// A file to download.
struct Document {
  std::string type;  ///< media type
  std::string name;
  std::string bytes;
};

/// What a POST says of a run.
struct StartRequest {
  std::string suite;  ///< YAML
  std::string path;   ///< names of files in it count from its folder; empty: the current folder
  std::string label;
  std::vector<std::string> models;  ///< instead of the suite's
  std::vector<std::string> params;  ///< name=value
  std::vector<std::string> cases;   ///< only these
  std::optional<int> repeats, warmup, parallel;
  std::optional<std::uint64_t> seed;
  std::optional<std::string> timeout;
  std::string grading;       ///< empty: the suite's
  bool only_benchy = false;  ///< a suite of assay's own is a mistake
};

struct SuiteCheck {
  OrderedJson plan;  ///< null when there are errors
  Errors errors;
  Errors warnings;
};

/// Thread   any, several at once.
/// Errors   those of reading the store and what it keeps of the run (its suite, its report); others as told.
class Library {
 public:
  virtual ~Library() = default;
  /// As `assay show`. Streams over all samples: seconds for a million.
  virtual Result<stats::Summary> summary(const record::Run& run) = 0;
  /// Of the stored suite, in its order.
  virtual Result<std::vector<CaseInfo>> cases(const record::Run& run) = 0;
  /// As `assay compare --json`; a side is RUN or RUN:MODEL. Benches and several sides have schemas of their
  /// own.
  virtual Result<OrderedJson> compare(const std::string& a, const std::vector<std::string>& others) = 0;
  /// Every repetition of a bench; absent: the run is none, or nothing of it is stored yet.
  virtual Result<std::optional<record::BenchReport>> bench(const record::Run& run) = 0;
  /// As `assay report -f`.
  virtual Result<Document> report(const record::Run& run, const std::string& format) = 0;
  /// The report as Benchy's server answers: JSON on one line.
  virtual Result<std::string> benchy_answer(const record::Run& run) = 0;
  /// Asks each engine whether it is ready: may take a moment.
  virtual std::vector<Engine> engines() = 0;
  virtual SuiteCheck check(const StartRequest& request) = 0;
  /// Keeps a report of Benchy. `name` is its file's, for messages.
  virtual Result<OrderedJson> import_report(const std::string& bytes, const std::string& name,
                                            const std::string& label) = 0;
  /// Page settings that the report which the run was imported from brings; absent: it was not imported.
  virtual Result<std::optional<OrderedJson>> page_settings(const record::Run& run) = 0;
  /// A prompt of the run's `model`-th model in its tokens, by the vocabulary that the model's file has now:
  /// takes up to a second. Errors: unsupported (its engine does not tell, or is not here), not_found.
  virtual Result<std::vector<record::TextToken>> tokens(const record::Run& run, std::uint32_t model,
                                                        const std::string& prompt) = 0;
};

/// One load of a model in a run of this process.
struct LoadEvent {
  std::uint32_t model = 0;
  std::optional<double> load_ms;  ///< absent: it begins
};

/// What is known of a run of this process beyond what the store holds.
struct Live {
  std::uint64_t version = 0;  ///< grows with every change
  std::vector<LoadEvent> loads;
  std::uint32_t model = 0;
  std::uint64_t finished = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t tokens = 0;
  std::optional<double> tokens_per_s;
  std::string case_id;
  bool has_progress = false;
};

/// Starts and stops runs in this process. One at a time: two would disturb each other's figures.
/// Thread   any.
class RunControl {
 public:
  virtual ~RunControl() = default;
  /// Checks, proves that the models load, stores the run's beginning, and goes on in a thread of its own.
  /// Gives the id. Errors: all mistakes of the suite; conflict while another run goes on.
  virtual tl::expected<std::string, Errors> start(const StartRequest& request) = 0;
  /// Goes on with a stored run that did not finish.
  virtual tl::expected<std::string, Errors> resume(const std::string& run_id) = 0;
  /// Errors: conflict when this process does not run it.
  virtual Result<void> cancel(const std::string& run_id) = 0;
  /// The run of this process; also while its models are being proven, when it may not be stored yet.
  virtual std::optional<std::string> running() = 0;
  /// Waits for a change beyond `seen`, at most so long. Absent: this process does not run it.
  virtual std::optional<Live> wait(const std::string& run_id, std::uint64_t seen,
                                   std::chrono::milliseconds longest) = 0;
  /// Waits, at most so long, until all of the run is stored. False: it still goes on in this process. Unlike
  /// wait(), what happens in the run wakes nobody here.
  virtual bool ended(const std::string& run_id, std::chrono::milliseconds longest) = 0;
};

}  // namespace assay::server
