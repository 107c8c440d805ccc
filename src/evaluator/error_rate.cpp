// wer and cer: edits per word or character of a reference transcript.
#include "evaluator/methods.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_map>

#include <fmt/format.h>

#include "base/check.h"
#include "evaluator/edit_distance.h"
#include "evaluator/open_asr_text.h"
#include "evaluator/options.h"
#include "evaluator/unicode.h"
#include "evaluator/whisper_text.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

/// basic-1: lower case; letters, marks, digits and apostrophes stay, everything else is a blank.
std::string basic(std::string_view text) {
  const std::string plain = lower(text);
  std::string result;
  for (std::size_t at = 0; at < plain.size();) {
    const CodePoint c = code_point_at(plain, at);
    if (c.value == '\'' || is_word_character(c.value))
      result.append(plain, at, c.length);
    else
      result.push_back(' ');
    at += c.length;
  }
  return std::string(trim_space(collapse_space(result)));
}

/// A normaliser by its name, which is part of the score: a changed one is another measure.
struct Normalizer {
  std::string_view name;
  std::optional<std::string> (*apply)(std::string_view);  ///< absent: a limit was hit
  bool merges = false;  ///< rates after it are counted with merged compounds, unless the suite says otherwise
};

constexpr std::array kNormalizers{
    Normalizer{"none", [](std::string_view text) { return std::optional<std::string>(text); }},
    Normalizer{"basic-1", [](std::string_view text) { return std::optional(basic(text)); }},
    Normalizer{"whisper-en-1", whisper_english},
    Normalizer{"whisper-basic-1", whisper_basic},
    Normalizer{"open-asr-en-2026-08", open_asr_english, true},
};

struct RateRules {
  bool characters = false;
  const Normalizer* normalizer = nullptr;
  bool merge_compounds = false;
  bool count_empty = false;
  std::optional<double> threshold;
};

using Words = std::vector<std::string>;

/// Where a word of `longer` is two or more joined words of `shorter` that stand together, those are joined.
/// The words between are compared in order: each compound is looked for behind the last one.
void merge(Words& text, const Words& other) {
  constexpr std::size_t kMostParts = 8;
  std::unordered_map<std::string_view, std::size_t> wanted;
  for (const std::string& word : other) ++wanted[word];
  Words merged;
  for (std::size_t i = 0; i < text.size();) {
    std::string joined = text[i];
    std::size_t parts = 1;
    for (std::size_t n = 2; n <= kMostParts && i + n <= text.size(); ++n) {
      joined += text[i + n - 1];
      const auto found = wanted.find(joined);
      if (found == wanted.end() || found->second == 0) continue;
      --found->second;
      parts = n;
      break;
    }
    merged.push_back(std::accumulate(text.begin() + static_cast<std::ptrdiff_t>(i),
                                     text.begin() + static_cast<std::ptrdiff_t>(i + parts), std::string()));
    i += parts;
  }
  text = std::move(merged);
}

class ErrorRate final : public Evaluator {
 public:
  /// `reference` is normalised.
  ErrorRate(std::string reference, RateRules rules) : rules_(rules), reference_(std::move(reference)) {
    signature_ = fmt::format("{}|norm:{}|merge:{}|empty:{}|v1", rules.characters ? "cer" : "wer",
                             rules.normalizer->name, rules.merge_compounds ? "yes" : "no",
                             rules.count_empty ? "count" : "drop");
  }

  Judgement judge(const Subject& subject) const override {
    const std::optional<std::string> answer = normalised(*rules_.normalizer, subject.text);
    if (!answer) return broken(fmt::format("{} gave the text up", rules_.normalizer->name));
    if (reference_.empty() && !rules_.count_empty)
      return ungraded("no_measurement", "the reference is empty after normalising");
    std::size_t length = 0;
    const std::optional<Edits> found = compare(*answer, length);
    if (!found) return broken("the texts are too long to align");
    const auto total = static_cast<double>(found->total());
    const double rate = length > 0 ? total / static_cast<double>(length) : total > 0 ? 1 : 0;
    std::string shown = fmt::format("{} {:.4f} ({} substituted, {} missing, {} added, of {}), {}",
                                    rules_.characters ? "CER" : "WER", rate, found->substitutions,
                                    found->deletions, found->insertions, length, signature_);
    const bool good = !rules_.threshold || rate <= *rules_.threshold;
    Judgement judgement = good ? passed(std::move(shown)) : failed("threshold", std::move(shown));
    judgement.score = std::max(0.0, 1 - rate);
    judgement.counts = {{"kind", rules_.characters ? "cer" : "wer"},
                        {"signature", signature_},
                        {"n", {found->substitutions, found->deletions, found->insertions, length}}};
    return judgement;
  }

