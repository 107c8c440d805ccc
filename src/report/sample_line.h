// One sample as one JSON object: everything that is known of it, for `assay samples --json` and for audits.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "record/run.h"
#include "record/sample.h"
#include "record/verdict.h"

namespace assay::report {

/// Schema assay.sample/1. Members in this order: which sample (run_id, model, cell, case, repeat, attempt,
/// the earlier attempts (record/attempt.h), sequence), how it ended (status, reason, detail, finish), prompt
/// as sent, raw answer, counts and count_source, times, tokens as [ns, count, kind], requested and effective
/// parameters, the metrics of docs/measurement.md, claimed_*, flags, and the verdict with its steps.
/// Times    nanoseconds since the run's start, "_ns"; `sent` is also there as RFC 3339 UTC.
/// Absent   null, also what the engine did not tell. Verdict and its members are null while nobody has
///          judged.
/// Shape    `sample.model` and `sample.cell` are indices into `run`.
OrderedJson sample_line(const record::Run& run, const record::Sample& sample, const record::Verdict* verdict);

/// The member `flags` of it: those of the measurement, then those of the verdict.
std::vector<std::string> all_flags(const record::Sample& sample, const record::Verdict* verdict);

/// The member `assertions` of it.
OrderedJson assertions_json(const record::Verdict& verdict);

}  // namespace assay::report
