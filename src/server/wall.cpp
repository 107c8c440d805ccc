#include "server/wall.h"

#include "record/metrics.h"
#include "report/sample_line.h"
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

}  // namespace

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
