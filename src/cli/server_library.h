// What the server asks of suites, graders and exchange: the same functions that the commands use.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "server/library.h"
#include "store/store.h"

namespace assay::cli {

class ServerLibrary final : public server::Library {
 public:
  explicit ServerLibrary(store::Store& store) : store_(store) {}

  Result<stats::Summary> summary(const record::Run& run) override;
  Result<std::vector<server::CaseInfo>> cases(const record::Run& run) override;
  Result<OrderedJson> compare(const std::string& a, const std::vector<std::string>& others) override;
  Result<std::optional<record::BenchReport>> bench(const record::Run& run) override;
  Result<server::Document> report(const record::Run& run, const std::string& format) override;
  Result<std::string> benchy_answer(const record::Run& run) override;
  std::vector<server::Engine> engines() override;
  server::SuiteCheck check(const server::StartRequest& request) override;
  Result<OrderedJson> import_report(const std::string& bytes, const std::string& name,
                                    const std::string& label) override;
  Result<std::optional<OrderedJson>> page_settings(const record::Run& run) override;
  Result<std::vector<record::TextToken>> tokens(const record::Run& run, std::uint32_t model,
                                                const std::string& prompt) override;

 private:
  store::Store& store_;
  std::mutex mutex_;
  std::vector<server::Engine> engines_;  ///< asking them starts programs, so the answer holds for a while
  std::chrono::steady_clock::time_point asked_{};
  std::mutex vocabulary_;  ///< one worker at a time reads one
};

}  // namespace assay::cli
