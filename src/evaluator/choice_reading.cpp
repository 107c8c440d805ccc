// The reading rules of choice@1.
#include "evaluator/choices.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "evaluator/latex.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

bool is_word(std::uint32_t c) {
  return (c >= '0' && c <= '9') || is_cased_letter(c);
}

bool word_follows(std::string_view text, std::size_t at) {
  const CodePoint c = code_point_at(text, at);
  return c.length > 0 && is_word(c.value);
}

bool word_precedes(std::string_view text, std::size_t at) {
  const CodePoint c = code_point_before(text, at);
  return c.length > 0 && is_word(c.value);
}

/// Where `wanted` stands next, else npos. memmem is linear in the worst case; in pieces, because
/// ThreadSanitizer looks at all that it is handed, which made a text full of hits quadratic under it.
std::size_t found_from(std::string_view text, std::string_view wanted, std::size_t at) {
  constexpr std::size_t kPiece = 4096;
  for (; at + wanted.size() <= text.size(); at += kPiece + 1) {
    const std::string_view piece = text.substr(at, kPiece + wanted.size());
    if (const void* const hit = memmem(piece.data(), piece.size(), wanted.data(), wanted.size()))
      return static_cast<std::size_t>(static_cast<const char*>(hit) - text.data());
  }
  return std::string_view::npos;
}

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool starts_with_any_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && std::equal(start.begin(), start.end(), text.begin(),
                                                   [](char a, char b) { return to_lower(a) == to_lower(b); });
}

/// The byte behind `word`, in any case, where it stands at `at`. A word of letters with cases ends there:
/// "is" does not begin "island".
std::optional<std::size_t> behind_word(std::string_view text, std::size_t at, std::string_view word) {
  // Most places are no begin of any word; an ASCII letter folds to one.
  if (at >= text.size() || (static_cast<unsigned char>(text[at]) < 0x80 && to_lower(text[at]) != word[0]))
    return std::nullopt;
  std::uint32_t last = 0;
  for (std::size_t i = 0; i < word.size();) {
    const CodePoint wanted = code_point_at(word, i);
    const CodePoint got = code_point_at(text, at);
    if (got.length == 0 || fold_code_point(got.value) != wanted.value) return std::nullopt;
    last = wanted.value;
    i += wanted.length;
    at += got.length;
  }
  if (is_cased_letter(last) && word_follows(text, at)) return std::nullopt;
  return at;
}

/// The same of several words; the first that stands there.
std::optional<std::size_t> behind_any(std::string_view text, std::size_t at,
                                      const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (const auto behind = behind_word(text, at, word)) return behind;
  }
  return std::nullopt;
}

/// A colon, also of full width: its bytes, or 0.
std::size_t colon_at(std::string_view text, std::size_t at) {
  constexpr std::string_view kWide = "\xEF\xBC\x9A";
  const std::string_view rest = text.substr(std::min(at, text.size()));
  return rest.starts_with(':') ? 1 : rest.starts_with(kWide) ? kWide.size() : 0;
}

/// What may stand around a label. Longer ones first.
constexpr std::array<std::string_view, 10> kOpening{"\\boxed{", "\\text{", "(", "[", "*",
                                                    "_",        "$",       "{", " ", "\t"};
constexpr std::string_view kClosing = ")]*_$} \t";

std::size_t skip_opening(std::string_view text, std::size_t at) {
  for (bool moved = true; moved;) {
    moved = false;
    for (const std::string_view mark : kOpening) {
      if (!text.substr(at).starts_with(mark)) continue;
      at += mark.size();
      moved = true;
      break;
    }
  }
  return at;
}

std::size_t skip_closing(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(kClosing, at), text.size());
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

