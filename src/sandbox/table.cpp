#include "sandbox/table.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "sandbox/entries.h"
#include "sandbox/fake.h"

namespace assay::sandbox {
namespace {

std::optional<Error> always_ready(const Choice& /*choice*/) {
  return std::nullopt;
}

Result<std::shared_ptr<Sandbox>> make_fake(const Choice& /*choice*/) {
  return std::make_shared<FakeSandbox>();
}

constexpr std::array kSandboxes{
    Entry{"bubblewrap", "Linux: namespaces, seccomp and limits, everything of docs/sandbox.md", true,
          probe_bubblewrap, make_bubblewrap},
    // Never seen at work. Until it is, and the hostile programs know what a Mac has (they ask for /box), it
    // must not be taken for protection: the first of them that it does not hold would be loose on a real
    // machine.
    Entry{"sandbox-exec", "macOS: no network, one writable folder, limits (not proven yet)", false,
          probe_sandbox_exec, make_sandbox_exec},
    Entry{"none", "no protection: only time and output are limited (--unsafe-no-sandbox)", false, probe_none,
          make_none},
    Entry{"fake", "runs nothing, for tests", false, always_ready, make_fake},
};

// The kernel's words for a refused namespace are the same for every cause.
constexpr std::string_view kRemedy =
    "On Linux it needs bubblewrap (tools/setup build) and user namespaces, which some distributions and most "
    "containers forbid: allow them (sysctl kernel.apparmor_restrict_unprivileged_userns=0, "
    "user.max_user_namespaces; "
    "in a container: --security-opt seccomp=unconfined --security-opt systempaths=unconfined), or run on the "
    "machine "
    "itself";

}  // namespace

std::span<const Entry> table() {
  return kSandboxes;
}

const Entry* find(std::string_view name) {
  const auto at = std::find_if(kSandboxes.begin(), kSandboxes.end(),
                               [&](const Entry& entry) { return entry.name == name; });
  return at == kSandboxes.end() ? nullptr : &*at;
}

std::optional<Error> try_out(Sandbox& sandbox) {
  const Outcome outcome =
      sandbox.run({.source = "print(6 * 7)", .arguments = {}, .input = {}, .reply = {}}, {});
  if (outcome.end == End::exited && outcome.status == 0 && trim(outcome.out) == "42") return std::nullopt;
  return Error{.code = Code::unavailable,
               .where = {},
               .found = "no program can be run in the sandbox: " +
                        (outcome.err.empty() ? outcome.detail : std::string(trim(outcome.err))),
               .expected = {},
               .remedy = std::string(kRemedy)};
}

Result<std::shared_ptr<Sandbox>> make_best(const Choice& choice) {
  std::optional<Error> why;
  for (const Entry& entry : kSandboxes) {
    if (!entry.contains) continue;
    Result<std::shared_ptr<Sandbox>> made = entry.make(choice);
    std::optional<Error> trouble = made ? try_out(**made) : std::optional(made.error());
    if (!trouble) return made;
    if (!why || why->code == Code::unsupported) why = std::move(trouble);
  }
  return fail(std::move(*why));
}

}  // namespace assay::sandbox
