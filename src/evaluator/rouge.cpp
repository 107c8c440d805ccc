// rouge-n and rouge-l: words shared with reference texts, as rouge_score counts them.
#include "evaluator/methods.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/edit_distance.h"
#include "evaluator/ngram_scores.h"
#include "evaluator/options.h"
#include "evaluator/porter.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

constexpr double kDefaultThreshold = 0.75;
constexpr int kMaxOrder = 8;

/// match, words (or n-grams) of the answer, of the reference.
struct RougeCounts {
  double match = 0;
  double answer = 0;
  double reference = 0;
  double f1() const { return f1_of(match, answer, reference); }
};

struct RougeRules {
  std::size_t n = 0;  ///< 0: longest common subsequence
  bool summary = false;
  bool unicode = false;
  bool stem = false;
};

using Tokens = std::vector<std::string>;

/// Places of `reference` in one longest common subsequence with `answer`; the choice among equally long ones
/// is rouge_score's.
void mark_common(Sequence reference, Sequence answer, std::vector<char>& marks) {
  const std::size_t width = answer.size() + 1;
  std::vector<std::uint32_t> table((reference.size() + 1) * width, 0);
  for (std::size_t i = 1; i <= reference.size(); ++i) {
    for (std::size_t j = 1; j < width; ++j) {
      table[i * width + j] = reference[i - 1] == answer[j - 1]
                                 ? table[(i - 1) * width + j - 1] + 1
                                 : std::max(table[(i - 1) * width + j], table[i * width + j - 1]);
    }
  }
  std::size_t i = reference.size();
  std::size_t j = answer.size();
  while (i > 0 && j > 0) {
    if (reference[i - 1] == answer[j - 1]) {
      marks[--i] = 1;
      --j;
    } else if (table[i * width + j - 1] > table[(i - 1) * width + j]) {
      --j;
    } else {
      --i;
    }
  }
}

class Rouge final : public Evaluator {
 public:
  Rouge(std::vector<std::string> references, RougeRules rules)
      : references_(std::move(references)), rules_(rules) {
    const std::string kind = rules.n > 0     ? fmt::format("rouge-{}", rules.n)
                             : rules.summary ? "rouge-lsum"
                                             : "rouge-l";
    signature_ = fmt::format("{}|nrefs:{}|tok:{}|stem:{}|v1", kind, references_.size(),
                             rules.unicode ? "unicode" : "ascii", rules.stem ? "porter-nltk" : "no");
  }

  Judgement judge(const Subject& subject) const override {
    std::optional<RougeCounts> best;
    for (const std::string& reference : references_) {
      const std::optional<RougeCounts> counts = counts_of(subject.text, reference);
      if (!counts) return broken("the texts are too long for a longest common subsequence");
      if (!best || counts->f1() > best->f1()) best = counts;
    }
    Judgement judgement =
        scored(best->f1(), kDefaultThreshold, fmt::format("F {:.4f}, {}", best->f1(), signature_));
    judgement.counts = {
        {"kind", "rouge"}, {"signature", signature_}, {"n", {best->match, best->answer, best->reference}}};
    return judgement;
  }

 private:
  /// Short words are their own stems, as in rouge_score.
  Tokens tokens_of(std::string_view text) const {
    Tokens tokens = rouge_tokens(text, rules_.unicode);
    for (std::string& token : tokens) {
      if (rules_.stem && token.size() > 3) token = porter_stem(token);
    }
    return tokens;
  }

  std::optional<RougeCounts> counts_of(std::string_view answer, std::string_view reference) const {
    if (rules_.summary) return by_lines(answer, reference);
    const std::vector<Tokens> tokens{tokens_of(answer), tokens_of(reference)};
    if (rules_.n == 0) return by_order(tokens);
    const NgramCounts a = ngrams(tokens[0], rules_.n);
    const NgramCounts r = ngrams(tokens[1], rules_.n);
    RougeCounts counts;
    for (const auto& [gram, count] : a) {
      counts.answer += static_cast<double>(count);
      const auto other = r.find(gram);
      if (other != r.end()) counts.match += static_cast<double>(std::min(count, other->second));
    }
    for (const auto& [gram, count] : r) counts.reference += static_cast<double>(count);
    return counts;
  }

  static std::optional<RougeCounts> by_order(const std::vector<Tokens>& tokens) {
    const std::vector<std::vector<std::uint32_t>> numbers = numbered(tokens);
    const std::optional<std::size_t> common = common_subsequence(numbers[0], numbers[1]);
    if (!common) return std::nullopt;
    return RougeCounts{.match = static_cast<double>(*common),
                       .answer = static_cast<double>(numbers[0].size()),
                       .reference = static_cast<double>(numbers[1].size())};
  }

  std::vector<Tokens> lines_of(std::string_view text) const {
    std::vector<Tokens> lines;
    for (const std::string& line : split(text, '\n')) {
      Tokens tokens = tokens_of(line);
      if (!tokens.empty()) lines.push_back(std::move(tokens));
    }
    return lines;
  }

  /// ROUGE-Lsum: for each line of the reference the union of its common subsequences with the answer's
  /// lines; a word counts at most as often as either side has it.
  std::optional<RougeCounts> by_lines(std::string_view answer, std::string_view reference) const {
    std::vector<Tokens> all = lines_of(answer);
    const std::size_t of_answer = all.size();
    for (Tokens& line : lines_of(reference)) all.push_back(std::move(line));
    const std::vector<std::vector<std::uint32_t>> lines = numbered(all);
    RougeCounts counts;
    std::unordered_map<std::uint32_t, std::size_t> left_of_answer;
    std::unordered_map<std::uint32_t, std::size_t> left_of_reference;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      (i < of_answer ? counts.answer : counts.reference) += static_cast<double>(lines[i].size());
      for (const std::uint32_t word : lines[i]) ++(i < of_answer ? left_of_answer : left_of_reference)[word];
    }
    if (counts.answer * counts.reference > static_cast<double>(kMaxCells)) return std::nullopt;
    for (std::size_t r = of_answer; r < lines.size(); ++r) {
      std::vector<char> marks(lines[r].size(), 0);
      for (std::size_t a = 0; a < of_answer; ++a) mark_common(lines[r], lines[a], marks);
      for (std::size_t i = 0; i < marks.size(); ++i) {
        if (marks[i] == 0) continue;
        std::size_t& a = left_of_answer[lines[r][i]];
        std::size_t& b = left_of_reference[lines[r][i]];
        if (a == 0 || b == 0) continue;
        --a;
        --b;
        ++counts.match;
      }
    }
    return counts;
  }

  std::vector<std::string> references_;
  RougeRules rules_;
  std::string signature_;
};

}  // namespace

MadeEvaluator make_rouge(const Recipe& recipe) {
  Result<std::vector<std::string>> references = references_of(recipe);
  if (!references) return fail(references.error());
  const Options options(recipe.options);
  RougeRules rules{.n = 0,
                   .summary = options.boolean("summary", false),
                   .unicode = options.text("tokens", "ascii") == "unicode",
                   .stem = options.boolean("stem", false)};
  if (recipe.type == "rouge-n") {
    const std::string text = options.text("n", "1");
    int n = 0;
    std::from_chars(text.data(), text.data() + text.size(), n);
    if (n < 1 || n > kMaxOrder) {
      return fail(suite_error(fmt::format("option 'n' of rouge-n is {}", as_quoted(text)),
                              fmt::format("a whole number from 1 to {}", kMaxOrder)));
    }
    rules.n = static_cast<std::size_t>(n);
  }
  return std::make_unique<Rouge>(std::move(*references), rules);
}

}  // namespace assay::evaluator
