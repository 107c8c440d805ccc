// Reading one streamed answer: bytes of a body, stamped when they were received, in; events out.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "backend/backend.h"
#include "backend/logprobs.h"
#include "base/clock.h"

namespace assay::backend {

/// What an answer gives. The time of Accepted is that of the headers, so a reader gives Finished and Broken
/// last, and nothing after them.
using Piece = std::variant<Tokens, Finished, Broken>;

class AnswerReader {
 public:
  virtual ~AnswerReader() = default;
  /// Bytes in the order of the wire, torn anywhere.
  virtual void take(std::string_view bytes, Nanos at, std::vector<Piece>& out) = 0;
  /// The body ended as HTTP says that it must. Gives Finished or Broken unless one was given.
  virtual void end(Nanos at, std::vector<Piece>& out) = 0;
};

/// What all readers keep: what was seen, what the server counted, how it ended.
class Answer {
 public:
  Answer() = default;
  explicit Answer(std::optional<std::uint32_t> logprobs) : logprobs_(logprobs) {}

  /// One chunk with content is one token event; how many tokens it holds only the server's count can tell.
  void text(std::string_view text, record::TokenKind kind, Nanos at, std::vector<Piece>& out);
  /// One more call, as far as it is known.
  void call(std::string_view name, std::string_view arguments);
  /// A call in the words of OpenAI: {"index", "id", "function": {"name", "arguments"}}, whole or a piece of
  /// it. A piece without index continues the last call, unless it brings a name.
  void call(const Json& piece);
  /// More of the last call's arguments.
  void call_goes_on(std::string_view arguments);
  /// The finish reason in our words (stop, length, content_filter, tool_calls, unknown).
  void ends(std::string_view reason, Nanos at);
  bool ended() const { return !finish_.empty(); }
  /// Finished was given, or Broken.
  bool over() const { return over_; }
  record::Counts& counts() { return counts_; }
  Logprobs& logprobs() { return logprobs_; }
  /// Token events so far.
  std::uint32_t events() const { return seen_; }
  /// A figure of the server about itself; the name begins with claimed_.
  void claim(std::string_view name, double value) { claims_[std::string(name)] = value; }
  /// A text of the server about its own doing, for the record.
  void claim(std::string_view name, const std::string& value) { claims_[std::string(name)] = value; }
  void flag(record::Flag flag) { flags_ |= record::bit(flag); }
  /// Gives Finished. When the server counted one token more than came and ended by `stop`, that token is the
  /// end of the generation, and the chunk with the reason was its event.
  void finish(Nanos at, std::vector<Piece>& out);
  /// The same for an answer that came in one piece: it has no token times.
  void finish_whole(Nanos at, std::vector<Piece>& out);
  void fail(std::string reason, std::string detail, std::vector<Piece>& out);

 private:
  /// A call on its way, with what tells the pieces of several calls apart.
  struct OpenCall {
    record::ToolCall call;
    std::optional<std::uint64_t> index;
    std::string id;
  };

  void give_end(Nanos at, std::vector<Piece>& out);
  OpenCall* call_of(const Json& piece);

  std::uint32_t seen_ = 0;
  std::vector<OpenCall> calls_;
  std::string finish_;
  Nanos finish_at_{0};
  record::Counts counts_;
  Json claims_;
  Logprobs logprobs_;
  record::Flags flags_ = 0;
  bool over_ = false;
};

/// The server's finish reason in our words.
std::string finish_word(std::string_view reason);

}  // namespace assay::backend
