// The parts of a run that are stored as JSON, because nobody asks for them in SQL. Readers take what they
// know and leave absent what is missing, so that a file of an older assay of the same format reads well.
#pragma once

#include "base/json.h"
#include "record/run.h"

namespace assay::store {

Json to_json(const record::ModelRecord& model);
record::ModelRecord model_from_json(const Json& object);

Json to_json(const record::LoadPattern& load);
record::LoadPattern load_from_json(const Json& object);

Json to_json(const std::vector<record::Cell>& cells);
std::vector<record::Cell> cells_from_json(const Json& list);

/// An object, or null when there are none.
Json options_from_json(Json value);

}  // namespace assay::store
