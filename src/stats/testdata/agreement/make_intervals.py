"""Writes intervals.jsonl: quantiles, moments, and every interval that has a formula."""

import warnings

import numpy as np
from lists import clustered, lists, passes
from scipy import stats
from statsmodels.api import OLS, WLS
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from common import Rows

rows = Rows()
FEWEST = 3
P = (0, 0.01, 0.05, 0.25, 0.5, 0.9, 0.95, 0.99, 1)


def quantiles():
    for name, values in lists().items():
        out = {str(p): float(np.quantile(values, p)) if values else None for p in P}
        rows.add("quantile", {"values": values, "p": P}, out)
    rows.differences["nearest rank"] = "the nearest rank (a value that was measured) jumps from one value to the next"
    for values in ([1.0, 2.0, 3.0, 4.0], lists()["lognormal 20"]):
        out = {"0.95": float(np.quantile(values, 0.95, method="inverted_cdf"))}
        rows.add("quantile", {"values": values, "p": (0.95,)}, out, "nearest rank")


def means():
    for name, values in lists().items():
        n = len(values)
        out = {"mean": None, "sd": None, "se": None, "low": None, "high": None}
        if n:
            out["mean"] = np.mean(values)
        if n > 1:
            described = DescrStatsW(values)
            out |= {"sd": np.std(values, ddof=1), "se": stats.sem(values)}
            low, high = described.tconfint_mean(0.05)
            if n >= FEWEST:
                out |= {"low": low, "high": high}
        rows.add("mean", {"values": values}, out)
    rows.differences["two values"] = "Below 3 cases no interval is given"
    for values in ([1.0, 4.0], [0.0, 1.0]):
        low, high = stats.ttest_1samp(values, 0).confidence_interval(0.95)
        out = {"mean": np.mean(values), "sd": np.std(values, ddof=1), "se": stats.sem(values), "low": low, "high": high}
        rows.add("mean", {"values": values}, out, "two values")


