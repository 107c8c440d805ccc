#include <algorithm>
#include <array>

#include "backend/openai.h"
#include "base/text.h"

namespace assay::backend {
namespace {

constexpr std::string_view kCommon = "temperature top_p max_tokens stop seed json_schema";
constexpr std::string_view kLlamaServer =
    "temperature top_p top_k min_p repeat_penalty max_tokens stop seed json_schema grammar "
    "think=chat_template_kwargs logprobs";
constexpr std::string_view kLlamafile =
    "temperature top_p top_k min_p repeat_penalty max_tokens stop seed json_schema grammar "
    "think=chat_template_kwargs";

// Keys come from the environment alone; addresses are those of the makers' documents.
// mlx_lm's server has logprobs too, but names any of the likeliest tokens as the one that was picked.
constexpr std::array kFlavours{
    OpenAiFlavour{"openai", "any server that speaks OpenAI's protocol: openai:ADDRESS#MODEL",
                  "https://api.openai.com/v1", "OPENAI_API_KEY", "",
                  "temperature top_p max_tokens stop seed json_schema logprobs"},
    OpenAiFlavour{"llama-server",
                  "llama.cpp's server: llama-server:ADDRESS, or a GGUF file that it is started with",
                  "http://127.0.0.1:8080/v1", "",
                  "llama-server --model {model} --host 127.0.0.1 --port {port} --parallel {parallel}",
                  kLlamaServer, true, true},
    OpenAiFlavour{"lmstudio", "LM Studio's local server", "http://127.0.0.1:1234/v1", "", "",
                  "temperature top_p top_k min_p repeat_penalty max_tokens stop seed json_schema"},
    OpenAiFlavour{"vllm", "vLLM's server", "http://127.0.0.1:8000/v1", "VLLM_API_KEY",
                  "vllm serve {model} --host 127.0.0.1 --port {port}",
                  "temperature top_p top_k min_p repeat_penalty=repetition_penalty max_tokens stop seed "
                  "json_schema think=chat_template_kwargs logprobs"},
    OpenAiFlavour{"mlx", "mlx_lm.server: MLX models on a Mac", "http://127.0.0.1:8080/v1", "",
                  "python3 -m mlx_lm.server --model {model} --host 127.0.0.1 --port {port}",
                  "temperature top_p top_k min_p repeat_penalty=repetition_penalty max_tokens stop seed "
                  "think=chat_template_kwargs",
                  true},
    OpenAiFlavour{"llamafile", "a llamafile's server", "http://127.0.0.1:8080/v1", "", "", kLlamafile, true,
                  false},
    OpenAiFlavour{"deepseek", "DeepSeek's service", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY", "",
                  "temperature top_p max_tokens stop logprobs"},
    OpenAiFlavour{"gemini", "Google's service, by its route of this protocol",
                  "https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY", "",
                  "temperature top_p max_tokens stop json_schema", true},
    OpenAiFlavour{"fireworks", "Fireworks' service", "https://api.fireworks.ai/inference/v1",
                  "FIREWORKS_API_KEY", "",
                  "temperature top_p top_k min_p max_tokens stop json_schema logprobs", true},
    OpenAiFlavour{"groq", "Groq's service", "https://api.groq.com/openai/v1", "GROQ_API_KEY", "", kCommon},
    OpenAiFlavour{"mistral", "Mistral's service", "https://api.mistral.ai/v1", "MISTRAL_API_KEY", "",
                  "temperature top_p max_tokens stop seed=random_seed json_schema"},
    OpenAiFlavour{"openrouter", "OpenRouter's service", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY",
                  "",
                  "temperature top_p top_k min_p repeat_penalty=repetition_penalty max_tokens stop seed "
                  "json_schema logprobs"},
};

}  // namespace

std::span<const OpenAiFlavour> openai_flavours() {
  return kFlavours;
}

const OpenAiFlavour* find_flavour(std::string_view engine) {
  const auto* at = std::find_if(kFlavours.begin(), kFlavours.end(),
                                [&](const OpenAiFlavour& flavour) { return flavour.name == engine; });
  return at == kFlavours.end() ? nullptr : at;
}

std::vector<ParamName> param_names(const OpenAiFlavour& flavour) {
  std::vector<ParamName> names;
  for (const std::string& word : split(flavour.params, ' ')) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos)
      names.push_back({word, word});
    else
      names.push_back({word.substr(0, equals), word.substr(equals + 1)});
  }
  return names;
}

}  // namespace assay::backend
