#include "plan/plan.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "plan/shuffle.h"

// The order of trials.
//
// Two wishes pull against each other. Loading a model takes seconds to minutes, so trials of one model should
// be neighbours. But a machine warms up and slows down during a run, so neighbours share the same weather,
// and comparing two models would compare the weather too.
//
// Repeats are therefore cut into rounds. In a round each model is loaded once, and every second round walks
// the models backwards, so that a steady drift falls on all alike. Within a stretch (one load) cells, cases
// and repeats are shuffled together, seeded by (plan seed, round): models with equally many trials get the
// same permutation, which pairs their samples in time as well.
//
// Not done: shuffling across models (a load per trial); sorting by length (hides drift).
// Holds: every (model, cell, case, repeat) exactly once; the order depends on the suite and the seed only.

namespace assay::plan {
namespace {

constexpr std::uint64_t kMaxTrials = 20'000'000;  // 400 MB of plan; beyond it the sweep is a mistake
constexpr std::size_t kMaxCells = 100'000;

/// A sampling parameter of a suite by log-likelihood: a setting without effect. A suite's own is found when
/// it is read; this is for those of a command line.
std::optional<std::string> useless_param(const record::Suite& suite) {
  if (!suite.log_likelihood) return std::nullopt;
  for (const auto& [name, value] : record::with_scope(suite.params, record::ParamScope::request))
    if (name != "think") return name;
  return std::nullopt;
}

/// Product of the axes; the first one changes slowest.
Result<std::vector<record::Cell>> cells_of(const std::vector<record::SweepAxis>& sweep) {
  std::vector<record::Cell> cells(1);
  for (const record::SweepAxis& axis : sweep) {
    if (cells.size() * axis.values.size() > kMaxCells) {
      return fail(bad_input(fmt::format("a sweep of more than {} cells", kMaxCells), "fewer",
                            "Shorten a list of the sweep"));
    }
    std::vector<record::Cell> next;
    next.reserve(cells.size() * axis.values.size());
    for (const record::Cell& cell : cells) {
      for (const Json& value : axis.values) {
        record::Cell& made = next.emplace_back(cell);
        made.params.insert_or_assign(axis.param, value);
        made.label +=
            fmt::format("{}{}={}", cell.label.empty() ? "" : " ", axis.param, record::param_text(value));
      }
    }
    cells = std::move(next);
  }
  return cells;
}

Result<std::vector<std::uint32_t>> chosen_cases(const record::Suite& suite,
                                                const std::vector<std::string>& ids) {
  std::vector<std::uint32_t> chosen;
  if (ids.empty()) {
    chosen.resize(suite.cases.size());
    for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = static_cast<std::uint32_t>(i);
    return chosen;
  }
  std::unordered_map<std::string_view, std::uint32_t> known;
  for (std::size_t i = 0; i < suite.cases.size(); ++i)
    known.emplace(suite.cases[i].id, static_cast<std::uint32_t>(i));
  for (const std::string& id : ids) {
    const auto at = known.find(id);
    if (at != known.end()) {
      chosen.push_back(at->second);
      continue;
    }
    std::vector<std::string> names;
    for (const record::Case& test : suite.cases) names.push_back(test.id);
    const std::string near = nearest(id, names);
    return fail(
        {.code = Code::not_found,
         .where = {},
         .found = fmt::format("no case '{}' in this suite", id),
         .expected = "the id of a case",
         .remedy = near.empty() ? "'assay suite show' lists them" : fmt::format("Did you mean '{}'?", near)});
  }
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

/// Cells that one load serves.
struct LoadGroup {
  record::Params load_params;  ///< of the cell alone
  std::vector<std::uint32_t> cells;
};

std::vector<LoadGroup> groups_of(const std::vector<record::Cell>& cells) {
  std::vector<LoadGroup> groups;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const record::Params load = record::with_scope(cells[i].params, record::ParamScope::load);
    auto at = std::find_if(groups.begin(), groups.end(),
                           [&](const LoadGroup& group) { return group.load_params == load; });
    if (at == groups.end()) at = groups.insert(groups.end(), {load, {}});
    at->cells.push_back(static_cast<std::uint32_t>(i));
  }
  return groups;
}

/// Writes the stretches of a plan, one after another.
class Walk {
 public:
  Walk(const record::Suite& suite, const std::vector<std::uint32_t>& cases, const Options& options,
       record::Plan& plan)
      : suite_(suite), cases_(cases), options_(options), plan_(plan), groups_(groups_of(plan.cells)) {}

  void round(std::uint32_t round) {
    struct Stop {
      std::uint32_t model;
      const LoadGroup* group;
    };
    std::vector<Stop> stops;
    for (std::uint32_t model = 0; model < plan_.models.size(); ++model) {
      for (const LoadGroup& group : groups_) stops.push_back({model, &group});
    }
    if (round % 2 == 1) std::reverse(stops.begin(), stops.end());
    for (const Stop& stop : stops) stretch(round, stop.model, *stop.group);
  }

