// `method`: whether answers are generated, or the choices of a case are compared by their likelihood.
#pragma once

#include "record/suite.h"
#include "suite/reader.h"

namespace assay::suite {

/// `generation`, `loglikelihood`, or {type: loglikelihood, delimiter: TEXT}.
std::optional<record::LogLikelihood> read_method(Reader& reader, Node node);

/// Call when the suite's cases and checks are read. Under log-likelihood: checks where none were given, and
/// an error for whatever such a suite cannot have (evaluators that read an answer, sampling parameters, cases
/// without choices). Else: an error for evaluators that need the likelihoods.
void settle_method(Reader& reader, Node root, record::Suite& suite);

}  // namespace assay::suite
