#include "evaluator/table.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/choices.h"
#include "evaluator/methods.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

using record::OptionKind;
using record::OptionSpec;

constexpr std::array kRegexOptions{
    OptionSpec{"flags", OptionKind::text, "",
               "letters of: i (any case), m (lines), s (dot matches all), x (blanks and "
               "comments), u (Unicode classes)"},
    OptionSpec{"full", OptionKind::boolean, "", "the pattern must match the whole text (false)"},
};

constexpr std::array kNumericOptions{
    OptionSpec{"pick", OptionKind::choice, "last|first|any|boxed|whole",
               "which number of the text counts (last)"},
    OptionSpec{"abs", OptionKind::number, "", "greatest absolute difference that passes (0)"},
    OptionSpec{"rel", OptionKind::number, "", "greatest difference as a share of the expected number (0)"},
    OptionSpec{"percent", OptionKind::choice, "strip|scale|require",
               "'%' is dropped, divides by 100, or must be there (strip)"},
    OptionSpec{"decimal", OptionKind::choice, ".|,", "the decimal mark; the other one groups digits (.)"},
    OptionSpec{"fractions", OptionKind::boolean, "", "read 3/4 as one number (false)"},
};

constexpr std::array kEqualsOptions{
    OptionSpec{"list", OptionKind::choice, "value|any",
               "a list is one value, compared as JSON, or holds the accepted ones (value)"},
};

constexpr std::array kMathOptions{
    OptionSpec{"stages", OptionKind::choice, "1|2",
               "1: equal as texts; 2: or the same number, fraction or percentage (2)"},
};

constexpr std::array kJsonEqualsOptions{
    OptionSpec{"numbers", OptionKind::choice, "strict|value", "whether 1 and 1.0 differ (strict)"},
    OptionSpec{"tolerance", OptionKind::number, "", "greatest absolute difference of numbers (0)"},
    OptionSpec{"ignore", OptionKind::text_list, "", "JSON pointers of parts that are not compared"},
    OptionSpec{"order", OptionKind::choice, "strict|any",
               "whether the order of array elements counts (strict)"},
    OptionSpec{"extra", OptionKind::choice, "fail|ignore", "names that only the answer has (fail)"},
    OptionSpec{"duplicates", OptionKind::choice, "flag|fail",
               "a name twice in one object (flag; the last wins)"},
};

constexpr std::array kIsJsonOptions{
    OptionSpec{"duplicates", OptionKind::choice, "flag|fail",
               "a name twice in one object (flag; the last wins)"},
};

constexpr std::array kContainsJsonOptions{
    OptionSpec{"kinds", OptionKind::text_list, "", "object, array (both)"},
    OptionSpec{"duplicates", OptionKind::choice, "flag|fail",
               "a name twice in one object (flag; the last wins)"},
};

constexpr std::array kSchemaOptions{
    OptionSpec{"find", OptionKind::choice, "whole|first|any",
               "the whole text, its first JSON value, or any that fits (whole)"},
    OptionSpec{"kinds", OptionKind::text_list, "", "what first and any look for: object, array (both)"},
    OptionSpec{"duplicates", OptionKind::choice, "flag|fail",
               "a name twice in one object (flag; the last wins)"},
};

constexpr std::array kLevenshteinOptions{
    OptionSpec{"similarity", OptionKind::boolean, "",
               "score 1 - distance / longer text; threshold is its lower limit (false)"},
};

constexpr std::array kWordCountOptions{
    OptionSpec{"min", OptionKind::whole, "", "fewest words that pass"},
    OptionSpec{"max", OptionKind::whole, "", "most words that pass"},
};

constexpr std::array kRateOptions{
    OptionSpec{"rate", OptionKind::choice, "decode|prompt|e2e", "which rate (decode)"},
};

constexpr std::array kBleuOptions{
    OptionSpec{"variant", OptionKind::choice, "sacrebleu|promptfoo|coco", "whose BLEU (sacrebleu)"},
    OptionSpec{"lower", OptionKind::boolean, "", "lower case on both sides (false)"},
    OptionSpec{"max_n", OptionKind::whole, "", "longest n-gram, 1 to 8 (4)"},
};

constexpr std::array kChrfOptions{
    OptionSpec{"word_order", OptionKind::whole, "", "longest n-gram of words, 0 to 8; 2 is chrF++ (0)"},
    OptionSpec{"beta", OptionKind::number, "", "how much more recall counts than precision (2)"},
};

