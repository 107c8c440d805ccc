// Judging stored samples, many at once.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "evaluator/grader.h"
#include "record/sample.h"
#include "record/suite.h"
#include "record/verdict.h"

namespace assay::cli {

class ManyGrader {
 public:
  /// All are borrowed. `wide`: the checks mostly wait (for programs in a sandbox), so more are in flight than
  /// there are processors.
  ManyGrader(const evaluator::Grader& grader, const record::Suite& suite, bool wide);

  /// A case that the suite lacks is `ungraded: grader_missing`.
  record::Verdict judge(const record::Sample& sample) const;
  /// One verdict for each sample, in their order, whatever the threads did.
  std::vector<record::Verdict> judge(const std::vector<record::Sample>& samples) const;

 private:
  const evaluator::Grader& grader_;
  std::map<std::string_view, const record::Case*> cases_;
  std::size_t threads_;
};

}  // namespace assay::cli
