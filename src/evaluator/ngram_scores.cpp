#include "evaluator/ngram_scores.h"

#include <algorithm>
#include <cmath>

#include "evaluator/unicode.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

constexpr std::size_t kCharOrders = 6;

double overlap(const NgramCounts& a, const NgramCounts& b) {
  std::size_t common = 0;
  for (const auto& [gram, count] : a) {
    const auto other = b.find(gram);
    if (other != b.end()) common += std::min(count, other->second);
  }
  return static_cast<double>(common);
}

double size_of(const NgramCounts& counts) {
  std::size_t sum = 0;
  for (const auto& [gram, count] : counts) sum += count;
  return static_cast<double>(sum);
}

/// The n-grams of characters, white space left out: each is a part of `text`.
NgramCounts char_ngrams(std::string_view text, const std::vector<std::size_t>& starts, std::size_t n) {
  NgramCounts counts;
  for (std::size_t i = 0; i + n < starts.size(); ++i)
    ++counts[std::string(text.substr(starts[i], starts[i + n] - starts[i]))];
  return counts;
}

/// Where the characters begin, and the end.
std::vector<std::size_t> starts_of(std::string_view text) {
  std::vector<std::size_t> starts;
  for (std::size_t at = 0; at < text.size(); at += code_point_at(text, at).length) starts.push_back(at);
  starts.push_back(text.size());
  return starts;
}

std::string without_space(std::string_view text) {
  std::string rest;
  for (const std::string_view word : words_of(text)) rest += word;
  return rest;
}

bool is_punct(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

/// A mark at the end, else at the beginning of a word is a token of its own.
std::vector<std::string> chrf_words(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string_view word : words_of(text)) {
    const bool single = code_point_at(word, 0).length == word.size();
    if (!single && is_punct(word.back())) {
      words.emplace_back(word.substr(0, word.size() - 1));
      words.emplace_back(word.substr(word.size() - 1));
    } else if (!single && is_punct(word.front())) {
      words.emplace_back(word.substr(0, 1));
      words.emplace_back(word.substr(1));
    } else {
      words.emplace_back(word);
    }
  }
  return words;
}

void add_order(const NgramCounts& answer, const NgramCounts& reference, std::vector<double>& counts) {
  const double of_reference = size_of(reference);
  counts.push_back(of_reference > 0 ? size_of(answer) : 0);
  counts.push_back(of_reference);
  counts.push_back(overlap(answer, reference));
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  std::string result;
  std::size_t at = 0;
  for (std::size_t hit = text.find(from); hit != std::string::npos; hit = text.find(from, at)) {
    result.append(text, at, hit - at);
    result += to;
    at = hit + from.size();
  }
  result.append(text, at);
  text = std::move(result);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_point(char c) {
  return c == '.' || c == ',';
}

}  // namespace

NgramCounts ngrams(const std::vector<std::string>& tokens, std::size_t n) {
  NgramCounts counts;
  for (std::size_t i = 0; i + n <= tokens.size(); ++i) {
    std::string gram = tokens[i];
    for (std::size_t j = 1; j < n; ++j) {
      gram += '\x01';
      gram += tokens[i + j];
    }
    ++counts[gram];
  }
  return counts;
}

std::vector<double> BleuCounts::numbers() const {
  std::vector<double> all = matches;
  all.insert(all.end(), totals.begin(), totals.end());
  all.push_back(answer_length);
  all.push_back(reference_length);
  return all;
}

BleuCounts BleuCounts::from(const std::vector<double>& numbers) {
  const auto orders = static_cast<std::ptrdiff_t>(numbers.size() < 2 ? 0 : (numbers.size() - 2) / 2);
  BleuCounts counts;
  counts.matches.assign(numbers.begin(), numbers.begin() + orders);
  counts.totals.assign(numbers.begin() + orders, numbers.begin() + 2 * orders);
  counts.answer_length = numbers.size() < 2 ? 0 : numbers[numbers.size() - 2];
  counts.reference_length = numbers.size() < 2 ? 0 : numbers.back();
  return counts;
}

