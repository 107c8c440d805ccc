#include "stats/notes_load.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json_members.h"
#include "stats/words.h"

namespace assay::stats {
namespace {

std::optional<std::uint64_t> made_for(const SummaryRow& row, const record::Run& run) {
  const auto length = whole_of(run.models[row.model].facts, "context_length");
  return length && *length > 0 ? length : std::nullopt;
}

std::optional<std::uint64_t> whole_param(const record::Params& params, const char* name) {
  const auto at = params.find(name);
  return at == params.end() ? std::nullopt : whole_from(at->second);
}

/// What was asked for, or less where the engine says so. Of a swept context the record keeps the last load's
/// only.
std::optional<std::uint64_t> context_of(const SummaryRow& row, const record::Run& run,
                                        const SummaryOptions& options) {
  const auto asked = whole_param(params_of(row, run, options), "context");
  const record::EffectiveParams& of_load = run.models[row.model].load_params;
  const auto told = of_load.find("context");
  if (!asked || told == of_load.end() || is_swept(row, run, "context")) return asked;
  if (told->second.how == record::Applied::not_supported) return std::nullopt;
  const auto in_force = whole_from(told->second.value);
  return in_force ? std::min(*asked, *in_force) : asked;
}

}  // namespace

bool is_swept(const SummaryRow& row, const record::Run& run, const char* param) {
  return row.cell < run.cells.size() && run.cells[row.cell].params.contains(param);
}

record::Params params_of(const SummaryRow& row, const record::Run& run, const SummaryOptions& options) {
  record::Params params = record::merged(options.params, run.models[row.model].spec.params);
  if (row.cell < run.cells.size()) params = record::merged(params, run.cells[row.cell].params);
  return params;
}

std::optional<std::string> context_beyond_the_model(const SummaryRow& row, const record::Run& run,
                                                    const SummaryOptions& options, const RowData& data) {
  const auto length = made_for(row, run);
  const auto context = context_of(row, run, options);
  if (!length || !context || *context <= *length) return std::nullopt;
  const std::string remedy = fmt::format("set context to {} or less", *length);
  if (data.longest_tokens <= *length)
    return fmt::format(
        "the context is {} tokens and the model was made for {}; no sample was longer than that, "
        "so the rest only took memory; {}",
        *context, *length, remedy);
  return fmt::format(
      "the context is {} tokens and the model was made for {}; the longest sample has {}, and "
      "behind its length a model has learned nothing; {}, and prompts or max_tokens shorter",
      *context, *length, data.longest_tokens, remedy);
}

std::optional<std::string> answers_cut_by_the_context(const SummaryRow& row, const record::Run& run,
                                                      const SummaryOptions& options, const RowData& data) {
  const auto found = row.reasons.find("incomplete:context_full");
  if (found == row.reasons.end()) return std::nullopt;
  std::string text =
      fmt::format("the context was full before max_tokens in {}, which {} incomplete and not wrong",
                  counted(found->second, "answer", "answers"), found->second == 1 ? "is" : "are");
  const record::Params params = record::merged(record::default_params(), params_of(row, run, options));
  const std::uint64_t need = data.longest_cut_prompt + whole_param(params, "max_tokens").value_or(0);
  const auto length = made_for(row, run);
  if (length && need > *length)
    return text + fmt::format(
                      "; the model was made for {} tokens and the longest of their prompts has {}: set "
                      "max_tokens to what is left",
                      *length, data.longest_cut_prompt);
  return text + fmt::format("; set context to {}", need);
}

std::optional<std::string> threads_beyond_the_machine(const SummaryRow& row, const record::Run& run,
                                                      const SummaryOptions& options) {
  const auto threads = whole_param(params_of(row, run, options), "threads");
  const auto processors = static_cast<std::uint64_t>(std::max(0, run.machine.cores));
  if (!threads || processors == 0 || *threads <= processors || run.models[row.model].over_http)
    return std::nullopt;
  return fmt::format(
      "threads is {} and the machine has {}: they hold each other up; set threads to {} or less", *threads,
      counted(processors, "processor", "processors"), processors);
}

}  // namespace assay::stats
