#!/usr/bin/env python3
"""Known answers for the tests of src/stats, from NumPy and SciPy.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install numpy scipy
    /tmp/venv/bin/python src/stats/testdata/make_known_answers.py > src/stats/testdata/known_answers.json

Random inputs have a fixed seed and are rounded, so that the file is small and the same on every machine. Bootstrap
answers are brute force (many plain draws) and are compared with a tolerance that the tests state.
"""

import json
import sys

import numpy as np
import scipy
from scipy import special, stats

rng = np.random.default_rng(20260101)


def rounded(values, digits=4):
    return [round(float(v), digits) for v in values]


LISTS = {
    "one": [3.25],
    "two": [1.0, 4.0],
    "ties": [2.0, 2.0, 2.0, 5.0, 5.0],
    "ten": rounded(rng.lognormal(1, 0.6, 10)),
    "offset": [1e9 + v for v in (0.25, 0.5, 0.125, 0.75)],
    "hundred": rounded(rng.gamma(2, 3, 100)),
}


def quantiles():
    rows = []
    for name, values in LISTS.items():
        for p in (0, 0.05, 0.25, 0.5, 0.9, 0.95, 0.99, 1):
            rows.append({"list": name, "p": p, "value": float(np.quantile(values, p, method="linear"))})
    return rows


def moments():
    return [
        {"list": name, "mean": float(np.mean(v)), "sd": float(np.std(v, ddof=1)) if len(v) > 1 else None}
        for name, v in LISTS.items()
    ]


def mean_intervals():
    rows = []
    for name, values in LISTS.items():
        if len(values) < 3:
            continue
        se = float(stats.sem(values))
        low, high = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=se)
        rows.append({"list": name, "se": se, "low": float(low), "high": float(high)})
    return rows


def t_distribution():
    return [
        {"p": p, "df": df, "t": float(stats.t.ppf(p, df))}
        for df in (1, 2, 3, 4, 7, 9, 29, 199, 4999, 99999)
        for p in (0.6, 0.9, 0.975, 0.995, 0.9999)
    ]


def t_tails():
    return [
        {"t": t, "df": df, "p": float(2 * stats.t.sf(t, df))}
        for df in (2, 9, 49, 9999)
        for t in (0.0, 0.001, 0.5, 2.0, 3.674, 12.0, 40.0)
    ]


def betas():
    return [
        {"a": a, "b": b, "x": x, "value": float(special.betainc(a, b, x))}
        for a, b in ((0.5, 0.5), (1, 3), (8, 10), (50.5, 50.5), (5000, 5001), (60000, 40000))
        for x in (0.0, 0.001, 0.3, 0.5, 0.6, 0.999, 1.0)
    ]


def log_gammas():
    return [{"x": x, "value": float(special.gammaln(x))} for x in (0.5, 1, 1.5, 2, 3.7, 9.99, 10, 171, 1e5, 1e9)]


def wilsons():
    return [
        dict(k=k, n=n, **dict(zip(("low", "high"), map(float, stats.binomtest(k, n).proportion_ci(method="wilson")))))
        for k, n in ((18, 20), (20, 20), (0, 20), (132, 200), (1, 3), (50000, 100000))
    ]


def mcnemars():
    return [
        {"b": b, "c": c, "p": float(stats.binomtest(b, b + c, 0.5).pvalue)}
        for b, c in ((9, 1), (5, 5), (0, 5), (0, 6), (14, 4), (4, 14), (700, 610), (50200, 49800), (1, 4000))
    ]


def paired_ts():
    rows = []
    for n in (5, 30, 200):
        a = rounded(rng.integers(0, 5, n) / 4)
        b = rounded(rng.integers(0, 5, n) / 4)
        result = stats.ttest_rel(a, b)
        low, high = result.confidence_interval(0.95)
        rows.append({"a": a, "b": b, "p": float(result.pvalue), "low": float(low), "high": float(high)})
    return rows


def clusters():
    """Clusters of different sizes: the sandwich formula written out with matrices."""
    sizes = (1, 4, 2, 3, 1, 5, 2)
    ids = np.repeat(np.arange(len(sizes)), sizes)
    values = np.array(rounded(rng.random(len(ids))))
    membership = np.equal.outer(ids, np.arange(len(sizes))).astype(float)
    residual = values - values.mean()
    c = len(sizes)
    meat = residual @ membership @ membership.T @ residual
    return {"values": values.tolist(), "cluster": ids.tolist(), "se": float(np.sqrt(c / (c - 1) * meat) / len(ids))}


