#include "backend/answer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_members.h"

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

// A model in a loop calls without end; what is behind these is only counted as tokens.
constexpr std::size_t kMostCalls = 1024;

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

void Answer::call(std::string_view name, std::string_view arguments) {
  if (calls_.size() < kMostCalls)
    calls_.push_back({{std::string(name), std::string(arguments)}, std::nullopt, {}});
}

/// Some servers give every call the index 0, some none at all; then the id or the name begins a new one.
Answer::OpenCall* Answer::call_of(const Json& piece) {
  const auto index = whole_of(piece, "index");
  const std::string_view id = text_of(piece, "id");
  const Json* function = object_of(piece, "function");
  const std::string_view name = function == nullptr ? std::string_view{} : text_of(*function, "name");
  const auto goes_on = [&](const OpenCall& open) {
    if (!id.empty() && !open.id.empty()) return id == open.id;
    return index ? open.index == index : name.empty() && id.empty();
  };
  const auto found = std::find_if(calls_.rbegin(), calls_.rend(), goes_on);
  if (found != calls_.rend()) return &*found;
  if (calls_.size() >= kMostCalls) return nullptr;
  return &calls_.emplace_back(OpenCall{{}, index, std::string(id)});
}

void Answer::call(const Json& piece) {
  if (!piece.is_object()) return;
  const Json* function = object_of(piece, "function");
  OpenCall* open = function == nullptr ? nullptr : call_of(piece);
  if (open == nullptr) return;
  if (open->call.name.empty()) open->call.name = text_of(*function, "name");
  const auto arguments = function->find("arguments");
  if (arguments == function->end() || arguments->is_null()) return;
  open->call.arguments +=
      arguments->is_string() ? arguments->get_ref<const std::string&>() : dump(*arguments);
}

void Answer::call_goes_on(std::string_view arguments) {
  if (!calls_.empty()) calls_.back().call.arguments += arguments;
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
  std::vector<record::ToolCall> calls;
  for (OpenCall& open : calls_) calls.push_back(std::move(open.call));
  out.emplace_back(Finished{at, finish_.empty() ? "unknown" : finish_, counts_, std::move(claims_), flags_,
                            logprobs_.effective(), std::move(calls)});
}

void Answer::fail(std::string reason, std::string detail, std::vector<Piece>& out) {
  if (std::exchange(over_, true)) return;
  out.emplace_back(Broken{std::move(reason), std::move(detail), false});
}

}  // namespace assay::backend
