#include "evaluator/caption_tokens.h"

#include <algorithm>
#include <array>

#include "evaluator/unicode.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

constexpr std::array<std::string_view, 14> kWithPoint{"mr", "mrs", "ms",  "dr",  "prof", "jr", "sr",
                                                      "st", "vs",  "etc", "inc", "ltd",  "co", "corp"};
constexpr std::array<std::string_view, 7> kClitics{"n't", "'s", "'m", "'d", "'re", "'ve", "'ll"};

struct Split {
  std::string_view whole;
  std::size_t first;  ///< length of the first part
};
constexpr std::array<Split, 6> kTwoWords{
    {{"cannot", 3}, {"gonna", 3}, {"gotta", 3}, {"wanna", 3}, {"lemme", 3}, {"gimme", 3}}};

bool is_digit_byte(char c) {
  return c >= '0' && c <= '9';
}

/// Part of a word wherever it stands: letters, digits, and every byte of a character beyond ASCII.
bool is_letter(char c) {
  return is_digit_byte(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

/// Marks that are no words.
bool is_left_out(char c) {
  return std::string_view(".?!,:;\"'`()[]{}<>-").find(c) != std::string_view::npos;
}

/// Curly quotes are straight, and long dashes and the ellipsis part words.
std::string plain_marks(std::string text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kPlain{{{"\u2018", "'"},
                                                                                 {"\u2019", "'"},
                                                                                 {"\u201c", "\""},
                                                                                 {"\u201d", "\""},
                                                                                 {"\u2013", " "},
                                                                                 {"\u2014", " "},
                                                                                 {"\u2026", " "},
                                                                                 {"--", " "}}};
  for (const auto& [from, to] : kPlain) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  }
  return text;
}

/// True when the mark at `at` joins what stands around it.
bool joins(std::string_view word, std::size_t at) {
  if (at == 0 || at + 1 >= word.size()) return false;
  const char before = word[at - 1];
  const char after = word[at + 1];
  switch (word[at]) {
    case ',':
    case ':': return is_digit_byte(before) && is_digit_byte(after);
    case '.':
    case '-':
    case '\'':
    case '/':
    case '_':
    case '&': return is_letter(before) && is_letter(after);
    default: return false;
  }
}

bool keeps_its_point(std::string_view word) {
  if (word.empty()) return false;
  // "u.s": letters with points between them.
  const bool initials = word.size() >= 3 && word.find('.') != std::string_view::npos &&
                        std::none_of(word.begin(), word.end(), is_digit_byte) &&
                        std::all_of(word.begin(), word.end(), [&](const char& c) {
                          return (static_cast<std::size_t>(&c - word.data()) % 2 == 1) == (c == '.');
                        });
  return initials || std::find(kWithPoint.begin(), kWithPoint.end(), word) != kWithPoint.end();
}

void add_word(std::string_view word, std::vector<std::string>& tokens) {
  for (const std::string_view clitic : kClitics) {
    if (word.size() <= clitic.size() || !word.ends_with(clitic)) continue;
    tokens.emplace_back(word.substr(0, word.size() - clitic.size()));
    tokens.emplace_back(clitic);
    return;
  }
  for (const Split& split : kTwoWords) {
    if (word != split.whole) continue;
    tokens.emplace_back(word.substr(0, split.first));
    tokens.emplace_back(word.substr(split.first));
    return;
  }
  tokens.emplace_back(word);
}

/// One run without white space.
void add_run(std::string_view run, std::vector<std::string>& tokens) {
  std::size_t at = 0;
  while (at < run.size()) {
    if (!is_letter(run[at])) {
      if (!is_left_out(run[at])) tokens.emplace_back(run.substr(at, 1));
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    while (end < run.size() && (is_letter(run[end]) || joins(run, end))) ++end;
    std::string_view word = run.substr(at, end - at);
    if (end < run.size() && run[end] == '.' && keeps_its_point(word)) word = run.substr(at, ++end - at);
    add_word(word, tokens);
    at = end;
  }
}

}  // namespace

std::vector<std::string> caption_tokens(std::string_view text) {
  const std::string made = plain_marks(lower(text));
  std::vector<std::string> tokens;
  for (const std::string_view run : words_of(made)) add_run(run, tokens);
  return tokens;
}

}  // namespace assay::evaluator