def theil_sens():
    rows = []
    for n, slope, noise in ((12, 0.5, 1.0), (60, 0.0, 2.0), (400, -0.02, 0.5)):
        x = rounded(np.sort(rng.uniform(0, 100, n)), 2)
        y = rounded(slope * np.array(x) + rng.standard_t(2, n) * noise, 2)
        result = stats.theilslopes(y, x, 0.95)
        rows.append(
            {"x": x, "y": y, "slope": float(result[0]), "low": float(result[2]), "high": float(result[3])}
        )
    return rows


def tail(n):
    """Hesterberg's expanded percentile."""
    return float(stats.norm.cdf(-np.sqrt(n / (n - 1)) * stats.t.ppf(0.975, n - 1)))


def percentile_interval(draws, n):
    """Each end as the span of what a bootstrap of 4,000 draws may give: the tail's count has a standard error of 10
    (n large) to 50 % (n = 5), and a median jumps from one value to the next."""
    expected = 4_000 * tail(n)
    factor = 3 / np.sqrt(expected)
    near, far = tail(n) * (1 + factor), tail(n) * max(0, 1 - factor)
    ends = np.quantile(draws, [far, near, 1 - near, 1 - far])
    return dict(zip(("low_from", "low_to", "high_from", "high_to"), map(float, ends)))


def bootstrap_medians(draws=400_000):
    rows = []
    for n in (5, 10, 21, 60):
        values = np.sort(rounded(rng.lognormal(2, 0.5, n)))
        medians = np.concatenate(
            [np.median(rng.choice(values, (draws // 20, n)), axis=1) for _ in range(20)]
        )
        rows.append({"values": values.tolist(), **percentile_interval(medians, n)})
    return rows


def bootstrap_ratios(draws=400_000):
    rows = []
    for n in (5, 20, 80):
        tokens = rng.integers(2, 60, n).astype(float)
        seconds = np.array(rounded(tokens / rng.normal(100, 12, n), 5))
        rates = []
        for _ in range(20):
            index = rng.integers(0, n, (draws // 20, n))
            rates.append(tokens[index].sum(axis=1) / seconds[index].sum(axis=1))
        rows.append(
            {"tokens": tokens.tolist(), "seconds": seconds.tolist(), **percentile_interval(np.concatenate(rates), n)}
        )
    return rows


def bootstrap_median_ratios(draws=400_000):
    rows = []
    for n in (8, 31, 80):
        b = np.array(rounded(rng.lognormal(4, 0.3, n)))
        a = np.array(rounded(b * rng.lognormal(0.1, 0.1, n)))
        ratios = []
        for _ in range(20):
            index = rng.integers(0, n, (draws // 20, n))
            ratios.append(np.median(a[index], axis=1) / np.median(b[index], axis=1))
        # Percentiles of the logarithm, as in bootstrap.cpp; interpolation differs from that of the ratio by nothing
        # that can be seen.
        logs = np.log(np.concatenate(ratios))
        interval = {k: float(np.exp(v)) for k, v in percentile_interval(logs, n).items()}
        rows.append({"a": a.tolist(), "b": b.tolist(), "ratio": float(np.median(a) / np.median(b)), **interval})
    return rows


def main():
    answers = {
        "made_by": f"make_known_answers.py, NumPy {np.__version__}, SciPy {scipy.__version__}",
        "lists": LISTS,
        "quantiles": quantiles(),
        "moments": moments(),
        "mean_intervals": mean_intervals(),
        "t_distribution": t_distribution(),
        "t_tails": t_tails(),
        "betas": betas(),
        "log_gammas": log_gammas(),
        "wilsons": wilsons(),
        "mcnemars": mcnemars(),
        "paired_ts": paired_ts(),
        "clusters": clusters(),
        "theil_sens": theil_sens(),
        "tails": [{"n": n, "tail": tail(n)} for n in (3, 5, 10, 50, 1000)],
        "bootstrap_medians": bootstrap_medians(),
        "bootstrap_ratios": bootstrap_ratios(),
        "bootstrap_median_ratios": bootstrap_median_ratios(),
    }
    json.dump(answers, sys.stdout, indent=None, separators=(",", ":"))
    sys.stdout.write("\n")


main()
