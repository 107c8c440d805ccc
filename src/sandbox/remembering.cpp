#include "sandbox/remembering.h"

#include "base/hash.h"

namespace assay::sandbox {
namespace {

constexpr std::uint64_t kMostKept = std::uint64_t{64} << 20U;

std::string key_of(const Program& program, const Limits& limits) {
  // Lengths keep one part from running into the next; the source need not be UTF-8.
  std::string all;
  const auto add = [&](std::string_view part) {
    all += std::to_string(part.size()) + ":" + std::string(part);
  };
  add(program.source);
  add(program.input);
  for (const std::string& argument : program.arguments) add(argument);
  for (const std::uint64_t limit :
       {static_cast<std::uint64_t>(limits.wall.count()), limits.memory, limits.processes, limits.file,
        limits.disk, limits.files, limits.open_files, limits.stack, limits.out, limits.err}) {
    all += std::to_string(limit) + ";";
  }
  return hex(sha256(all));
}

}  // namespace

Outcome Remembering::run(const Program& program, const Limits& limits) {
  if (program.reply || program.held) return inner_->run(program, limits);
  return known_.get(
      key_of(program, limits), [&] { return inner_->run(program, limits); },
      [this](const Outcome& outcome) { return worth_keeping(outcome); });
}

bool Remembering::worth_keeping(const Outcome& outcome) {
  if (outcome.end == End::broken) return false;
  const std::uint64_t bytes = outcome.out.size() + outcome.err.size();
  if (kept_.fetch_add(bytes) + bytes <= kMostKept) return true;
  kept_.fetch_sub(bytes);
  return false;
}

}  // namespace assay::sandbox
