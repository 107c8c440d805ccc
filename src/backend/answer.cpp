#include "backend/answer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace assay::backend {
namespace {

struct Word {
  std::string_view theirs;
  std::string_view ours;
};

constexpr std::array kWords{
    Word{"stop", "stop"},
    Word{"eos", "stop"},
    Word{"eos_token", "stop"},
    Word{"end_turn", "stop"},
    Word{"stop_sequence", "stop"},
    Word{"length", "length"},
    Word{"max_tokens", "length"},
    Word{"model_context_window_exceeded", "length"},
    Word{"content_filter", "content_filter"},
    Word{"refusal", "content_filter"},
    Word{"tool_calls", "tool_calls"},
    Word{"tool_use", "tool_calls"},
    Word{"function_call", "tool_calls"},
};

}  // namespace

std::string finish_word(std::string_view reason) {
  const auto* at =
      std::find_if(kWords.begin(), kWords.end(), [&](const Word& word) { return word.theirs == reason; });
  return at == kWords.end() ? "unknown" : std::string(at->ours);
}

void Answer::text(std::string_view text, record::TokenKind kind, Nanos at, std::vector<Piece>& out) {
  if (text.empty() || over_) return;
  ++seen_;
  Tokens tokens;
  tokens.events.push_back({at, 1, kind});
  if (kind == record::TokenKind::reasoning)
    tokens.reasoning = text;
  else if (kind == record::TokenKind::answer)
    tokens.text = text;
  out.emplace_back(std::move(tokens));
}

void Answer::ends(std::string_view reason, Nanos at) {
  finish_ = finish_word(reason);
  finish_at_ = at;
}

void Answer::finish(Nanos at, std::vector<Piece>& out) {
  if (std::exchange(over_, true)) return;
  if (finish_ == "stop" && counts_.output_tokens == seen_ + 1) {
    Tokens tokens;
    tokens.events.push_back({finish_at_, 1, record::TokenKind::answer});
    out.emplace_back(std::move(tokens));
  }
  give_end(at, out);
}

void Answer::finish_whole(Nanos at, std::vector<Piece>& out) {
  if (!std::exchange(over_, true)) give_end(at, out);
}

void Answer::give_end(Nanos at, std::vector<Piece>& out) {
  if (counts_.output_tokens) counts_.source = record::CountSource::usage;
  if (Json told = logprobs_.told(); !told.is_null()) claims_["claimed_logprobs"] = std::move(told);
  out.emplace_back(Finished{at, finish_.empty() ? "unknown" : finish_, counts_, std::move(claims_), flags_,
                            logprobs_.effective()});
}

void Answer::fail(std::string reason, std::string detail, std::vector<Piece>& out) {
  if (std::exchange(over_, true)) return;
  out.emplace_back(Broken{std::move(reason), std::move(detail), false});
}

}  // namespace assay::backend
