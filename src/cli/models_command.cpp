// assay models list | inspect | pull: model files without any engine, and what servers have.

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "backend/ollama.h"
#include "backend/table.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/catalogue.h"
#include "cli/commands.h"
#include "cli/synth_command.h"
#include "model/facts.h"
#include "model/memory.h"
#include "suite/model.h"

namespace assay::cli {
namespace {

namespace fs = std::filesystem;

std::string mib(std::uint64_t bytes) {
  const double value = static_cast<double>(bytes) / (1024.0 * 1024.0);
  if (value < 0.1) return fmt::format("{:.1f} KiB", value * 1024);
  return value < 10 ? fmt::format("{:.1f} MiB", value) : fmt::format("{:.0f} MiB", value);
}

std::string parameter_count(std::uint64_t count) {
  const auto n = static_cast<double>(count);
  if (n >= 1e9) return fmt::format("{:.2f} B", n / 1e9);
  return fmt::format("{:.2f} M", n / 1e6);
}

template <class T>
std::string or_dash(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : std::string("–");
}

struct InspectOptions {
  std::vector<std::string> paths;
  std::uint64_t context = 4096;  ///< for the memory need; at most what the model was trained for
};

model::MemoryOptions memory_options(const InspectOptions& options, const model::ModelFacts& facts) {
  model::MemoryOptions memory;
  memory.context = std::min(options.context, facts.context_length.value_or(options.context));
  return memory;
}

OrderedJson need_json(const model::ModelFacts& facts, const model::MemoryOptions& options) {
  const auto need = model::memory_need(facts, options);
  if (!need) return nullptr;
  return {{"context", options.context}, {"weights", need->weights}, {"kv_cache", need->kv_cache},
          {"compute", need->compute},   {"runtime", need->runtime}, {"total", need->total},
          {"repacked", need->repacked}, {"peak", need->peak()}};
}

OrderedJson facts_json(const std::string& path, const model::ModelFacts& facts,
                       const InspectOptions& options) {
  OrderedJson types = OrderedJson::array();
  for (const model::TypeShare& share : facts.tensor_types)
    types.push_back({{"type", share.type},
                     {"tensors", share.tensors},
                     {"elements", share.elements},
                     {"bytes", share.bytes}});
  OrderedJson json{{"schema", "assay.model/1"},
                   {"path", path},
                   {"file_bytes", facts.file_bytes},
                   {"gguf_version", facts.gguf_version},
                   {"architecture", facts.architecture},
                   {"name", or_null(facts.name)},
                   {"parameters", or_null(facts.parameters)},
                   {"quantisation", or_null(facts.quantisation)},
                   {"tensor_count", facts.tensor_count},
                   {"tensor_bytes", facts.tensor_bytes},
                   {"tensor_types", std::move(types)},
                   {"context_length", or_null(facts.context_length)},
                   {"layers", or_null(facts.layers)},
                   {"embedding", or_null(facts.embedding)},
                   {"feed_forward", or_null(facts.feed_forward)},
                   {"heads", or_null(facts.heads)},
                   {"kv_heads", or_null(facts.kv_heads)},
                   {"vocabulary", or_null(facts.vocabulary)},
                   {"tokenizer", or_null(facts.tokenizer)},
                   {"chat_template_sha256", or_null(facts.chat_template_sha256)},
                   {"experts", or_null(facts.experts)},
                   {"experts_used", or_null(facts.experts_used)},
                   {"bytes_per_token", or_null(facts.bytes_per_token)},
                   {"memory_need_bytes", need_json(facts, memory_options(options, facts))},
                   {"notes", facts.notes}};
  return json;
}

void print_facts(const std::string& path, const model::ModelFacts& facts, const InspectOptions& options) {
  const auto row = [](std::string_view name, const std::string& value) {
    print_line(fmt::format("  {:<16}{}", name, value));
  };
  print_line(printable(path, 200));
  row("name", facts.name ? printable(*facts.name, 100) : "–");
  row("architecture", printable(facts.architecture, 40));
  row("parameters", facts.parameters ? parameter_count(*facts.parameters) : "–");
  row("quantisation",
      or_dash(facts.quantisation) + (facts.quantisation_guessed ? " (from its tensors)" : ""));
  row("file", fmt::format("{}, GGUF {}", mib(facts.file_bytes), facts.gguf_version));
  row("context length", or_dash(facts.context_length));
  row("shape", fmt::format("{} layers, embedding {}, feed-forward {}, {} heads, {} KV heads",
                           or_dash(facts.layers), or_dash(facts.embedding), or_dash(facts.feed_forward),
                           or_dash(facts.heads), or_dash(facts.kv_heads)));
  if (facts.experts)
    row("experts", fmt::format("{}, {} used for a token", *facts.experts, or_dash(facts.experts_used)));
  row("vocabulary", fmt::format("{} tokens, {}", or_dash(facts.vocabulary),
                                facts.tokenizer ? printable(*facts.tokenizer, 40) : "–"));
  row("chat template", facts.chat_template_sha256
                           ? "yes (sha256 " + facts.chat_template_sha256->substr(0, 12) + "…)"
                           : "none");
  std::vector<std::string> types;
  for (const model::TypeShare& share : facts.tensor_types)
    types.push_back(fmt::format("{} × {} ({})", share.tensors, share.type, mib(share.bytes)));
  row("tensors", types.empty() ? "none" : join(types, ", "));
  if (facts.bytes_per_token)
    row("bytes per token", mib(*facts.bytes_per_token) + " read to decode one token");
  const model::MemoryOptions memory = memory_options(options, facts);
  if (const auto need = model::memory_need(facts, memory)) {
    row("memory need", fmt::format("about {}: weights {}, KV cache of {} tokens {}, buffers {}, program {}",
                                   mib(need->total), mib(need->weights), memory.context, mib(need->kv_cache),
                                   mib(need->compute), mib(need->runtime)));
    if (need->repacked > 0)
      row("memory peak",
          fmt::format("about {}: on this processor the engine keeps {} of the weights a second time",
                      mib(need->peak()), mib(need->repacked)));
  }
  for (const std::string& note : facts.notes) row("note", printable(note, 300));
}

Exit inspect_files(const Shell& shell, const InspectOptions& options) {
  Exit exit = Exit::done;
  for (const std::string& path : options.paths) {
    const auto facts = model::inspect(path);
    if (!facts) {
      exit = failed(facts.error());
      continue;
    }
    if (shell.json)
      print_line(dump_pretty(facts_json(path, *facts, options)));
    else
      print_facts(path, *facts, options);
  }
  return exit;
}

std::vector<std::string> model_files(const std::vector<std::string>& folders) {
  std::vector<std::string> files;
  for (const std::string& folder : folders) {
    std::error_code error;
    if (fs::is_regular_file(folder, error)) files.push_back(folder);
    for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error),
         end;
         !error && at != end; at.increment(error)) {
      if (at->path().extension() == ".gguf" && at->is_regular_file(error))
        files.push_back(at->path().string());
    }
  }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());  // a folder that was named twice
  return files;
}