constexpr std::array kRougeNOptions{
    OptionSpec{"n", OptionKind::whole, "", "words in an n-gram, 1 to 8 (1)"},
    OptionSpec{"tokens", OptionKind::choice, "ascii|unicode",
               "runs of a-z and 0-9, or of all letters (ascii)"},
    OptionSpec{"stem", OptionKind::boolean, "",
               "words of more than three letters lose their endings (false)"},
};

constexpr std::array kRougeLOptions{
    OptionSpec{"summary", OptionKind::boolean, "", "ROUGE-Lsum, line by line (false)"},
    OptionSpec{"tokens", OptionKind::choice, "ascii|unicode",
               "runs of a-z and 0-9, or of all letters (ascii)"},
    OptionSpec{"stem", OptionKind::boolean, "",
               "words of more than three letters lose their endings (false)"},
};

constexpr std::array kErrorRateOptions{
    OptionSpec{"normalizer", OptionKind::choice,
               "none|basic-1|whisper-en-1|whisper-basic-1|open-asr-en-2026-08",
               "what is done to both texts first (none)"},
    OptionSpec{
        "merge_compounds", OptionKind::boolean, "",
        "a word that is two or more neighbours of the other side costs nothing (false; with open-asr… true)"},
    OptionSpec{"language", OptionKind::text, "",
               "language code of the texts: a normalizer for another one is refused (not said)"},
    OptionSpec{"empty_ref", OptionKind::choice, "drop|count",
               "what an empty reference does: nothing, or its insertions count (drop)"},
};

constexpr Traits kOwnThreshold{.own_threshold = true};
constexpr Traits kCaption{.own_threshold = true, .per_case = true, .counts_silence = true};
constexpr Traits kCorpus{.counts_silence = true};
constexpr Traits kCorpusRate{.own_threshold = true, .counts_silence = true};
constexpr Traits kSchema{.value_is_schema = true};
constexpr Traits kPerCase{.per_case = true};
constexpr Traits kOfTheRun{.any_ending = true};
constexpr Traits kMeasured{.own_threshold = true, .any_ending = true};

constexpr std::array kPythonOutputOptions{
    OptionSpec{"compare", OptionKind::choice, "text|number|json|benchy",
               "how output and value are compared (number for a number, text for a text, else json)"},
    OptionSpec{"wrap", OptionKind::choice, "none|print",
               "the answer is an expression, and is printed (none)"},
    OptionSpec{"abs", OptionKind::number, "", "number: differences below this pass (1e-6)"},
    OptionSpec{"args", OptionKind::text_list, "", "arguments of the program"},
    OptionSpec{"stdin", OptionKind::text, "", "its standard input"},
    OptionSpec{"timeout_s", OptionKind::number, "", "seconds it may take (5)"},
};

constexpr std::array kPythonTestsOptions{
    OptionSpec{"timeout_s", OptionKind::number, "", "seconds that the answer's code may take in all (5)"},
    OptionSpec{"continues", OptionKind::boolean, "",
               "the answer stands behind the prompt, whatever it defines (false)"},
};

constexpr std::array kScriptOptions{
    OptionSpec{"timeout_s", OptionKind::number, "", "seconds that the check may take for an answer (5)"},
};

constexpr Traits kJudged{.own_threshold = true, .asks_models = true};

constexpr std::array kRubricOptions{
    OptionSpec{"judges", OptionKind::text_list, "", "the models that judge, as under models"},
    OptionSpec{"votes", OptionKind::whole, "", "votes of each judge (1)"},
    OptionSpec{"quorum", OptionKind::whole, "", "votes that must be readable (more than half)"},
    OptionSpec{"partial", OptionKind::boolean, "", "the judge's own score counts, not 1 or 0 (false)"},
};

constexpr std::array kFactualityOptions{
    OptionSpec{"judges", OptionKind::text_list, "", "the models that judge, as under models"},
    OptionSpec{"votes", OptionKind::whole, "", "votes of each judge (1)"},
    OptionSpec{"quorum", OptionKind::whole, "", "votes that must be readable (more than half)"},
};

constexpr std::array kVqaOptions{
    OptionSpec{"processor", OptionKind::choice, "vqa-v2|evalai", "whose script cleans the texts (vqa-v2)"},
    OptionSpec{"guard", OptionKind::boolean, "", "clean them only when people disagree (true)"},
};

