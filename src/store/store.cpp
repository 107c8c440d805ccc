// Opening, claiming and writing. Reading is in store_runs.cpp and store_samples.cpp.
#include "store/store.h"

#include <random>

#include <fmt/format.h>

#include "record/run.h"
#include "store/impl.h"
#include "store/query.h"
#include "store/refuse.h"
#include "store/run_rows.h"

namespace assay::store {
namespace {

std::int64_t random_token() {
  std::random_device device;
  return static_cast<std::int64_t>(std::uint64_t{device()} << 32U | device());
}

}  // namespace

Store::Impl::~Impl() {
  if (writer && !claimed.empty()) {
    // Best effort: a claim that stays is seen to be dead as soon as this program has ended.
    static_cast<void>(run_once(*writer, "DELETE FROM claim WHERE token = ?", {token}));
  }
  prepared.reset();
  readers.close();
  syncer.reset();  // syncs what is left
  writer.reset();  // the last connection merges the log into the file
}

Result<void> Store::Impl::make_ready() {
  if (!writer) {
    return refuse(path, Code::permission, "the store was opened for reading", "a store opened for writing",
                  {});
  }
  if (!prepared) {
    Result<std::unique_ptr<Syncer>> started = Syncer::start(path, options, mutex);
    if (!started) return fail(started.error());
    auto made = std::make_unique<Prepared>();
    const std::pair<Statement*, std::string_view> plain[] = {
        {&made->begin, "BEGIN IMMEDIATE"},
        {&made->commit, "COMMIT"},
        {&made->rollback, "ROLLBACK"},
        {&made->find_layer,
         "SELECT l.number FROM layer AS l JOIN run AS r ON r.number = l.run WHERE r.id = ? AND l.position = "
         "?"},
        {&made->put_verdict,
         "INSERT OR REPLACE INTO verdict (id, mark, score, reason, body) VALUES (?, ?, ?, ?, ?)"},
    };
    for (const auto& [statement, sql] : plain) {
      Result<Statement> one = writer->prepare(sql);
      if (!one) return fail(one.error());
      *statement = *std::move(one);
    }
    Result<ContentWriter> content = ContentWriter::make(*writer);
    if (!content) return fail(content.error());
    made->content = *std::move(content);
    Result<SampleWriter> samples = SampleWriter::make(*writer, made->content);
    if (!samples) return fail(samples.error());
    made->samples = *std::move(samples);
    syncer = *std::move(started);
    prepared = std::move(made);
  }
  if (std::optional<Error> failed = syncer->failure()) return fail(*std::move(failed));
  return {};
}

void Store::Impl::undo() {
  // SQLite has rolled back by itself after a full disk.
  if (writer->in_transaction()) static_cast<void>(prepared->rollback.run({}));
  prepared->content.forget();
  prepared->samples.forget();
}

Error Store::Impl::no_run(std::string_view run_id) const {
  return {.code = Code::not_found,
          .where = {.file = path, .line = 0, .column = 0},
          .found = fmt::format("there is no run '{}'", run_id),
          .expected = {},
          .remedy = "assay list shows the runs"};
}

Result<std::int64_t> Store::Impl::number_of(const Database& database, std::string_view run_id) const {
  Result<Statement> find = database.prepare("SELECT number FROM run WHERE id = ?");
  if (!find) return fail(find.error());
  if (Result<void> bound = find->bind({run_id}); !bound) return fail(bound.error());
  const Result<bool> row = find->step();
  if (!row) return fail(row.error());
  if (!*row) return fail(no_run(run_id));
  return find->integer(0);
}

Result<std::int64_t> Store::Impl::claimed_number(std::string_view run_id) const {
  const auto at = claimed.find(run_id);
  if (at != claimed.end()) return at->second;
  return refuse(path, Code::conflict, fmt::format("run '{}' is not being written here", run_id),
                "a run that was begun or resumed", {});
}

Result<void> Store::Impl::check_claim(const std::string& run_id, std::int64_t number, Takeover takeover) {
  Result<Statement> find =
      writer->prepare("SELECT token, host, boot, pid_space, pid, started FROM claim WHERE run = ?");
  if (!find) return fail(find.error());
  if (Result<void> bound = find->bind({number}); !bound) return bound;
  const Result<bool> row = find->step();
  if (!row) return fail(row.error());
  if (!*row || takeover == Takeover::by_force || find->integer(0) == token) return {};
  const Owner owner{.host = find->text(1),
                    .boot = find->text(2),
                    .pid_space = find->text(3),
                    .pid = find->integer(4),
                    .started = find->integer(5)};
  switch (life_of(owner)) {
    case Life::dead: return {};
    case Life::alive:
      return refuse(path, Code::conflict,
                    fmt::format("run '{}' is being written by {}", run_id, describe(owner)),
                    "a run that nobody writes", "Wait until it ends, or end it");
    case Life::unknown:
      return refuse(
          path, Code::conflict,
          fmt::format("run '{}' is claimed by {}, which cannot be seen from here", run_id, describe(owner)),
          "a run that nobody writes", "If you know that it has ended, take the run over by force");
  }
  return {};
}

Result<void> Store::Impl::set_claim(std::int64_t number) {
  const Owner self = this_process();
  return run_once(*writer,
                  "INSERT OR REPLACE INTO claim (run, token, host, boot, pid_space, pid, started) VALUES (?, "
                  "?, ?, ?, ?, ?, ?)",
                  {number, token, self.host, self.boot, self.pid_space, self.pid, self.started});
}

Result<Store> Store::open(const std::string& path, Mode mode, const OpenOptions& options) {
  Result<Opened> opened = open_store(path, mode, options);
  if (!opened) return fail(opened.error());
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->options = options;
  impl->token = random_token();
  impl->readers.set(path, opened->how);
  if (mode == Mode::read_only) {
    impl->readers.add(std::move(opened->database));
  } else {
    impl->writer = std::move(opened->database);
    impl->writer->report_log_pages(&impl->log_pages);
  }
  return Store(std::move(impl));
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&& other) noexcept = default;
Store& Store::operator=(Store&& other) noexcept = default;
Store::~Store() = default;

const std::string& Store::path() const {
  return impl_->path;
}

Result<void> Store::begin(const record::Run& run) {
  std::int64_t number = 0;
  Result<void> done = impl_->write([&]() -> Result<void> {
    if (impl_->number_of(*impl_->writer, run.id)) {
      return refuse(impl_->path, Code::conflict, fmt::format("run '{}' exists already", run.id),
                    "an id of its own", {});
    }
    impl_->prepared->content.forget();
    impl_->prepared->samples.forget();
    const Result<std::int64_t> made = insert_run(*impl_->writer, impl_->prepared->content, run);
    if (!made) return fail(made.error());
    number = *made;
    return impl_->set_claim(number);
  });
  if (done) {
    const std::lock_guard lock(impl_->mutex);
    impl_->claimed[run.id] = number;
  }
  return done;
}

Result<void> Store::resume(const std::string& run_id, Takeover takeover) {
  std::int64_t number = 0;
  Result<void> done = impl_->write([&]() -> Result<void> {
    const Result<std::int64_t> found = impl_->number_of(*impl_->writer, run_id);
    if (!found) return fail(found.error());
    number = *found;
    if (Result<void> free = impl_->check_claim(run_id, number, takeover); !free) return free;
    impl_->prepared->content.forget();
    impl_->prepared->samples.forget();
    if (Result<void> claimed = impl_->set_claim(number); !claimed) return claimed;
    Result<void> running =
        run_once(*impl_->writer, "UPDATE run SET state = ?, ended_wall = NULL WHERE number = ?",
                 {name_of(record::RunState::running), number});
    if (!running) return running;
    return run_once(*impl_->writer,
                    "UPDATE sample SET superseded = 1 WHERE id BETWEEN ? AND ? AND status = ?",
                    {row_id(number, 0), row_id(number, kMaxSequence), name_of(record::Status::cancelled)});
  });
  if (done) {
    const std::lock_guard lock(impl_->mutex);
    impl_->claimed[run_id] = number;
  }
  return done;
}

Result<void> Store::update_options(const std::string& run_id, const Json& options) {
  return impl_->write([&]() -> Result<void> {
    const Result<std::int64_t> number = impl_->claimed_number(run_id);
    if (!number) return fail(number.error());
    return run_once(*impl_->writer, "UPDATE run SET options = ? WHERE number = ?", {dump(options), *number});
  });
}

Result<void> Store::update_model(const std::string& run_id, std::uint32_t index,
                                 const record::ModelRecord& model) {
  return impl_->write([&]() -> Result<void> {
    const Result<std::int64_t> number = impl_->claimed_number(run_id);
    if (!number) return fail(number.error());
    Result<Statement> find = impl_->writer->prepare("SELECT 1 FROM model WHERE run = ? AND position = ?");
    if (!find) return fail(find.error());
    if (Result<void> bound = find->bind({*number, index}); !bound) return bound;
    const Result<bool> exists = find->step();
    if (!exists) return fail(exists.error());
    find->reset();
    if (!*exists)
      return refuse(impl_->path, Code::not_found, fmt::format("run '{}' has no model {}", run_id, index), {},
                    {});
    return insert_model(*impl_->writer, *number, index, model);
  });
}

Result<void> Store::append(const record::Sample& sample) {
  return impl_->write([&]() -> Result<void> {
    const Result<std::int64_t> number = impl_->claimed_number(sample.run_id);
    if (!number) return fail(number.error());
    if (sample.sequence > kMaxSequence) {
      return refuse(impl_->path, Code::unsupported, fmt::format("sample {} of one run", sample.sequence),
                    "at most 4294967296 samples", "Cut the run into several");
    }
    return impl_->prepared->samples.insert(*number, sample);
  });
}

Result<void> Store::finish(const std::string& run_id, record::RunState state, Nanos ended_wall) {
  Result<void> done = impl_->write([&]() -> Result<void> {
    const Result<std::int64_t> number = impl_->claimed_number(run_id);
    if (!number) return fail(number.error());
    Result<void> ended = run_once(*impl_->writer, "UPDATE run SET state = ?, ended_wall = ? WHERE number = ?",
                                  {name_of(state), ended_wall, *number});
    if (!ended) return ended;
    return run_once(*impl_->writer, "DELETE FROM claim WHERE run = ? AND token = ?", {*number, impl_->token});
  });
  if (!done) return done;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->claimed.erase(run_id);
  }
  return sync();
}

