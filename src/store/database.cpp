#include "store/database.h"

#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"

namespace assay::store {
namespace {

// SQLite's own busy handler waits 1, 2, 5, 10 … ms. A commit of the other process takes about 20 us, so we
// begin with waits of that size: two processes that append at full speed then hardly slow each other down.
int wait_for_lock(void* waited_us, int count) {
  auto& waited = *static_cast<std::int64_t*>(waited_us);
  if (count == 0) waited = 0;
  if (waited > std::int64_t{kBusyLimitMs} * 1000) return 0;
  const int pause = count < 20 ? 50 : count < 100 ? 500 : 5000;
  ::usleep(static_cast<useconds_t>(pause));
  waited += pause;
  return 1;
}

/// As an URI, for the parameter that has no flag. Only what an URI takes apart is escaped.
std::string as_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#')
      uri += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    else
      uri += c;
  }
  return uri + "?immutable=1";
}

Error sentence_of(const std::string& path, Code code, std::string found, std::string expected,
                  std::string remedy) {
  return {.code = code,
          .where = {.file = path, .line = 0, .column = 0},
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = std::move(remedy)};
}

/// The errno behind a failure, 0 when there is none. A failed commit does not tell the connection its errno,
/// but the file that failed remembers it: a quota or a size limit must not look like a broken disk.
int system_error_of(sqlite3* handle, int code) {
  const int known = sqlite3_system_errno(handle);
  if (known != 0 || (code & 0xff) != SQLITE_IOERR) return known;
  for (const int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(handle, "main", which, &file);
    int last = 0;
    if (file == nullptr || file->pMethods == nullptr) continue;
    if (file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &last) == SQLITE_OK && last != 0)
      return last;
  }
  return 0;
}

bool means_full(int code, int system_error) {
  return code == SQLITE_FULL || system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG;
}

}  // namespace

Error sqlite_sentence(const std::string& path, int code, int system_error, std::string_view words) {
  const int primary = code & 0xff;
  const std::string told = system_error != 0 ? std::string(std::strerror(system_error)) : std::string(words);
  if (means_full(primary, primary == SQLITE_IOERR ? system_error : 0)) {
    return sentence_of(path, Code::io, "the disk is full, or the file may not grow further",
                       "room to store the next sample",
                       "What was stored before is safe. Free some space, then continue with --resume");
  }
  switch (primary) {
    case SQLITE_IOERR:
      return sentence_of(path, Code::io, fmt::format("the disk failed ({})", told), {},
                         "What was stored before is kept. Check the disk, then continue with --resume");
    case SQLITE_READONLY:
      return sentence_of(path, Code::permission, "the file or its folder is read-only", "permission to write",
                         "Change the permission, or choose another store with ASSAY_STORE");
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return sentence_of(path, Code::permission, fmt::format("no permission ({})", told), {},
                         "Change the permission, or choose another store with ASSAY_STORE");
    case SQLITE_CANTOPEN:
      return sentence_of(path, system_error == EACCES ? Code::permission : Code::io,
                         fmt::format("cannot open ({})", told), "a file in a folder that can be written",
                         "Choose another store with ASSAY_STORE");
    case SQLITE_NOTADB:
      return sentence_of(path, Code::bad_input, "this is no assay store (no SQLite file)",
                         "a file that assay made",
                         "Choose another store with ASSAY_STORE. The file was not changed");
    case SQLITE_CORRUPT:
      return sentence_of(path, Code::bad_input, fmt::format("the store is damaged ({})", words), {},
                         "Keep a copy of it and of the files beside it, then try: sqlite3 STORE .recover");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return sentence_of(
          path, Code::conflict,
          fmt::format("another program has held the store locked for {} s", kBusyLimitMs / 1000), {},
          "Wait for it, or end it");
    case SQLITE_CONSTRAINT:
      return sentence_of(path, Code::conflict, fmt::format("the place is taken ({})", words), {}, {});
    case SQLITE_NOMEM: return sentence_of(path, Code::out_of_memory, "no memory left for the store", {}, {});
    case SQLITE_TOOBIG:
      return sentence_of(path, Code::unsupported, "a text of more than a thousand million bytes", {}, {});
    default:
      return sentence_of(path, Code::internal, fmt::format("SQLite says: {} (code {})", words, code), {}, {});
  }
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, const OpenHow& how) {
  // NOMUTEX: a connection is used by one thread at a time, so its own lock would only cost.
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= how.write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  if (how.create) flags |= SQLITE_OPEN_CREATE;
  if (how.immutable) flags |= SQLITE_OPEN_URI;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(how.immutable ? as_uri(path).c_str() : path.c_str(), &handle, flags,
                                   how.vfs.empty() ? nullptr : how.vfs.c_str());
  std::unique_ptr<Database> database(new Database(path, handle));
  if (code != SQLITE_OK) {
    return fail(sqlite_sentence(path, code, handle != nullptr ? sqlite3_system_errno(handle) : 0,
                                sqlite3_errstr(code)));
  }
  // Defensive: SQL, even damaged SQL in the file's own schema, cannot write outside tables.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_busy_handler(handle, wait_for_lock, &database->waited_us_);
  return database;
}

