#include "cli/synth_command.h"

#include <atomic>
#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/option_checks.h"
#include "model/quant_mix.h"
#include "model/synth.h"

namespace assay::cli {
namespace {

constexpr double kMiB = 1024.0 * 1024.0;

struct Options {
  std::string name;
  std::string out;
  model::SynthOptions synth;
  std::uint32_t layers = 0;
  bool list = false;
  bool force = false;
};

Exit list_shapes() {
  print_line(fmt::format("{:<30}  {:<9}  {:>6}  {:>9}  {:>7}  {:>11}", "NAME", "ARCH", "LAYERS", "EMBEDDING",
                         "CONTEXT", "Q4_K_M"));
  for (const model::Shape& shape : model::shapes()) {
    const auto head = model::synth_head(shape, {});
    print_line(fmt::format("{:<30}  {:<9}  {:>6}  {:>9}  {:>7}  {:>7.0f} MiB", shape.name, shape.architecture,
                           shape.layers, shape.embedding, shape.context,
                           head ? static_cast<double>(head->data_bytes) / kMiB : 0.0));
  }
  return Exit::done;
}

Exit synth(const Options& options) {
  if (options.list) return list_shapes();
  if (options.name.empty())
    return failed({.code = Code::bad_input,
                   .where = {},
                   .found = "no shape is named",
                   .expected = "a name such as llama-3.2-1b",
                   .remedy = "assay models synth --list shows all"});
  const auto known = model::shape_named(options.name);
  if (!known) return failed(known.error());
  const model::Shape* shape = *known;
  const auto mix = model::find_mix(options.synth.mix);
  if (!mix) return failed(mix.error());
  model::SynthOptions how = options.synth;
  how.mix = mix->name;
  if (options.layers > 0) how.layers = options.layers;
  std::string path = options.out;
  if (path.empty())
    path = fmt::format("{}{}.{}.synth.gguf", shape->name,
                       how.layers ? fmt::format("-{}layers", *how.layers) : "", lower_ascii(how.mix));
  std::error_code ignored;  // whatever else it is, write_synth() says
  if (std::filesystem::is_regular_file(path, ignored) && !options.force) {
    return failed({.code = Code::conflict,
                   .where = {path, 0, 0},
                   .found = "the file is there already",
                   .expected = {},
                   .remedy = "Write to another with --out, or over it with --force"});
  }
  const auto head = model::synth_head(*shape, how);
  if (!head) return failed(head.error());
  const bool live = stderr_is_terminal();
  const std::atomic<bool>& stop = catch_interrupts("stopping; nothing half written is left");
  SystemClock clock;
  const Nanos begin = clock.now();
  Nanos shown = begin;
  const auto done = model::write_synth(
      *shape, how, path,
      [&](std::uint64_t bytes) {
        const Nanos now = clock.now();
        if (!live || now - shown < std::chrono::milliseconds{100}) return;
        shown = now;
        fmt::print(stderr, "\r\x1b[K{:.0f} of {:.0f} MiB", static_cast<double>(bytes) / kMiB,
                   static_cast<double>(head->data_bytes) / kMiB);
      },
      stop);
  if (live) fmt::print(stderr, "\r\x1b[K");
  if (!done) return stop ? Exit::interrupted : failed(done.error());
  const double seconds = std::chrono::duration<double>(clock.now() - begin).count();
  const double mib = static_cast<double>(file_size(path).value_or(0)) / kMiB;
  print_line(path);
  say(fmt::format(
      "{:.0f} MiB in {:.1f} s ({:.0f} MiB/s). Random weights: for speed and memory, not for answers.\n"
      "Measure it: assay bench -m {}",
      mib, seconds, mib / seconds, path));
  return Exit::done;
}

}  // namespace

void add_synth(CLI::App& models, Shell& shell) {
  auto options = std::make_shared<Options>();
  CLI::App* command = models.add_subcommand(
      "synth",
      "Writes a model with random weights in a known model's true shape, to measure before a download");
  command->add_option("name", options->name, "Shape, such as llama-3.1-8b; --list shows all");
  command->add_option("-q,--quantisation", options->synth.mix, "Mix of storage types")
      ->type_name("MIX")
      ->capture_default_str();
  command->add_option("-o,--out", options->out, "File to write (default: NAME.MIX.synth.gguf here)")
      ->type_name("FILE");
  command->add_option("--layers", options->layers, "Only the first so many layers")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1000));
  command
      ->add_option("--vocab", options->synth.vocabulary,
                   "GGUF whose vocabulary is taken (default: a made-up one)")
      ->type_name("FILE");
  command->add_option("--seed", options->synth.seed, "Seed of the weights")
      ->type_name("NUMBER")
      ->check(whole_number())
      ->capture_default_str();
  command->add_flag("--list", options->list, "The shapes, with their size as Q4_K_M");
  command->add_flag("--force", options->force, "Write over a file");
  command->footer(
      "Examples:\n"
      "  assay models synth llama-3.2-1b -q Q8_0\n"
      "  assay models synth qwen3-30b-a3b --layers 4      a slice of a model that does not fit");
  command->callback([options, &shell] { shell.action = [options] { return synth(*options); }; });
}

}  // namespace assay::cli
