#include "server/wall.h"

#include <cstdint>

#include "record/metrics.h"
#include "server/json.h"

namespace assay::server {
namespace {

/// A number that the engine or an imported report says of the sample; null where it says none.
OrderedJson claim_or_null(const record::Sample& sample, const char* name) {
  if (!sample.claims.is_object()) return nullptr;
  const auto found = sample.claims.find(name);
  return found != sample.claims.end() && found->is_number() ? OrderedJson(found->get<double>())
                                                            : OrderedJson(nullptr);
}

/// Its engine made room for several requests at once.
bool loaded_for_several(const record::ModelRecord& model) {
  const auto at = model.load_params.find("parallel");
  return at != model.load_params.end() && at->second.value.is_number_integer() &&
         at->second.value.get<std::int64_t>() > 1;
}

}  // namespace

OrderedJson wall_models(const record::Run& run) {
  OrderedJson models = OrderedJson::array();
  for (std::size_t i = 0; i < run.models.size(); ++i) {
    const record::ModelRecord& one = run.models[i];
    const bool together = run.load.measure && loaded_for_several(one);
    models.push_back(
        {{"index", i},
         {"label", one.spec.label},
         {"engine", one.spec.engine},
         {"load_ms", one.load_times.empty() ? OrderedJson(nullptr) : ms_or_null(one.load_times.front())},
         {"over_http", one.over_http},
         {"batched", together || run.load.parallel > 1 || run.load.rate_per_s.has_value()}});
  }
  return models;
}

OrderedJson wall_cases(const CaseTable& cases) {
  constexpr std::size_t kMost = 20'000;
  OrderedJson ids = OrderedJson::array();
  for (const CaseInfo& one : cases.cases()) {
    if (ids.size() == kMost) break;
    ids.push_back(one.id);
  }
  return ids;
}

OrderedJson wall_row(const record::Sample& sample, const record::Verdict* verdict, const CaseTable& cases) {
  const auto place = cases.find(sample.case_id);
  const auto& tokens = sample.counts.output_tokens;
  OrderedJson row{{"sequence", sample.sequence}, {"model", sample.model}, {"cell", sample.cell}};
  row["case"] = or_null(place);
  row["repeat"] = sample.repeat;
  row["status"] = record::name_of(sample.status);
  row["verdict"] = mark_or_null(verdict);
  row["flags"] = record::names_of(sample.flags);
  row["sent_ms"] = ms_or_null(sample.times.sent);
  row["first_token_ms"] = ms_or_null(record::first_token(sample));
  row["last_token_ms"] = ms_or_null(record::last_token(sample));
  row["done_ms"] = ms_or_null(sample.times.done);
  row["output_tokens"] = or_null(tokens);
  row["claimed_e2e_ms"] = claim_or_null(sample, "claimed_e2e_ms");
  row["claimed_decode_tps"] = claim_or_null(sample, "claimed_decode_tps");
  return row;
}

OrderedJson wall_columns() {
  const CaseTable none({});
  OrderedJson columns;
  const OrderedJson row = wall_row({}, nullptr, none);
  for (const auto& [name, value] : row.items()) columns[name] = OrderedJson::array();
  return columns;
}

void add_to_columns(OrderedJson& columns, const record::Sample& sample, const record::Verdict* verdict,
                    const CaseTable& cases) {
  OrderedJson row = wall_row(sample, verdict, cases);
  for (auto& [name, value] : row.items()) columns[name].push_back(std::move(value));
}

}  // namespace assay::server
