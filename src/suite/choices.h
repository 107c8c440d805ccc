// A case's `choices` in the prompt, and in every order of a circle (CircularEval).
#pragma once

#include "record/suite.h"
#include "suite/reader.h"

namespace assay::suite {

/// Call when the suite's prompt, checks and cases are read, ids included.
///
/// Where a check `choice` says `circular: true`, each of its cases becomes one for each rotation: id[turn=0],
/// id[turn=1], …; labels stay where they are and texts move one place up with each turn, `expect` follows
/// its text, and `rotation_of` and (unless it has one) `cluster` name the case. Cases that have a
/// `rotation_of` stay as they are. Then `{{choices}}` in a template, where a case has choices and no variable
/// of this name, becomes a variable with one choice on each line: "A. red".
///
/// Errors are reported: a circle that no answer could show, because the prompt does not print the choices or
/// there are no texts to move, and a check whose own value would not follow.
void settle_choices(Reader& reader, record::Suite& suite);

}  // namespace assay::suite
