#include "cli/catalogue.h"

#include "backend/table.h"
#include "evaluator/catalogue.h"

namespace assay::cli {

record::Catalogue catalogue() {
  record::Catalogue all;
  all.evaluators = evaluator::evaluator_names();
  all.filters = evaluator::filter_names();
  for (const backend::Entry& entry : backend::table())
    all.engines.push_back(
        {.name = entry.name, .help = entry.help, .options = {}, .model_is_file = entry.model_is_file});
  all.try_check = evaluator::try_check;
  all.try_filter = evaluator::try_filter;
  all.try_suite = evaluator::try_suite;
  return all;
}

}  // namespace assay::cli
