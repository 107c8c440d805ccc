#include "stats/notes_http.h"

#include <cmath>

#include <fmt/format.h>

#include "stats/quantile.h"
#include "stats/words.h"

namespace assay::stats {
namespace {

std::optional<double> headline(const SummaryRow& row, const std::string& name) {
  const auto at = row.metrics.find(name);
  return at == row.metrics.end() ? std::nullopt : at->second.headline;
}

std::optional<double> prompt_length(const RowData& data) {
  if (data.prompt_samples == 0) return std::nullopt;
  return static_cast<double>(data.prompt_tokens) / static_cast<double>(data.prompt_samples);
}

}  // namespace

std::optional<std::string> where_time_went(const SummaryRow& row, const record::ModelRecord& model,
                                           const RowData& data) {
  if (!model.over_http) return std::nullopt;
  const auto ttft = headline(row, "ttft_ms");
  const auto prefill = median(data.claimed_prefill_ms);
  const auto claimed = median(data.claimed_decode_tps);
  const auto decode = headline(row, "decode_tps");
  std::string text;
  if (ttft && (prefill || model.base_latency)) {
    text = fmt::format("of its TTFT of {} ms", rounded(*ttft));
    if (prefill) text += fmt::format(", {} ms are prefill by the server's own count", rounded(*prefill));
    if (model.base_latency) {
      text += fmt::format("{} {} ms are HTTP itself", prefill ? " and" : ",",
                          rounded(std::chrono::duration<double, std::milli>(*model.base_latency).count()));
    }
  }
  if (claimed && decode) {
    text += fmt::format("{}the server claims {} tok/s of decoding, {} were seen", text.empty() ? "" : "; ",
                        rounded(*claimed), rounded(*decode));
  }
  if (text.empty()) return std::nullopt;
  return text;
}

std::vector<std::string> different_templates(const Summary& summary, const record::Run& run,
                                             const std::vector<const RowData*>& data) {
  std::vector<std::string> texts;
  for (std::size_t a = 0; a < summary.rows.size(); ++a) {
    for (std::size_t b = a + 1; b < summary.rows.size(); ++b) {
      const SummaryRow& one = summary.rows[a];
      const SummaryRow& other = summary.rows[b];
      if (one.cell != 0 || other.cell != 0 || !one.params || one.params != other.params) continue;
      if (run.models[one.model].spec.engine == run.models[other.model].spec.engine) continue;
      const auto here = prompt_length(*data[a]);
      const auto there = prompt_length(*data[b]);
      if (!here || !there || std::abs(*here - *there) < 0.5) continue;
      texts.push_back(
          fmt::format("{} and {} look like one model, but their prompts have {} and {} tokens on average: "
                      "the chat templates "
                      "differ, so they were not asked the same",
                      one.model_label, other.model_label, fixed(*here, 0), fixed(*there, 0)));
    }
  }
  return texts;
}

}  // namespace assay::stats
