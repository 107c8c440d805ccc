#include "sandbox/containment.h"

#include <fmt/format.h>

#include "base/text.h"
#include "sandbox/outside.h"

namespace assay::sandbox {
namespace {

/// Runs after every threat: the world must be clean again.
constexpr std::string_view kClean =
    "import os\nassert os.getcwd() == '/box/work' and os.listdir('.') == [] and os.listdir('/tmp') == []\n"
    "assert os.listdir('/dev/shm') == []\nimport ctypes\n"
    "assert ctypes.CDLL(None).shmget({key}, 100, 0) < 0\nprint(6 * 7)";

Program program(std::string source) {
  return {.source = std::move(source), .arguments = {}, .input = {}, .reply = {}};
}

Limits limits_for(const Threat& threat, Dose dose) {
  Limits limits;
  if (threat.ends[0] == End::timeout) limits.wall = std::chrono::milliseconds(300);
  if (dose == Dose::tame) limits.memory = std::uint64_t{256} << 20U;
  return limits;
}

/// Empty, or how the program ended otherwise than it must.
std::string unlike(const Threat& threat, const Outcome& outcome) {
  const std::string said(trim(outcome.out));
  // How a program comes to harm that nobody else shares depends on the interpreter: Python 3.13 ends a deep
  // recursion in C with an exception, older ones die of it.
  const bool its_own =
      threat.harm == Harm::itself && outcome.end != End::broken && outcome.end != End::stopped;
  const bool as_meant = its_own || outcome.end == threat.ends[0] || outcome.end == threat.ends[1];
  const bool quiet = threat.says == "kept" ? said == "kept" : said.starts_with(threat.says);
  if (as_meant && quiet) return {};
  return fmt::format("{} ({}), said '{}' {}", name_of(outcome.end), outcome.detail, printable(said, 200),
                     printable(outcome.err, 300));
}

Containment examine(Sandbox& sandbox, const Threat& threat, Dose dose) {
  const Outside outside;
  const Outcome outcome =
      sandbox.run(program(outside.filled(program_of(threat, dose))), limits_for(threat, dose));
  Containment row{.threat = threat.threat, .holds = false, .detail = outside.damage()};
  if (row.detail.empty()) row.detail = unlike(threat, outcome);
  if (!row.detail.empty()) return row;
  const Outcome next = sandbox.run(program(outside.filled(kClean)), {});
  row.holds = trim(next.out) == "42";
  if (!row.holds) row.detail = "the next program: " + next.detail + " " + printable(next.err, 300);
  return row;
}

}  // namespace

std::vector<Containment> self_test(Sandbox& sandbox, Dose dose) {
  std::vector<Containment> rows;
  for (const Threat& threat : threats()) {
    if (dose == Dose::full || threat.harm == Harm::others) rows.push_back(examine(sandbox, threat, dose));
  }
  return rows;
}

}  // namespace assay::sandbox
