#include "testing/suite_files.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "suite/write.h"

namespace assay::testing {
namespace {

using record::OptionKind;

std::optional<Error> needs_value(const record::Check& check, const record::Value* expect,
                                 const record::Case* /*test_case*/) {
  if (check.type == "is-json" || check.type == "latency") return std::nullopt;
  if (expect == nullptr) {
    return Error{.code = Code::bad_input,
                 .where = {},
                 .found = check.type + " without a value",
                 .expected = "'value' or the case's 'expect'",
                 .remedy = {}};
  }
  if (check.type == "numeric" && expect->text.find_first_not_of("0123456789.-+eE") != std::string::npos) {
    return Error{.code = Code::bad_input,
                 .where = {},
                 .found = "'" + expect->text + "' is no number",
                 .expected = "a number",
                 .remedy = {}};
  }
  return std::nullopt;
}

std::optional<Error> filter_with_pattern(const record::Filter& filter) {
  if (filter.name != "regex" || filter.options.find("pattern") != nullptr) return std::nullopt;
  return Error{.code = Code::bad_input,
               .where = {},
               .found = "regex without a pattern",
               .expected = "'pattern'",
               .remedy = {}};
}

}  // namespace

const record::Catalogue& test_catalogue() {
  static const record::Catalogue catalogue{
      .evaluators =
          {{"equals", "", {}},
           {"iequals", "", {}},
           {"contains", "", {}},
           {"is-json", "", {}, false, true},
           {"latency", "", {}},
           {"choice", "", {{"circular", OptionKind::boolean, {}, ""}}},
           {"numeric",
            "",
            {{"pick", OptionKind::choice, "first|last|any", ""},
             {"abs", OptionKind::number, {}, ""},
             {"fractions", OptionKind::boolean, {}, ""}}},
           {"json-equals",
            "",
            {{"ignore", OptionKind::text_list, {}, ""},
             {"depth", OptionKind::whole, {}, ""},
             {"example", OptionKind::any, {}, ""},
             {"order", OptionKind::choice, "strict|any", ""}}},
           {"loglikelihood", "", {{"by", OptionKind::choice, "acc|acc_norm|acc_bytes|mc1|mc2", ""}}},
           {"python-output",
            "",
            {{"compare", OptionKind::choice, "text|number|json", ""},
             {"wrap", OptionKind::choice, "none|print", ""}}},
           {"python-tests",
            "",
            {{"timeout_s", OptionKind::number, {}, ""}, {"continues", OptionKind::boolean, {}, ""}}},
           {"execute_python_code_with_num_output", "", {}},
           {"python_print_execution_with_num_output", "", {}},
           {"execute_python_code_with_string_output", "", {}},
           {"raw_string_evaluator", "", {}},
           {"json_validator_eval", "", {}}},
      .filters =
          {{"trim", "", {}},
           {"reasoning-split", "", {{"tags", OptionKind::text_list, {}, ""}}},
           {"code-block", "", {{"fallback", OptionKind::choice, "whole|none", ""}}},
           {"before",
            "",
            {{"marker", OptionKind::text, {}, ""}, {"fallback", OptionKind::choice, "whole|none", ""}}},
           {"number", "", {{"pick", OptionKind::choice, "first|last", ""}}},
           {"regex", "", {{"pattern", OptionKind::text, {}, ""}, {"group", OptionKind::whole, {}, ""}}}},
      .engines = {{"fake", "", {}},
                  {"llama", "", {}, true},
                  {"answers", "", {}, true},
                  {"ollama", "", {}},
                  {"openai", "", {}}},
      .try_check = needs_value,
      .try_filter = filter_with_pattern,
      .try_suite = {},
  };
  return catalogue;
}

record::Suite suite_of(const std::string& text, const std::string& path) {
  suite::LoadOutcome outcome = suite::load(text, path, test_catalogue());
  for (const Error& error : outcome.errors) ADD_FAILURE() << message(error);
  return outcome.suite ? *std::move(outcome.suite) : record::Suite{};
}

Shown shown_of(const suite::LoadOutcome& outcome, const std::string& path) {
  Shown shown{.text = {}, .refused = !outcome.suite};
  for (const Error& error : outcome.errors) shown.text += message(error) + "\n";
  for (const Error& warning : outcome.warnings) shown.text += "warning: " + message(warning) + "\n";
  if (outcome.suite) shown.text += suite::write(*outcome.suite);
  const std::string folder = folder_of(path) + "/";
  for (std::size_t at = shown.text.find(folder); at != std::string::npos; at = shown.text.find(folder, at))
    shown.text.erase(at, folder.size());
  return shown;
}

}  // namespace assay::testing
