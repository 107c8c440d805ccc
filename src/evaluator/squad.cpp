// exact and f1: a short answer against reference texts after the normalisation of the SQuAD script
// (squad@1): lower case, no ASCII punctuation, no articles, white space collapsed. An article is a whole
// word, whatever mark is beside it: “the tower” loses its "the", and the quotes stay.
#include "evaluator/methods.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "evaluator/unicode.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

constexpr double kDefaultF1 = 0.5;

bool is_ascii_punct(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

/// Every run of letters and numbers that is an article becomes a blank. A mark above a letter is none of the
/// two, as Python's \b has it.
std::string without_articles(std::string_view text) {
  std::string rest;
  std::size_t begin = 0;
  const auto end_word = [&](std::size_t end) {
    const std::string_view word = text.substr(begin, end - begin);
    const bool article = word == "a" || word == "an" || word == "the";
    rest += article ? std::string_view(" ") : word;
  };
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    if (!is_letter_or_number(c.value)) {
      end_word(at);
      rest.append(text, at, c.length);
      begin = at + c.length;
    }
    at += c.length;
  }
  end_word(text.size());
  return rest;
}

/// Punctuation is deleted, not replaced: `$5.00` is the token 500 and hyphenated words join.
std::vector<std::string> tokens_of(std::string_view text) {
  std::string plain = lower(text);
  std::erase_if(plain, is_ascii_punct);
  plain = without_articles(plain);
  const std::vector<std::string_view> words = words_of(plain);
  return {words.begin(), words.end()};
}

struct Reference {
  std::vector<std::string> tokens;
  std::unordered_map<std::string, std::size_t> counts;
};

class Squad final : public Evaluator {
 public:
  Squad(const std::vector<std::string>& references, bool exact) : exact_(exact) {
    for (const std::string& text : references) {
      Reference reference{.tokens = tokens_of(text), .counts = {}};
      for (const std::string& token : reference.tokens) ++reference.counts[token];
      references_.push_back(std::move(reference));
    }
  }

  Judgement judge(const Subject& subject) const override {
    const std::vector<std::string> answer = tokens_of(subject.text);
    if (exact_) {
      const bool same = std::any_of(references_.begin(), references_.end(),
                                    [&](const Reference& reference) { return reference.tokens == answer; });
      return matched(same, same ? "equal after normalisation"
                                : fmt::format("{} is none of the references", as_quoted(subject.text)));
    }
    double best = 0;
    for (const Reference& reference : references_) best = std::max(best, f1(answer, reference));
    return scored(best, kDefaultF1, fmt::format("F1 {:.4f}", best));
  }

 private:
  static double f1(const std::vector<std::string>& answer, const Reference& reference) {
    if (answer.empty() || reference.tokens.empty()) return answer.empty() && reference.tokens.empty() ? 1 : 0;
    std::unordered_map<std::string, std::size_t> left = reference.counts;
    double common = 0;
    for (const std::string& token : answer) {
      const auto found = left.find(token);
      if (found == left.end() || found->second == 0) continue;
      --found->second;
      ++common;
    }
    if (common == 0) return 0;
    const double precision = common / static_cast<double>(answer.size());
    const double recall = common / static_cast<double>(reference.tokens.size());
    return 2 * precision * recall / (precision + recall);
  }

  std::vector<Reference> references_;
  bool exact_;
};

}  // namespace

MadeEvaluator make_squad(const Recipe& recipe) {
  const Result<std::vector<std::string>> references = references_of(recipe);
  if (!references) return fail(references.error());
  return std::make_unique<Squad>(*references, recipe.type == "exact");
}

}  // namespace assay::evaluator
