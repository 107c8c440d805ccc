// Where the models of a run differ, and the cases that tell nothing apart.
#include <algorithm>
#include <span>

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

bool same_share(const SampleIndex::Tally& a, const SampleIndex::Tally& b) {
  return std::uint64_t{a.passed} * b.graded == std::uint64_t{b.passed} * a.graded;
}

/// A case that the models, one tally each, answered differently. `cell`: null where nothing is swept.
OrderedJson disagreement(const std::string& id, OrderedJson cell,
                         std::span<const SampleIndex::Tally> tallies) {
  OrderedJson json{{"case", id}};
  json["cell"] = std::move(cell);
  json["passed"] = OrderedJson::array();
  json["graded"] = OrderedJson::array();
  for (const SampleIndex::Tally& one : tallies) {
    json["passed"].push_back(one.passed);
    json["graded"].push_back(one.graded);
  }
  return json;
}

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
    const std::span row = std::span(all.counts).subspan(i * models, models);
    const auto every = [&](auto&& holds) { return std::all_of(row.begin(), row.end(), holds); };
    const std::string& id = all.cases[i / cells];
    if (!every([](const auto& tally) { return tally.graded > 0; })) continue;
    if (every([](const auto& tally) { return tally.passed == tally.graded; })) {
      pass.add(id);
    } else if (every([](const auto& tally) { return tally.passed == 0; })) {
      none.add(id);
    } else if (models > 1 && !every([&](const auto& tally) { return same_share(tally, row.front()); })) {
      const std::uint64_t place = total++;
      if (after && place <= *after) continue;
      if (list.size() == limit) {
        if (next.is_null()) next = place - 1;
        continue;
      }
      const std::size_t cell = i % cells;
      list.push_back(disagreement(
          id, cell < run.cells.size() ? text_or_null(run.cells[cell].label) : OrderedJson(nullptr), row));
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