Exit list_files(const Shell& shell, const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) {
    if (!file_exists(folder))
      return failed({.code = Code::not_found,
                     .where = {folder, 0, 0},
                     .found = "no such folder",
                     .expected = "a folder with GGUF files, or one server: ollama:, vllm:ADDRESS",
                     .remedy = {}});
  }
  const std::vector<std::string> files = model_files(folders);
  OrderedJson list = OrderedJson::array();
  if (!shell.json && !files.empty())
    print_line(
        fmt::format("{:>10}  {:<8}  {:>10}  {:>8}  {}", "PARAMETERS", "QUANT", "SIZE", "CONTEXT", "FILE"));
  for (const std::string& file : files) {
    const auto facts = model::inspect(file);
    if (shell.json) {
      list.push_back(facts ? facts_json(file, *facts, {})
                           : OrderedJson{{"path", file}, {"error", sentence(facts.error())}});
    } else if (facts) {
      print_line(fmt::format("{:>10}  {:<8}  {:>10}  {:>8}  {}",
                             facts->parameters ? parameter_count(*facts->parameters) : "–",
                             or_dash(facts->quantisation), mib(facts->file_bytes),
                             or_dash(facts->context_length), printable(file, 200)));
    } else {
      print_line(fmt::format("{:>10}  {:<8}  {:>10}  {:>8}  {} ({})", "–", "–", "–", "–",
                             printable(file, 200), printable(sentence(facts.error()), 120)));
    }
  }
  if (shell.json)
    print_line(dump_pretty(list));
  else if (files.empty())
    say("No GGUF files in: " + join(folders, ", "));
  return Exit::done;
}

/// "ollama:", "vllm:http://host:8000/v1": an engine that is a server.
std::optional<record::ModelSpec> server_of(const std::string& word) {
  const backend::Entry* entry = backend::find(word.substr(0, word.find(':')));
  if (entry == nullptr || entry->list == nullptr || word.find(':') == std::string::npos) return std::nullopt;
  auto spec = suite::parse_model(word, "", catalogue());
  return spec ? std::optional(*std::move(spec)) : std::nullopt;
}

