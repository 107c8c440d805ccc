// What a step of the worker gives: a value, or the reason word and the sentence of an `error` message.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "base/result.h"

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

}  // namespace assay::llama
