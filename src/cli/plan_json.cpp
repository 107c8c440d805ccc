#include "cli/plan_json.h"

#include "plan/describe.h"

namespace assay::cli {

OrderedJson plan_json(const Prepared& prepared) {
  const record::Plan& plan = prepared.plan;
  const plan::Counts counts = plan::count(plan);
  OrderedJson json{{"schema", "assay.plan/1"}, {"suite", prepared.suite.name},
                   {"cases", counts.cases},    {"cells", counts.cells},
                   {"trials", counts.trials},  {"warmups", counts.warmups},
                   {"loads", counts.loads},    {"seed", plan.seed}};
  json["method"] = plan.scores_choices ? "loglikelihood" : "generation";
  json["models"] = OrderedJson::array();
  for (std::size_t i = 0; i < plan.models.size(); ++i) {
    const plan::ModelCounts& one = counts.models[i];
    json["models"].push_back({{"model", plan.models[i].label},
                              {"engine", plan.models[i].engine},
                              {"trials", one.trials},
                              {"warmups", one.warmups},
                              {"loads", one.loads}});
  }
  json["cell_labels"] = OrderedJson::array();
  for (const record::Cell& cell : plan.cells)
    json["cell_labels"].push_back(cell.label.empty() ? OrderedJson(nullptr) : OrderedJson(cell.label));
  return json;
}

}  // namespace assay::cli
