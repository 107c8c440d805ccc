#include "grammar.h"

#include <exception>

#ifdef ASSAY_LLAMA_COMMON
#include <llama-common/json-schema-to-grammar.h>
#endif

namespace assay::llama {

#ifdef ASSAY_LLAMA_COMMON

Outcome<std::string> grammar_from_schema(const Json& schema) {
  try {
    return json_schema_to_grammar(common_json::parse(dump(schema)));
  } catch (const std::exception& error) {
    return trouble("bad_request", std::string("the JSON schema cannot be made a grammar: ") + error.what());
  }
}

#else

Outcome<std::string> grammar_from_schema(const Json&) {
  return trouble("not_supported", "json_schema needs llama-common, which this build of the engine lacks");
}

#endif

}  // namespace assay::llama
