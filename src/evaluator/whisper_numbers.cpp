#include "evaluator/whisper_numbers.h"

#include <array>
#include <optional>
#include <unordered_map>
#include <utility>

#include "evaluator/digit_text.h"

namespace assay::evaluator {
namespace {

constexpr std::array<std::string_view, 19> kOnes{"one",     "two",       "three",    "four",     "five",
                                                 "six",     "seven",     "eight",    "nine",     "ten",
                                                 "eleven",  "twelve",    "thirteen", "fourteen", "fifteen",
                                                 "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array<std::string_view, 8> kTens{"twenty", "thirty",  "forty",  "fifty",
                                                "sixty",  "seventy", "eighty", "ninety"};
constexpr std::array<std::string_view, 12> kPowers{"hundred",    "thousand",    "million",     "billion",
                                                   "trillion",   "quadrillion", "quintillion", "sextillion",
                                                   "septillion", "octillion",   "nonillion",   "decillion"};

enum class Kind {
  other,
  zero,
  ones,
  ones_suffixed,
  tens,
  tens_suffixed,
  power,
  power_suffixed,
  sign,
  currency,
  per,
  percent,
  conjunction,
  repeat,
  point
};

struct Meaning {
  Kind kind = Kind::other;
  int number = 0;           ///< ones, tens; powers of ten: the exponent; repeat: how often
  std::string_view suffix;  ///< th, st, s, …; sign and currency: the mark
};

using Lexicon = std::unordered_map<std::string, Meaning>;

void add_ones(Lexicon& words) {
  for (int n = 1; n <= static_cast<int>(kOnes.size()); ++n) {
    const std::string name(kOnes[static_cast<std::size_t>(n - 1)]);
    words[name] = {Kind::ones, n, ""};
    words[name == "six" ? "sixes" : name + "s"] = {Kind::ones_suffixed, n, "s"};
    if (n > 3 && n != 5 && n != 12)
      words[name + (name.back() == 't' ? "h" : "th")] = {Kind::ones_suffixed, n, "th"};
  }
  words["zeroth"] = {Kind::ones_suffixed, 0, "th"};
  words["first"] = {Kind::ones_suffixed, 1, "st"};
  words["second"] = {Kind::ones_suffixed, 2, "nd"};
  words["third"] = {Kind::ones_suffixed, 3, "rd"};
  words["fifth"] = {Kind::ones_suffixed, 5, "th"};
  words["twelfth"] = {Kind::ones_suffixed, 12, "th"};
}

void add_tens(Lexicon& words) {
  for (std::size_t i = 0; i < kTens.size(); ++i) {
    const int n = static_cast<int>(i + 2) * 10;
    const std::string stem(kTens[i].substr(0, kTens[i].size() - 1));
    words[stem + "y"] = {Kind::tens, n, ""};
    words[stem + "ies"] = {Kind::tens_suffixed, n, "s"};
    words[stem + "ieth"] = {Kind::tens_suffixed, n, "th"};
  }
}

void add_powers(Lexicon& words) {
  for (std::size_t i = 0; i < kPowers.size(); ++i) {
    const std::string name(kPowers[i]);
    const int exponent = i == 0 ? 2 : 3 * static_cast<int>(i);
    words[name] = {Kind::power, exponent, ""};
    words[name + "s"] = {Kind::power_suffixed, exponent, "s"};
    words[name + "th"] = {Kind::power_suffixed, exponent, "th"};
  }
}

Lexicon lexicon() {
  Lexicon words;
  for (const char* zero : {"o", "oh", "zero"}) words[zero] = {Kind::zero, 0, ""};
  add_ones(words);
  add_tens(words);
  add_powers(words);
  for (const char* sign : {"minus", "negative"}) words[sign] = {Kind::sign, 0, "-"};
  for (const char* sign : {"plus", "positive"}) words[sign] = {Kind::sign, 0, "+"};
  for (const char* mark : {"pound", "pounds"}) words[mark] = {Kind::currency, 0, "£"};
  for (const char* mark : {"euro", "euros"}) words[mark] = {Kind::currency, 0, "€"};
  for (const char* mark : {"dollar", "dollars"}) words[mark] = {Kind::currency, 0, "$"};
  for (const char* mark : {"cent", "cents"}) words[mark] = {Kind::currency, 0, "¢"};
  words["per"] = {Kind::per, 0, ""};
  words["percent"] = {Kind::percent, 0, "%"};
  words["and"] = {Kind::conjunction, 0, ""};
  words["double"] = {Kind::repeat, 2, ""};
  words["triple"] = {Kind::repeat, 3, ""};
  words["point"] = {Kind::point, 0, ""};
  return words;
}

Meaning meaning_of(std::string_view word) {
  static const Lexicon words = lexicon();
  const auto found = words.find(std::string(word));
  return found == words.end() ? Meaning{} : found->second;
}

bool opens_decimals(const Meaning& meaning) {
  return meaning.kind == Kind::ones || meaning.kind == Kind::tens || meaning.kind == Kind::zero;
}

/// The mark at the beginning of "$5", or nothing.
std::string_view mark_of(std::string_view word) {
  for (const std::string_view mark : {"-", "+", "£", "€", "$", "¢"}) {
    if (word.starts_with(mark)) return word.substr(0, mark.size());
  }
  return {};
}

/// The number that has been read so far. The reference keeps an integer or a text, and asks which: a text is
/// only appended to.
struct Value {
  bool whole = false;
  std::string digits;
};

class Reader {
 public:
  std::vector<std::string> read(const std::vector<std::string_view>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (skip_) {
        skip_ = false;
        continue;
      }
      previous_ = i == 0 ? Meaning{} : meaning_of(words[i - 1]);
      next_ = i + 1 < words.size() ? words[i + 1] : std::string_view();
      next_meaning_ = meaning_of(next_);
      next_is_numeric_ = !next_.empty() && plain_decimal(next_).has_value();
      take(words[i]);
    }
    if (value_) give_value();
    return std::move(given_);
  }

