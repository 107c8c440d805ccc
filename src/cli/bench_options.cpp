#include "cli/bench_options.h"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/duration.h"
#include "base/text.h"
#include "cli/option_checks.h"
#include "record/params.h"
#include "speed/ranges.h"

namespace assay::cli {
namespace {

constexpr int kMostRepetitions = 1'000'000;

/// Reads several lists into one; the first error of each option is kept.
class Reader {
 public:
  template <class T>
  void numbers(const std::vector<std::string>& texts, const char* option, std::vector<T>& out,
               bool allow_negative = false) {
    if (texts.empty()) return;
    out.clear();
    for (const std::string& text : texts) {
      const auto values = speed::parse_range(text, option, allow_negative);
      if (!values) return errors_.push_back(values.error());
      for (const std::int64_t value : *values) out.push_back(static_cast<typename Value<T>::Type>(value));
    }
  }
  void words(const std::vector<std::string>& texts, std::vector<std::string>& out) {
    if (texts.empty()) return;
    out.clear();
    for (const std::string& text : texts)
      for (const std::string& word : split(text, ',')) out.push_back(word);
  }
  void refuse(std::string found, std::string expected) {
    errors_.push_back({.code = Code::bad_input,
                       .where = {},
                       .found = std::move(found),
                       .expected = std::move(expected),
                       .remedy = {}});
  }
  void add(const Error& error) { errors_.push_back(error); }
  const Errors& errors() const { return errors_; }

 private:
  template <class T>
  struct Value {
    using Type = T;
  };
  template <class T>
  struct Value<std::optional<T>> {
    using Type = T;
  };
  Errors errors_;
};

void read_flash(const std::vector<std::string>& texts, Reader& reader, std::vector<std::string>& out) {
  reader.words(texts, out);
  for (std::string& word : out) {
    if (word == "1" || word == "true" || word == "enabled") word = "on";
    if (word == "0" || word == "false" || word == "disabled") word = "off";
    if (word == "-1") word = "auto";
    if (word != "on" && word != "off" && word != "auto")
      reader.refuse("-fa " + printable(word, 40), "on, off or auto");
  }
}

void check_types(const std::vector<std::string>& types, const char* option, Reader& reader) {
  const record::ParamSpec* spec = record::find_param("kv_type");
  for (const std::string& type : types) {
    if (const auto good = record::checked_param(*spec, type); !good)
      reader.refuse(fmt::format("{} {}", option, printable(type, 40)), good.error().expected);
  }
}

void read_limits(const BenchOptions& options, Reader& reader, speed::Limits& limits) {
  if (options.least) {
    limits.least = *options.least;
    limits.most = std::max(limits.most, limits.least);
  }
  if (options.most) {
    limits.most = *options.most;
    if (!options.least) limits.least = std::min(limits.least, limits.most);
  }
  if (limits.least < 1 || limits.most < limits.least)
    reader.refuse(fmt::format("-r {} with --max-reps {}", limits.least, limits.most),
                  "at least 1, and not more than --max-reps");
  if (options.precision) limits.precision = *options.precision / 100;
  if (options.time) {
    const auto time = parse_duration(*options.time);
    if (time && time->count() > 0)
      limits.time = *time;
    else
      reader.refuse("--max-time " + printable(*options.time, 40), "a time with its unit, such as 60s or 5m");
  }
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const speed::Preset& preset : speed::presets()) names.emplace_back(preset.name);
  return names;
}

std::string preset_help() {
  std::string help = "A set of tests; what other options say is taken instead:";
  for (const speed::Preset& preset : speed::presets())
    help += fmt::format("\n{:<11} {}", preset.name, preset.help);
  return help;
}

void add_lists(CLI::App& command, BenchOptions& options) {
  const auto list = [&](const char* names, std::vector<std::string>& into, const char* help) {
    command.add_option(names, into, help)
        ->type_name("LIST")
        ->expected(1)
        ->take_all()
        ->group("Tests (lists and ranges as llama-bench)");
  };
  list("-p,--n-prompt", options.prompts, "Tokens of a prompt, in one go: rows pp512 (default: 512; 0: none)");
  list("-n,--n-gen", options.generates, "Tokens generated one by one: rows tg128 (default: 128; 0: none)");
  list("--prompt-gen", options.both, "A prompt and what follows, e.g. 512,128: rows pp512+tg128, with TTFT");
  list("-d,--n-depth", options.depths, "Tokens in the cache before the clock starts: rows pp512 @ d4096");
  list("-b,--batch-size", options.batches, "Tokens handed over at once (default: 2048)");
  list("--ubatch-size", options.micro_batches, "Tokens computed at once (default: 512)");
  list("-t,--threads", options.threads, "Threads (default: the engine's choice)");
  list("--n-gpu-layers", options.gpu_layers,
       "Layers on the graphics processor (default: the engine's choice)");
  list("--flash-attn", options.flash_attentions, "Flash attention: on, off or auto (default: auto)");
  list("--cache-type-k", options.key_types, "Type of the cached keys, e.g. q8_0 (default: f16)");
  list("--cache-type-v", options.value_types, "Type of the cached values (default: f16)");
}

}  // namespace

