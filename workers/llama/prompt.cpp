#include "prompt.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "base/text.h"

#ifdef ASSAY_LLAMA_COMMON
#include <llama-common/chat.h>
#endif

namespace assay::llama {

std::vector<llama_token> tokenize(const llama_vocab* vocab, std::string_view text) {
  const auto size = static_cast<std::int32_t>(text.size());
  std::vector<llama_token> tokens(text.size() / 3 + 16);
  for (;;) {
    const std::int32_t n = llama_tokenize(vocab, text.data(), size, tokens.data(),
                                          static_cast<std::int32_t>(tokens.size()), true, true);
    if (n >= 0) {
      tokens.resize(static_cast<std::size_t>(n));
      return tokens;
    }
    if (n == INT32_MIN) throw std::length_error("the prompt has more tokens than the engine can count");
    tokens.resize(static_cast<std::size_t>(-n));
  }
}

void append_piece(const llama_vocab* vocab, llama_token token, bool special, std::string& out) {
  std::array<char, 64> small{};
  const std::int32_t n = llama_token_to_piece(vocab, token, small.data(), small.size(), 0, special);
  if (n >= 0) {
    out.append(small.data(), static_cast<std::size_t>(n));
    return;
  }
  const std::size_t before = out.size();
  out.resize(before + static_cast<std::size_t>(-n));
  llama_token_to_piece(vocab, token, out.data() + before, -n, 0, special);
}

std::string shown_piece(const llama_vocab* vocab, llama_token token) {
  std::string piece;
  append_piece(vocab, token, true, piece);
  std::string shown;
  for (std::string_view rest = piece; !rest.empty();) {
    const std::size_t whole = first_invalid_utf8(rest).value_or(rest.size());
    shown += rest.substr(0, whole);
    if (whole < rest.size()) shown += fmt::format("<0x{:02X}>", static_cast<unsigned char>(rest[whole]));
    rest.remove_prefix(std::min(rest.size(), whole + 1));
  }
  return shown;
}

#ifdef ASSAY_LLAMA_COMMON

struct ChatTemplate::State {
  const llama_vocab* vocab = nullptr;
  common_chat_templates_ptr templates;
  std::string broken;  ///< why the model's template cannot be read
  bool thinks = false;
};

ChatTemplate::ChatTemplate(const llama_model* model) : state_(std::make_unique<State>()) {
  state_->vocab = llama_model_get_vocab(model);
  try {
    state_->templates = common_chat_templates_init(model, "");
    state_->thinks = common_chat_templates_support_enable_thinking(state_->templates.get());
  } catch (const std::exception& error) {
    state_->broken = error.what();
  }
}

bool ChatTemplate::from_model() const {
  return state_->templates && common_chat_templates_was_explicit(state_->templates.get());
}

std::string ChatTemplate::source() const {
  return from_model() ? common_chat_templates_source(state_->templates.get()) : std::string();
}

bool ChatTemplate::can_think() const {
  return state_->thinks;
}

namespace {

common_chat_templates_inputs inputs_for(const std::vector<record::Message>& messages, bool think) {
  common_chat_templates_inputs inputs;
  for (const record::Message& message : messages) {
    common_chat_msg msg;
    msg.role = message.role;
    msg.content = message.content;
    inputs.messages.push_back(std::move(msg));
  }
  inputs.use_jinja = true;
  inputs.reasoning_format = COMMON_REASONING_FORMAT_DEEPSEEK;  // llama-server's default
  inputs.enable_thinking = think;
  return inputs;
}

/// The template has opened the reasoning when the prompt ends with its tag.
bool ends_with_tag(std::string_view prompt, std::string_view tag) {
  const std::size_t end = prompt.find_last_not_of(" \t\r\n");
  return !tag.empty() && end != std::string_view::npos && prompt.substr(0, end + 1).ends_with(tag);
}

}  // namespace

Outcome<Prompt> ChatTemplate::render(const std::vector<record::Message>& messages,
                                     std::optional<bool> think) const {
  if (!state_->broken.empty())
    return trouble("bad_model", "the model's chat template cannot be read: " + state_->broken);
  try {
    common_chat_params params = common_chat_templates_apply(
        state_->templates.get(), inputs_for(messages, think.value_or(state_->thinks)));
    Prompt prompt;
    prompt.text = std::move(params.prompt);
    prompt.tokens = tokenize(state_->vocab, prompt.text);
    prompt.stops = std::move(params.additional_stops);
    prompt.think = {.begin = params.thinking_start_tag, .ends = params.thinking_end_tags, .open = false};
    prompt.think.open = ends_with_tag(prompt.text, prompt.think.begin);
    for (const std::string& text : params.preserved_tokens) {
      const std::vector<llama_token> ids = tokenize(state_->vocab, text);
      if (ids.size() == 1) prompt.preserved.push_back(ids.front());
    }
    return prompt;
  } catch (const std::exception& error) {
    return trouble("bad_request",
                   std::string("the model's chat template refuses these messages: ") + error.what());
  }
}

#else

struct ChatTemplate::State {
  const llama_vocab* vocab = nullptr;
  const char* source = nullptr;
};

ChatTemplate::ChatTemplate(const llama_model* model) : state_(std::make_unique<State>()) {
  state_->vocab = llama_model_get_vocab(model);
  state_->source = llama_model_chat_template(model, nullptr);
}

bool ChatTemplate::from_model() const {
  return state_->source != nullptr;
}

std::string ChatTemplate::source() const {
  return from_model() ? state_->source : "";
}

bool ChatTemplate::can_think() const {
  return false;
}

Outcome<Prompt> ChatTemplate::render(const std::vector<record::Message>& messages,
                                     std::optional<bool>) const {
  std::vector<llama_chat_message> chat;
  std::size_t size = 256;
  for (const record::Message& message : messages) {
    chat.push_back({message.role.c_str(), message.content.c_str()});
    size += 2 * (message.role.size() + message.content.size());
  }
  const char* source = from_model() ? state_->source : "chatml";
  Prompt prompt;
  for (;;) {
    prompt.text.resize(size);
    const std::int32_t n = llama_chat_apply_template(source, chat.data(), chat.size(), true,
                                                     prompt.text.data(), static_cast<std::int32_t>(size));
    if (n < 0)
      return trouble("not_supported", "this build of the engine does not know the model's chat template");
    if (static_cast<std::size_t>(n) <= size) {
      prompt.text.resize(static_cast<std::size_t>(n));
      break;
    }
    size = static_cast<std::size_t>(n);
  }
  prompt.tokens = tokenize(state_->vocab, prompt.text);
  return prompt;
}

#endif

ChatTemplate::~ChatTemplate() = default;

}  // namespace assay::llama
