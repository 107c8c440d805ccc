// How one family of servers is spoken to. The HTTP backend does the rest: transfers, retries, stamps.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "backend/answer.h"
#include "backend/backend.h"
#include "backend/talk.h"

namespace assay::backend {

class Dialect {
 public:
  virtual ~Dialect() = default;
  /// Proves that the server and the model are there, loads it where the server can be told to, and says what
  /// is known of it.
  virtual Result<Loaded> load(Talk& talk, const LoadRequest& request) = 0;
  /// Frees the model where the server can be told to.
  virtual void unload(Talk& /*talk*/) {}
  /// The request for one trial. Errors: unsupported, for what this dialect cannot say.
  virtual Result<HttpRequest> ask(const Talk& talk, const Request& request) = 0;
  /// A question for the text that the server's template makes of this prompt, asked before the request is
  /// sent. Absent: it has none, or does not tell.
  virtual std::optional<HttpRequest> ask_prompt(const Talk& /*talk*/, const Request& /*request*/) {
    return std::nullopt;
  }
  /// That text in the answer with this status; empty when it is not there.
  virtual std::string read_prompt(int /*status*/, std::string_view /*body*/) { return {}; }
  /// `streamed` false: the server answered in one piece.
  virtual std::unique_ptr<AnswerReader> reader(const Request& request, bool streamed) = 0;
  /// What of the request's parameters reached the server, as far as it tells.
  virtual record::EffectiveParams effective(const Request& request) const = 0;
  /// What is wrong with this request from the beginning: another model resident, a prompt that begins like an
  /// earlier one at a server that keeps such beginnings and does not say so. Asked once for each request.
  virtual record::Flags flags(const Request& /*request*/) { return 0; }
};

}  // namespace assay::backend
