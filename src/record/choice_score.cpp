#include "record/choice_score.h"

#include <cmath>
#include <utility>

#include "base/json_members.h"
#include "base/text.h"

namespace assay::record {
namespace {

constexpr std::size_t kLeastMembers = 4;

}  // namespace

Json to_json(const ChoiceScore& score) {
  Json object{{"log_likelihood", score.log_likelihood},
              {"tokens", score.tokens},
              {"bytes", score.bytes},
              {"greedy", score.greedy}};
  if (score.inside_token) object["inside_token"] = true;
  return object;
}

std::optional<ChoiceScore> choice_score_from(const Json& object) {
  const auto sum = number_of(object, "log_likelihood");
  const auto tokens = count_of(object, "tokens");
  const auto bytes = count_of(object, "bytes");
  const auto greedy = flag_of(object, "greedy");
  const auto inside = flag_of(object, "inside_token");
  if (!sum || !std::isfinite(*sum) || *sum > 0 || !tokens || *tokens == 0 || !bytes || !greedy)
    return std::nullopt;
  if (object.size() != kLeastMembers + (inside ? 1 : 0)) return std::nullopt;
  return ChoiceScore{.log_likelihood = *sum,
                     .tokens = *tokens,
                     .bytes = *bytes,
                     .greedy = *greedy,
                     .inside_token = inside.value_or(false)};
}

std::string scores_text(const std::vector<ScoredChoice>& choices) {
  OrderedJson list = OrderedJson::array();
  for (const ScoredChoice& choice : choices) {
    OrderedJson one{{"text", choice.text},
                    {"log_likelihood", choice.score.log_likelihood},
                    {"tokens", choice.score.tokens},
                    {"bytes", choice.score.bytes},
                    {"greedy", choice.score.greedy}};
    if (choice.score.inside_token) one["inside_token"] = true;
    list.push_back(std::move(one));
  }
  return dump(OrderedJson{{"choices", std::move(list)}});
}

std::optional<std::vector<ScoredChoice>> scores_from(std::string_view output) {
  const Result<Json> parsed = parse_json(output);
  if (!parsed) return std::nullopt;
  const Json* list = list_of(*parsed, "choices");
  if (list == nullptr) return std::nullopt;
  std::vector<ScoredChoice> choices;
  for (const Json& item : *list) {
    Json figures = item;
    const auto text = figures.is_object() ? figures.find("text") : figures.end();
    if (!figures.is_object() || text == figures.end() || !text->is_string()) return std::nullopt;
    ScoredChoice choice{.text = text->get<std::string>(), .score = {}};
    figures.erase("text");
    const std::optional<ChoiceScore> score = choice_score_from(figures);
    if (!score) return std::nullopt;
    choice.score = *score;
    choices.push_back(std::move(choice));
  }
  return choices;
}

std::string choice_text(const Value& choice) {
  if (choice.is_scalar()) {
    const std::string text = as_text(choice);
    return std::string(trim(text));
  }
  for (const char* const key : {"text", "label"}) {
    const Value* part = choice.find(key);
    if (part == nullptr) continue;
    const std::string text = as_text(*part);
    if (const std::string_view trimmed = trim(text); !trimmed.empty()) return std::string(trimmed);
  }
  return {};
}

}  // namespace assay::record
