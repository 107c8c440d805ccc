#include "store/run_rows.h"

#include <fmt/format.h>

#include "store/query.h"
#include "store/run_codec.h"
#include "store/sample_rows.h"

namespace assay::store {
namespace {

constexpr std::string_view kInsertRun = R"sql(
INSERT INTO run (id, label, state, suite_name, suite_path, suite_sha256, suite_text, cells, seed, repeats, load, planned,
                 started_wall, started_mono, ended_wall, assay_version, machine, options)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql";

}  // namespace

Result<void> insert_model(const Database& database, std::int64_t number, std::uint32_t position,
                          const record::ModelRecord& model) {
  const std::string text = dump(to_json(model));
  return run_once(
      database, "INSERT OR REPLACE INTO model (run, position, label, engine, record) VALUES (?, ?, ?, ?, ?)",
      {number, position, model.spec.label, model.spec.engine, text});
}

Result<std::int64_t> insert_run(const Database& database, ContentWriter& content, const record::Run& run) {
  const Result<TextOrReference> suite = content.keep(run.suite_text);
  if (!suite) return fail(suite.error());
  const std::string cells = dump(to_json(run.cells));
  const std::string load = dump(to_json(run.load));
  const std::string machine = dump(to_json(run.machine));
  const std::string options = dump(run.options);
  Result<void> done =
      run_once(database, kInsertRun,
               {run.id, run.label, name_of(run.state), run.suite_name, run.suite_path, run.suite_sha256,
                suite->bound(), cells, run.seed, run.repeats, load, run.planned, run.started_wall,
                run.started_mono, run.ended_wall, run.assay_version, machine, options});
  if (!done) return fail(done.error());
  const std::int64_t number = database.last_id();
  for (std::uint32_t i = 0; i < run.models.size(); ++i) {
    if (done = insert_model(database, number, i, run.models[i]); !done) return fail(done.error());
  }
  return number;
}

Result<void> delete_run(const Database& database, std::int64_t number) {
  const std::int64_t first = row_id(number, 0);
  const std::int64_t last = row_id(number, kMaxSequence);
  for (const char* table : {"sample", "answer", "tool_calls", "attempts"}) {
    Result<void> done =
        run_once(database, fmt::format("DELETE FROM {} WHERE id BETWEEN ? AND ?", table), {first, last});
    if (!done) return done;
  }
  for (const char* sql : {"DELETE FROM verdict WHERE id IN (SELECT v.id FROM layer AS l JOIN verdict AS v ON "
                          "v.id BETWEEN l.number << 32 AND "
                          "(l.number << 32) + 4294967295 WHERE l.run = ?)",
                          "DELETE FROM layer WHERE run = ?", "DELETE FROM model WHERE run = ?",
                          "DELETE FROM attachment WHERE run = ?", "DELETE FROM claim WHERE run = ?",
                          "DELETE FROM run WHERE number = ?"}) {
    if (Result<void> done = run_once(database, sql, {number}); !done) return done;
  }
  return run_once(database,
                  "DELETE FROM content WHERE NOT EXISTS (SELECT 1 FROM claim) AND id NOT IN ("
                  "SELECT suite_text FROM run WHERE typeof(suite_text) = 'integer' "
                  "UNION SELECT requested FROM sample WHERE typeof(requested) = 'integer' "
                  "UNION SELECT effective FROM sample WHERE typeof(effective) = 'integer' "
                  "UNION SELECT prompt FROM answer WHERE typeof(prompt) = 'integer')",
                  {});
}

}  // namespace assay::store
