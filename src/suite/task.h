// Public tasks as sources of cases: `cases: {task: humaneval, path: HumanEval.jsonl}`. Files come from this
// machine's disk and from nowhere else. A task has protocols with names; a protocol fixes everything that a
// score depends on.
#pragma once

#include "record/suite.h"
#include "suite/reader.h"

namespace assay::suite {

/// The mapping under `cases` when it names a task; false otherwise.
Node task_node(Node suite_node);

/// Fills the cases, and the prompt, checks, pipelines and parameters of the protocol. A suite that brings a
/// prompt, pipelines or evaluators of its own beside a task is refused: the score would have the protocol's
/// name and not be it.
void read_task(Reader& reader, Node suite_node, record::Suite& suite);

}  // namespace assay::suite
