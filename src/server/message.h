// What is asked and answered, without the library that carries it: routes are tested without a socket.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace assay::server {

struct Asked {
  std::string method;              ///< GET or POST
  std::string path;                ///< decoded, without the query
  std::vector<std::string> parts;  ///< what stood for the {…} of the route, in order
  std::multimap<std::string, std::string> params;
  std::string body;
  std::string content_type;   ///< as it was sent; empty: not once
  std::string last_event_id;  ///< empty: none was sent
  bool may_change = false;    ///< the token came with it
};

/// Where an event stream writes.
class EventSink {
 public:
  virtual ~EventSink() = default;
  /// False: the client has gone, or the server ends.
  virtual bool write(std::string_view bytes) = 0;
  virtual bool open() = 0;
};

struct Reply {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::function<void(EventSink&)> stream;  ///< when set, `body` is not used: it runs until it returns
};

Reply reply_json(const OrderedJson& value, int status = 200);
/// The status that fits the error's kind, and {"error": {message, code}}.
Reply refuse(const Error& error);
/// Several at once: what is wrong with a suite. `status` for all. Shape: not empty.
Reply refuse(const Errors& errors, int status);
/// The same for a status without an error behind it; its code is the status's.
Reply refuse(int status, const std::string& sentence);
int status_of(Code code);
/// {"error": "a sentence"}, as Benchy's clients know it.
Reply plain_refusal(int status, const std::string& sentence);
/// {file, line, column, code, message}; absent parts are null.
OrderedJson problem_json(const Error& error);

/// Reads the parameters of a query. The first mistake is kept, and everything after it reads as absent.
class Query {
 public:
  explicit Query(const Asked& asked) : asked_(asked) {}

  /// Absent: not given. At most `longest` bytes of UTF-8.
  std::optional<std::string> text(std::string_view name, std::size_t longest);
  /// All values of a parameter that may come again.
  std::vector<std::string> texts(std::string_view name, std::size_t longest);
  /// A whole number from `least` to `most`. Absent: not given, or a mistake.
  std::optional<std::uint64_t> number(std::string_view name, std::uint64_t least, std::uint64_t most);
  std::uint64_t number_or(std::string_view name, std::uint64_t otherwise, std::uint64_t least,
                          std::uint64_t most);
  /// One of the words. Absent: not given, or a mistake.
  std::optional<std::string> one_of(std::string_view name, const std::vector<std::string>& words);

  const std::optional<Error>& error() const { return error_; }

 private:
  void complain(std::string found, std::string expected);
  const Asked& asked_;
  std::optional<Error> error_;
};

}  // namespace assay::server
