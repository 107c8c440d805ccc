// Every formula of many samples beside NumPy, SciPy and statsmodels, and every bootstrap beside all resamples
// that there are (testdata/agreement.h).
#include "src/stats/testdata/agreement.h"

#include "stats/bootstrap.h"
#include "stats/compare.h"
#include "stats/distribution.h"
#include "stats/drift.h"
#include "stats/extrapolation.h"
#include "stats/interval.h"
#include "stats/power.h"
#include "stats/quantile.h"
#include "stats/repeats.h"
#include "stats/sign_flip.h"

namespace assay::stats {
namespace {

using agreement::Answer;
using agreement::File;
using agreement::Ids;
using agreement::Numbers;

void put_ends(Answer& answer, const std::optional<Interval>& ends) {
  answer["low"] = ends ? std::optional(ends->low) : std::nullopt;
  answer["high"] = ends ? std::optional(ends->high) : std::nullopt;
}

Answer of_estimate(const std::optional<MeanEstimate>& estimate) {
  Answer answer{{"mean", std::nullopt}, {"se", std::nullopt}, {"clusters", std::nullopt}};
  put_ends(answer, estimate ? estimate->ci95 : std::nullopt);
  if (!estimate) return answer;
  answer["mean"] = estimate->mean;
  answer["se"] = estimate->se;
  answer["clusters"] = static_cast<double>(estimate->clusters);
  return answer;
}

Answer of_ratio(const std::optional<RatioComparison>& ratio) {
  Answer answer{{"ratio", std::nullopt}, {"p", std::nullopt}, {"log_se", std::nullopt}};
  put_ends(answer, ratio ? ratio->ci95 : std::nullopt);
  if (!ratio) return answer;
  answer["ratio"] = ratio->ratio;
  answer["p"] = ratio->p;
  answer["log_se"] = ratio->log_se;
  return answer;
}

Answer of_interval(const std::optional<Interval>& interval) {
  Answer answer;
  put_ends(answer, interval);
  return answer;
}

std::vector<RatioTerm> terms_of(const Json& in) {
  std::vector<RatioTerm> terms;
  for (const Json& one : in["terms"]) terms.push_back({one[0], one[1]});
  return terms;
}

Answer quantiles(const Json& in) {
  const Numbers values = in["values"];
  Answer answer;
  for (const Json& p : in["p"]) answer[p.dump()] = quantile(values, p);
  return answer;
}

Answer mean_of(const Json& in) {
  const Numbers values = in["values"];
  Answer answer = of_estimate(mean_interval(values));
  answer["sd"] = standard_deviation(values);
  EXPECT_EQ(answer["mean"], mean(values));
  return answer;
}

Answer rate_of(const Json& in) {
  const auto rate = rate_interval(in["values"].get<Numbers>(), in["cluster"].get<Ids>());
  Answer answer{{"rate", rate ? std::optional(rate->rate) : std::nullopt}};
  put_ends(answer, rate ? rate->ci95 : std::nullopt);
  return answer;
}

TEST(Agreement, intervals) {
  File("intervals",
       {{"quantile", quantiles},
        {"mean", mean_of},
        {"rate", rate_of},
        {"clustered_mean",
         [](const Json& in) {
           return of_estimate(clustered_mean_interval(in["values"].get<Numbers>(), in["cluster"].get<Ids>()));
         }},
        {"wilson", [](const Json& in) { return of_interval(wilson(in["k"], in["n"])); }},
        {"chance",
         [](const Json& in) {
           return of_estimate(chance_interval(in["values"].get<Numbers>(), in["cluster"].get<Ids>()));
         }},
        {"ratio", [](const Json& in) { return of_estimate(ratio_interval(terms_of(in))); }},
        {"clustered_median",
         [](const Json& in) {
           return of_interval(
               clustered_median_interval(in["values"].get<Numbers>(), in["cluster"].get<Ids>()));
         }}})
      .run(250);
}

Answer paired(const Json& in) {
  const PairedDifference found = *paired_t(in["differences"].get<Numbers>());
  Answer answer = of_estimate(found.difference);
  answer["p"] = found.p;
  return answer;
}

Answer adjusted(const Json& in) {
  const Numbers all = holm(in["p"].get<Numbers>());
  Answer answer;
  for (std::size_t i = 0; i < all.size(); ++i) answer[std::to_string(i)] = all[i];
  return answer;
}

Answer parts_of(const Json& in) {
  const auto parts = *variance_parts(in["differences"].get<Numbers>(), in["within"].get<Numbers>(), in["k"]);
  return {{"between", parts.between}, {"within", parts.within}};
}

Answer slope_of(const Json& in) {
  const auto slope = theil_sen(in["x"].get<Numbers>(), in["y"].get<Numbers>());
  Answer answer{{"slope", slope ? std::optional(slope->slope) : std::nullopt}};
  put_ends(answer, slope ? std::optional(slope->ci95) : std::nullopt);
  return answer;
}

TEST(Agreement, tests) {
  File("tests", {{"mcnemar",
                  [](const Json& in) {
                    return Answer{{"p", mcnemar_exact(in["b"], in["c"])}};
                  }},
                 {"paired_t", paired},
                 {"holm", adjusted},
                 {"sign_flip",
                  [](const Json& in) {
                    return Answer{{"p", sign_flip(in["differences"].get<Numbers>())->p}};
                  }},
                 {"cases",
                  [](const Json& in) {
                    return Answer{{"n", static_cast<double>(cases_to_find(in["variance"], in["e"]))}};
                  }},
                 {"smallest",
                  [](const Json& in) {
                    return Answer{{"e", smallest_to_find(in["variance"], in["n"])}};
                  }},
                 {"smallest_of_discordant",
                  [](const Json& in) {
                    return Answer{{"e", smallest_of_discordant(in["share"], in["n"])}};
                  }},
                 {"error_of_mean",
                  [](const Json& in) {
                    return Answer{{"se", error_of_mean(in["between"], in["within"], in["n"], in["k"])}};
                  }},
                 {"variance_parts", parts_of},
                 {"correlation",
                  [](const Json& in) {
                    return Answer{{"r", correlation(in["a"].get<Numbers>(), in["b"].get<Numbers>())}};
                  }},
                 {"slope", slope_of},
                 {"t_quantile",
                  [](const Json& in) {
                    return Answer{{"t", t_quantile(in["p"], in["df"])}};
                  }},
                 {"t_tail",
                  [](const Json& in) {
                    return Answer{{"p", t_two_sided_p(in["t"], in["df"])}};
                  }},
                 {"beta",
                  [](const Json& in) {
                    return Answer{{"value", incomplete_beta(in["a"], in["b"], in["x"])}};
                  }},
                 {"normal",
                  [](const Json& in) {
                    return Answer{{"value", normal_cdf(in["z"])}};
                  }},
                 {"log_gamma",
                  [](const Json& in) {
                    return Answer{{"log", log_gamma(in["x"])}};
                  }},
                 {"tail",
                  [](const Json& in) {
                    return Answer{{"tail", percentile_tail(in["n"])}};
                  }}})
      .run(550);
}

void put_pass(Answer& answer, const std::string& name, const MeanEstimate& estimate) {
  answer[name] = estimate.mean;
  answer[name + "_se"] = estimate.se;
  answer[name + "_low"] = estimate.ci95 ? std::optional(estimate.ci95->low) : std::nullopt;
  answer[name + "_high"] = estimate.ci95 ? std::optional(estimate.ci95->high) : std::nullopt;
}

Answer repeats_of(const Json& in) {
  std::vector<CaseTries> tries;
  for (const Json& one : in["cases"]) tries.push_back({one[0], one[1], one[2]});
  const std::optional<Repeated> found = repeated(tries);
  if (!found) return {{"cases", std::nullopt}};
  Answer answer{{"cases", static_cast<double>(found->cases)},
                {"ties", static_cast<double>(found->ties)},
                {"consistency", found->consistency},
                {"consistency_se", found->consistency_se},
                {"majority", found->majority},
                {"majority_se", found->majority_se},
                {"inner_variance", found->inner_variance},
                {"inner_variance_se", found->inner_variance_se}};
  for (const PassAtK& pass : found->pass) {
    put_pass(answer, "at" + std::to_string(pass.k), pass.at_least_one);
    put_pass(answer, "hat" + std::to_string(pass.k), pass.all);
  }
  return answer;
}

TEST(Agreement, repeats) {
  File("repeats", {{"pass",
                    [](const Json& in) {
                      return Answer{{"at", pass_at_k(in["n"], in["c"], in["k"])},
                                    {"hat", pass_hat_k(in["n"], in["c"], in["k"])}};
                    }},
                   {"repeated", repeats_of}})
      .run(230);
}

Answer resampled(const Json& in) {
  CountTable table{.width = 2, .values = {}};
  for (const RatioTerm& term : terms_of(in))
    table.values.insert(table.values.end(), {term.numerator, term.denominator});
  const Resampled found =
      *bootstrap_sums(table, [](std::span<const double> sums) { return sums[0] / sums[1]; });
  Answer answer{{"score", found.score}, {"se", found.se}, {"p", found.p}};
  put_ends(answer, found.ci95);
  return answer;
}

Answer extrapolated(const Json& in) {
  const auto found = extrapolated_time(in["few"].get<Numbers>(), in["more"].get<Numbers>(), in["reach"]);
  Answer answer{{"value", found ? std::optional(found->value) : std::nullopt}};
  put_ends(answer, found ? found->ci95 : std::nullopt);
  return answer;
}

TEST(Agreement, bootstraps) {
  File("bootstraps",
       {{"median", [](const Json& in) { return of_interval(bootstrap_median(in["values"].get<Numbers>())); }},
        {"bootstrap_ratio", [](const Json& in) { return of_interval(bootstrap_ratio(terms_of(in))); }},
        {"bootstrap_mean",
         [](const Json& in) { return of_interval(bootstrap_mean(in["values"].get<Numbers>())); }},
        {"bootstrap_sums", resampled},
        {"median_ratio",
         [](const Json& in) {
           return of_ratio(bootstrap_median_ratio(in["a"].get<Numbers>(), in["b"].get<Numbers>()));
         }},
        {"unpaired_ratio",
         [](const Json& in) {
           return of_ratio(bootstrap_unpaired_ratio(in["a"].get<Numbers>(), in["b"].get<Numbers>()));
         }},
        {"extrapolation", extrapolated}})
      .run(80);
}

}  // namespace
}  // namespace assay::stats
