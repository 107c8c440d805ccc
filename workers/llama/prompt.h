// From messages or raw text to the tokens that the engine reads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <llama.h>

#include "outcome.h"
#include "record/suite.h"
#include "text_stream.h"

namespace assay::llama {

struct Prompt {
  std::string text;  ///< as the engine sees it
  std::vector<llama_token> tokens;
  std::vector<std::string> stops;  ///< texts that end an answer to this template, beside the end token
  ThinkTags think;
  std::vector<llama_token> preserved;  ///< control tokens that are part of the answer's text
};

/// The model's own chat template. With llama-common this is its Jinja interpreter, the same code that
/// llama-server runs, so both give the same prompt for any template. Without it (a system's llama.cpp) the
/// library's list of known templates serves, and a template that it does not know is refused.
class ChatTemplate {
 public:
  /// Never fails: a template that cannot be read is reported by render().
  explicit ChatTemplate(const llama_model* model);
  ~ChatTemplate();
  ChatTemplate(const ChatTemplate&) = delete;
  ChatTemplate& operator=(const ChatTemplate&) = delete;

  /// Whether the model file brings one. Without, ChatML is used, as llama-server does.
  bool from_model() const;
  /// Its source; empty when the model brings none.
  std::string source() const;
  /// Whether the template can be told to think or not to.
  bool can_think() const;

  /// `think`: absent is the template's default. Errors: bad_request when the template refuses the messages.
  Outcome<Prompt> render(const std::vector<record::Message>& messages, std::optional<bool> think) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Special tokens in the text are read as such, and the model's begin token is added, as llama-server does.
std::vector<llama_token> tokenize(const llama_vocab* vocab, std::string_view text);
/// The bytes of a token; none for control tokens unless `special`.
void append_piece(const llama_vocab* vocab, llama_token token, bool special, std::string& out);
/// What the token stands for, for a person: control tokens by name; bytes that are no whole characters as
/// <0xE2>.
std::string shown_piece(const llama_vocab* vocab, llama_token token);

}  // namespace assay::llama