def by_clusters(values, ids):
    """Mean, SE, degrees of freedom: a regression on nothing but a constant, with sandwich errors."""
    ids = np.unique(ids, return_inverse=True)[1]
    fit = OLS(np.array(values), np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": ids}, use_t=True)
    count = len(set(ids))
    low, high = fit.params[0] + stats.t.ppf([0.025, 0.975], count - 1) * fit.bse[0]
    return fit.params[0], fit.bse[0], low, high, count


def clustered_means():
    for values, ids in clustered() + [(v, i) for v, i in passes() if v]:
        out = {"mean": np.mean(values), "se": None, "low": None, "high": None, "clusters": len(set(ids))}
        if len(set(ids)) > 1:
            mean, se, low, high, count = by_clusters(values, ids)
            out["se"] = se
            if count >= FEWEST:
                out |= {"low": low, "high": high}
        rows.add("clustered_mean", {"values": values, "cluster": ids}, out)


def wilson(share, n):
    return proportion_confint(share * n, n, method="wilson")


def rates():
    for values, ids in passes():
        out = {"rate": np.mean(values) if values else None, "low": None, "high": None}
        count = len(set(ids))
        if count >= FEWEST:
            means = {i: np.mean([v for v, j in zip(values, ids) if j == i]) for i in set(ids)}
            if count == len(values) or len(set(means.values())) == 1:
                low, high = wilson(np.mean(values), count)
            else:
                low, high = np.clip(by_clusters(values, ids)[2:4], 0, 1)
            out |= {"low": low, "high": high}
        rows.add("rate", {"values": values, "cluster": ids}, out)


def wilsons():
    for n in (1, 2, 3, 5, 20, 200, 1319, 100_000, 10**9):
        for k in sorted({0, 1, n // 3, n // 2, n - 1, n}):
            low, high = proportion_confint(k, n, method="wilson")
            rows.add("wilson", {"k": k, "n": n}, {"low": low, "high": high})
    rows.differences["exact"] = "Clopper and Pearson's interval holds at least 95 % of every rate, and so more than 95 % of nearly all"
    for k, n in ((18, 20), (20, 20), (0, 20), (1, 3), (132, 200)):
        low, high = proportion_confint(k, n, method="beta")
        rows.add("wilson", {"k": k, "n": n}, {"low": low, "high": high}, "exact")


def chances():
    """Scores in 0..1: as a rate where all are 0 or 1, Wilson where all clusters are alike, else cut."""
    given = [(v, i) for v, i in passes() if v] + clustered()
    given += [([2 / 3] * 6, list(range(6))), ([0.25, 0.75] * 4, [0, 0, 1, 1, 2, 2, 3, 3]), ([0.1] * 3, [4, 5, 9]), ([0.5] * 8, [0] * 8)]
    for values, ids in given:
        count = len(set(ids))
        out = {"mean": np.mean(values), "low": None, "high": None}
        if count >= FEWEST:
            means = {i: round(np.mean([v for v, j in zip(values, ids) if j == i]), 12) for i in set(ids)}
            alone = count == len(values) and set(values) <= {0, 1}
            if alone or len(set(means.values())) == 1:
                low, high = wilson(np.mean(values), count)
            else:
                low, high = np.clip(by_clusters(values, ids)[2:4], 0, 1)
            out |= {"low": low, "high": high}
        rows.add("chance", {"values": values, "cluster": ids}, out)


def ratios():
    rng = np.random.default_rng(4)
    given = [[(1, 12), (0, 9), (3, 15), (2, 20), (0, 7), (1, 11), (4, 18), (0, 10)], [(1, 2)], [(1, 2), (1, 3)], [(0, 5)] * 6]
    given += [[(5, 1), (0, 1), (2, 1), (2, 1)], [(0.5, 1e6), (2, 1e6), (3, 2e6)], [(7, 3)] * 4, [(3, 0), (1, 2), (0, 4)]]
    for n in (3, 4, 10, 40, 150):
        words = rng.integers(1, 30, n)
        given.append([(int(rng.binomial(w, 0.2)), int(w)) for w in words])
    for terms in given:
        e, w = np.array(terms, dtype=float).T
        out = {"mean": e.sum() / w.sum(), "se": None, "low": None, "high": None}
        if len(terms) > 1 and (w > 0).all():
            fit = WLS(e / w, np.ones(len(w)), weights=w).fit(cov_type="HC1", use_t=True)
            out["se"] = fit.bse[0]
            if len(terms) >= FEWEST:
                out |= dict(zip(("low", "high"), fit.conf_int()[0]))
        elif len(terms) > 1:  # a term without weight: the regression cannot hold it, linearisation can
            n = len(w)
            out["se"] = np.std(e - out["mean"] * w, ddof=1) / np.sqrt(n) / w.mean()
            if n >= FEWEST:
                out |= dict(zip(("low", "high"), out["mean"] + stats.t.ppf([0.025, 0.975], n - 1) * out["se"]))
        rows.add("ratio", {"terms": terms}, out)


def woodruffs():
    """Medians of clusters: the interval of the share at or below the median, read back through the quantiles."""
    given = clustered() + [([1.0, 2.0] * 5, [i for i in range(5) for _ in range(2)]), ([7.0] * 8, [0, 0, 1, 1, 2, 2, 3, 3])]
    given.append(([float(v) for v in range(1, 31)], [i // 3 for i in range(30)]))
    for values, ids in given:
        order = np.argsort(values, kind="stable")
        values, ids = [values[i] for i in order], [ids[i] for i in order]
        below = (np.array(values) <= np.median(values)).astype(float)
        out = {"low": None, "high": None}
        if len(set(ids)) >= FEWEST:
            mean, se, low, high, count = by_clusters(below, ids)
            if se < 1e-12:
                low, high = wilson(mean, count)
            half = (high - low) / 2
            out = dict(zip(("low", "high"), np.quantile(values, [max(0, 0.5 - half), min(1, 0.5 + half)])))
        rows.add("clustered_median", {"values": values, "cluster": ids}, out)


def main():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for part in (quantiles, means, clustered_means, rates, wilsons, chances, ratios, woodruffs):
            part()
    rows.write("intervals", "numpy.quantile; scipy.stats; statsmodels OLS and WLS with sandwich errors, proportion_confint, DescrStatsW")


if __name__ == "__main__":
    main()
