#include "engine.h"

#include <unistd.h>

#include <array>
#include <new>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/process.h"
#include "base/text.h"
#include "engine_log.h"
#include "load_options.h"
#include "memory_need.h"

namespace assay::llama {
namespace {

std::string model_text(const llama_model* model, const char* key) {
  std::array<char, 512> text{};
  const std::int32_t n = llama_model_meta_val_str(model, key, text.data(), text.size());
  return n < 0 ? std::string() : to_valid_utf8(text.data());
}

/// "qwen2 0.5B Q4_0": architecture, size and quantisation, as llama-bench names a model.
std::string description(const llama_model* model) {
  std::array<char, 128> text{};
  llama_model_desc(model, text.data(), text.size());
  return to_valid_utf8(text.data());
}

tl::unexpected<Trouble> load_failure(const std::string& sentence, const char* otherwise) {
  return trouble(engine_ran_out_of_memory() ? "engine_oom" : otherwise, with_complaints(sentence));
}

/// The engine maps the file and trusts what it finds, so the cheap lies are refused here.
Outcome<void> check_file(const std::string& path) {
  if (!file_exists(path)) return trouble("not_found", fmt::format("{}: no such file", path));
  if (access(path.c_str(), R_OK) != 0) return trouble("not_found", fmt::format("{}: may not be read", path));
  const std::optional<std::uint64_t> size = file_size(path);
  if (!size || *size < 24)
    return trouble("bad_model", fmt::format("{}: no GGUF file: it has {} bytes", path, size.value_or(0)));
  return {};
}

Outcome<void> check_kind(const llama_model* model, const std::string& path) {
  const auto refuse = [&](const char* what) {
    return trouble("not_supported",
                   fmt::format("{}: {}; this worker runs decoder models that write text", path, what));
  };
  if (llama_model_has_encoder(model)) return refuse("an encoder-decoder model");
  if (!llama_model_has_decoder(model)) return refuse("a model without decoder");
  if (llama_model_is_diffusion(model)) return refuse("a diffusion model");
  if (llama_vocab_type(llama_model_get_vocab(model)) == LLAMA_VOCAB_TYPE_NONE)
    return refuse("a model without vocabulary");
  return {};
}

}  // namespace

Outcome<Vocabulary> read_vocabulary(const std::string& path) {
  if (Outcome<void> good = check_file(path); !good) return tl::unexpected(good.error());
  clear_engine_log();
  llama_model_params params = llama_model_default_params();
  params.vocab_only = true;
  Vocabulary vocabulary(llama_model_load_from_file(path.c_str(), params));
  if (!vocabulary)
    return load_failure(fmt::format("{}: the engine cannot read this model's vocabulary", path), "bad_model");
  if (llama_vocab_type(llama_model_get_vocab(vocabulary.get())) == LLAMA_VOCAB_TYPE_NONE)
    return trouble("not_supported", fmt::format("{}: a model without vocabulary", path));
  return vocabulary;
}

Outcome<Engine::Load> Engine::load(const wire::Load& request) {
  if (Outcome<void> good = check_file(request.model); !good) return tl::unexpected(good.error());
  Outcome<LoadOptions> options = read_load_options(request);
  if (!options) return tl::unexpected(options.error());
  if (Outcome<void> fits = check_memory(request.model, *options, request.parallel); !fits)
    return tl::unexpected(fits.error());

  clear_engine_log();
  std::unique_ptr<Engine> engine(new Engine());
  SystemClock clock;
  const Nanos begin = clock.now();
  engine->model_.reset(llama_model_load_from_file(request.model.c_str(), options->model));
  if (!engine->model_)
    return load_failure(fmt::format("{}: the engine cannot load this model", request.model), "bad_model");
  const llama_model* model = engine->model_.get();
  if (Outcome<void> good = check_kind(model, request.model); !good) return tl::unexpected(good.error());
  settle_context(*options, model, request.parallel);
  engine->context_.reset(llama_init_from_model(engine->model_.get(), options->context));
  if (!engine->context_)
    return load_failure(fmt::format("{}: the engine cannot make a context with these options", request.model),
                        "bad_request");
  const Nanos end = clock.now();

  engine->vocab_ = llama_model_get_vocab(model);
  engine->context_params_ = options->context;
  engine->parallel_ = request.parallel;
  engine->kept_ = options->kept;
  engine->context_each_ = options->kept > 0 ? options->context_each : llama_n_ctx_seq(engine->context());
  engine->threads_.attach(engine->context(), options->context.n_threads);
  engine->chat_ = std::make_unique<ChatTemplate>(model);
  wire::Loaded told{.id = 0,
                    .load = end - begin,
                    .options = effective_options(request, *options, model, engine->context()),
                    .facts = engine->facts()};
  return Load{std::move(engine), std::move(told)};
}

Json Engine::facts() const {
  const llama_model* model = model_.get();
  Json facts{
      {"architecture", model_text(model, "general.architecture")},
      {"name", model_text(model, "general.name")},
      {"description", description(model)},
      {"parameters", llama_model_n_params(model)},
      {"tensor_bytes", llama_model_size(model)},
      {"quantisation", llama_ftype_name(llama_model_ftype(model))},
      {"context_length", llama_model_n_ctx_train(model)},
      {"embedding_length", llama_model_n_embd(model)},
      {"layers", llama_model_n_layer(model)},
      {"heads", llama_model_n_head(model)},
      {"kv_heads", llama_model_n_head_kv(model)},
      {"vocabulary", llama_vocab_n_tokens(vocab_)},
      {"tokenizer", model_text(model, "tokenizer.ggml.model")},
      {"adds_begin_token", llama_vocab_get_add_bos(vocab_)},
      {"chat_template", chat_->from_model() ? "model" : "chatml"},
      {"can_think", chat_->can_think()},
  };
  if (chat_->from_model()) facts["chat_template_sha256"] = hex(sha256(chat_->source()));
  if (const std::optional<ProcessMemory> memory = process_memory(getpid()))
    facts["memory"] = {{"resident_bytes", memory->resident}, {"mapped_bytes", memory->mapped}};
  return facts;
}

}  // namespace assay::llama