BleuCounts bleu_counts(const std::vector<std::string>& answer,
                       const std::vector<std::vector<std::string>>& references, std::size_t max_n) {
  BleuCounts counts;
  for (std::size_t n = 1; n <= max_n; ++n) {
    NgramCounts most;
    for (const std::vector<std::string>& reference : references) {
      for (const auto& [gram, count] : ngrams(reference, n)) most[gram] = std::max(most[gram], count);
    }
    const NgramCounts own = ngrams(answer, n);
    counts.matches.push_back(overlap(own, most));
    counts.totals.push_back(size_of(own));
  }
  const auto gap = [&](std::size_t length) {
    return length > answer.size() ? length - answer.size() : answer.size() - length;
  };
  std::size_t nearest = references.front().size();
  for (const std::vector<std::string>& reference : references) {
    const std::size_t length = reference.size();
    if (gap(length) < gap(nearest) || (gap(length) == gap(nearest) && length < nearest)) nearest = length;
  }
  counts.answer_length = static_cast<double>(answer.size());
  counts.reference_length = static_cast<double>(nearest);
  return counts;
}

double bleu_of(const BleuCounts& counts, bool effective) {
  const bool any = std::any_of(counts.matches.begin(), counts.matches.end(), [](double m) { return m > 0; });
  if (!any) return 0;
  double logs = 0;
  double orders = 0;
  double smoothing = 1;
  for (std::size_t i = 0; i < counts.matches.size(); ++i) {
    if (counts.totals[i] <= 0) {
      if (!effective) return 0;
      break;
    }
    ++orders;
    if (counts.matches[i] > 0) {
      logs += std::log(counts.matches[i] / counts.totals[i]);
    } else {
      smoothing *= 2;
      logs += std::log(1 / (smoothing * counts.totals[i]));
    }
  }
  const double ratio = counts.reference_length / counts.answer_length;
  const double brevity = ratio > 1 ? std::exp(1 - ratio) : 1;
  return brevity * std::exp(logs / orders);
}

double bleu_unsmoothed(const BleuCounts& counts) {
  const bool all = std::all_of(counts.matches.begin(), counts.matches.end(), [](double m) { return m > 0; });
  return all ? bleu_of(counts, false) : 0;
}

double bleu_of_promptfoo(const std::vector<std::string>& answer,
                         const std::vector<std::vector<std::string>>& references, std::size_t max_n) {
  constexpr double kZero = 1e-7;
  if (answer.empty()) return 0;
  const std::size_t orders = std::min(max_n, answer.size());
  double logs = 0;
  for (std::size_t n = 1; n <= orders; ++n) {
    const NgramCounts own = ngrams(answer, n);
    const double total = size_of(own);
    double best = 0;
    for (const std::vector<std::string>& reference : references) {
      if (total > 0) best = std::max(best, overlap(own, ngrams(reference, n)) / total);
    }
    logs += std::log(best > 0 ? best : kZero);
  }
  const BleuCounts lengths = bleu_counts(answer, references, 0);
  const double ratio = lengths.reference_length / lengths.answer_length;
  return (ratio > 1 ? std::exp(1 - ratio) : 1) * std::exp(logs / static_cast<double>(orders));
}

std::vector<double> chrf_counts(std::string_view answer, std::string_view reference, std::size_t word_order) {
  std::vector<double> counts;
  const std::string a = without_space(answer);
  const std::string r = without_space(reference);
  const std::vector<std::size_t> a_starts = starts_of(a);
  const std::vector<std::size_t> r_starts = starts_of(r);
  for (std::size_t n = 1; n <= kCharOrders; ++n)
    add_order(char_ngrams(a, a_starts, n), char_ngrams(r, r_starts, n), counts);
  if (word_order == 0) return counts;
  const std::vector<std::string> a_words = chrf_words(answer);
  const std::vector<std::string> r_words = chrf_words(reference);
  for (std::size_t n = 1; n <= word_order; ++n) add_order(ngrams(a_words, n), ngrams(r_words, n), counts);
  return counts;
}