Result<void> Store::remove(const std::string& run_id) {
  return impl_->write([&]() -> Result<void> {
    const Result<std::int64_t> number = impl_->number_of(*impl_->writer, run_id);
    if (!number) return fail(number.error());
    if (Result<void> free = impl_->check_claim(run_id, *number, Takeover::if_dead); !free) return free;
    impl_->claimed.erase(run_id);
    return delete_run(*impl_->writer, *number);
  });
}

Result<LayerId> Store::add_layer(const std::string& run_id, const Layer& layer) {
  LayerId position = 0;
  Result<void> done = impl_->write([&]() -> Result<void> {
    const Result<std::int64_t> number = impl_->number_of(*impl_->writer, run_id);
    if (!number) return fail(number.error());
    const Result<std::int64_t> last = impl_->writer->integer_of(
        fmt::format("SELECT coalesce(max(position), 0) FROM layer WHERE run = {}", *number));
    if (!last) return fail(last.error());
    position = static_cast<LayerId>(*last + 1);
    const std::string versions = dump(layer.versions);
    return run_once(*impl_->writer,
                    "INSERT INTO layer (run, position, created, grading, versions) VALUES (?, ?, ?, ?, ?)",
                    {*number, position, layer.created, layer.grading, versions});
  });
  if (!done) return fail(done.error());
  return position;
}

