// The makers that the filter table names. Only filter.cpp, pipeline.cpp and those files include this.
#pragma once

#include "base/json.h"
#include "evaluator/filter.h"

namespace assay::evaluator {

MadeFilter make_reasoning_split(std::string_view name, const record::Value& options);  // filter_reasoning.cpp
MadeFilter make_mapping(std::string_view name, const record::Value& options);          // filter_mapping.cpp
MadeFilter make_line(std::string_view name, const record::Value& options);             // filter_cut.cpp
MadeFilter make_stop_at(std::string_view name, const record::Value& options);
MadeFilter make_marker(std::string_view name, const record::Value& options);
MadeFilter make_regex_filter(std::string_view name, const record::Value& options);  // filter_regex.cpp
MadeFilter make_replace(std::string_view name, const record::Value& options);       // filter_replace.cpp
MadeFilter make_code_block(std::string_view name, const record::Value& options);    // filter_code_block.cpp
MadeFilter make_boxed(std::string_view name, const record::Value& options);         // filter_number.cpp
MadeFilter make_number(std::string_view name, const record::Value& options);
MadeFilter make_choice_filter(std::string_view name, const record::Value& options);  // filter_choice.cpp
MadeFilter make_json_block(std::string_view name, const record::Value& options);     // filter_json.cpp
MadeFilter make_json_pointer(std::string_view name, const record::Value& options);
MadeFilter make_first_k(std::string_view name, const record::Value& options);  // filter_across.cpp
MadeFilter make_majority(std::string_view name, const record::Value& options);

/// What a pipeline's end asks of all answers to a case: {"first": k, "majority": true}, each where the filter
/// stands; null: nothing. Errors: bad_input when they are not the pipeline's end. The filters were made.
Result<Json> across_of(const record::Pipeline& pipeline);  // filter_across.cpp

}  // namespace assay::evaluator