constexpr std::array kAnlsOptions{
    OptionSpec{"length", OptionKind::choice, "clean|raw",
               "the length that the distance is a share of: of the cleaned texts, or as given (clean)"},
};

constexpr std::array kRelaxedOptions{
    OptionSpec{"rel", OptionKind::number, "", "greatest difference as a share of the value (0.05)"},
    OptionSpec{"read", OptionKind::choice, "strict|number",
               "as ChartQA reads, or also $5 and 1,050 (strict)"},
};

constexpr std::array kSimilarOptions{
    OptionSpec{"model", OptionKind::text, "", "the embedding model, as under models"},
    OptionSpec{"measure", OptionKind::choice, "cosine|dot|euclidean", "how vectors are compared (cosine)"},
};
constexpr std::array kCiderOptions{
    OptionSpec{"df", OptionKind::any, "", "refs, or a file of document frequencies (refs)"},
};
constexpr std::array kChoiceOptions{
    OptionSpec{"circular", OptionKind::boolean, "", "ask every rotation of the choices (false)"},
    OptionSpec{"lang", OptionKind::choice, kChoiceLanguages,
               "whose words for \"answer\" count beside the English ones (en)"},
};
constexpr std::array kLogLikelihoodOptions{
    OptionSpec{"by", OptionKind::choice, "acc|acc_norm|acc_bytes|mc1|mc2",
               "the likelihood itself, per character of the choice, or per byte; mc1: the first right choice "
               "against the wrong ones; mc2: the share of the right ones in all (acc)"},
};

constexpr Traits kOfCalls{.per_case = true, .reads_calls = true};
constexpr std::array kToolCallOptions{
    OptionSpec{"mode", OptionKind::choice, "f1|exact|sequence",
               "F1 of the names, the same calls in any order, or in this order (f1)"},
    OptionSpec{"arguments", OptionKind::choice, "ignore|subset|exact",
               "not compared, those expected are there, or no others (ignore)"},
    OptionSpec{"parse", OptionKind::choice, "field|text",
               "calls that the server gives, or also JSON in the text (field)"},
};

constexpr std::array kHumanOptions{
    OptionSpec{"blind", OptionKind::boolean, "", "raters are not told the model (false)"},
};

