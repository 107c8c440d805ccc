// What an assertion said of a sample, and how all of it is kept in the verdict. Internal to judging.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluator/combine.h"
#include "evaluator/evaluator.h"
#include "evaluator/grader_plan.h"
#include "record/verdict.h"

namespace assay::evaluator {

/// One assertion's say on one pipeline, with reason word and sentence still apart.
struct Said {
  record::AssertionResult result;
  std::string word;
  std::string sentence;
  std::optional<std::string> read;
  Json votes;
  Json counts;
  Json programs;
  Json table;
  bool of_pipeline = false;  ///< it looked at what its pipeline gave
  bool found = true;  ///< false: the evaluator found no answer in the text, whatever `not-` made of that
};

Said said_of(const Assertion& assertion, const std::string& pipeline, Judgement judgement);
Vote vote_of(const Said& said);

/// The judgement by the assertion's threshold. No effect on what neither passed nor failed.
void apply_threshold(Judgement& judgement, double threshold);
/// `not-`: pass and fail change places, and the score turns round. Everything else stays.
void negate(Judgement& judgement);

/// What is said of a later pipeline is a score under its name, and decides nothing.
void make_metric(record::AssertionResult& result);

/// Moves all of it into `verdict`: the assertions, and in the steps what they read, counted and asked.
void keep(std::vector<Said>&& all, record::Verdict& verdict);

}  // namespace assay::evaluator
