#include "sandbox/proof.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "sandbox/containment.h"

namespace assay::sandbox {

std::string proof_key(const Sandbox& sandbox) {
  utsname kernel{};
  uname(&kernel);
  const Signature signature = sandbox.signature();
  // Root and others have different limits; any two others are alike.
  std::string all =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n", kernel.sysname, kernel.release, kernel.version,
                  geteuid() == 0, sandbox.describe(), signature.enclosure, signature.library);
  for (const Threat& threat : threats()) all += program_of(threat, Dose::full);
  return hex(sha256(all));
}

Result<void> prove(Sandbox& sandbox, const std::string& cache, const std::function<void()>& begins) {
  const std::string kept = fmt::format("{}/sandbox/{}.held", cache, proof_key(sandbox).substr(0, 32));
  if (!cache.empty() && file_exists(kept)) return {};
  begins();
  const std::vector<Containment> rows = self_test(sandbox);
  const auto loose = std::find_if(rows.begin(), rows.end(), [](const auto& row) { return !row.holds; });
  if (loose != rows.end()) {
    return fail(
        {.code = Code::unavailable,
         .where = {},
         .found =
             fmt::format("the sandbox does not hold '{}': {}", loose->threat, printable(loose->detail, 200)),
         .expected = "a sandbox that holds every hostile program",
         .remedy = "'assay doctor' tries them all; --unsafe-no-sandbox runs programs without protection"});
  }
  if (!cache.empty() && make_folder(folder_of(kept)))
    static_cast<void>(write_file(kept, fmt::format("{} of {} threats held\n", rows.size(), rows.size())));
  return {};
}

}  // namespace assay::sandbox
