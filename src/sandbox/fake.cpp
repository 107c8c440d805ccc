#include "sandbox/fake.h"

namespace assay::sandbox {

Outcome FakeSandbox::run(const Program& program, const Limits& limits) {
  if (script_) return script_(program, limits);
  Outcome outcome;
  outcome.detail = "the fake sandbox has no script";
  return outcome;
}

}  // namespace assay::sandbox