 private:
  void take(std::string_view word) {
    const std::string_view mark = mark_of(word);
    if (const auto decimal = plain_decimal(word.substr(mark.size()))) {
      take_digits(word, mark, *decimal);
      return;
    }
    const Meaning meaning = meaning_of(word);
    switch (meaning.kind) {
      case Kind::other: give_word(word); break;
      case Kind::zero: value_ = Value{.whole = false, .digits = text_so_far() + "0"}; break;
      case Kind::ones: value_ = with_ones(meaning.number); break;
      case Kind::tens: value_ = with_tens(meaning.number); break;
      case Kind::ones_suffixed: give(with_ones(meaning.number).digits + std::string(meaning.suffix)); break;
      case Kind::tens_suffixed: give(with_tens(meaning.number).digits + std::string(meaning.suffix)); break;
      case Kind::power: take_power(static_cast<std::size_t>(meaning.number)); break;
      case Kind::power_suffixed: take_power_suffixed(meaning); break;
      case Kind::sign: take_sign(word, meaning.suffix); break;
      case Kind::currency: take_currency(word, meaning.suffix); break;
      case Kind::per:
      case Kind::percent: take_percent(word, meaning.kind); break;
      case Kind::conjunction:
      case Kind::repeat:
      case Kind::point: take_special(word, meaning); break;
    }
  }

  void take_digits(std::string_view word, std::string_view mark, const std::string& decimal) {
    if (value_ && !value_->whole && value_->digits.ends_with('.')) {
      value_->digits += word;  // decimals, or parts of an address
      return;
    }
    if (value_) give_value();
    if (!mark.empty()) prefix_ = mark;
    const auto whole = as_whole(decimal);
    value_ = whole ? Value{.whole = true, .digits = *whole}
                   : Value{.whole = false, .digits = std::string(word.substr(mark.size()))};
  }

  /// Behind a number that ends in enough zeros ones and tens are added, else put behind it.
  Value with_ones(int ones) const {
    const std::string digits = std::to_string(ones);
    if (!value_) return {.whole = true, .digits = digits};
    if (!value_->whole || previous_.kind == Kind::ones) {
      if (previous_.kind == Kind::tens && ones < 10)
        return {.whole = false, .digits = value_->digits.substr(0, value_->digits.size() - 1) + digits};
      return {.whole = false, .digits = value_->digits + digits};
    }
    return added(digits, ones < 10 ? 1 : 2);
  }

  Value with_tens(int tens) const {
    const std::string digits = std::to_string(tens);
    if (!value_) return {.whole = true, .digits = digits};
    if (!value_->whole) return {.whole = false, .digits = value_->digits + digits};
    return added(digits, 2);
  }

