#include "cli/grade_many.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/thread.h"

namespace assay::cli {
namespace {

// A sandbox mostly waits for the kernel: four in flight for each processor gave the most programs a second on
// two processors (docs/sandbox.md).
constexpr std::size_t kWaitingPerProcessor = 4;
constexpr std::size_t kMostThreads = 64;

}  // namespace

ManyGrader::ManyGrader(const evaluator::Grader& grader, const record::Suite& suite, bool wide)
    : grader_(grader) {
  for (const record::Case& one : suite.cases) cases_.emplace(one.id, &one);
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  threads_ = std::min(kMostThreads, processors * (wide ? kWaitingPerProcessor : 1));
}

record::Verdict ManyGrader::judge(const record::Sample& sample) const {
  const auto at = cases_.find(sample.case_id);
  if (at != cases_.end()) return grader_.judge(*at->second, sample);
  record::Verdict verdict;
  verdict.mark = record::Mark::ungraded;
  verdict.reason = "grader_missing";
  verdict.detail = "the suite has no case of this id";
  return verdict;
}

std::vector<record::Verdict> ManyGrader::judge(const std::vector<record::Sample>& samples) const {
  std::vector<record::Verdict> verdicts(samples.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < samples.size(); i = next++) verdicts[i] = judge(samples[i]);
  };
  std::vector<Thread> others;
  for (std::size_t i = 1; i < std::min(threads_, samples.size()); ++i) others.emplace_back(work);
  work();
  for (Thread& thread : others) thread.join();
  return verdicts;
}

}  // namespace assay::cli