Exit list_served(const Shell& shell, const record::ModelSpec& server) {
  SystemClock clock;
  const auto models = backend::find(server.engine)->list(server, {clock});
  if (!models) return failed(models.error());
  if (shell.json) {
    OrderedJson list = OrderedJson::array();
    for (const backend::ServedModel& model : *models)
      list.push_back({{"engine", server.engine},
                      {"model", model.name},
                      {"parameters", model.parameters},
                      {"quantisation", model.quantisation},
                      {"bytes", or_null(model.bytes)}});
    print_line(dump_pretty(list));
    return Exit::done;
  }
  if (models->empty()) say("The server has no models.");
  if (!models->empty())
    print_line(fmt::format("{:>10}  {:<8}  {:>10}  {}", "PARAMETERS", "QUANT", "SIZE", "MODEL"));
  for (const backend::ServedModel& model : *models) {
    print_line(fmt::format("{:>10}  {:<8}  {:>10}  {}", model.parameters.empty() ? "–" : model.parameters,
                           model.quantisation.empty() ? "–" : printable(model.quantisation, 20),
                           model.bytes ? mib(*model.bytes) : "–", printable(model.name, 200)));
  }
  return Exit::done;
}

Exit pull(const std::string& word) {
  const auto server = server_of(word);
  if (!server || server->engine != "ollama" || server->model.empty()) {
    return failed({.code = Code::bad_input,
                   .where = {},
                   .found = fmt::format("'{}'", printable(word, 80)),
                   .expected = "ollama:NAME, the only engine that fetches models itself",
                   .remedy = "For example: assay models pull ollama:llama3.2:1b"});
  }
  SystemClock clock;
  const bool live = stderr_is_terminal();
  std::string shown;
  const auto done = backend::pull_ollama(
      *server, clock, [&](const std::string& status, std::uint64_t part, std::uint64_t all) {
        const std::string line =
            all > 0 ? fmt::format("{} {:3.0f} % of {}", printable(status, 60),
                                  100.0 * static_cast<double>(part) / static_cast<double>(all), mib(all))
                    : printable(status, 60);
        if (line == shown || (!live && all > 0 && part < all)) return;
        shown = line;
        fmt::print(stderr, "{}{}{}", live ? "\r\x1b[K" : "", line, live ? "" : "\n");
      });
  if (live) fmt::print(stderr, "\r\x1b[K");
  if (!done) return failed(done.error());
  say(fmt::format("{} is there. Try it: assay run SUITE --model ollama:{}", server->model, server->model));
  return Exit::done;
}

}  // namespace

void add_models(CLI::App& command, Shell& shell) {
  command.require_subcommand(1);
  // Before the commands below it, which show the same examples unless they have their own.
  command.footer(
      "Examples:\n  assay models list ~/models\n  assay models list ollama:\n"
      "  assay models inspect models/tiny-m.q8_0.gguf\n  assay models pull ollama:llama3.2:1b\n"
      "  assay models synth llama-3.2-1b");
  auto options = std::make_shared<InspectOptions>();
  CLI::App* inspect =
      command.add_subcommand("inspect", "What a GGUF file says about its model; no weights are loaded");
  inspect->add_option("file", options->paths, "GGUF file")->required();
  inspect->add_option("--context", options->context, "Tokens of context of the memory need (default: 4096)")
      ->type_name("TOKENS")
      ->check(CLI::Range(1, 100'000'000));
  add_json_option(*inspect, shell);
  inspect->callback(
      [options, &shell] { shell.action = [options, &shell] { return inspect_files(shell, *options); }; });

  auto folders = std::make_shared<std::vector<std::string>>();
  CLI::App* list = command.add_subcommand("list", "The GGUF files below a folder, or the models of a server");
  list->add_option("where", *folders,
                   "Folders to look in (default: models), or a server: ollama:, vllm:ADDRESS");
  add_json_option(*list, shell);
  list->callback([folders, &shell] {
    shell.action = [folders, &shell] {
      if (folders->empty()) folders->push_back("models");
      if (folders->size() == 1) {
        if (const auto server = server_of(folders->front())) return list_served(shell, *server);
      }
      return list_files(shell, *folders);
    };
  });
  auto name = std::make_shared<std::string>();
  CLI::App* fetch = command.add_subcommand("pull", "Has Ollama fetch a model");
  fetch->add_option("model", *name, "ollama:NAME")->required();
  fetch->callback([name, &shell] { shell.action = [name] { return pull(*name); }; });
  add_synth(command, shell);
}

}  // namespace assay::cli
