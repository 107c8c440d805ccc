#include "backend/backend.h"

namespace assay::backend {

Result<record::BenchAnswer> Backend::bench(const record::BenchTest& test, std::uint64_t /*seed*/,
                                           const std::atomic<bool>& /*stop*/) {
  return fail({.code = Code::unsupported,
               .where = {},
               .found = name_of(test) + " asks for the bare engine, and this one is not in assay's hands",
               .expected = "a worker that lists the capability 'bench'",
               .remedy = "Take a GGUF file (llama:model.gguf), or measure it with `assay run`"});
}

Result<std::vector<Nanos>> Backend::time_steps(int /*streams*/, int /*count*/,
                                               const std::atomic<bool>& /*stop*/) {
  return fail({.code = Code::unsupported,
               .where = {},
               .found = "this engine does not time steps",
               .expected = "a worker that lists the capability 'steps'",
               .remedy = "Say how many requests go at once: --parallel 8 --measure 8"});
}

}  // namespace assay::backend
