// A sandbox that runs the same program once: many answers of a run hold the same few lines.
#pragma once

#include <atomic>
#include <memory>

#include "sandbox/once.h"
#include "sandbox/sandbox.h"

namespace assay::sandbox {

/// A program with the same source, arguments, input and limits gets the outcome of the first one, with its
/// times. Not remembered: dialogues, whose other side may say something else; what broke; and outcomes with
/// so much output that 64 MiB would be exceeded in all.
class Remembering final : public Sandbox {
 public:
  explicit Remembering(std::shared_ptr<Sandbox> inner) : inner_(std::move(inner)) {}
  Outcome run(const Program& program, const Limits& limits) override;
  std::shared_ptr<void> hold(bool alone) override { return inner_->hold(alone); }
  std::string describe() const override { return inner_->describe(); }
  Signature signature() const override { return inner_->signature(); }

 private:
  bool worth_keeping(const Outcome& outcome);

  std::shared_ptr<Sandbox> inner_;
  Once<Outcome> known_;
  std::atomic<std::uint64_t> kept_{0};  ///< bytes of output
};

}  // namespace assay::sandbox
