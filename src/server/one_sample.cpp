#include "server/one_sample.h"

#include <array>

#include <fmt/format.h>

namespace assay::server {

Result<NamedSample> named_sample(Context& context, const Asked& asked) {
  auto run = context.opened.find(asked.parts.at(0));
  if (!run) return fail(run.error());
  Asked number;
  number.params.emplace("sequence", asked.parts.at(1));
  Query query(number);
  const auto sequence = query.number("sequence", 0, kMostSequence);
  if (query.error()) return fail(*query.error());
  return NamedSample{*std::move(run), *sequence};
}

Result<void> read_sample(Context& context, const NamedSample& named, const store::GradedSink& sink) {
  const std::array<std::uint64_t, 1> wanted{named.sequence};
  bool found = false;
  const auto read = context.store.for_each_of(named.run->record.id, std::nullopt, wanted,
                                              [&](record::Sample&& sample, const record::Verdict* verdict) {
                                                found = true;
                                                return sink(std::move(sample), verdict);
                                              });
  if (!read || found) return read;
  return fail({.code = Code::not_found,
               .where = {},
               .found = fmt::format("run {} has no sample {}", named.run->record.id, named.sequence),
               .expected = {},
               .remedy = {}});
}

}  // namespace assay::server
