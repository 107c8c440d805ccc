#include "cli/judging_note.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/catalogue.h"
#include "evaluator/grader.h"
#include "model/identity.h"
#include "suite/model.h"

namespace assay::cli {
namespace {

constexpr std::size_t kShortestFamily = 3;
constexpr std::size_t kShownName = 60;

/// What a grading keeps of its judges ({"judges", "prompt"}); null: no model judged, or nobody kept it.
Result<Json> kept_judging(const store::Store& store, const record::Run& run,
                          std::optional<store::LayerId> layer) {
  const auto layers = store.layers(run.id);
  if (!layers) return fail(layers.error());
  for (const store::Layer& one : *layers) {
    const bool shown = layer ? one.id == *layer : one.id == layers->back().id;
    if (shown && one.versions.is_object()) return one.versions.value("judging", Json());
  }
  return Json();
}

std::string prompt_of(const Json& judging) {
  return judging.is_object() ? judging.value("prompt", std::string()) : std::string();
}

std::vector<std::string> judges_of(const Json& judging) {
  return judging.is_object() ? judging.value("judges", std::vector<std::string>())
                             : std::vector<std::string>();
}

/// What is wrong with this judge for this model; empty: nothing.
std::string partiality(const record::ModelSpec& judge, const record::ModelSpec& model,
                       const std::string& name) {
  if (judge.engine == model.engine && judge.model == model.model && judge.url == model.url)
    return fmt::format("'{}' is among its judges", name);
  // A stored run does not say whether its model is a file: what is none has no identity.
  if (judge.is_file && model.url.empty()) {
    const std::string file = model::identity(judge.model);
    if (!file.empty() && file == model::identity(model.model))
      return fmt::format("its judge '{}' is the same file", name);
  }
  const std::string family = family_of(model);
  if (family.empty() || family != family_of(judge)) return {};
  return fmt::format("its judge '{}' is of the same family ({})", name, family);
}

/// A model prefers answers like its own (arXiv 2404.13076), so whoever reads the figure is told.
void note_self_judged(const record::Run& run, const std::vector<std::string>& judges,
                      stats::Summary& summary) {
  for (const std::string& name : judges) {
    const auto judge = suite::parse_model(name, folder_of(run.suite_path), catalogue());
    if (!judge) continue;
    for (std::uint32_t row = 0; row < summary.rows.size(); ++row) {
      const std::string why =
          partiality(*judge, run.models[summary.rows[row].model].spec, printable(name, kShownName));
      if (why.empty()) continue;
      summary.notes.push_back({.kind = "self_judged",
                               .text = fmt::format("{}: self-judged, {}", summary.rows[row].model_label, why),
                               .row = row,
                               .case_ids = {}});
    }
  }
}

void note_judges(const stats::Judging& judging, stats::Summary& summary) {
  std::string text = "judged by " + printable(join(judging.judges, ", "), 4 * kShownName);
  if (!judging.prompt.empty()) text += ", prompt " + judging.prompt;
  if (judging.voted > 0)
    text += fmt::format("; all votes are the same on {} of {} answers with several", judging.agreed,
                        judging.voted);
  summary.notes.push_back({.kind = "judges", .text = std::move(text), .row = std::nullopt, .case_ids = {}});
}

}  // namespace

void JudgeVotes::add(const record::Verdict& verdict) {
  if (!verdict.steps.is_object() || !verdict.steps.contains("votes")) return;
  for (const Json& votes : verdict.steps["votes"]) {
    if (!votes.is_array()) continue;
    std::size_t read = 0;
    std::size_t pass = 0;
    for (const Json& vote : votes) {
      const bool readable = vote.is_object() && vote.contains("judge") && vote.contains("pass");
      read += readable ? 1 : 0;
      pass += readable && vote["pass"] == true ? 1 : 0;
    }
    voted_ += read > 1 ? 1 : 0;
    agreed_ += read > 1 && (pass == 0 || pass == read) ? 1 : 0;
  }
}

Result<void> JudgeVotes::give(const store::Store& store, const record::Run& run, const record::Suite& suite,
                              std::optional<store::LayerId> layer, stats::Summary& summary) const {
  const auto kept = kept_judging(store, run, layer);
  if (!kept) return fail(kept.error());
  const std::vector<std::string> judges = kept->is_null() ? evaluator::judges_of(suite) : judges_of(*kept);
  if (judges.empty()) return {};
  note_self_judged(run, judges, summary);
  summary.judging =
      stats::Judging{.judges = judges, .prompt = prompt_of(*kept), .voted = voted_, .agreed = agreed_};
  note_judges(*summary.judging, summary);
  return {};
}

std::string family_of(const record::ModelSpec& model) {
  constexpr std::array<std::string_view, 6> kNoFamily{"model", "chat", "the", "test", "ggml", "judge"};
  if (model.engine == "fake" || model.engine == "answers") return {};
  std::string name = model.model.substr(model.model.rfind('/') + 1);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (name.starts_with("meta-")) name.erase(0, 5);  // Meta-Llama-3
  const auto end = std::find_if_not(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  name.erase(end, name.end());
  const bool tells = name.size() >= kShortestFamily &&
                     std::find(kNoFamily.begin(), kNoFamily.end(), name) == kNoFamily.end();
  return tells ? name : std::string();
}

Result<std::vector<stats::Change>> judge_changes(const store::Store& store, const record::Run& a,
                                                 const record::Run& b) {
  const auto of_a = kept_judging(store, a, std::nullopt);
  if (!of_a) return fail(of_a.error());
  const auto of_b = kept_judging(store, b, std::nullopt);
  if (!of_b) return fail(of_b.error());
  std::vector<stats::Change> changes;
  const auto add = [&](const char* what, const std::string& old, const std::string& now) {
    if (old != now) changes.push_back({what, old.empty() ? "–" : old, now.empty() ? "–" : now});
  };
  add("judges", join(judges_of(*of_a), ", "), join(judges_of(*of_b), ", "));
  add("judge prompt", prompt_of(*of_a), prompt_of(*of_b));
  return changes;
}

}  // namespace assay::cli
