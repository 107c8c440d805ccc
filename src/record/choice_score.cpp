#include "record/choice_score.h"

#include <cmath>
#include <limits>
#include <utility>

#include "base/text.h"

namespace assay::record {
namespace {

constexpr std::size_t kLeastMembers = 4;

bool read_count(const Json& object, const char* name, std::uint32_t least, std::uint32_t& out) {
  const auto at = object.find(name);
  if (at == object.end() || !at->is_number_integer() || at->get<std::int64_t>() < least ||
      (at->is_number_unsigned() && at->get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max()))
    return false;
  out = at->get<std::uint32_t>();
  return true;
}

bool read_flag(const Json& object, const char* name, bool& out) {
  const auto at = object.find(name);
  if (at == object.end() || !at->is_boolean()) return false;
  out = at->get<bool>();
  return true;
}

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
  ChoiceScore score;
  if (!object.is_object()) return std::nullopt;
  const auto sum = object.find("log_likelihood");
  if (sum == object.end() || !sum->is_number()) return std::nullopt;
  score.log_likelihood = sum->get<double>();
  if (!std::isfinite(score.log_likelihood) || score.log_likelihood > 0) return std::nullopt;
  if (!read_count(object, "tokens", 1, score.tokens) || !read_count(object, "bytes", 0, score.bytes) ||
      !read_flag(object, "greedy", score.greedy))
    return std::nullopt;
  const bool inside = object.contains("inside_token");
  if (inside && !read_flag(object, "inside_token", score.inside_token)) return std::nullopt;
  if (object.size() != kLeastMembers + (inside ? 1 : 0)) return std::nullopt;
  return score;
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
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const auto list = parsed->find("choices");
  if (list == parsed->end() || !list->is_array()) return std::nullopt;
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
