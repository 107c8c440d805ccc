// first-k and majority: the end of a pipeline that looks at all answers to a case. One sample knows nothing
// of its siblings, so here its text only passes, and is kept whole. What the answers say together is counted
// from the stored texts (stats/across.h): grading again needs no model, and a repeat more needs no grading.
#include "evaluator/filters.h"

#include <charconv>

#include <fmt/format.h>

#include "evaluator/evaluator.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

constexpr int kMostRepeats = 10'000;

class AcrossFilter final : public TextFilter {
 public:
  Filtered apply(std::string_view text, const FilterContext& /*context*/) const override {
    return Filtered::text(std::string(text));
  }
};

std::optional<int> repeats_from(const std::string& text) {
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size() || count < 1 || count > kMostRepeats)
    return std::nullopt;
  return count;
}

}  // namespace

MadeFilter make_first_k(std::string_view name, const record::Value& options) {
  const Options read(options);
  if (!read.has("k"))
    return fail(suite_error(fmt::format("{} has no k", name), "{type: first-k, k: 8}",
                            "k is how many answers to a case count, from the first"));
  const std::string k = read.text("k", "");
  if (!repeats_from(k))
    return fail(suite_error(fmt::format("k of {} is {}", name, as_quoted(k)),
                            fmt::format("a whole number from 1 to {}", kMostRepeats)));
  return std::make_unique<AcrossFilter>();
}

MadeFilter make_majority(std::string_view /*name*/, const record::Value& /*options*/) {
  return std::make_unique<AcrossFilter>();
}

Result<Json> across_of(const record::Pipeline& pipeline) {
  Json across;
  for (const record::Filter& filter : pipeline.filters) {
    const bool first = filter.name == "first-k";
    const bool majority = filter.name == "majority";
    if (across.is_null() && !first && !majority) continue;
    if (!majority || across.contains("majority")) {
      if (across.is_null()) {
        across["first"] = repeats_from(Options(filter.options).text("k", "")).value_or(1);
        continue;
      }
      Error error = suite_error(fmt::format("{} stands behind {}", filter.name,
                                            across.contains("majority") ? "majority" : "first-k"),
                                "majority as the last filter, perhaps with first-k directly before it",
                                "They look at all answers to a case, so what changes one answer comes first");
      error.where = filter.where;
      return fail(std::move(error));
    }
    across["majority"] = true;
  }
  return across;
}

}  // namespace assay::evaluator
