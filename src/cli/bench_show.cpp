#include "cli/bench_show.h"

#include "cli/render.h"
#include "cli/shell.h"
#include "report/bench.h"

namespace assay::cli {

Result<std::optional<record::BenchReport>> stored_bench(const store::Store& store,
                                                        const std::string& run_id) {
  const auto text = store.attachment(run_id, kBenchAttachment);
  if (!text) return fail(text.error());
  if (!*text) return std::nullopt;
  const auto json = parse_json(**text, {.max_bytes = (*text)->size() + 1});
  if (!json) return fail(json.error());
  auto report = record::bench_from_json(*json);
  if (!report) return fail(report.error());
  return std::move(*report);
}

std::string render_bench(const record::BenchReport& report, std::string_view format) {
  if (format == "md") return report::bench_markdown(report);
  if (format == "json") return report::bench_json(report);
  if (format == "csv") return report::bench_csv(report);
  return report::bench_table(report, static_cast<std::size_t>(terminal_width()),
                             {.colour = use_colour_on_stdout(), .unicode = terminal_takes_unicode()});
}

}  // namespace assay::cli