  Value added(const std::string& digits, std::size_t zeros) const {
    if (remainder_of(value_->digits, zeros) != "0")
      return {.whole = false, .digits = value_->digits + digits};
    return {.whole = true, .digits = sum_of(value_->digits, digits)};
  }

  /// The part below a thousand times the power, the part above kept.
  static std::string multiplied(const std::string& whole, std::size_t power) {
    return sum_of(without_remainder(whole, 3), *times_power(remainder_of(whole, 3), power));
  }

  void take_power(std::size_t power) {
    const std::string alone = *times_power("1", power);
    if (!value_) {
      value_ = Value{.whole = true, .digits = alone};
    } else if (value_->whole) {
      value_->digits = multiplied(value_->digits, power);
    } else if (const auto product = times_power(value_->digits, power)) {
      value_ = Value{.whole = true, .digits = *product};
    } else {
      give_value();
      value_ = Value{.whole = true, .digits = alone};
    }
  }

  void take_power_suffixed(const Meaning& meaning) {
    const auto power = static_cast<std::size_t>(meaning.number);
    const std::string suffix(meaning.suffix);
    const std::string alone = *times_power("1", power) + suffix;
    if (!value_) {
      give(alone);
    } else if (value_->whole) {
      give(multiplied(value_->digits, power) + suffix);
    } else if (const auto product = times_power(value_->digits, power)) {
      give(*product + suffix);
    } else {
      give_value();
      give(alone);
    }
  }

  void take_sign(std::string_view word, std::string_view mark) {
    if (value_) give_value();
    if (next_meaning_.kind != Kind::other || next_is_numeric_)
      prefix_ = mark;
    else
      give(std::string(word));
  }

  void take_currency(std::string_view word, std::string_view mark) {
    if (!value_) {
      give(std::string(word));
      return;
    }
    prefix_ = mark;
    give_value();
  }

  void take_percent(std::string_view word, Kind kind) {
    if (!value_) {
      give(std::string(word));
    } else if (kind == Kind::percent) {
      give(value_->digits + "%");
    } else if (next_ == "cent") {
      give(value_->digits + "%");
      skip_ = true;
    } else {
      give_word(word);
    }
  }

  /// Special only where the next word can be part of a number.
  void take_special(std::string_view word, const Meaning& meaning) {
    if (next_meaning_.kind == Kind::other && !next_is_numeric_) {
      give_word(word);
    } else if (meaning.kind == Kind::conjunction) {
      if (previous_.kind != Kind::power) give_word(word);
    } else if (meaning.kind == Kind::repeat) {
      if (next_meaning_.kind != Kind::ones && next_meaning_.kind != Kind::zero) {
        give_word(word);
        return;
      }
      std::string digits = text_so_far();
      for (int i = 0; i < meaning.number; ++i) digits += std::to_string(next_meaning_.number);
      value_ = Value{.whole = false, .digits = std::move(digits)};
      skip_ = true;
    } else if (opens_decimals(next_meaning_) || next_is_numeric_) {
      value_ = Value{.whole = false, .digits = text_so_far() + "."};
    }
  }

  /// The integer 0 counts as nothing here, as it does in the reference.
  std::string text_so_far() const {
    return !value_ || (value_->whole && value_->digits == "0") ? std::string() : value_->digits;
  }

  void give_word(std::string_view word) {
    if (value_) give_value();
    give(std::string(word));
  }

  void give_value() { give(std::exchange(value_->digits, {})); }

  /// A sign or a currency that waits goes before it, whatever it is.
  void give(const std::string& text) {
    given_.push_back(std::exchange(prefix_, {}) + text);
    value_.reset();
  }

  std::vector<std::string> given_;
  std::optional<Value> value_;
  std::string prefix_;
  Meaning previous_;
  std::string_view next_;
  Meaning next_meaning_;
  bool next_is_numeric_ = false;
  bool skip_ = false;
};

}  // namespace

std::vector<std::string> whisper_numbers(const std::vector<std::string_view>& words) {
  return Reader().read(words);
}

bool takes_a_half(std::string_view word) {
  const Meaning meaning = meaning_of(word);
  return opens_decimals(meaning) || meaning.kind == Kind::power;
}

}  // namespace assay::evaluator
