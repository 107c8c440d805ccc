#include "cli/benchy_rules.h"

#include "evaluator/benchy_rules.h"

namespace assay::cli {

std::vector<exchange::Rule> benchy_rules() {
  using exchange::BenchyCase;
  using exchange::BenchyResult;
  namespace benchy = evaluator::benchy;
  return {
      {"json",
       [](const BenchyResult& result, const BenchyCase* test) {
         return benchy::json_rule(exchange::json_expectation(result, test), result.execution_result).correct;
       }},
      {"numeric",
       [](const BenchyResult& result, const BenchyCase* /*test*/) {
         return benchy::numeric_rule(result.expected_result, result.execution_result);
       }},
      {"text",
       [](const BenchyResult& result, const BenchyCase* /*test*/) {
         return benchy::text_rule(result.expected_result, result.execution_result);
       }},
  };
}

}  // namespace assay::cli
