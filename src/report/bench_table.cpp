#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "report/bench.h"
#include "report/bench_columns.h"
#include "report/bench_presets.h"
#include "report/filled_columns.h"
#include "stats/bench_figures.h"

namespace assay::report {
namespace {

using record::BenchEnd;
using record::BenchPath;
using record::BenchReport;
using record::BenchRow;

constexpr const char* kAbsent = "–";
constexpr std::size_t kLongestSentence = 1'000;
constexpr double kMiB = 1024.0 * 1024.0;

std::string or_absent(const std::optional<double>& value) {
  return value ? number(*value) : std::string(kAbsent);
}

/// How many repetitions, and why no more where that was not because they were enough.
std::string count_of(const BenchRow& row) {
  const std::size_t n = row.repetitions.size();
  // Somebody else's number of repetitions is no limit of ours.
  if (row.end == BenchEnd::count && !row.source.empty()) return std::to_string(n);
  switch (row.end) {
    case BenchEnd::count: return fmt::format("{} count", n);
    case BenchEnd::time: return fmt::format("{} time", n);
    case BenchEnd::interrupted: return fmt::format("{} cut", n);
    case BenchEnd::failed: return fmt::format("{} failed", n);
    case BenchEnd::running: return fmt::format("{} …", n);
    case BenchEnd::precise: break;
  }
  return std::to_string(n);
}

/// The table's columns, filled row by row.
class Columns {
 public:
  explicit Columns(const BenchReport& report) : report_(report), settings_(setting_columns(report)) {
    const auto& rows = report.rows;
    imported_ = std::any_of(rows.begin(), rows.end(), [](const auto& row) { return !row.source.empty(); });
    paths_ = std::any_of(rows.begin(), rows.end(),
                         [](const auto& row) { return row.test.path != BenchPath::engine; });
    both_ = std::any_of(rows.begin(), rows.end(),
                        [](const auto& row) { return row.test.prompt > 0 && row.test.generate > 0; });
  }

  std::vector<TextColumn> take() {
    for (const BenchRow& row : report_.rows) add(row);
    return columns_.take();
  }

 private:
  void put(const char* id, const char* name, const char* unit, const std::string& cell,
           Align align = Align::right, std::string spread = {}) {
    columns_.put(id, name, unit, align, cell, std::move(spread));
  }

  void add(const BenchRow& row) {
    const auto figures = stats::bench_figures(report_, row);
    const auto& model = report_.models[row.model];
    put("model", "model", "", model.label, Align::left);
    for (const SettingColumn& setting : settings_) put(setting.name, setting.name, "", setting.text(row));
    put("threads", "threads", "", row.test.threads ? std::to_string(*row.test.threads) : kAbsent);
    put("test", "test", "", name_of(row.test), Align::left);
    if (paths_) put("path", "measured", "", path_text(row), Align::left);
    put("speed", "speed", "tok/s", figures ? number(figures->median) : kAbsent, Align::right,
        figures ? spread_text(*figures) : std::string{});
    put("n", "n", "", count_of(row), Align::left);
    if (both_ || paths_) {
      put("prefill", "prefill", "tok/s", or_absent(figures ? figures->prefill_tps : std::nullopt));
      put("decode", "decode", "tok/s", or_absent(figures ? figures->decode_tps : std::nullopt));
      put("ttft", "TTFT", "ms", or_absent(figures ? figures->ttft_ms : std::nullopt));
    }
    put("memory", "memory", "MiB",
        row.memory_bytes ? fmt::format("{:.0f}", static_cast<double>(*row.memory_bytes) / kMiB) : kAbsent);
    put("roofline", "roofline", "%",
        figures && figures->roofline_pct ? fmt::format("{:.0f}", *figures->roofline_pct) : kAbsent);
    if (imported_) put("source", "from", "", row.source.empty() ? "here" : row.source, Align::left);
  }

  const BenchReport& report_;
  std::vector<SettingColumn> settings_;
  FilledColumns columns_;
  bool imported_ = false, paths_ = false, both_ = false;
};

/// Of a request's answers, which may end by themselves; the bare tests and imported rows have them all.
std::uint32_t fewest_tokens(const BenchRow& row) {
  std::size_t fewest = row.test.generate;
  if (row.test.path == BenchPath::chat || row.test.path == BenchPath::http)
    for (const record::BenchRepetition& one : row.repetitions) fewest = std::min(fewest, one.tokens.size());
  return static_cast<std::uint32_t>(fewest);
}

std::string title_of(const BenchReport& report) {
  std::string title = fmt::format(" bench{}", report.preset.empty() ? "" : " " + report.preset);
  if (!report.machine.cpu.empty())
    title += fmt::format(" · {}, {} cores", printable(report.machine.cpu, 60), report.machine.cores);
  if (report.machine.bandwidth)
    title += fmt::format(" · memory {:.1f} GB/s", report.machine.bandwidth->read / 1e9);
  std::set<std::string> engines;
  for (const auto& model : report.models)
    if (!model.engine_version.empty()) engines.insert(model.engine_version);
  for (const std::string& engine : engines) title += " · " + printable(engine, 60);
  if (!report.run_id.empty()) title += " · run " + report.run_id;
  return title;
}

}  // namespace

std::vector<std::string> bench_sentences(const BenchReport& report) {
  std::vector<std::string> sentences = preset_sentences(report);
  bool limited = false;
  for (const BenchRow& row : report.rows) {
    limited = limited || (row.source.empty() && (row.end == BenchEnd::count || row.end == BenchEnd::time));
    const std::string& label = report.models[row.model].label;
    if (const auto fewest = fewest_tokens(row); fewest < row.test.generate)
      sentences.push_back(
          fmt::format("{} {} {}: an answer ended after {} of {} tokens, so its decode is over fewer", label,
                      name_of(row.test), path_text(row), fewest, row.test.generate));
    if (!row.trouble.empty())
      sentences.push_back(fmt::format("{} {}: {}", label, name_of(row.test), row.trouble));
  }
  if (limited && report.precision > 0)
    sentences.push_back(
        fmt::format("count, time: the limit came before the interval was within ±{:g} % of the median",
                    report.precision * 100));
  sentences.insert(sentences.end(), report.notes.begin(), report.notes.end());
  return sentences;
}

std::string bench_table(const BenchReport& report, std::size_t width, const Paint& paint) {
  const auto plain = [&](const std::string& text) { return paint.unicode ? text : to_ascii(text); };
  GivenUp given_up;
  std::string text = plain(title_of(report)) + "\n";
  if (!report.rows.empty()) text += plain(laid_out(Columns(report).take(), width, paint, given_up));
  const auto say = [&](const std::string& sentence) {
    text += paragraph(" ", plain(printable(sentence, kLongestSentence)), width);
  };
  if (!given_up.columns.empty()) say("not shown in this width: " + join(given_up.columns, ", "));
  for (const std::string& sentence : bench_sentences(report)) say(sentence);
  return text;
}

}  // namespace assay::report