// One line each; `assay grade` records name@version.
constexpr std::array kEvaluators{
    EvaluatorEntry{"equals", 1, "the text is exactly the value", ValueUse::required, kEqualsOptions,
                   make_equals},
    EvaluatorEntry{"iequals",
                   1,
                   "the text is the value, upper and lower case alike",
                   ValueUse::required,
                   {},
                   make_iequals},
    EvaluatorEntry{"contains", 1, "the value occurs in the text", ValueUse::required, {}, make_contains},
    EvaluatorEntry{"icontains", 1, "contains, in any case", ValueUse::required, {}, make_contains},
    EvaluatorEntry{"contains-all", 1, "every text of the list occurs", ValueUse::required, {}, make_contains},
    EvaluatorEntry{"icontains-all", 1, "contains-all, in any case", ValueUse::required, {}, make_contains},
    EvaluatorEntry{
        "contains-any", 1, "at least one text of the list occurs", ValueUse::required, {}, make_contains},
    EvaluatorEntry{"icontains-any", 1, "contains-any, in any case", ValueUse::required, {}, make_contains},
    EvaluatorEntry{
        "starts-with", 1, "the text begins with the value", ValueUse::required, {}, make_starts_with},
    EvaluatorEntry{"regex", 1, "the pattern matches somewhere", ValueUse::required, kRegexOptions,
                   make_regex},
    EvaluatorEntry{"numeric", 1, "a number of the text equals the value", ValueUse::required, kNumericOptions,
                   make_numeric},
    EvaluatorEntry{"math", 1, "the answer in LaTeX is the value", ValueUse::required, kMathOptions,
                   make_math},
    EvaluatorEntry{"json-equals", 1, "the text is JSON that equals the value", ValueUse::required,
                   kJsonEqualsOptions, make_json_equals},
    EvaluatorEntry{"is-json", 1, "the whole text is JSON, and fits a schema where one is given",
                   ValueUse::own, kIsJsonOptions, make_json_check, false, kSchema},
    EvaluatorEntry{"contains-json", 1, "a JSON object or array occurs, and fits a schema where one is given",
                   ValueUse::own, kContainsJsonOptions, make_json_check, false, kSchema},
    EvaluatorEntry{"python-output", 1, "the answer is a Python program that prints the value",
                   ValueUse::required, kPythonOutputOptions, make_python_output, true},
    EvaluatorEntry{"python-tests", 1, "the answer is Python code for which the tests hold",
                   ValueUse::required, kPythonTestsOptions, make_python_tests, true},
    EvaluatorEntry{"script", 1, "a Python check of your own says what the answer is worth", ValueUse::own,
                   kScriptOptions, make_script, true},
    EvaluatorEntry{"json-schema", 1, "the text is JSON that fits the schema", ValueUse::required,
                   kSchemaOptions, make_json_check, false, kSchema},
    EvaluatorEntry{"levenshtein", 1, "few edits away from the value", ValueUse::required, kLevenshteinOptions,
                   make_levenshtein, false, kOwnThreshold},
    EvaluatorEntry{"word-count", 1, "so many words", ValueUse::optional, kWordCountOptions, make_word_count},
    EvaluatorEntry{"exact", 2, "a reference, articles and marks aside", ValueUse::required, {}, make_squad},
    EvaluatorEntry{"f1", 2, "shares its words with a reference", ValueUse::required, {}, make_squad},
    EvaluatorEntry{"choice", 1, "means the right one of the case's choices", ValueUse::required,
                   kChoiceOptions, make_choice, false, kPerCase},
    EvaluatorEntry{"loglikelihood", 1, "the right one of the case's choices is the likeliest",
                   ValueUse::required, kLogLikelihoodOptions, make_loglikelihood, false, kPerCase},
    EvaluatorEntry{"bleu", 2, "n-grams shared with the references", ValueUse::required, kBleuOptions,
                   make_bleu, false, kCorpus},
    EvaluatorEntry{"chrf", 1, "n-grams of characters shared with a reference", ValueUse::required,
                   kChrfOptions, make_chrf, false, kCorpus},
    EvaluatorEntry{"rouge-n", 1, "runs of n words shared with a reference", ValueUse::required,
                   kRougeNOptions, make_rouge, false, kCorpus},
    EvaluatorEntry{"rouge-l", 1, "words in the same order as in a reference", ValueUse::required,
                   kRougeLOptions, make_rouge, false, kCorpus},
    EvaluatorEntry{"cider", 1, "says what the references of this image say and others' do not",
                   ValueUse::required, kCiderOptions, make_cider, false, kCaption},
    EvaluatorEntry{"wer", 1, "word error rate", ValueUse::required, kErrorRateOptions, make_error_rate, false,
                   kCorpusRate},
    EvaluatorEntry{"cer", 1, "character error rate", ValueUse::required, kErrorRateOptions, make_error_rate,
                   false, kCorpusRate},
    EvaluatorEntry{"anls", 1, "letters shared with a reference, as DocVQA counts", ValueUse::required,
                   kAnlsOptions, make_anls},
    EvaluatorEntry{"relaxed-number", 2, "a number within 5 percent, else the same text", ValueUse::required,
                   kRelaxedOptions, make_relaxed_number},
    EvaluatorEntry{"vqa", 2, "what people answer, as the VQA evaluation counts", ValueUse::required,
                   kVqaOptions, make_vqa},
    EvaluatorEntry{"ifeval",
                   2,
                   "follows instructions that a program can check",
                   ValueUse::required,
                   {},
                   make_ifeval,
                   false,
                   kCorpus},
    EvaluatorEntry{"llm-rubric", 1, "models judge by a rubric", ValueUse::required, kRubricOptions,
                   make_llm_judge, false, kJudged},
    EvaluatorEntry{"factuality", 1, "models judge whether the facts agree with the value", ValueUse::required,
                   kFactualityOptions, make_llm_judge, false, kJudged},
    EvaluatorEntry{"similar", 1, "the vectors of answer and value are near", ValueUse::required,
                   kSimilarOptions, make_similar, false, kOwnThreshold},
    EvaluatorEntry{"tool-call", 1, "the model calls the tools of the value", ValueUse::required,
                   kToolCallOptions, make_tool_call, false, kOfCalls},
    EvaluatorEntry{"human", 1, "people decide, later", ValueUse::own, kHumanOptions, make_human, false,
                   kOwnThreshold},
    EvaluatorEntry{
        "latency", 1, "e2e_ms is at most the threshold", ValueUse::none, {}, make_latency, false, kMeasured},
    EvaluatorEntry{
        "ttft", 1, "ttft_ms is at most the threshold", ValueUse::none, {}, make_latency, false, kMeasured},
    EvaluatorEntry{"tokens-per-second", 1, "a rate is at least the threshold", ValueUse::none, kRateOptions,
                   make_tokens_per_second, false, kMeasured},
    EvaluatorEntry{"finish-reason",
                   1,
                   "why the answer ended",
                   ValueUse::required,
                   {},
                   make_finish_reason,
                   false,
                   kOfTheRun},
    EvaluatorEntry{"raw_string_evaluator",
                   1,
                   "Benchy: the answer without fences is the text",
                   ValueUse::required,
                   {},
                   make_benchy_text},
    EvaluatorEntry{"json_validator_eval",
                   1,
                   "Benchy: the answer without fences is the JSON value",
                   ValueUse::required,
                   {},
                   make_benchy_json},
    EvaluatorEntry{"execute_python_code_with_num_output",
                   1,
                   "Benchy: the program prints the number",
                   ValueUse::required,
                   {},
                   make_benchy_python,
                   true},
    EvaluatorEntry{"python_print_execution_with_num_output",
                   1,
                   "Benchy: the expression has the number as value",
                   ValueUse::required,
                   {},
                   make_benchy_python,
                   true},
    EvaluatorEntry{"execute_python_code_with_string_output",
                   1,
                   "Benchy: the program prints the text",
                   ValueUse::required,
                   {},
                   make_benchy_python,
                   true},
};

