// The makers that the filter table names. Only filter.cpp and those files include this.
#pragma once

#include "evaluator/filter.h"

namespace assay::evaluator {

MadeFilter make_reasoning_split(std::string_view name, const record::Value& options);  // filter_reasoning.cpp
MadeFilter make_mapping(std::string_view name, const record::Value& options);          // filter_mapping.cpp
MadeFilter make_line(std::string_view name, const record::Value& options);             // filter_cut.cpp
MadeFilter make_stop_at(std::string_view name, const record::Value& options);
MadeFilter make_marker(std::string_view name, const record::Value& options);
MadeFilter make_regex_filter(std::string_view name, const record::Value& options);  // filter_regex.cpp
MadeFilter make_code_block(std::string_view name, const record::Value& options);    // filter_code_block.cpp
MadeFilter make_boxed(std::string_view name, const record::Value& options);         // filter_number.cpp
MadeFilter make_number(std::string_view name, const record::Value& options);
MadeFilter make_choice_filter(std::string_view name, const record::Value& options);  // filter_choice.cpp
MadeFilter make_json_block(std::string_view name, const record::Value& options);     // filter_json.cpp
MadeFilter make_json_pointer(std::string_view name, const record::Value& options);

}  // namespace assay::evaluator
