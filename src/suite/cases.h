// `cases` and `matrix`: where cases come from, how they multiply, and that each has an id of its own.
#pragma once

#include "record/suite.h"
#include "suite/reader.h"

namespace assay::suite {

/// More than this is a mistake, or another kind of job: a case takes half a kilobyte.
constexpr std::size_t kMaxCases = 1'000'000;

/// `cases` and `matrix` may both be missing nodes. Fills suite.cases, with ids.
void read_cases(Reader& reader, Node suite_node, record::Suite& suite);

/// Gives every case without an id its content_id(), and looks for ids that are there twice.
void give_ids(Reader& reader, record::Suite& suite);

}  // namespace assay::suite
