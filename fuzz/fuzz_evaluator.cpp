// Any check, any options, any answer: judging never crashes, says the same twice, and `not-` is the
// complement.
//
// Input: byte 0 the evaluator, 1 its options, 2 the filters, 3 the finish reason; then the expectation, a
// line feed, and the answer.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "evaluator/catalogue.h"
#include "evaluator/filter.h"
#include "evaluator/grader.h"
#include "evaluator/table.h"

namespace {

using assay::record::Mark;
using assay::record::OptionKind;
using assay::record::Value;
using assay::record::Verdict;

/// A value that the option's kind allows; which one depends on `seed` and, for texts, on the input.
Value option_value(const assay::record::OptionSpec& spec, unsigned seed, std::string_view text) {
  static constexpr std::array<std::string_view, 4> kNumbers{"0", "1", "0.5", "1e999999999"};
  switch (spec.kind) {
    case OptionKind::boolean: return Value::of_boolean(seed % 2 == 1);
    case OptionKind::number:
    case OptionKind::whole: return Value::of_number(std::string(kNumbers[seed % kNumbers.size()]));
    case OptionKind::choice: {
      const std::vector<std::string> words = assay::split(spec.choices, '|');
      return Value::of_text(words[seed % words.size()]);
    }
    case OptionKind::text:
    case OptionKind::text_list:
    case OptionKind::any: break;
  }
  if (spec.name == "flags") return Value::of_text(std::string("imsxu").substr(seed % 5));
  if (spec.name == "pick") return Value::of_text(seed % 2 == 0 ? "first" : "last");
  if (spec.name == "kinds") return Value::of_text(seed % 2 == 0 ? "object" : "array");
  return Value::of_text(std::string(text));
}

Value options_for(std::span<const assay::record::OptionSpec> specs, unsigned bits, std::string_view text) {
  Value options;
  options.kind = Value::Kind::mapping;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if ((bits >> i & 1U) == 0) continue;
    options.keys.emplace_back(specs[i].name);
    options.items.push_back(option_value(specs[i], bits >> 1U, text));
  }
  return options;
}

/// A text that is JSON becomes that value every second time, so that lists and mappings are met.
Value expectation(std::string_view text, bool as_json) {
  if (as_json) {
    if (const auto read = assay::record::value_from_json(text)) return *read;
  }
  return Value::of_text(assay::to_valid_utf8(text));
}

void check_spans(const assay::Json& steps, std::size_t size) {
  if (steps.is_object()) {
    if (const auto span = steps.find("span"); span != steps.end()) {
      CHECK((*span)[0].get<std::size_t>() <= (*span)[1].get<std::size_t>());
      CHECK((*span)[1].get<std::size_t>() <= size);
    }
  }
  if (!steps.is_structured()) return;
  for (const assay::Json& part : steps) check_spans(part, size);
}

void check_complement(const Verdict& yes, const Verdict& no) {
  // Silence that `equals: ""` asks for is judged; turned round, it is silence like any other.
  if (no.reason == "empty_output") return;
  // A verdict on the sample, not of the assertion, is the same for both.
  if (yes.assertions.empty() || yes.assertions[0].reason.ends_with("@1 found nothing")) {
    CHECK(yes.mark == no.mark);
    return;
  }
  if (yes.mark == Mark::pass || yes.mark == Mark::fail) {
    CHECK(no.mark == (yes.mark == Mark::pass ? Mark::fail : Mark::pass));
    CHECK(*yes.score + *no.score == 1);
  } else {
    CHECK(yes.mark == no.mark);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 4, size - 4);
  const std::size_t line = std::min(rest.find('\n'), rest.size());
  const std::string_view expected = rest.substr(0, line);

  const auto evaluators = assay::evaluator::evaluator_table();
  const auto& entry = evaluators[data[0] % evaluators.size()];
  assay::record::Check check;
  check.type = entry.name;
  check.options = options_for(entry.options, data[1], assay::to_valid_utf8(expected));
  const Value expect = expectation(expected, data[0] >= 128);

  assay::record::Suite suite;
  suite.checks.push_back(check);
  suite.cases.emplace_back();
  suite.cases[0].id = "c";
  suite.cases[0].expect = expect;
  suite.cases[0].on_length = static_cast<assay::record::OnLength>(data[3] / 4 % 4);
  const auto filters = assay::evaluator::filter_table();
  if (data[2] != 0) {
    const auto& filter = filters[data[2] % filters.size()];
    assay::record::Pipeline pipeline{.name = "main", .filters = {}, .where = {}};
    pipeline.filters.push_back(
        {.name = std::string(filter.name),
         .options = options_for(filter.options, data[2] / 16U | 1U, assay::to_valid_utf8(expected)),
         .where = {}});
    if (assay::evaluator::try_filter(pipeline.filters[0])) return 0;
    suite.pipelines.push_back(pipeline);
  }

  const auto grader = assay::evaluator::Grader::make(suite);
  const auto error = assay::evaluator::try_check(check, &expect);
  CHECK(grader.has_value() == !error.has_value());
  if (!grader) {
    CHECK(!error->found.empty() && !error->expected.empty());
    return 0;
  }
  suite.checks[0].negate = true;
  const auto negated = assay::evaluator::Grader::make(suite);
  CHECK(negated.has_value());

  assay::record::Sample sample;
  sample.case_id = "c";
  sample.output = std::string(rest.substr(std::min(line + 1, rest.size())));
  sample.finish = data[3] % 4 == 0 ? "length" : "stop";
  const Verdict first = grader->judge(suite.cases[0], sample);
  const Verdict second = grader->judge(suite.cases[0], sample);
  CHECK(first == second);
  CHECK(assay::dump(assay::record::to_json(first)) == assay::dump(assay::record::to_json(second)));
  CHECK((first.mark == Mark::pass) == first.reason.empty());
  CHECK(!assay::first_invalid_utf8(first.extracted));
  CHECK(!assay::first_invalid_utf8(first.detail));
  check_spans(first.steps, assay::to_valid_utf8(sample.output).size());
  check_complement(first, negated->judge(suite.cases[0], sample));
  return 0;
}
