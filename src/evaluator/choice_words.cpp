#include "evaluator/choice_words.h"

#include <algorithm>
#include <map>

#include "base/json.h"
#include "evaluator/answer_words.h"

namespace assay::evaluator {
namespace {

std::vector<std::string> longest_first(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  std::stable_sort(words.begin(), words.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return words;
}

using Languages = std::map<std::string, ChoiceWords, std::less<>>;

Languages read_languages() {
  const Json languages = Json::parse(kAnswerWords).at("languages");
  const Json& english = languages.at("en");
  Languages result;
  for (const auto& [code, own] : languages.items()) {
    const auto list = [&own = own, &english, english_only = code == "en"](const char* name) {
      return longest_first(own.at(name), english_only ? std::vector<std::string>()
                                                      : english.at(name).get<std::vector<std::string>>());
    };
    result[code] = {.answer = list("answer"), .is = list("is"), .joins = list("or")};
  }
  return result;
}

const Languages& languages() {
  static const Languages all = read_languages();
  return all;
}

}  // namespace

const ChoiceWords* choice_words(std::string_view language) {
  const auto found = languages().find(language);
  return found == languages().end() ? nullptr : &found->second;
}

std::string choice_languages() {
  std::string codes;
  for (const auto& [code, words] : languages()) codes += (codes.empty() ? "" : "|") + code;
  return codes;
}

}  // namespace assay::evaluator
