#include "cli/bench_arguments.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::cli {
namespace {

struct Spelling {
  std::string_view theirs;
  std::string_view ours;
};
constexpr std::array kSpellings{
    Spelling{"-pg", "--prompt-gen"}, Spelling{"-ub", "--ubatch-size"},   Spelling{"-ngl", "--n-gpu-layers"},
    Spelling{"-fa", "--flash-attn"}, Spelling{"-ctk", "--cache-type-k"}, Spelling{"-ctv", "--cache-type-v"},
};

/// What llama-bench can do and we cannot, and what to do instead. Names of older versions are among them.
struct Foreign {
  std::string_view names;
  std::string_view remedy;
};
constexpr std::array kForeign{
    Foreign{"-hf -hfr --hf-repo -hff --hf-file -hft --hf-token --offline",
            "Fetch the file first, then: -m FILE"},
    Foreign{"-sm --split-mode -mg --main-gpu -dev --device -ts --tensor-split -ot --override-tensor -ncmoe "
            "--n-cpu-moe -nkvo --no-kv-offload -nopo --no-op-offload --no-host -fitt --fit-target -fitc "
            "--fit-ctx -rpc --rpc",
            "Leave it out: beyond -ngl the engine places layers by itself"},
    Foreign{"-lm --load-mode -lzm --lazy-mode -mmp --mmap -dio --direct-io --repack",
            "Leave it out: files are loaded as the engine does by itself"},
    Foreign{"-C --cpu-mask --cpu-strict --poll --prio --numa",
            "Leave it out, or start assay itself so: taskset -c 0-3 assay bench …, nice, numactl"},
    Foreign{"-embd --embeddings", "Leave it out: prompts and generation are what is measured"},
    Foreign{"--delay", "Leave it out: repetitions of all tests alternate, and --preset sustained shows heat"},
    Foreign{"--no-warmup", "Leave it out: each test is warmed up once in full"},
    Foreign{"-v --verbose --progress", "Leave it out: on a terminal progress is shown, without -q"},
    Foreign{"-oe --output-err",
            "Take -o; a stored bench comes in any other form with: assay report last -f md"},
    Foreign{"--list-devices", "assay doctor says what this machine has"},
};

/// Options of free text: what follows them is no option, however it looks.
constexpr std::array<std::string_view, 3> kFreeText{"--label", "--server", "--store"};

template <class List>
bool has(const List& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

/// Index of the word `bench` where it is the command; else the number of arguments.
std::size_t command_at(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--store") {
      ++i;
    } else if (!arguments[i].starts_with('-')) {
      return arguments[i] == "bench" ? i : arguments.size();
    }
  }
  return arguments.size();
}

void rename(std::string& argument) {
  for (const Spelling& spelling : kSpellings)
    if (argument == spelling.theirs) argument = spelling.ours;
  if (!argument.starts_with("--")) return;
  const auto end =
      argument.begin() + static_cast<std::ptrdiff_t>(std::min(argument.find('='), argument.size()));
  std::replace(argument.begin(), end, '_', '-');
}

}  // namespace

std::string_view llama_bench_name(std::string_view long_name) {
  for (const Spelling& spelling : kSpellings)
    if (long_name == spelling.ours) return spelling.theirs;
  return {};
}

Result<std::vector<std::string>> with_long_names(std::vector<std::string> arguments) {
  for (std::size_t i = command_at(arguments) + 1; i < arguments.size(); ++i) {
    rename(arguments[i]);
    if (has(kFreeText, arguments[i])) {
      ++i;
      continue;
    }
    for (const Foreign& foreign : kForeign) {
      if (has(split(foreign.names, ' '), arguments[i]))
        return fail({.code = Code::bad_input,
                     .where = {},
                     .found = fmt::format("{} is an option of llama-bench that assay bench does not have",
                                          arguments[i]),
                     .expected = {},
                     .remedy = std::string(foreign.remedy)});
    }
  }
  return arguments;
}

}  // namespace assay::cli
