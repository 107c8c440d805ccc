// Sentences about the settings of a load: a context that is longer than the model was made for or too short
// for its answers, and threads that the machine has no processors for. Internal to stats/.
#pragma once

#include <optional>
#include <string>

#include "record/run.h"
#include "stats/row_data.h"
#include "stats/summariser.h"
#include "stats/summary.h"

namespace assay::stats {

/// The parameters that a case of this row has when it sets none itself, without assay's defaults.
record::Params params_of(const SummaryRow& row, const record::Run& run, const SummaryOptions& options);

/// The row's cell sets it: the sweep goes over it.
bool is_swept(const SummaryRow& row, const record::Run& run, const char* param);

/// "the context is 100000 tokens and the model was made for 2048; …". Absent where nobody asked for more than
/// the model was made for, the engine took less, or one of both is not known.
std::optional<std::string> context_beyond_the_model(const SummaryRow& row, const record::Run& run,
                                                    const SummaryOptions& options, const RowData& data);

/// "the context was full before max_tokens in 5 answers: …", and what would help. Absent where it never was.
std::optional<std::string> answers_cut_by_the_context(const SummaryRow& row, const record::Run& run,
                                                      const SummaryOptions& options, const RowData& data);

/// Threads that wait for a processor hold up those that have one: such a speed is the setting's. Absent for a
/// server, whose machine may be another.
std::optional<std::string> threads_beyond_the_machine(const SummaryRow& row, const record::Run& run,
                                                      const SummaryOptions& options);

}  // namespace assay::stats