Error unknown_type(std::string_view type) {
  std::vector<std::string> names;
  for (const EvaluatorEntry& entry : kEvaluators) names.emplace_back(entry.name);
  const std::string near_name = nearest(type, names);
  return suite_error(fmt::format("unknown evaluator {}", as_quoted(type)), "one of: " + join(names, ", "),
                     near_name.empty() ? "" : fmt::format("Did you mean '{}'?", near_name));
}

std::optional<Error> check_threshold(const record::Check& check, const EvaluatorEntry& entry) {
  // Written so that NaN is refused, too.
  if (entry.traits.own_threshold) {
    if (!check.threshold || (*check.threshold >= 0 && std::isfinite(*check.threshold))) return std::nullopt;
    return suite_error(fmt::format("threshold of {} is {}", check.type, *check.threshold),
                       "a number that is not negative");
  }
  if (!check.threshold || (*check.threshold >= 0 && *check.threshold <= 1)) return std::nullopt;
  return suite_error(fmt::format("threshold of {} is {}", check.type, *check.threshold),
                     "a score from 0 to 1");
}

}  // namespace

std::span<const EvaluatorEntry> evaluator_table() {
  return kEvaluators;
}

const EvaluatorEntry* find_evaluator(std::string_view name) {
  const auto entry = std::find_if(kEvaluators.begin(), kEvaluators.end(),
                                  [&](const EvaluatorEntry& candidate) { return candidate.name == name; });
  return entry == kEvaluators.end() ? nullptr : &*entry;
}

MadeEvaluator make_evaluator(const record::Check& check, const record::Value* expect,
                             std::shared_ptr<sandbox::Sandbox> sandbox, const Setting& setting) {
  const EvaluatorEntry* entry = find_evaluator(check.type);
  if (entry == nullptr) return fail(unknown_type(check.type));
  if (std::optional<Error> error = check_options(check.options, entry->options, entry->name))
    return fail(*error);
  if (std::optional<Error> error = check_threshold(check, *entry)) return fail(*error);
  const record::Value* value = check.value ? &*check.value : nullptr;
  if (entry->value == ValueUse::none && value != nullptr) {
    return fail(suite_error(fmt::format("{} has a value", entry->name), "none", "Leave 'value' out"));
  }
  if (takes_expectation(entry->value) && value == nullptr) value = expect;
  if (entry->value == ValueUse::required && value == nullptr) {
    return fail(suite_error(fmt::format("{} has nothing to compare with", entry->name), "a value",
                            "Give the check a 'value' or the case an 'expect'"));
  }
  return entry->make({.type = entry->name,
                      .value = value,
                      .options = check.options,
                      .threshold = entry->traits.own_threshold ? check.threshold : std::nullopt,
                      .weight = check.weight,
                      .metric = check.metric,
                      .setting = setting,
                      .sandbox = entry->runs_code ? std::move(sandbox) : nullptr,
                      .judges = entry->traits.asks_models ? setting.judges : nullptr});
}

std::string label_of(const EvaluatorEntry& entry) {
  return fmt::format("{}@{}", entry.name, entry.version);
}

}  // namespace assay::evaluator
