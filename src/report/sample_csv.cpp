#include "report/sample_csv.h"

#include <array>
#include <vector>

#include "base/text.h"
#include "record/metrics.h"
#include "report/csv_text.h"
#include "report/sample_line.h"

namespace assay::report {
namespace {

constexpr std::array kBefore{"schema",
                             "assay_version",
                             "run_id",
                             "suite",
                             "model",
                             "cell",
                             "case",
                             "repeat",
                             "attempt",
                             "sequence",
                             "status",
                             "reason",
                             "detail",
                             "finish",
                             "sent",
                             "prompt_tokens",
                             "cached_prompt_tokens",
                             "output_tokens",
                             "reasoning_tokens",
                             "count_source"};
// Long texts stand at the end, where they push nothing out of sight.
constexpr std::array kAfter{"cost_usd",       "flags",          "sandbox",   "verdict", "score",
                            "verdict_reason", "verdict_detail", "extracted", "prompt",  "raw",
                            "raw_reasoning"};

std::vector<std::string> names() {
  std::vector<std::string> list(kBefore.begin(), kBefore.end());
  for (const record::MetricSpec& metric : record::metric_table()) {
    if (metric.of != nullptr) list.emplace_back(metric.name);
  }
  list.insert(list.end(), kAfter.begin(), kAfter.end());
  return list;
}

std::string cell_of(const OrderedJson& value) {
  if (value.is_null()) return {};
  if (value.is_array()) return join(value.get<std::vector<std::string>>(), " ");
  return value.is_string() ? csv_inert(value.get<std::string>()) : dump(value);
}

}  // namespace

std::string sample_csv_header() {
  return csv_record(names());
}

std::string sample_csv_row(const record::Run& run, const record::Sample& sample,
                           const record::Verdict* verdict, const std::string& sandbox) {
  OrderedJson line = sample_line(run, sample, verdict);
  line["sandbox"] = sandbox;
  std::vector<std::string> cells;
  for (const std::string& name : names()) cells.push_back(cell_of(line.at(name)));
  return csv_record(cells);
}

}  // namespace assay::report
