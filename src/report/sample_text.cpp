#include "report/sample_text.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "record/choice_score.h"
#include "record/metrics.h"

namespace assay::report {
namespace {

const char* mark_of(const record::Sample& sample, const record::Verdict* verdict) {
  if (verdict == nullptr) return sample.status == record::Status::error ? "!" : "·";
  switch (verdict->mark) {
    case record::Mark::pass: return "✓";
    case record::Mark::fail: return "✗";
    case record::Mark::error: return "!";
    case record::Mark::incomplete: return "…";
    case record::Mark::ungraded: return "?";
  }
  return "?";
}

std::string number(const std::optional<double>& value, const char* unit) {
  if (!value) return "–";
  return *value < 100 ? fmt::format("{:.3g} {}", *value, unit) : fmt::format("{:.0f} {}", *value, unit);
}

template <class T>
std::string count(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : std::string("–");
}

/// The text with its own line breaks, each line indented and made safe.
std::string block(std::string_view text) {
  std::string out;
  for (const std::string& line : split(text, '\n')) out += "    " + printable(line, 2000) + "\n";
  return out;
}

std::string params_text(const record::Sample& sample) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : sample.requested) {
    const auto effective = sample.effective.find(name);
    std::string part = fmt::format("{}={}", name, printable(record::param_text(value), 60));
    if (effective != sample.effective.end() && effective->second.value != value)
      part += fmt::format(" (in effect: {})", printable(record::param_text(effective->second.value), 60));
    if (effective != sample.effective.end())
      part += fmt::format(" [{}]", record::name_of(effective->second.how));
    parts.push_back(std::move(part));
  }
  return join(parts, ", ");
}

/// The choices of a sample whose likelihoods were asked; the answer as it is when they cannot be read.
std::string answer_text(const record::Sample& sample) {
  const auto choices = sample.finish == record::kScored ? record::scores_from(sample.output) : std::nullopt;
  if (!choices) return "  answer\n" + block(sample.output);
  std::string text = "  choices    log-likelihood, tokens, bytes; * each token the likeliest\n";
  for (const record::ScoredChoice& one : *choices)
    text += fmt::format("    {:>12.6f} {:>4} {:>5} {} '{}'\n", one.score.log_likelihood, one.score.tokens,
                        one.score.bytes, one.score.greedy ? '*' : ' ', printable(one.text, 200));
  return text;
}

std::string calls_text(const record::Sample& sample) {
  std::string text = sample.tool_calls.empty() ? "" : "  tool calls\n";
  for (const record::ToolCall& call : sample.tool_calls)
    text += fmt::format("    {}({})\n", printable(call.name, 200), printable(call.arguments, 2000));
  return text;
}

std::string span(Nanos time) {
  return number(std::chrono::duration<double, std::milli>(time).count(), "ms");
}

std::string attempts_text(const record::Sample& sample) {
  if (sample.attempt == 0) return "";
  std::string text = fmt::format("  tried      {} before, in no figure\n",
                                 sample.attempt == 1 ? "once" : fmt::format("{} times", sample.attempt));
  for (std::size_t i = 0; i < sample.attempts.size(); ++i) {
    const record::Attempt& one = sample.attempts[i];
    text += fmt::format("    {}. {}, {} after {}", i + 1,
                        one.sent ? "sent at " + span(*one.sent) : std::string("never sent"),
                        record::cause_of(one), span(one.ended - one.began));
    if (one.retry_after) text += fmt::format(", Retry-After: {}", printable(*one.retry_after, 64));
    text += fmt::format("; {}: {}\n",
                        one.pause.count() > 0 ? "then waited " + span(one.pause) : std::string("no pause"),
                        printable(one.detail, 600));
  }
  return text;
}

std::string verdict_text(const record::Verdict& verdict) {
  std::string text = fmt::format("  verdict    {}", record::name_of(verdict.mark));
  if (!verdict.reason.empty()) text += ": " + verdict.reason;
  if (!verdict.detail.empty()) text += fmt::format(" ({})", printable(verdict.detail, 300));
  text += "\n";
  if (!verdict.extracted.empty()) text += "  judged\n" + block(verdict.extracted);
  for (const record::AssertionResult& one : verdict.assertions) {
    text += fmt::format("  {:<10} {} on {}: {}", "check", one.type, one.pipeline, record::name_of(one.mark));
    if (!one.reason.empty()) text += ", " + printable(one.reason, 300);
    text += "\n";
  }
  return text;
}

}  // namespace

std::string sample_row(const record::Run& run, const record::Sample& sample, const record::Verdict* verdict,
                       std::size_t width) {
  const std::string label = printable(run.models.at(sample.model).spec.label, 20);
  std::string row = fmt::format("{} {}{}  {:<14}", mark_of(sample, verdict), label,
                                std::string(20 - std::min<std::size_t>(20, display_width(label)), ' '),
                                printable(sample.case_id, 14));
  if (run.repeats > 1) row += fmt::format(" #{:<3}", sample.repeat + 1);
  if (run.cells.size() > 1) row += "  " + printable(run.cells.at(sample.cell).label, 24);
  row += fmt::format("  {:>5} tok  {:>10}  ", count(sample.counts.output_tokens),
                     number(record::decode_tps(sample), "tok/s"));
  if (sample.status == record::Status::error)
    row += fmt::format("{}: {}", sample.reason, sample.detail);
  else
    row += printable(verdict != nullptr && !verdict->extracted.empty() ? verdict->extracted : sample.output,
                     200);
  return printable(row, std::max<std::size_t>(width, 60));
}

std::string sample_page(const record::Run& run, const record::Sample& sample,
                        const record::Verdict* verdict) {
  std::string page = fmt::format("{} {} · case {} · repeat {}", mark_of(sample, verdict),
                                 printable(run.models.at(sample.model).spec.label, 60),
                                 printable(sample.case_id, 80), sample.repeat + 1);
  if (run.cells.size() > 1) page += " · " + printable(run.cells.at(sample.cell).label, 80);
  page += "\n  prompt, as sent\n" + block(sample.prompt);
  if (!sample.reasoning.empty()) page += "  reasoning\n" + block(sample.reasoning);
  if (sample.status == record::Status::ok || !sample.output.empty()) page += answer_text(sample);
  page += calls_text(sample);
  if (sample.status != record::Status::ok)
    page += fmt::format("  status     {}: {} {}\n", record::name_of(sample.status), sample.reason,
                        printable(sample.detail, 600));
  page += attempts_text(sample);
  if (verdict != nullptr) page += verdict_text(*verdict);
  page +=
      fmt::format("  times      TTFT {}, decode {}, whole answer {}\n", number(record::ttft_ms(sample), "ms"),
                  number(record::decode_tps(sample), "tok/s"), number(record::e2e_ms(sample), "ms"));
  page += fmt::format("  tokens     {} prompt, {} output (counted by: {}), finish: {}\n",
                      count(sample.counts.prompt_tokens), count(sample.counts.output_tokens),
                      record::name_of(sample.counts.source),
                      sample.finish.empty() ? "–" : printable(sample.finish, 40));
  page += "  settings   " + params_text(sample) + "\n";
  if (sample.flags != 0) page += "  flags      " + join(record::names_of(sample.flags), ", ") + "\n";
  return page + "\n";
}

}  // namespace assay::report
