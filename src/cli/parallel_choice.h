// How many requests each model takes at once when nobody says.
#pragma once

#include <cstdint>
#include <functional>

#include "record/plan.h"
#include "record/suite.h"

namespace assay::cli {

/// Which models answer a graded suite together when nobody names a load (plan::Options): those whose engine
/// decodes many answers in one step and is in our hands. None where an answer is also judged by how soon it
/// came, which only one that came alone can be.
std::function<bool(const record::ModelSpec&)> sharing_by_default(const record::Suite& suite);

/// Sets Stretch::parallel where the plan's load is automatic or a rate. For a model file: as many as pay on
/// processors and graphics cards alike, fewer where their contexts would take more than a quarter of the
/// memory that is free beside the weights, or where the `rest` of their prompts, which they do not have in
/// common (plan::mean_rest(); 0: not known), would make them slower together. For servers a number that most
/// of them take. Requests that come at a rate go to a server as they are due, up to 256 in flight; a model
/// file again takes what fits. A load by default in which only one would go at a time becomes one stream.
void choose_parallel(record::Plan& plan, std::uint64_t rest = 0);

}  // namespace assay::cli