double chrf_of(const std::vector<double>& counts, double beta) {
  double precision = 0;
  double recall = 0;
  double orders = 0;
  for (std::size_t i = 0; i + 2 < counts.size(); i += 3) {
    if (counts[i] <= 0 || counts[i + 1] <= 0) continue;
    precision += counts[i + 2] / counts[i];
    recall += counts[i + 2] / counts[i + 1];
    ++orders;
  }
  if (orders == 0 || precision + recall <= 0) return 0;
  precision /= orders;
  recall /= orders;
  const double factor = beta * beta;
  return (1 + factor) * precision * recall / (factor * precision + recall);
}

double f1_of(double match, double answer, double reference) {
  if (match <= 0) return 0;
  const double precision = match / answer;
  const double recall = match / reference;
  return 2 * precision * recall / (precision + recall);
}

std::vector<std::string> tokens_13a(std::string_view text) {
  while (!text.empty()) {  // sacreBLEU hands a line over without the white space at its end
    const CodePoint last = code_point_before(text, text.size());
    if (!is_space(last.value)) break;
    text.remove_suffix(last.length);
  }
  std::string line(text);
  replace_all(line, "<skipped>", "");
  replace_all(line, "-\n", "");
  replace_all(line, "\n", " ");
  replace_all(line, "&quot;", "\"");
  replace_all(line, "&amp;", "&");
  replace_all(line, "&lt;", "<");
  replace_all(line, "&gt;", ">");
  std::string spaced = " ";
  for (const char c : line) {
    const bool apart = is_punct(c) && c != '\'' && c != ',' && c != '-' && c != '.';
    if (apart) spaced += ' ';
    spaced += c;
    if (apart) spaced += ' ';
  }
  spaced += ' ';
  std::string behind;  // a point or comma behind what is no digit
  for (std::size_t i = 0; i < spaced.size(); ++i) {
    behind += spaced[i];
    if (is_digit(spaced[i]) || i + 1 >= spaced.size() || !is_point(spaced[i + 1])) continue;
    behind += ' ';
    behind += spaced[++i];
    behind += ' ';
  }
  std::string before;  // a point or comma before what is no digit
  for (std::size_t i = 0; i < behind.size(); ++i) {
    const bool apart = is_point(behind[i]) && i + 1 < behind.size() && !is_digit(behind[i + 1]);
    if (apart) before += ' ';
    before += behind[i];
    if (!apart) continue;
    before += ' ';
    before += behind[++i];
  }
  std::string dashed;  // a dash behind a digit
  for (std::size_t i = 0; i < before.size(); ++i) {
    dashed += before[i];
    if (!is_digit(before[i]) || i + 1 >= before.size() || before[i + 1] != '-') continue;
    dashed += " - ";
    ++i;
  }
  std::vector<std::string> tokens;
  for (const std::string_view word : words_of(dashed)) tokens.emplace_back(word);
  return tokens;
}

std::vector<std::string> rouge_tokens(std::string_view text, bool unicode) {
  const std::string plain = lower(text);
  std::vector<std::string> tokens;
  bool open = false;
  for (std::size_t at = 0; at < plain.size();) {
    const CodePoint c = code_point_at(plain, at);
    const bool ascii = (c.value >= 'a' && c.value <= 'z') || (c.value >= '0' && c.value <= '9');
    const bool word = ascii || (unicode && is_word_character(c.value));
    if (word && !open) tokens.emplace_back();
    if (word) tokens.back().append(plain, at, c.length);
    open = word;
    at += c.length;
  }
  return tokens;
}

}  // namespace assay::evaluator
