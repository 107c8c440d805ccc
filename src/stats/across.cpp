#include "stats/across.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "stats/row_data.h"

namespace assay::stats {
namespace {

constexpr std::size_t kFewestVoters = 2;

/// What one repeat of one question has so far.
struct Round {
  std::uint32_t right = 0;
  bool wrong = false;
};

}  // namespace

std::optional<AcrossFigure> every_rotation(const RowData& data, const CaseTable& cases) {
  const std::vector<std::uint32_t>& rotations = cases.rotations();
  if (rotations.empty()) return std::nullopt;
  std::vector<std::map<std::uint32_t, Round>> rounds(rotations.size());  // by repeat
  for (std::size_t i = 0; i < data.size(); ++i) {
    const std::optional<std::uint32_t> question = cases.question(data.cases[i]);
    if (!question) continue;
    Round& round = rounds[*question][data.repeats[i]];
    round.right += data.marks[i] == record::Mark::pass ? 1 : 0;
    round.wrong = round.wrong || data.marks[i] == record::Mark::fail;
  }
  AcrossFigure figure{.name = "circular", .pipeline = {}, .rule = "every rotation right", .score = {}};
  std::vector<double> values;
  std::vector<std::uint32_t> cluster;
  std::vector<bool> done(rotations.size());
  for (const std::uint32_t index : cases.in_order()) {
    const std::optional<std::uint32_t> question = cases.question(index);
    if (!question || done[*question]) continue;
    done[*question] = true;
    double right = 0;
    double whole = 0;
    for (const auto& [repeat, round] : rounds[*question]) {
      const bool all = round.right == rotations[*question];
      right += all ? 1 : 0;
      whole += all || round.wrong ? 1 : 0;
    }
    figure.left_out += whole == 0 ? 1 : 0;
    if (whole == 0) continue;
    values.push_back(right / whole);
    cluster.push_back(cases.cluster(index));
  }
  if (!values.empty()) figure.score = chance_interval(values, cluster);
  return figure;
}

struct Across::Outcome {
  bool enough = false;
  bool tie = false;
  bool silent = false;
  double score = 0;
};

void Across::add(std::uint32_t case_index, std::uint32_t repeat, const record::Verdict& verdict,
                 const std::vector<AcrossRecord>& records) {
  if (verdict.mark == record::Mark::fail && verdict.assertions.empty()) {
    wordless_.push_back({.case_index = case_index, .repeat = repeat, .text = std::nullopt, .score = 0});
    return;
  }
  bool readable = true;
  for (const AcrossRecord& record : records) {
    readable = readable && record.readable;
    if (!record.readable) continue;
    std::optional<std::uint64_t> text;
    if (record.text) text = std::hash<std::string>{}(*record.text);
    for (const std::size_t place : record.places) {
      const record::AssertionResult& said = verdict.assertions[place];
      const bool graded = said.mark == record::Mark::pass || said.mark == record::Mark::fail;
      if (!graded) continue;
      Box& box = boxes_[{.pipeline = record.pipeline, .name = record::shown_name(said), .type = said.type}];
      box.rule = record.rule;
      box.answers.push_back({.case_index = case_index,
                             .repeat = repeat,
                             .text = text,
                             .score = said.score.value_or(said.mark == record::Mark::pass ? 1 : 0)});
    }
  }
  unreadable_ += readable ? 0 : 1;
}

std::string Across::rule_text(const AcrossRule& rule) {
  if (!rule.majority) return fmt::format("first {}", rule.first);
  return rule.first == 0 ? "majority" : fmt::format("majority of {}", rule.first);
}

/// `answers` of one case in the order of their repeats.
Across::Outcome Across::outcome_of(const AcrossRule& rule, std::vector<Answer> answers) {
  Outcome outcome;
  outcome.enough = answers.size() >= (rule.first == 0 ? kFewestVoters : rule.first);
  if (!outcome.enough) return outcome;
  if (rule.first > 0) answers.resize(rule.first);
  if (!rule.majority) {
    for (const Answer& answer : answers) outcome.score += answer.score / static_cast<double>(answers.size());
    return outcome;
  }
  std::size_t most = 0;
  for (auto voter = answers.begin(); voter != answers.end(); ++voter) {
    const auto same = [&](const Answer& other) { return other.text == voter->text; };
    if (!voter->text || std::any_of(answers.begin(), voter, same)) continue;
    const auto votes = static_cast<std::size_t>(std::count_if(voter, answers.end(), same));
    // Of equals the earliest stays; a tie is one only when nobody beats both.
    outcome.tie = votes == most || (outcome.tie && votes < most);
    if (votes <= most) continue;
    most = votes;
    outcome.score = voter->score;
  }
  outcome.silent = most == 0;
  return outcome;
}

AcrossFigure Across::figure_of(const Key& key, const Box& box, const CaseTable& cases) {
  std::vector<std::vector<Answer>> of_case(cases.size());
  for (const Answer& answer : box.answers) of_case[answer.case_index].push_back(answer);
  AcrossFigure figure{.name = key.name, .pipeline = key.pipeline, .rule = rule_text(box.rule), .score = {}};
  std::vector<double> values;
  std::vector<std::uint32_t> cluster;
  for (const std::uint32_t index : cases.in_order()) {
    std::vector<Answer>& answers = of_case[index];
    if (answers.empty()) continue;
    std::sort(answers.begin(), answers.end(),
              [](const Answer& a, const Answer& b) { return a.repeat < b.repeat; });
    const Outcome outcome = outcome_of(box.rule, std::move(answers));
    figure.left_out += outcome.enough ? 0 : 1;
    figure.ties += outcome.tie ? 1 : 0;
    figure.silent += outcome.silent ? 1 : 0;
    if (!outcome.enough) continue;
    values.push_back(outcome.score);
    cluster.push_back(cases.cluster(index));
  }
  if (!values.empty()) figure.score = chance_interval(values, cluster);
  return figure;
}

std::vector<AcrossFigure> Across::figures(const CaseTable& cases) const {
  std::vector<AcrossFigure> figures;
  std::vector<bool> spoken(cases.size());  // cases of which a check of such a pipeline said something
  for (const auto& [key, box] : boxes_) {
    for (const Answer& answer : box.answers) spoken[answer.case_index] = true;
  }
  for (const auto& [key, box] : boxes_) {
    std::vector<bool> here(cases.size());
    for (const Answer& answer : box.answers) here[answer.case_index] = true;
    Box whole = box;
    // An empty answer never reached the checks. It belongs to those that its siblings reached; where all are
    // empty, to every check.
    for (const Answer& answer : wordless_) {
      if (here[answer.case_index] || !spoken[answer.case_index]) whole.answers.push_back(answer);
    }
    figures.push_back(figure_of(key, whole, cases));
  }
  return figures;
}

}  // namespace assay::stats
