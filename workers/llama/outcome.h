// What a step of the worker gives: a value, or the reason word and the sentence of an `error` message.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "base/result.h"
#include "wire/messages.h"

namespace assay::llama {

/// `reason` is one of the words that wire::Failed lists.
struct Trouble {
  std::string reason;
  std::string message;
};

template <class T>
using Outcome = tl::expected<T, Trouble>;

[[nodiscard]] inline tl::unexpected<Trouble> trouble(std::string reason, std::string text) {
  return tl::unexpected<Trouble>(Trouble{std::move(reason), std::move(text)});
}

[[nodiscard]] inline tl::unexpected<Trouble> bad_request(const Error& error) {
  return trouble("bad_request", message(error));
}

/// The end of a request that was cancelled before it gave anything.
[[nodiscard]] inline wire::Done cancelled_unanswered(wire::Id id, Nanos at) {
  return {.id = id,
          .at = at,
          .finish = "cancelled",
          .output_tokens = 0,
          .reasoning_tokens = 0,
          .claims = nullptr};
}

}  // namespace assay::llama
