#include "evaluator/porter.h"

#include <array>
#include <optional>
#include <span>

namespace assay::evaluator {
namespace {

using Word = std::string;
using View = std::string_view;

// Beyond this it is no word, and reading a row of y takes time that grows with its square.
constexpr std::size_t kLongestWord = 100;

struct Rule {
  View suffix;
  View replacement;
};

// Words that the rules would spoil.
constexpr std::array<Rule, 16> kIrregular{{{"skies", "sky"},
                                           {"sky", "sky"},
                                           {"dying", "die"},
                                           {"lying", "lie"},
                                           {"tying", "tie"},
                                           {"news", "news"},
                                           {"innings", "inning"},
                                           {"inning", "inning"},
                                           {"outings", "outing"},
                                           {"outing", "outing"},
                                           {"cannings", "canning"},
                                           {"canning", "canning"},
                                           {"howe", "howe"},
                                           {"proceed", "proceed"},
                                           {"exceed", "exceed"},
                                           {"succeed", "succeed"}}};
constexpr std::array<Rule, 21> kStep2{
    {{"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"}, {"anci", "ance"}, {"izer", "ize"},
     {"bli", "ble"},     {"alli", "al"},     {"entli", "ent"}, {"eli", "e"},     {"ousli", "ous"},
     {"ization", "ize"}, {"ation", "ate"},   {"ator", "ate"},  {"alism", "al"},  {"iveness", "ive"},
     {"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"},  {"iviti", "ive"}, {"biliti", "ble"},
     {"fulli", "ful"}}};
constexpr std::array<Rule, 7> kStep3{{{"icate", "ic"},
                                      {"ative", ""},
                                      {"alize", "al"},
                                      {"iciti", "ic"},
                                      {"ical", "ic"},
                                      {"ful", ""},
                                      {"ness", ""}}};
constexpr std::array<View, 19> kStep4{"al",  "ance",  "ence", "er",  "ic",  "able", "ible",
                                      "ant", "ement", "ment", "ent", "ion", "ou",   "ism",
                                      "ate", "iti",   "ous",  "ive", "ize"};

bool is_consonant(View word, std::size_t i) {
  if (View("aeiou").find(word[i]) != View::npos) return false;
  return word[i] != 'y' || i == 0 || !is_consonant(word, i - 1);
}

/// Changes from vowels to consonants: m of [C](VC){m}[V].
int measure(View word) {
  int changes = 0;
  for (std::size_t i = 1; i < word.size(); ++i) {
    if (!is_consonant(word, i - 1) && is_consonant(word, i)) ++changes;
  }
  return changes;
}

bool has_vowel(View word) {
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (!is_consonant(word, i)) return true;
  }
  return false;
}

bool doubled(View word) {
  const std::size_t n = word.size();
  return n >= 2 && word[n - 1] == word[n - 2] && is_consonant(word, n - 1);
}

bool ends_cvc(View word) {
  const std::size_t n = word.size();
  if (n == 2) return !is_consonant(word, 0) && is_consonant(word, 1);
  return n >= 3 && is_consonant(word, n - 3) && !is_consonant(word, n - 2) && is_consonant(word, n - 1) &&
         View("wxy").find(word[n - 1]) == View::npos;
}

Word without(View word, std::size_t letters) {
  return Word(word.substr(0, word.size() - letters));
}

/// The first rule whose suffix fits decides, by whether the stem's measure is above 0.
Word by_rules(const Word& word, std::span<const Rule> rules) {
  for (const Rule& rule : rules) {
    if (!word.ends_with(rule.suffix)) continue;
    const Word stem = without(word, rule.suffix.size());
    return measure(stem) > 0 ? stem + Word(rule.replacement) : word;
  }
  return word;
}

Word step1a(const Word& word) {
  if (word.ends_with("ies")) return word.size() == 4 ? without(word, 1) : without(word, 2);
  if (word.ends_with("sses")) return without(word, 2);
  return word.ends_with("s") && !word.ends_with("ss") ? without(word, 1) : word;
}

Word step1b(const Word& word) {
  if (word.ends_with("ied")) return word.size() == 4 ? without(word, 1) : without(word, 2);
  if (word.ends_with("eed")) return measure(without(word, 3)) > 0 ? without(word, 1) : word;
  std::optional<Word> stem;
  if (word.ends_with("ed") && has_vowel(without(word, 2))) stem = without(word, 2);
  if (!stem && word.ends_with("ing") && has_vowel(without(word, 3))) stem = without(word, 3);
  if (!stem) return word;
  if (stem->ends_with("at") || stem->ends_with("bl") || stem->ends_with("iz")) return *stem + "e";
  if (doubled(*stem)) return View("lsz").find(stem->back()) == View::npos ? without(*stem, 1) : *stem;
  return measure(*stem) == 1 && ends_cvc(*stem) ? *stem + "e" : *stem;
}

Word step1c(const Word& word) {
  const bool fits = word.ends_with('y') && word.size() > 2 && is_consonant(word, word.size() - 2);
  return fits ? without(word, 1) + "i" : word;
}

Word step2(const Word& word) {
  if (word.ends_with("alli") && measure(without(word, 4)) > 0) return step2(without(word, 2));
  if (word.ends_with("logi")) return measure(without(word, 3)) > 0 ? without(word, 1) : word;
  return by_rules(word, kStep2);
}

Word step4(const Word& word) {
  for (const View suffix : kStep4) {
    if (!word.ends_with(suffix)) continue;
    const Word stem = without(word, suffix.size());
    const bool ion = suffix != "ion" || stem.ends_with('s') || stem.ends_with('t');
    return measure(stem) > 1 && ion ? stem : word;
  }
  return word;
}

Word step5(Word word) {
  if (word.ends_with('e')) {
    const Word stem = without(word, 1);
    if (measure(stem) > 1 || (measure(stem) == 1 && !ends_cvc(stem))) word = stem;
  }
  return word.ends_with("ll") && measure(without(word, 1)) > 1 ? without(word, 1) : word;
}

}  // namespace

std::string porter_stem(std::string_view word) {
  for (const Rule& rule : kIrregular) {
    if (word == rule.suffix) return Word(rule.replacement);
  }
  if (word.size() <= 2 || word.size() > kLongestWord) return Word(word);
  return step5(step4(by_rules(step2(step1c(step1b(step1a(Word(word))))), kStep3)));
}

}  // namespace assay::evaluator
