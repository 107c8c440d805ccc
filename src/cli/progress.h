// Live progress of a run on standard error: one line that is written over on a terminal, plain lines
// elsewhere.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "cli/run_listener.h"
#include "record/verdict.h"
#include "runner/runner.h"

namespace assay::cli {

class Progress final : public RunListener {
 public:
  Progress(Clock& clock, bool terminal, bool quiet);

  void model_begins(const std::string& label, std::uint64_t trials) override;
  void loading(std::uint32_t model, const std::string& label) override;
  void loaded(std::uint32_t model, Nanos load) override;
  void moved(const runner::Progress& progress) override;
  void graded(record::Mark mark) override;
  void finished_one() override;
  void model_ends(const std::string& why) override;
  void preflight(const std::string& label) override;
  void checked(const std::vector<CheckedModel>& models) override;
  /// Takes the line away, so that something else can be printed.
  void clear();

 private:
  void draw(bool now);
  std::string line() const;

  Clock& clock_;
  bool terminal_;
  bool quiet_;
  std::string label_;
  std::uint64_t trials_ = 0;
  std::uint64_t done_ = 0;
  std::array<std::uint64_t, 5> marks_{};  // by record::Mark
  Nanos begun_{0};
  Nanos drawn_{0};
  std::string case_id_;
  std::optional<double> rate_;
  bool on_screen_ = false;
};

}  // namespace assay::cli
