// How many requests each model takes at once when nobody says.
#pragma once

#include "record/plan.h"

namespace assay::cli {

/// Sets Stretch::parallel where the plan's load is automatic or a rate. For a model file: as many as pay on
/// processors and graphics cards alike, fewer where their contexts would take more than a quarter of the free
/// memory. For servers a number that most of them take. Requests that come at a rate go to a server as they
/// are due, up to 256 in flight; a model file again takes what fits.
void choose_parallel(record::Plan& plan);

}  // namespace assay::cli
