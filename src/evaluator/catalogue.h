// This folder's part of record::Catalogue, which cli/ hands to suite/ so that a suite is checked before
// anything runs.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "record/catalogue.h"

namespace assay::evaluator {

std::vector<record::NameSpec> evaluator_names();
std::vector<record::NameSpec> filter_names();

/// Everything that can be wrong with a check apart from where it points: type, options, threshold, weight,
/// and the value or expectation it would be judged by (`expect` is used when the check has no value of its
/// own; nullptr: there is none; `test_case`: the case that it is for, when one is known). An assert-set is
/// checked with all its members. Absent: all is well. The error has no place, unless a member of a set is
/// meant and knows its own.
std::optional<Error> try_check(const record::Check& check, const record::Value* expect,
                               const record::Case* test_case = nullptr);
/// The same for a filter: its name and options.
std::optional<Error> try_filter(const record::Filter& filter);
/// What no check and no filter shows alone. Absent: all is well. The error has its place.
std::optional<Error> try_suite(const record::Suite& suite);

}  // namespace assay::evaluator
