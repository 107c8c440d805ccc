// vqa: a short answer against those of ten people, as the VQA evaluation scores it (Antol 2015, Goyal 2017).
// Its quirks are kept on purpose: a score that is compared with published ones must be made like them.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/methods.h"
#include "evaluator/options.h"
#include "evaluator/unicode.h"
#include "evaluator/vqa_words.h"
#include "evaluator/words.h"

namespace assay::evaluator {
namespace {

constexpr double kDefaultThreshold = 0.5;
constexpr double kEnough = 3;  // as many people as this must agree
constexpr std::string_view kMarks = ";/[]\"{}()=+\\_-><@`,?!";
constexpr int kMostPoints = 32;  // the script passes a flag where a count belongs

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
  return text;
}

std::string cleaned(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '\n', ' ');
  std::replace(out.begin(), out.end(), '\t', ' ');
  return std::string(trim(out));
}

bool has_digit_comma_digit(std::string_view text) {
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == ',' && is_digit(text[i - 1]) && is_digit(text[i + 1])) return true;
  }
  return false;
}

/// A mark beside a blank, or any mark of a text with digit-comma-digit, is deleted; another one becomes a
/// blank.
std::string without_marks(const std::string& text) {
  const bool thousands = has_digit_comma_digit(text);
  std::string out = text;
  for (const char c : kMarks) {
    const std::string mark(1, c);
    const bool beside =
        text.find(mark + " ") != std::string::npos || text.find(" " + mark) != std::string::npos;
    out = replaced(std::move(out), mark, beside || thousands ? "" : " ");
  }
  std::string kept;
  int points = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool sentence = out[i] == '.' && (i + 1 == out.size() || !is_digit(out[i + 1]));
    if (sentence && points++ < kMostPoints) continue;
    kept.push_back(out[i]);
  }
  return kept;
}

/// Lower case, number words as digits, no articles, apostrophes where they belong.
std::string plain_words(const std::string& text) {
  std::string out;
  const std::string low = lower(text);
  for (const std::string_view word : words_of(low)) {
    if (word == "a" || word == "an" || word == "the") continue;
    if (!out.empty()) out.push_back(' ');
    out += vqa_word(word);
  }
  return out;
}

std::string normalised(const std::string& text, bool evalai) {
  if (!evalai) return plain_words(without_marks(text));
  std::string start = replaced(replaced(lower(text), ",", ""), "?", "");
  start = cleaned(replaced(std::move(start), "'s", " 's"));
  return plain_words(without_marks(start));
}

class Vqa final : public Evaluator {
 public:
  Vqa(std::vector<std::string> answers, bool guard, bool evalai) : evalai_(evalai) {
    for (std::string& answer : answers) answer = cleaned(answer);
    alike_ = std::all_of(answers.begin(), answers.end(),
                         [&](const std::string& one) { return one == answers[0]; });
    normalise_ = evalai || !guard || !alike_;
    for (const std::string& answer : answers) ++people_[normalise_ ? normalised(answer, evalai_) : answer];
    count_ = static_cast<double>(answers.size());
  }

  Judgement judge(const Subject& subject) const override {
    const std::string text = cleaned(subject.text);
    const std::string answer = normalise_ ? normalised(text, evalai_) : text;
    const auto found = people_.find(answer);
    const double same = found == people_.end() ? 0 : found->second;
    const double score = leave_one_out(same);
    Judgement judgement =
        scored(score, kDefaultThreshold,
               fmt::format("{} of {} people say {}, score {:.4g}", same, count_, as_quoted(answer), score));
    judgement.read = excerpt(answer);
    return judgement;
  }

 private:
  /// The mean over what remains without one of the people: min(1, how many say it / 3).
  double leave_one_out(double same) const {
    const double with = std::min(1.0, same / kEnough);
    const double without = std::min(1.0, std::max(0.0, same - 1) / kEnough);
    return (same * without + (count_ - same) * with) / count_;
  }

  std::map<std::string, double> people_;
  double count_ = 0;
  bool alike_ = false;
  bool normalise_ = true;
  bool evalai_;
};

}  // namespace

MadeEvaluator make_vqa(const Recipe& recipe) {
  Result<std::vector<std::string>> answers = references_of(recipe);
  if (!answers) return fail(answers.error());
  const Options options(recipe.options);
  return std::make_unique<Vqa>(std::move(*answers), options.boolean("guard", true),
                               options.text("processor", "vqa-v2") == "evalai");
}

}  // namespace assay::evaluator
