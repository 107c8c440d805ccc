// One SQLite connection and its prepared statements, with errors as sentences. The only wrapper of the C
// interface; sqlite3.h itself stays in the .cpp files.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace assay::store {

/// Bytes that are no text.
struct Blob {
  std::string_view bytes;
};

/// One value to bind. Texts are not copied: they must live until the statement has run.
class Bound {
 public:
  Bound(std::nullopt_t) {}
  Bound(std::int64_t value) : value_(value) {}
  Bound(int value) : value_(std::int64_t{value}) {}
  Bound(std::uint32_t value) : value_(std::int64_t{value}) {}
  /// The 64 bits as they are: values from 2^63 on look negative in SQL and come back whole.
  Bound(std::uint64_t value) : value_(static_cast<std::int64_t>(value)) {}
  Bound(Nanos value) : value_(std::int64_t{value.count()}) {}
  Bound(double value) : value_(value) {}
  Bound(std::string_view text) : value_(text) {}
  Bound(const std::string& text) : value_(std::string_view(text)) {}
  Bound(const char* text) : value_(std::string_view(text)) {}
  Bound(Blob blob) : value_(blob) {}
  template <class T>
  Bound(const std::optional<T>& value) {
    if (value) *this = Bound(*value);
  }

  using Variant = std::variant<std::monostate, std::int64_t, double, std::string_view, Blob>;
  const Variant& value() const { return value_; }

 private:
  Variant value_;
};

class Database;

/// A prepared statement. Columns count from 0. Lives at most as long as its Database.
class Statement {
 public:
  Statement() = default;
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  /// Starts anew with these values.
  Result<void> bind(std::initializer_list<Bound> values);
  /// The next row; false at the end. Views of columns are valid until the next call.
  Result<bool> step();
  /// bind, step to the end, reset: for statements without rows.
  Result<void> run(std::initializer_list<Bound> values);
  void reset();

  bool is_null(int column) const;
  bool is_integer(int column) const;
  bool is_blob(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view view(int column) const;
  std::string text(int column) const { return std::string(view(column)); }
  std::uint32_t u32(int column) const { return static_cast<std::uint32_t>(integer(column)); }
  std::uint64_t u64(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  std::optional<Nanos> nanos_or_absent(int column) const;
  std::optional<std::uint32_t> u32_or_absent(int column) const;
  std::optional<std::uint64_t> u64_or_absent(int column) const;

 private:
  friend class Database;
  Statement(const Database* owner, sqlite3_stmt* handle) : owner_(owner), handle_(handle) {}
  const Database* owner_ = nullptr;
  sqlite3_stmt* handle_ = nullptr;
};

struct OpenHow {
  bool write = false;
  bool create = false;
  bool immutable = false;  ///< promise that nobody changes the file: works in a read-only folder
  std::string vfs;         ///< name of SQLite's file layer; empty: the default one
};

/// One connection. One thread at a time. Never moves (statements point to it).
class Database {
 public:
  /// Errors are sentences with the path. Does not read the file yet (SQLite opens lazily).
  static Result<std::unique_ptr<Database>> open(const std::string& path, const OpenHow& how);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Result<void> execute(const std::string& sql);
  Result<Statement> prepare(std::string_view sql) const;
  /// The first column of the first row. Errors: not_found without a row.
  Result<std::int64_t> integer_of(std::string_view sql) const;
  Result<std::string> text_of(std::string_view sql) const;
  bool in_transaction() const;
  /// Row id of the last insert of this connection.
  std::int64_t last_id() const;
  /// From now on every commit writes the length of the write-ahead log, in pages, to `*pages` (and SQLite no
  /// longer merges the log by itself).
  void report_log_pages(int* pages);
  /// Whether closing the last connection merges the log into the file.
  void merge_on_close(bool on);
  /// The sentence for what SQLite reported last.
  Error last_error() const;
  const std::string& path() const { return path_; }
  sqlite3* handle() const { return handle_; }

 private:
  Database(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}
  Result<Statement> first_row(std::string_view sql) const;
  std::string path_;
  sqlite3* handle_;
  std::int64_t waited_us_ = 0;  // of the lock wait now going on
};

/// The sentence for a result code of SQLite. `system_error` is the errno behind it, 0 when there is none.
Error sqlite_sentence(const std::string& path, int code, int system_error, std::string_view words);

/// How long a connection waits for another process that holds the lock. A commit holds it for microseconds; a
/// checkpoint or a migration for seconds at most.
constexpr int kBusyLimitMs = 10'000;

}  // namespace assay::store