void add_bench_options(CLI::App& command, BenchOptions& options) {
  command.add_option("-m,--model", options.models, "GGUF file, or a list of them (may be repeated)")
      ->type_name("FILE")
      ->expected(1)
      ->take_all();
  add_lists(command, options);
  command.add_option("--preset", options.preset, preset_help())
      ->type_name("NAME")
      ->check(CLI::IsMember(preset_names()));
  command.add_option("-r,--repetitions", options.least, "Least repetitions of a test (default: 5)")
      ->type_name("COUNT")
      ->check(CLI::Range(1, kMostRepetitions))
      ->take_last()
      ->group("Enough");
  command.add_option("--max-reps", options.most, "Most repetitions of a test (default: 20)")
      ->type_name("COUNT")
      ->check(CLI::Range(1, kMostRepetitions))
      ->group("Enough");
  command
      .add_option("--max-time", options.time, "Time for all repetitions of a test, e.g. 60s (default: 2m)")
      ->type_name("TIME")
      ->group("Enough");
  command
      .add_option("--precision", options.precision,
                  "Done when the median's 95 % interval is within ± so much (default: 2)")
      ->type_name("PERCENT")
      ->check(number_within(0, 100))
      ->group("Enough");
  command.add_option("--seed", options.seed, "Of the random tokens and the order")
      ->type_name("NUMBER")
      ->check(whole_number())
      ->capture_default_str();
  command.add_flag("--sampling", options.sampling,
                   "Also with greedy sampling in the loop, as rows of their own");
  command.add_flag("--ladder", options.ladder,
                   "From the engine to a server: engine, + sampling, + template, and with --server + HTTP");
  command
      .add_option(
          "--server", options.server,
          "Command that starts a server for --ladder, with {model} and {port} for assay to fill in, or auto")
      ->needs("--ladder")
      ->type_name("COMMAND|auto");
  command
      .add_option("--beside", options.beside,
                  "Show a file of llama-bench (-o json, jsonl) or of assay bench beside (may be repeated)")
      ->type_name("FILE")
      ->expected(1)
      ->take_all();
  command
      .add_option("-o,--output", options.format, "What is printed (default: table); md is as llama-bench's")
      ->check(CLI::IsMember({"table", "md", "json", "csv"}))
      ->take_last();
  command.add_option("--label", options.label, "A name for the run, usable instead of its id")
      ->type_name("NAME")
      ->check(run_name());
  command.add_flag("-q,--quiet", options.quiet, "No progress, only the result");
}

tl::expected<speed::Settings, Errors> settings_of(const BenchOptions& options) {
  speed::Settings settings;
  for (const speed::Preset& preset : speed::presets())
    if (preset.name == options.preset) settings = preset.settings();
  Reader reader;
  const bool shapes_told = !options.prompts.empty() || !options.generates.empty() || !options.both.empty();
  if (shapes_told && !settings.both.empty()) settings.both.clear();
  reader.numbers(options.prompts, "-p", settings.prompts);
  reader.numbers(options.generates, "-n", settings.generates);
  reader.numbers(options.depths, "-d", settings.depths);
  reader.numbers(options.batches, "-b", settings.batches);
  reader.numbers(options.micro_batches, "-ub", settings.micro_batches);
  reader.numbers(options.threads, "-t", settings.threads);
  reader.numbers(options.gpu_layers, "-ngl", settings.gpu_layers, true);
  for (const std::string& text : options.both) {
    const auto pair = speed::parse_pair(text, "-pg");
    if (pair)
      settings.both.push_back(*pair);
    else
      reader.add(pair.error());
  }
  read_flash(options.flash_attentions, reader, settings.flash_attentions);
  reader.words(options.key_types, settings.key_types);
  reader.words(options.value_types, settings.value_types);
  check_types(options.key_types.empty() ? std::vector<std::string>{} : settings.key_types, "-ctk", reader);
  check_types(options.value_types.empty() ? std::vector<std::string>{} : settings.value_types, "-ctv",
              reader);
  read_limits(options, reader, settings.limits);
  using record::BenchPath;
  if (options.sampling || options.ladder) settings.paths.push_back(BenchPath::sampling);
  if (options.ladder) settings.paths.push_back(BenchPath::chat);
  if (options.ladder && !options.server.empty()) settings.paths.push_back(BenchPath::http);
  if (!options.server.empty() && !options.ladder)
    reader.refuse("--server without --ladder", "both: only a ladder has a row for a server");
  if (options.ladder && !shapes_told && options.preset.empty()) {
    settings.prompts.clear();
    settings.generates.clear();
    settings.both = {{512, 128}};
  }
  if (!reader.errors().empty()) return tl::unexpected(reader.errors());
  return settings;
}

}  // namespace assay::cli