  /// A recording of nothing: its row is dropped or adds insertions, whatever the model says.
  bool asks_for_silence() const override { return reference_.empty(); }

  static std::optional<std::string> normalised(const Normalizer& normalizer, std::string_view text) {
    std::optional<std::string> made = normalizer.apply(text);
    if (made) made = std::string(trim_space(*made));
    return made;
  }

 private:
  std::optional<Edits> compare(const std::string& answer, std::size_t& length) const {
    if (rules_.characters) {
      const std::vector<std::uint32_t> reference = code_points_of(reference_);
      length = reference.size();
      return edits(reference, code_points_of(answer));
    }
    const auto copied = [](std::string_view text) {
      const std::vector<std::string_view> words = words_of(text);
      return Words(words.begin(), words.end());
    };
    std::vector<Words> texts{copied(reference_), copied(answer)};
    if (rules_.merge_compounds) {
      merge(texts[0], texts[1]);
      merge(texts[1], texts[0]);
    }
    // Joined words of the reference still are as many as its author wrote.
    length = rules_.merge_compounds ? count_words(reference_) : texts[0].size();
    const std::vector<std::vector<std::uint32_t>> numbers = numbered(texts);
    return edits(numbers[0], numbers[1]);
  }

  RateRules rules_;
  std::string reference_;
  std::string signature_;
};

/// English rules make nonsense of other languages: "am" is a contraction in one and a word in the other.
std::optional<Error> wrong_language(std::string_view normalizer, const std::string& language) {
  const bool english = language.empty() || language == "en" || language.starts_with("en-");
  if (english || normalizer.find("-en-") == std::string_view::npos) return std::nullopt;
  return suite_error(
      fmt::format("normalizer {} is for English, and language is {}", normalizer, as_quoted(language)),
      "a normalizer of that language", "whisper-basic-1 and basic-1 know no language");
}

}  // namespace

MadeEvaluator make_error_rate(const Recipe& recipe) {
  if (!recipe.value->is_scalar()) {
    return fail(
        suite_error(fmt::format("the value of {} is {}", recipe.type, record::name_of(recipe.value->kind)),
                    "the reference text"));
  }
  const Options options(recipe.options);
  const std::string normalizer = options.text("normalizer", "none");
  const auto known = std::find_if(kNormalizers.begin(), kNormalizers.end(),
                                  [&](const Normalizer& entry) { return entry.name == normalizer; });
  CHECK(known != kNormalizers.end());  // the table of options has the same names
  if (std::optional<Error> error = wrong_language(normalizer, options.text("language", "")))
    return fail(*std::move(error));
  std::optional<std::string> reference = ErrorRate::normalised(*known, as_text(*recipe.value));
  if (!reference) {
    return fail(suite_error(fmt::format("the value of {} is more than {} can read", recipe.type, normalizer),
                            "a transcript, of at most 4 MiB"));
  }
  if (!recipe.threshold && recipe.weight > 0) {
    return fail(suite_error(fmt::format("{} has no threshold", recipe.type),
                            "the greatest rate that passes, or weight: 0",
                            "With weight: 0 it is a metric that decides nothing"));
  }
  const bool characters = recipe.type == "cer";  // they know no compounds
  const RateRules rules{.characters = characters,
                        .normalizer = &*known,
                        .merge_compounds = !characters && options.boolean("merge_compounds", known->merges),
                        .count_empty = options.text("empty_ref", "drop") == "count",
                        .threshold = recipe.threshold};
  return std::make_unique<ErrorRate>(*std::move(reference), rules);
}

}  // namespace assay::evaluator
