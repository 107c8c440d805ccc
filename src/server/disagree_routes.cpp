// Where the models of a run differ, and the cases that tell nothing apart.
#include <algorithm>

#include "server/json.h"
#include "server/one_sample.h"
#include "server/routes.h"

namespace assay::server {
namespace {

/// Cases that every model answered alike.
struct Alike {
  std::uint64_t total = 0;
  OrderedJson cases = OrderedJson::array();
  void add(const std::string& id) {
    constexpr std::size_t kMostNamed = 100;
    ++total;
    if (cases.size() < kMostNamed) cases.push_back(id);
  }
  OrderedJson json() const { return {{"total", total}, {"cases", cases}}; }
};

}  // namespace

Reply get_disagree(Context& context, const Asked& asked) {
  Query query(asked);
  constexpr std::uint64_t kUsual = 100;
  constexpr std::uint64_t kMost = 500;
  const std::uint64_t limit = query.number_or("limit", kUsual, 1, kMost);
  const auto after = query.number("after", 0, kMostSequence);
  if (query.error()) return refuse(*query.error());
  const auto opened = context.opened.find(asked.parts.at(0));
  if (!opened) return refuse(opened.error());
  const record::Run& run = (*opened)->record;
  const auto index = context.opened.index(**opened);
  if (!index) return refuse(index.error());
  const std::size_t models = run.models.size();
  const std::size_t cells = std::max<std::size_t>(1, run.cells.size());
  const SampleIndex::Tallies all = (*index)->tallies(models, cells);

  OrderedJson list = OrderedJson::array();
  std::uint64_t total = 0;
  OrderedJson next = nullptr;
  Alike pass;
  Alike none;
  for (std::size_t i = 0; i * models < all.counts.size() && models > 0; ++i) {
    const auto* row = &all.counts[i * models];
    const auto every = [&](auto&& holds) { return std::all_of(row, row + models, holds); };
    const std::string& id = all.cases[i / cells];
    if (!every([](const auto& tally) { return tally.graded > 0; })) continue;
    if (every([](const auto& tally) { return tally.passed == tally.graded; })) {
      pass.add(id);
    } else if (every([](const auto& tally) { return tally.passed == 0; })) {
      none.add(id);
    } else if (models > 1 && !every([&](const auto& tally) {
                 return std::uint64_t{tally.passed} * row->graded ==
                        std::uint64_t{row->passed} * tally.graded;
               })) {
      const std::uint64_t place = total++;
      if (after && place <= *after) continue;
      if (list.size() == limit) {
        if (next.is_null()) next = place - 1;
        continue;
      }
      OrderedJson one{{"case", id}};
      one["cell"] =
          i % cells < run.cells.size() ? text_or_null(run.cells[i % cells].label) : OrderedJson(nullptr);
      one["passed"] = OrderedJson::array();
      one["graded"] = OrderedJson::array();
      for (std::size_t m = 0; m < models; ++m) {
        one["passed"].push_back(row[m].passed);
        one["graded"].push_back(row[m].graded);
      }
      list.push_back(std::move(one));
    }
  }
  OrderedJson labels = OrderedJson::array();
  for (const record::ModelRecord& model : run.models) labels.push_back(model.spec.label);
  return reply_json({{"models", std::move(labels)},
                     {"total", total},
                     {"cases", std::move(list)},
                     {"next", std::move(next)},
                     {"alike", {{"pass", pass.json()}, {"fail", none.json()}}}});
}

}  // namespace assay::server