Database::~Database() {
  sqlite3_close_v2(handle_);
}

Result<void> Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return fail(last_error());
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), 0, &statement, nullptr);
  if (code != SQLITE_OK) return fail(last_error());
  return Statement(this, statement);
}

Result<Statement> Database::first_row(std::string_view sql) const {
  Result<Statement> statement = prepare(sql);
  if (!statement) return statement;
  const Result<bool> row = statement->step();
  if (!row) return fail(row.error());
  if (!*row) return fail(sentence_of(path_, Code::not_found, "no row", {}, {}));
  return statement;
}

Result<std::int64_t> Database::integer_of(std::string_view sql) const {
  return first_row(sql).map([](const Statement& row) { return row.integer(0); });
}

Result<std::string> Database::text_of(std::string_view sql) const {
  return first_row(sql).map([](const Statement& row) { return row.text(0); });
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(handle_) == 0;
}

std::int64_t Database::last_id() const {
  return sqlite3_last_insert_rowid(handle_);
}

void Database::report_log_pages(int* pages) {
  const auto hook = [](void* to, sqlite3*, const char*, int in_log) {
    *static_cast<int*>(to) = in_log;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(handle_, hook, pages);
}

void Database::merge_on_close(bool on) {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on ? 0 : 1, nullptr);
}

Error Database::last_error() const {
  const int code = sqlite3_extended_errcode(handle_);
  return sqlite_sentence(path_, code, system_error_of(handle_, code), sqlite3_errmsg(handle_));
}

Statement::Statement(Statement&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)), handle_(std::exchange(other.handle_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(owner_, other.owner_);
  std::swap(handle_, other.handle_);
  return *this;
}

Statement::~Statement() {
  sqlite3_finalize(handle_);
}

namespace {

int bind_one(sqlite3_stmt* statement, int index, const Bound& bound) {
  struct Visitor {
    sqlite3_stmt* to;
    int at;
    int operator()(std::monostate) const { return sqlite3_bind_null(to, at); }
    int operator()(std::int64_t value) const { return sqlite3_bind_int64(to, at, value); }
    int operator()(double value) const { return sqlite3_bind_double(to, at, value); }
    // An empty view may have a null pointer, which SQLite would take for NULL.
    int operator()(std::string_view text) const {
      return sqlite3_bind_text64(to, at, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    }
    int operator()(Blob blob) const {
      return sqlite3_bind_blob64(to, at, blob.bytes.empty() ? "" : blob.bytes.data(), blob.bytes.size(),
                                 SQLITE_STATIC);
    }
  };
  return std::visit(Visitor{statement, index}, bound.value());
}

}  // namespace

Result<void> Statement::bind(std::initializer_list<Bound> values) {
  CHECK(handle_ != nullptr);
  sqlite3_reset(handle_);
  int index = 0;
  for (const Bound& value : values) {
    if (bind_one(handle_, ++index, value) != SQLITE_OK) return fail(owner_->last_error());
  }
  return {};
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Error error = owner_->last_error();
  sqlite3_reset(handle_);
  return fail(std::move(error));
}

Result<void> Statement::run(std::initializer_list<Bound> values) {
  if (Result<void> bound = bind(values); !bound) return bound;
  const Result<bool> row = step();
  if (!row) return fail(row.error());
  reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(handle_);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

bool Statement::is_integer(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_INTEGER;
}

bool Statement::is_blob(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_BLOB;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(handle_, column);
}

std::string_view Statement::view(int column) const {
  const void* bytes = sqlite3_column_blob(handle_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::optional<Nanos> Statement::nanos_or_absent(int column) const {
  if (is_null(column)) return std::nullopt;
  return Nanos{integer(column)};
}

std::optional<std::uint32_t> Statement::u32_or_absent(int column) const {
  if (is_null(column)) return std::nullopt;
  return u32(column);
}

std::optional<std::uint64_t> Statement::u64_or_absent(int column) const {
  if (is_null(column)) return std::nullopt;
  return u64(column);
}

}  // namespace assay::store
