// A sandbox that runs nothing: for tests of what uses one.
#pragma once

#include <functional>

#include "sandbox/sandbox.h"

namespace assay::sandbox {

/// Answers every program with `script`. Without one it is broken.
class FakeSandbox final : public Sandbox {
 public:
  using Script = std::function<Outcome(const Program&, const Limits&)>;
  explicit FakeSandbox(Script script = {}) : script_(std::move(script)) {}
  Outcome run(const Program& program, const Limits& limits) override;
  std::string describe() const override { return "fake"; }

 private:
  Script script_;
};

}  // namespace assay::sandbox
