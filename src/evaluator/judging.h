// One sample under judgement: the order of decision, the pipelines, the assertions. Only grader.cpp includes
// this.
#pragma once

#include "evaluator/grader_plan.h"
#include "record/sample.h"
#include "record/verdict.h"

namespace assay::evaluator {

record::Verdict judge_sample(const GraderPlan& plan, const CasePlan& case_plan, const record::Case& test_case,
                             const record::Sample& sample);

}  // namespace assay::evaluator
