// The makers that the table names; each lives in a file of its own name. Only table.cpp and those files
// include this.
#pragma once

#include "evaluator/evaluator.h"

namespace assay::evaluator {

MadeEvaluator make_equals(const Recipe& recipe);       // equals.cpp
MadeEvaluator make_iequals(const Recipe& recipe);      // iequals.cpp
MadeEvaluator make_contains(const Recipe& recipe);     // contains.cpp: contains, icontains, …-all, …-any
MadeEvaluator make_starts_with(const Recipe& recipe);  // starts_with.cpp
MadeEvaluator make_regex(const Recipe& recipe);        // regex.cpp
MadeEvaluator make_numeric(const Recipe& recipe);      // numeric.cpp
MadeEvaluator make_math(const Recipe& recipe);         // math.cpp
MadeEvaluator make_json_equals(const Recipe& recipe);  // json_equals.cpp
MadeEvaluator make_json_check(const Recipe& recipe);   // json_check.cpp: is-json, contains-json, json-schema

MadeEvaluator make_python_output(const Recipe& recipe);      // python_output.cpp
MadeEvaluator make_python_tests(const Recipe& recipe);       // python_tests.cpp
MadeEvaluator make_script(const Recipe& recipe);             // script.cpp
MadeEvaluator make_levenshtein(const Recipe& recipe);        // levenshtein.cpp
MadeEvaluator make_similar(const Recipe& recipe);            // similar.cpp
MadeEvaluator make_word_count(const Recipe& recipe);         // word_count.cpp
MadeEvaluator make_squad(const Recipe& recipe);              // squad.cpp: exact, f1
MadeEvaluator make_choice(const Recipe& recipe);             // choice.cpp
MadeEvaluator make_loglikelihood(const Recipe& recipe);      // loglikelihood.cpp
MadeEvaluator make_latency(const Recipe& recipe);            // run_properties.cpp: latency, ttft
MadeEvaluator make_tokens_per_second(const Recipe& recipe);  // run_properties.cpp
MadeEvaluator make_bleu(const Recipe& recipe);               // overlap.cpp
MadeEvaluator make_chrf(const Recipe& recipe);               // overlap.cpp
MadeEvaluator make_rouge(const Recipe& recipe);              // rouge.cpp: rouge-n, rouge-l
MadeEvaluator make_cider(const Recipe& recipe);              // cider.cpp
MadeEvaluator make_error_rate(const Recipe& recipe);         // error_rate.cpp: wer, cer
MadeEvaluator make_human(const Recipe& recipe);              // human.cpp
MadeEvaluator make_tool_call(const Recipe& recipe);          // tool_call.cpp
MadeEvaluator make_anls(const Recipe& recipe);               // anls.cpp
MadeEvaluator make_relaxed_number(const Recipe& recipe);     // relaxed_number.cpp
MadeEvaluator make_vqa(const Recipe& recipe);                // vqa.cpp
MadeEvaluator make_ifeval(const Recipe& recipe);             // ifeval.cpp
MadeEvaluator make_llm_judge(const Recipe& recipe);          // llm_judge.cpp: llm-rubric, factuality
MadeEvaluator make_finish_reason(const Recipe& recipe);      // run_properties.cpp
MadeEvaluator make_benchy_text(const Recipe& recipe);        // benchy.cpp: raw_string_evaluator
MadeEvaluator make_benchy_json(const Recipe& recipe);        // benchy.cpp: json_validator_eval
MadeEvaluator make_benchy_python(const Recipe& recipe);      // benchy.cpp: the three that run a program

/// json-equals with `numbers: value` and everything else by default: what `equals` means for a list or
/// mapping.
MadeEvaluator make_structure_equals(const record::Value& value);

}  // namespace assay::evaluator
