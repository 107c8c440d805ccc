#include "cli/recommend_show.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/shell.h"
#include "report/layout.h"

namespace assay::cli {
namespace {

constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;

std::string speed_text(double tps) {
  return fmt::format("{:.{}f}", tps, tps < 20 ? 1 : 0);
}

/// "12.1 (11.4–12.8)"
std::string speed_text(const std::optional<PredictedSpeed>& speed) {
  if (!speed) return "–";
  return fmt::format("{} ({}–{})", speed_text(speed->tps), speed_text(speed->ci95.low),
                     speed_text(speed->ci95.high));
}

/// Left of a text that is not all ASCII, whose bytes are more than its columns.
std::string right(const std::string& text, std::size_t columns) {
  const std::size_t width = display_width(text);
  return std::string(width < columns ? columns - width : 0, ' ') + text;
}

/// Those with a row in the table. What does not fit stands below it in a sentence.
std::vector<const Candidate*> rows_of(const std::vector<Candidate>& all, const RecommendOptions& options) {
  std::vector<const Candidate*> rows;
  for (const Candidate& one : all)
    if (one.shown && (one.fits || options.all)) rows.push_back(&one);
  return rows;
}

void print_rows(const std::vector<const Candidate*>& rows) {
  if (rows.empty()) return;
  const bool measured =
      std::any_of(rows.begin(), rows.end(), [](const Candidate* one) { return one->speed.has_value(); });
  print_line("");
  print_line(fmt::format("{:<30}  {:<9}  {:>8}  {:>8}  {:>8}  {:>13}{}", "MODEL", "MIX", "WEIGHTS", "CONTEXT",
                         "TOGETHER", "DECODE ≤",
                         measured ? "  PREDICTED DECODE TOK/S  PREDICTED PREFILL" : ""));
  for (const Candidate* row : rows) {
    const Candidate& one = *row;
    const std::string slow = one.slow() ? " slow" : "";
    std::string line =
        fmt::format("{:<30}  {:<9}  {:>4.1f} GiB  {:>4.1f} GiB  {:>4.1f} GiB  {}", one.shape->name, one.mix,
                    static_cast<double>(one.need.weights) / kGiB,
                    static_cast<double>(one.need.kv_cache) / kGiB, static_cast<double>(one.need.total) / kGiB,
                    right(one.most_tps ? speed_text(*one.most_tps) + (one.speed ? "" : slow) : "–", 13));
    if (one.speed) {
      const std::string decode = speed_text(one.speed->decode) + slow;
      constexpr std::size_t kWide = 24;
      line +=
          fmt::format("  {}{}{}", decode, std::string(kWide - std::min(kWide, display_width(decode)), ' '),
                      speed_text(one.speed->prefill));
    }
    print_line(line + (one.fits ? "" : "  does not fit"));
  }
}

/// A sentence or more beside the result, in lines of the terminal's width.
void note(std::string_view text) {
  std::string lines = report::paragraph("", text, static_cast<std::size_t>(terminal_width()));
  lines.pop_back();  // say() ends a line itself
  say(lines);
}

/// Names of the rows' models, each once, with what is told of it in brackets.
template <class Tell>
std::string told_of(const std::vector<const Candidate*>& rows, Tell tell) {
  std::vector<std::string> told;
  for (const Candidate* one : rows) {
    const std::optional<std::string> words = tell(*one);
    if (words) told.push_back(fmt::format("{} ({})", one->shape->name, *words));
  }
  told.erase(std::unique(told.begin(), told.end()), told.end());
  return join(told, ", ");
}

void note_contexts(const std::vector<const Candidate*>& rows, const RecommendOptions& options) {
  const std::string shorter = told_of(rows, [&](const Candidate& one) {
    return one.context < options.context ? std::optional(fmt::to_string(one.context)) : std::nullopt;
  });
  if (!shorter.empty()) note("With the model's own context, which is shorter than that: " + shorter + ".");
  const std::string sliding = told_of(rows, [](const Candidate& one) -> std::optional<std::string> {
    if (one.whole_cache == one.need.kv_cache) return std::nullopt;
    return fmt::format("{:.1f} GiB", static_cast<double>(one.whole_cache) / kGiB);
  });
  if (!sliding.empty())
    note(
        "CONTEXT is what llama-server, Ollama and assay bench keep, of layers that see a window alone only "
        "this; assay run keeps all: " +
        sliding + ".");
}

void note_speeds(const std::vector<const Candidate*>& rows, const RecommendOptions& options) {
  if (std::any_of(rows.begin(), rows.end(), [](const Candidate* one) { return one->most_tps.has_value(); }))
    note(
        fmt::format("DECODE ≤ is no measurement but a bound: the memory's bandwidth ÷ the weights that a "
                    "token reads. A real engine stays below it, most of all where the processor is slow. "
                    "slow: under {:.0f} tokens/s people wait for words.",
                    kDeadZone));
  const auto measured =
      std::find_if(rows.begin(), rows.end(), [](const Candidate* one) { return one->speed.has_value(); });
  if (measured != rows.end()) {
    note(fmt::format(
        "PREDICTED from slices of each model's shape that were measured on this machine ({}): one token at a "
        "time behind an empty cache, and a prompt of 512 tokens. In brackets the 95 % interval of the "
        "measurement; how far a whole model lies from the line through its slices is not in it: of five "
        "models, tried on 2 cores without a card, the prediction was 0.92 to 1.02 of what was measured. –: "
        "the repetitions differ too much to tell, as on a busy machine.",
        (*measured)->speed->engine));
  } else if (!rows.empty() && !options.is_elsewhere()) {
    note(
        "How fast they really are: assay recommend --measure (about a minute a model), or of one: --only "
        "NAME --measure");
  }
}

}  // namespace

void print_recommendation(const std::vector<Candidate>& all, const RecommendOptions& options,
                          const Room& room) {
  print_line(verdict(all, options, room));
  print_line(
      fmt::format("{}; context {}{}", room.words, options.context,
                  room.bandwidth ? fmt::format("; memory reads {:.1f} GB/s", *room.bandwidth / 1e9) : ""));
  const std::vector<const Candidate*> rows = rows_of(all, options);
  print_rows(rows);
  if (!rows.empty()) say("");
  if (!room.note.empty()) note(room.note);
  note_contexts(rows, options);
  std::vector<const Candidate*> others;
  for (const Candidate& one : all)
    if (one.shown && !one.fits && !options.all) others.push_back(&one);
  const std::string too_large = told_of(others, [](const Candidate& one) {
    return std::optional(
        fmt::format("{:.1f} GiB as {}", static_cast<double>(one.need.total) / kGiB, one.mix));
  });
  if (!too_large.empty()) note("Too large: " + too_large + ".");
  note_speeds(rows, options);
}

}  // namespace assay::cli