Result<void> Store::put_verdict(const std::string& run_id, LayerId layer, std::uint64_t sequence,
                                const record::Verdict& verdict) {
  const GradedSequence one{sequence, verdict};
  return put_verdicts(run_id, layer, {&one, 1});
}

Result<void> Store::put_verdicts(const std::string& run_id, LayerId layer,
                                 std::span<const GradedSequence> verdicts) {
  return impl_->write([&]() -> Result<void> {
    Statement& find = impl_->prepared->find_layer;
    if (Result<void> bound = find.bind({run_id, layer}); !bound) return bound;
    const Result<bool> exists = find.step();
    if (!exists) return fail(exists.error());
    const std::int64_t number = *exists ? find.integer(0) : 0;
    find.reset();
    if (!*exists)
      return refuse(impl_->path, Code::not_found, fmt::format("run '{}' has no grading {}", run_id, layer),
                    {}, {});
    for (const auto& [sequence, verdict] : verdicts) {
      const std::string body = dump(record::to_json(verdict));
      Result<void> put =
          impl_->prepared->put_verdict.run({row_id(number, sequence & kMaxSequence), name_of(verdict.mark),
                                            verdict.score, verdict.reason, body});
      if (!put) return put;
    }
    return {};
  });
}

Result<void> Store::sync() {
  Syncer* syncer = nullptr;
  {
    const std::lock_guard lock(impl_->mutex);
    syncer = impl_->syncer.get();  // once made it stays until the end
  }
  return syncer != nullptr ? syncer->sync_now() : Result<void>{};
}

}  // namespace assay::store
