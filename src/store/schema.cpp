#include "store/schema.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "store/refuse.h"

namespace assay::store {
namespace {

// docs/store.md explains every column. Columns of type ANY named there as "text or reference" hold a short
// text itself or, as an integer, the id of a row of `content`.
//
// `sample` holds what is small and always read (about 120 bytes), `answer` what is large and seldom read,
// both under one id that sorts by run and completion. So --resume and summaries scan a narrow table, and an
// append touches the last page of two trees and no index: an index on the random keys would dirty one more
// page per sample.
constexpr std::string_view kFormat1 = R"sql(
CREATE TABLE run (
  number        INTEGER PRIMARY KEY,
  id            TEXT NOT NULL UNIQUE,
  label         TEXT NOT NULL,
  state         TEXT NOT NULL,
  suite_name    TEXT NOT NULL,
  suite_path    TEXT NOT NULL,
  suite_sha256  TEXT NOT NULL,
  suite_text    ANY NOT NULL,
  cells         TEXT NOT NULL,
  seed          INTEGER NOT NULL,
  repeats       INTEGER NOT NULL,
  load          TEXT NOT NULL,
  planned       INTEGER NOT NULL,
  started_wall  INTEGER NOT NULL,
  started_mono  INTEGER NOT NULL,
  ended_wall    INTEGER,
  assay_version TEXT NOT NULL,
  machine       TEXT NOT NULL,
  options       TEXT NOT NULL
) STRICT;

CREATE TABLE model (
  run      INTEGER NOT NULL,
  position INTEGER NOT NULL,
  label    TEXT NOT NULL,
  engine   TEXT NOT NULL,
  record   TEXT NOT NULL,
  PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE claim (
  run       INTEGER PRIMARY KEY,
  token     INTEGER NOT NULL,
  host      TEXT NOT NULL,
  boot      TEXT NOT NULL,
  pid_space TEXT NOT NULL,
  pid       INTEGER NOT NULL,
  started   INTEGER NOT NULL
) STRICT;

CREATE TABLE content (
  id   INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE sample (
  id                   INTEGER PRIMARY KEY,
  model                INTEGER NOT NULL,
  cell                 INTEGER NOT NULL,
  case_id              TEXT NOT NULL,
  repeat               INTEGER NOT NULL,
  attempt              INTEGER NOT NULL,
  key                  ANY NOT NULL,
  status               TEXT NOT NULL,
  reason               TEXT NOT NULL,
  finish               TEXT NOT NULL,
  scheduled            INTEGER NOT NULL,
  sent                 INTEGER,
  accepted             INTEGER,
  done                 INTEGER,
  prompt_tokens        INTEGER,
  cached_prompt_tokens INTEGER,
  output_tokens        INTEGER,
  reasoning_tokens     INTEGER,
  chunks               INTEGER NOT NULL,
  count_source         TEXT NOT NULL,
  flags                INTEGER NOT NULL,
  peak_memory_bytes    INTEGER,
  requested            ANY NOT NULL,
  seed                 TEXT,
  effective            ANY NOT NULL,
  effective_seed       TEXT,
  superseded           INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE answer (
  id        INTEGER PRIMARY KEY,
  prompt    ANY NOT NULL,
  output    TEXT NOT NULL,
  reasoning TEXT NOT NULL,
  detail    TEXT NOT NULL,
  claims    TEXT,
  tokens    BLOB NOT NULL
) STRICT;

CREATE TABLE layer (
  number   INTEGER PRIMARY KEY,
  run      INTEGER NOT NULL,
  position INTEGER NOT NULL,
  created  INTEGER NOT NULL,
  grading  TEXT NOT NULL,
  versions TEXT NOT NULL,
  UNIQUE (run, position)
) STRICT;

CREATE TABLE verdict (
  id     INTEGER PRIMARY KEY,
  mark   TEXT NOT NULL,
  score  REAL,
  reason TEXT NOT NULL,
  body   TEXT NOT NULL
) STRICT;

CREATE VIEW samples AS
SELECT run.id AS run_id, s.id & 0xffffffff AS sequence, model.label AS model, s.cell, s.case_id, s.repeat, s.attempt,
       s.status, s.reason, s.finish,
       iif(typeof(a.prompt) = 'integer', (SELECT body FROM content WHERE id = a.prompt), a.prompt) AS prompt,
       a.output, a.reasoning AS reasoning_text,
       iif(typeof(s.requested) = 'integer', (SELECT body FROM content WHERE id = s.requested), s.requested) AS requested,
       s.seed,
       iif(typeof(s.effective) = 'integer', (SELECT body FROM content WHERE id = s.effective), s.effective) AS effective,
       s.effective_seed, s.scheduled, s.sent, s.accepted, s.done, s.prompt_tokens, s.cached_prompt_tokens,
       s.output_tokens, s.reasoning_tokens, s.count_source, s.flags, s.peak_memory_bytes, a.detail, a.claims
FROM sample AS s
JOIN answer AS a ON a.id = s.id
JOIN run ON run.number = s.id >> 32
LEFT JOIN model ON model.run = run.number AND model.position = s.model
WHERE s.superseded = 0;

CREATE VIEW verdicts AS
SELECT run.id AS run_id, v.id & 0xffffffff AS sequence, layer.position AS layer, layer.grading, v.mark, v.score,
       v.reason, v.body
FROM verdict AS v
JOIN layer ON layer.number = v.id >> 32
JOIN run ON run.number = layer.run;
)sql";

// Whole files that a run came from or goes with. A table with row ids, because the bodies are large.
constexpr std::string_view kFormat2 = R"sql(
CREATE TABLE attachment (
  number INTEGER PRIMARY KEY,
  run    INTEGER NOT NULL,
  name   TEXT NOT NULL,
  body   BLOB NOT NULL,
  UNIQUE (run, name)
) STRICT;
)sql";

// Calls of tools, which few samples have. Under the id of the sample.
constexpr std::string_view kFormat3 = R"sql(
CREATE TABLE tool_calls (
  id   INTEGER PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;
)sql";

// Earlier tries of a trial, which few samples have. Under the id of the sample.
constexpr std::string_view kFormat4 = R"sql(
CREATE TABLE attempts (
  id   INTEGER PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;
)sql";

constexpr std::array kMigrations{Migration{1, kFormat1}, Migration{2, kFormat2, true},
                                 Migration{3, kFormat3, true}, Migration{4, kFormat4, true}};

struct Identity {
  std::int64_t application = 0;
  std::int64_t format = 0;
  bool empty = true;
};

Result<Identity> identity_of(const Database& database) {
  // One statement, so that all three are of one moment: another process may be making the store just now.
  Result<Statement> told = database.prepare(
      "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema) "
      "FROM pragma_application_id, pragma_user_version");
  if (!told) return fail(told.error());
  const Result<bool> row = told->step();
  if (!row) return fail(row.error());
  return Identity{told->integer(0), told->integer(1), told->integer(2) == 0};
}

/// Whether the file may be used at all. A new, empty file is fine when we may write.
Result<void> check(const Database& database, const Identity& file, bool may_write,
                   std::span<const Migration> steps) {
  const int newest = steps.back().to;
  const bool is_new = file.application == 0 && file.format == 0 && file.empty;
  if (is_new && may_write) return {};
  if (is_new) {
    return refuse(database.path(), Code::not_found, "the store is empty", "a store with runs",
                  "assay run writes one");
  }
  if (file.application != kApplicationId) {
    return refuse(database.path(), Code::bad_input, "this is the database of another program",
                  "a file that assay made",
                  "Choose another store with ASSAY_STORE. The file was not changed");
  }
  if (file.format > newest || file.format < 1) {
    return refuse(database.path(), Code::unsupported,
                  fmt::format("store format {}; this assay reads formats 1 to {}", file.format, newest), {},
                  "Use a newer assay. The file was not changed");
  }
  const bool readable = std::all_of(steps.begin(), steps.end(), [&](const Migration& step) {
    return step.to <= file.format || step.adds_only;
  });
  if (!readable && !may_write) {
    return refuse(
        database.path(), Code::unsupported,
        fmt::format("store format {} must first be brought to format {}, and the file cannot be written",
                    file.format, newest),
        {}, "Copy it to a place where it can be written, and open the copy");
  }
  return {};
}

Result<void> climb(Database& database, std::int64_t from, std::span<const Migration> steps) {
  for (const Migration& step : steps) {
    if (step.to <= from) continue;
    if (Result<void> done = database.execute(std::string(step.sql)); !done) return done;
  }
  return database.execute(
      fmt::format("PRAGMA application_id={}; PRAGMA user_version={}", kApplicationId, steps.back().to));
}

}  // namespace

std::span<const Migration> migrations() {
  return kMigrations;
}

Result<void> check_identity(const Database& database, bool may_write, std::span<const Migration> steps) {
  const Result<Identity> file = identity_of(database);
  if (!file) return fail(file.error());
  return check(database, *file, may_write, steps);
}

Result<void> prepare(Database& database, bool may_write, std::span<const Migration> steps) {
  const int newest = steps.back().to;
  Result<Identity> file = identity_of(database);
  if (!file) return fail(file.error());
  if (Result<void> fine = check(database, *file, may_write, steps); !fine) return fine;
  if (file->format == newest || !may_write) return {};

  if (Result<void> locked = database.execute("BEGIN IMMEDIATE"); !locked) return locked;
  file = identity_of(database);  // another program may have been faster
  Result<void> done = file ? check(database, *file, may_write, steps) : Result<void>(fail(file.error()));
  if (done) done = climb(database, file->format, steps);
  if (done) done = database.execute("COMMIT");
  if (!done && database.in_transaction()) static_cast<void>(database.execute("ROLLBACK"));
  return done;
}

}  // namespace assay::store
