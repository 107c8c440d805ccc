// What the requests of all servers have in common.
#pragma once

#include "backend/backend.h"

namespace assay::backend {

/// Errors: unsupported, for a prompt with images or recordings.
Result<void> only_text(const record::Prompt& prompt);

/// [{"role": …, "content": …}, …]
Json messages_of(const record::Prompt& prompt);

/// The prompt's tools in OpenAI's form; empty: it has none.
Json tools_of(const record::Prompt& prompt);

/// The parameters of a request whose server repeats none of them: those with `is_sent(name)` are unverified,
/// the others not_supported.
template <class IsSent>
record::EffectiveParams as_sent(const record::Params& params, IsSent is_sent) {
  record::EffectiveParams effective;
  for (const auto& [name, value] : params) {
    if (is_sent(name))
      effective[name] = {value, record::Applied::unverified};
    else
      effective[name] = {Json(), record::Applied::not_supported};
  }
  return effective;
}

}  // namespace assay::backend