 private:
  void stretch(std::uint32_t round, std::uint32_t model, const LoadGroup& group) {
    record::Stretch& stretch = plan_.stretches.emplace_back();
    stretch.model = model;
    stretch.round = round;
    const record::Params under = record::merged(suite_.params, plan_.models[model].params);
    stretch.load_params =
        record::merged(record::with_scope(under, record::ParamScope::load), group.load_params);
    stretch.begin = plan_.trials.size();
    for (int i = 0; i < suite_.warmup; ++i) {
      plan_.trials.push_back({.model = model,
                              .cell = group.cells.front(),
                              .case_index = cases_.front(),
                              .repeat = 0,
                              .warmup = true});
    }
    const std::size_t measured = plan_.trials.size();
    add_trials(round, model, group);
    if (suite_.order == record::Order::interleaved) {
      shuffle(std::span(plan_.trials).subspan(measured), mixed(plan_.seed, round));
    }
    stretch.end = plan_.trials.size();
    stretch.parallel = suite_.load.parallel;
    const bool by_default = shares_by_default(model, (stretch.end - measured) / group.cells.size());
    if (by_default) {
      plan_.load.automatic = plan_.load.by_default = true;
      plan_.load.measure = record::kMeasuredAlone;
    }
    const std::optional<int> alone = by_default ? record::kMeasuredAlone : suite_.load.measure;
    if (alone) stretch.alone = measured - stretch.begin + first_of_each(measured, *alone);
  }

  bool shares_by_default(std::uint32_t model, std::size_t trials_of_a_cell) const {
    return options_.shares_by_default && !suite_.names_load && suite_.is_graded() && !suite_.log_likelihood &&
           trials_of_a_cell > record::kMeasuredAlone && options_.shares_by_default(plan_.models[model]);
  }

  /// Moves the first `count` trials of each cell to the front of those from `begin` on. Gives how many they
  /// are.
  std::size_t first_of_each(std::size_t begin, int count) {
    std::vector<int> seen(plan_.cells.size(), 0);
    const auto first = plan_.trials.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto rest = std::stable_partition(
        first, plan_.trials.end(), [&](const record::Trial& trial) { return seen[trial.cell]++ < count; });
    return static_cast<std::size_t>(rest - first);
  }

  /// Round r of K takes the repeats from R·r/K to R·(r+1)/K. In file order each repeat walks through all
  /// cases before the next begins, so that equal prompts are not neighbours.
  void add_trials(std::uint32_t round, std::uint32_t model, const LoadGroup& group) {
    const auto repeats = static_cast<std::uint32_t>(plan_.repeats);
    const auto rounds = static_cast<std::uint32_t>(suite_.rounds);
    for (const std::uint32_t cell : group.cells) {
      for (std::uint32_t repeat = repeats * round / rounds; repeat < repeats * (round + 1) / rounds;
           ++repeat) {
        for (const std::uint32_t index : cases_) {
          plan_.trials.push_back(
              {.model = model, .cell = cell, .case_index = index, .repeat = repeat, .warmup = false});
        }
      }
    }
  }

  const record::Suite& suite_;
  const std::vector<std::uint32_t>& cases_;
  const Options& options_;
  record::Plan& plan_;
  std::vector<LoadGroup> groups_;
};

/// What an engine must take beside text for these cases.
std::vector<std::string> media_of(const record::Suite& suite, const std::vector<std::uint32_t>& cases) {
  const auto any = [&](const auto& has) {
    return std::any_of(cases.begin(), cases.end(),
                       [&](std::uint32_t index) { return has(suite.cases[index]); });
  };
  std::vector<std::string> media;
  if (any([](const record::Case& one) { return !one.images.empty(); })) media.emplace_back("image");
  if (any([](const record::Case& one) { return !one.audio.empty(); })) media.emplace_back("audio");
  if (any([&](const record::Case& one) { return !tools_of(suite, one).empty(); }))
    media.emplace_back("tools");
  return media;
}

}  // namespace

Result<record::Plan> expand(const record::Suite& suite, const Options& options) {
  if (suite.models.empty())
    return fail(bad_input("no model to run", "at least one",
                          "Name one with --model, or under 'models' in the suite"));
  if (suite.cases.empty()) return fail(bad_input("no cases to run", "at least one"));
  if (const auto useless = useless_param(suite)) {
    return fail(bad_input(fmt::format("{} is set, and nothing is sampled by log-likelihood", *useless),
                          "only `think`, and parameters of the load", "Leave it out"));
  }
  if (suite.rounds > suite.repeats) {
    return fail(bad_input(fmt::format("rounds is {}, repeats is {}", suite.rounds, suite.repeats),
                          "at most as many rounds as repeats", "Raise repeats"));
  }
  auto cases = chosen_cases(suite, options.cases);
  if (!cases) return fail(cases.error());
  auto cells = cells_of(suite.sweep);
  if (!cells) return fail(cells.error());

  record::Plan plan;
  plan.models = suite.models;
  plan.cells = *std::move(cells);
  plan.seed = options.seed;
  plan.repeats = suite.repeats;
  plan.load = suite.load;
  plan.cooldown = suite.cooldown;
  plan.timeout = suite.timeout.value_or(Nanos{0});
  plan.retries = suite.retries;
  plan.scores_choices = suite.log_likelihood.has_value();
  // Each factor is bounded (models and cases by the file, cells above, repeats by 10,000), so 64 bits hold
  // the product.
  const std::uint64_t total =
      static_cast<std::uint64_t>(plan.models.size()) * plan.cells.size() * cases->size();
  if (total > kMaxTrials / static_cast<std::uint64_t>(plan.repeats)) {
    return fail(bad_input(fmt::format("{} models x {} cells x {} cases x {} repeats", plan.models.size(),
                                      plan.cells.size(), cases->size(), plan.repeats),
                          fmt::format("at most {} trials", kMaxTrials),
                          "Sweep over fewer values, or split the run"));
  }
  plan.media = media_of(suite, *cases);
  plan.trials.reserve(total * static_cast<std::uint64_t>(plan.repeats));
  Walk walk(suite, *cases, options, plan);
  for (std::uint32_t round = 0; round < static_cast<std::uint32_t>(suite.rounds); ++round) walk.round(round);
  return plan;
}

}  // namespace assay::plan
