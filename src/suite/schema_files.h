// `$ref` to a local file inside a JSON Schema: the file becomes part of the schema, so that a stored suite
// needs no file to be judged again.
#pragma once

#include "record/value.h"
#include "suite/reader.h"

namespace assay::suite {

/// Each `$ref: FILE#POINTER` of `schema` points into a copy of the file under `definitions` afterwards. Paths
/// start where the reference stands: at the suite, or at the file that holds it; files are .json or .yaml and
/// may refer to each other and back. References that begin with # and addresses with a scheme stay as they
/// are: the evaluator looks at them. `node` is the schema in the suite, for messages, and may be `file://`.
/// Errors are reported: a file that cannot be read, more than kMostSchemaFiles of them.
void bundle_schema(Reader& reader, Node node, record::Value& schema);

constexpr std::size_t kMostSchemaFiles = 64;

}  // namespace assay::suite
