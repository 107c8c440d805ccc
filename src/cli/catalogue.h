// What a suite may name in this build: evaluators, filters and engines, from their tables.
#pragma once

#include "record/catalogue.h"

namespace assay::cli {

record::Catalogue catalogue();

}  // namespace assay::cli