/// `text` without white space and marks around it.
std::string_view unwrapped(std::string_view text) {
  text = trim_space(text);
  text.remove_prefix(skip_opening(text, 0));
  while (!text.empty() && kClosing.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
  return text;
}

struct Label {
  std::size_t index = 0;
  std::size_t end = 0;  ///< byte behind it
};

class Reader {
 public:
  Reader(std::string_view text, const std::vector<Choice>& choices, const ChoiceWords& words)
      : text_(text), choices_(choices), words_(words) {}

  ChoiceRead read() const {
    for (const auto rule : {&Reader::from_words, &Reader::from_box, &Reader::from_line, &Reader::from_start,
                            &Reader::from_text}) {
      const ChoiceRead found = (this->*rule)();
      if (found.how != ChoiceRead::How::nothing) return found;
    }
    return {};
  }

 private:
  static ChoiceRead ambiguous(int rule) {
    return {.how = ChoiceRead::How::ambiguous, .index = 0, .rule = rule};
  }
  static ChoiceRead found(std::size_t index, int rule) {
    return {.how = ChoiceRead::How::found, .index = index, .rule = rule};
  }

  /// The label at `at`, not followed by a letter or digit. Of labels that begin alike the longest.
  std::optional<Label> label_at(std::string_view text, std::size_t at, bool any_case) const {
    std::optional<Label> best;
    for (std::size_t i = 0; i < choices_.size(); ++i) {
      const std::string& label = choices_[i].label;
      const std::string_view rest = text.substr(std::min(at, text.size()));
      const bool here = any_case ? starts_with_any_case(rest, label) : rest.starts_with(label);
      if (!here || word_follows(text, at + label.size())) continue;
      if (!best || at + label.size() > best->end) best = Label{.index = i, .end = at + label.size()};
    }
    return best;
  }

  /// Behind the label stand "or", "and", "/" or a comma, and another label.
  bool another_follows(std::string_view text, const Label& first) const {
    std::size_t at = skip_closing(text, first.end);
    bool joined = false;
    for (bool moved = true; moved;) {
      moved = false;
      const bool marked = at < text.size() && (text[at] == ',' || text[at] == '/');
      const std::optional<std::size_t> behind =
          marked ? std::optional(at + 1) : behind_any(text, at, words_.joins);
      if (!behind) continue;
      at = skip_blanks(text, *behind);
      joined = moved = true;
    }
    if (!joined) return false;
    const std::optional<Label> second = label_at(text, skip_opening(text, at), false);
    return second && second->index != first.index;
  }

  ChoiceRead decided(std::string_view text, const Label& label, int rule) const {
    return another_follows(text, label) ? ambiguous(rule) : found(label.index, rule);
  }

  /// 1: "answer", perhaps "is", perhaps a colon, a label. The last one counts.
  ChoiceRead from_words() const {
    ChoiceRead last;
    for (std::size_t at = 0; at < text_.size();
         at += std::max<std::size_t>(code_point_at(text_, at).length, 1)) {
      const std::optional<std::size_t> behind = behind_any(text_, at, words_.answer);
      if (!behind || word_precedes(text_, at)) continue;
      std::size_t label_begin = skip_opening(text_, skip_closing(text_, *behind));
      if (const auto behind_is = behind_any(text_, label_begin, words_.is))
        label_begin = skip_closing(text_, *behind_is);
      if (const std::size_t colon = colon_at(text_, label_begin); colon > 0)
        label_begin = skip_closing(text_, label_begin + colon);
      if (label_begin == *behind) continue;
      label_begin = skip_opening(text_, skip_lines(label_begin));
      if (const std::optional<Label> label = label_at(text_, label_begin, true))
        last = decided(text_, *label, 1);
    }
    return last;
  }

  /// "Answer:" may stand on a line of its own.
  std::size_t skip_lines(std::size_t at) const {
    while (at < text_.size() && (text_[at] == '\n' || text_[at] == '\r')) ++at;
    return at;
  }

  /// 2: the last box.
  ChoiceRead from_box() const {
    const std::optional<std::string_view> box = last_boxed(text_);
    if (!box) return {};
    const std::string_view content = unwrapped(*box);
    const std::optional<Label> label = label_at(content, 0, false);
    if (!label) return {};
    if (another_follows(content, *label)) return ambiguous(2);
    return label->end == content.size() ? found(label->index, 2) : ChoiceRead{};
  }

  /// 3: the text, or its last line that is not blank.
  ChoiceRead from_line() const {
    const std::string_view whole = trim_space(text_);
    const ChoiceRead all = from_one_line(whole);
    if (all.how != ChoiceRead::How::nothing) return all;
    const std::size_t feed = whole.find_last_of("\r\n");
    return feed == std::string_view::npos ? ChoiceRead{} : from_one_line(whole.substr(feed + 1));
  }

  ChoiceRead from_one_line(std::string_view line) const {
    line = unwrapped(line);
    if (const std::optional<Label> label = label_at(line, 0, false)) {
      if (label->end == line.size()) return found(label->index, 3);
      if (is_pair(line, *label)) return ambiguous(3);
      if (names_text(line, *label)) return found(label->index, 3);
    }
    const std::size_t colon = line.rfind(':');
    if (colon == std::string_view::npos) return {};
    const std::string_view behind = unwrapped(line.substr(colon + 1));
    const std::optional<Label> label = label_at(behind, 0, false);
    if (!label) return {};
    if (label->end == behind.size()) return found(label->index, 3);
    return is_pair(behind, *label) ? ambiguous(3) : ChoiceRead{};
  }

  /// Short: "A or B", "A, B and C"; a sentence that begins so is not a list of labels.
  bool is_pair(std::string_view line, const Label& label) const {
    constexpr std::size_t kLongest = 40;
    return line.size() <= kLongest && another_follows(line, label);
  }

  /// "B) blue", with the text of that very choice.
  bool names_text(std::string_view line, const Label& label) const {
    const std::size_t mark = skip_closing(line, label.end);
    const bool marked = mark > label.end || line.find_first_of(".:", mark) == mark;
    const std::string& text = choices_[label.index].text;
    if (!marked || text.empty()) return false;
    std::size_t behind = mark;
    if (behind < line.size() && (line[behind] == '.' || line[behind] == ':')) ++behind;
    std::string_view rest = unwrapped(line.substr(behind));
    if (rest.ends_with('.') && !text.ends_with('.')) rest.remove_suffix(1);
    return fold_case(rest) == fold_case(text);
  }

  /// The label that a line begins with, when one of . ) : follows.
  std::optional<std::size_t> leading_label(std::string_view line) const {
    const std::optional<Label> label = label_at(line, skip_opening(line, 0), false);
    if (!label) return std::nullopt;
    // Marks that close, then the one that ends: "**C**.", "(C)", "C:".
    for (std::size_t at = label->end; at < line.size(); ++at) {
      if (line[at] == '.' || line[at] == ')' || line[at] == ':') return label->index;
      if (line[at] != '*' && line[at] != '_' && line[at] != ']' && line[at] != '$') break;
    }
    return std::nullopt;
  }

  /// 4: the first line begins with a label, and no other line with a different one.
  ChoiceRead from_start() const {
    std::string_view rest = trim_space(text_);
    std::optional<std::size_t> first;
    for (bool on_first = true; !rest.empty(); on_first = false) {
      const std::size_t feed = std::min(rest.find('\n'), rest.size());
      const std::optional<std::size_t> label = leading_label(rest.substr(0, feed));
      if (on_first && !label) return {};
      if (on_first) first = label;
      if (label && label != first) return {};
      rest.remove_prefix(std::min(feed + 1, rest.size()));
    }
    return first ? found(*first, 4) : ChoiceRead{};
  }

  /// 5: the text of exactly one choice occurs.
  ChoiceRead from_text() const {
    const std::string folded = fold_case(text_);
    std::optional<std::size_t> only;
    for (std::size_t i = 0; i < choices_.size(); ++i) {
      if (choices_[i].text.empty() || !occurs(folded, fold_case(choices_[i].text))) continue;
      if (only) return {};
      only = i;
    }
    return only ? found(*only, 5) : ChoiceRead{};
  }

  static bool occurs(std::string_view text, std::string_view wanted) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t place = found_from(text, wanted, at);
      if (place == std::string_view::npos) return false;
      if (!word_precedes(text, place) && !word_follows(text, place + wanted.size())) return true;
      at = place + 1;
    }
    return false;
  }

  std::string_view text_;
  const std::vector<Choice>& choices_;
  const ChoiceWords& words_;
};

}  // namespace

ChoiceRead read_choice(std::string_view text, const std::vector<Choice>& choices, const ChoiceWords& words) {
  return Reader(text, choices, words).read();
}

}  // namespace assay::evaluator
