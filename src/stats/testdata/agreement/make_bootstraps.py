"""Writes bootstraps.jsonl: for few values every resample there is, with its probability, so nothing is drawn here.

Ours draws: an end of its interval is an order statistic of its draws and lies between the exact quantiles at the tail's
share ± 4 standard errors of that share; its standard error has a relative one of √((kurtosis − 1)/4B). What a seed
cannot move (the estimate, what has no interval) is exact.
"""

from itertools import combinations_with_replacement
from math import factorial, prod

import numpy as np
from scipy import stats

from common import Rows, rounded

rows = Rows()
rng = np.random.default_rng(7)
DRAWS = 4_000
PAIRED_DRAWS = 10_000


class Exact:
    """Values with their probabilities."""

    def __init__(self, values, weights):
        order = np.argsort(values, kind="stable")
        self.values, self.weights = np.array(values)[order], np.array(weights)[order]
        self.below = np.cumsum(self.weights)

    def quantile(self, share):
        if share <= 0:
            return self.values[0]
        return self.values[min(len(self.values) - 1, int(np.searchsorted(self.below, share - 1e-12)))]

    def chance(self, on_side):
        return float(self.weights[on_side(self.values)].sum())

    def ends(self, tail, draws):
        spread = 4 * np.sqrt(tail * (1 - tail) / draws) + 1 / draws
        low = [self.quantile(tail - spread), self.quantile(tail + spread)]
        return {"low": low, "high": [self.quantile(1 - tail - spread), self.quantile(1 - tail + spread)]}

    def sd(self):
        mean = (self.weights * self.values).sum()
        return np.sqrt((self.weights * (self.values - mean) ** 2).sum())

    def sd_range(self, draws):
        sd = self.sd()
        if sd < 1e-15:
            return [0, 1e-15]
        mean = (self.weights * self.values).sum()
        kurtosis = (self.weights * (self.values - mean) ** 4).sum() / sd**4
        relative = 4 * np.sqrt(max(kurtosis - 1, 0.1) / (4 * draws))
        return [sd * (1 - relative), sd * (1 + relative)]


def resamples(n):
    """Every multiset of n indices, with its probability."""
    for index in combinations_with_replacement(range(n), n):
        times = np.bincount(index, minlength=n)
        yield list(index), factorial(n) / prod(factorial(t) for t in times) / n**n


def exact(n, statistic):
    found = [(statistic(index), weight) for index, weight in resamples(n)]
    return Exact([one[0] for one in found], [one[1] for one in found])


def tail(n):
    return float(stats.norm.cdf(-np.sqrt(n / (n - 1)) * stats.t.ppf(0.975, n - 1)))


def p_range(found, estimate, n, draws, both):
    """p of bootstrap.h: the t tail; where five draws or more are on the far side their share, or the greater of `both`."""
    sd = found.sd()
    if sd < 1e-15:
        return [1, 1] if estimate == 0 else [max(2 / (draws + 1), 2.0 ** (1 - n))] * 2
    far = min(found.chance(lambda v: v <= 1e-12), found.chance(lambda v: v >= -1e-12))
    spread = 4 * np.sqrt(draws * far * (1 - far))
    ends = []
    for se in found.sd_range(draws):
        t = 2 * stats.t.sf(abs(estimate) / (se * np.sqrt(n / (n - 1))), n - 1)
        few, most = max(0, far * draws - spread - 1), min(draws, far * draws + spread + 1)
        for count in (few, min(max(few, 5), most), most):
            counted = min(1, 2 * (count + 1) / (draws + 1))
            many = max(t, counted) if both else counted
            ends += [t] if count < 4 else [many] if count > 6 else [t, many]
    return [min(ends), max(ends)]


def lists_of(n):
    yield rounded(rng.lognormal(2, 0.5, n), 3)
    yield [float(v) for v in rng.integers(1, 5, n)]


def medians():
    for values in [[], [1.0], [1.0, 2.0], [3.5] * 6, [1.0, 1.0, 9.0]] + [v for n in (3, 4, 5, 6, 7, 8) for v in lists_of(n)]:
        n = len(values)
        out = {"low": None, "high": None}
        if n >= 3:
            out = exact(n, lambda index: np.median(np.array(values)[index])).ends(tail(n), DRAWS)
        rows.add("median", {"values": sorted(values)}, out)
    for n in (9, 41, 201, 1001):  # odd: P(median* <= x_(k)) = P(Bin(n, k/n) >= (n + 1)/2)
        values = np.sort(rounded(rng.lognormal(2, 0.5, n), 3))
        cdf = stats.binom.sf((n - 1) // 2, n, np.arange(1, n + 1) / n)
        found = Exact(values, np.diff(cdf, prepend=0))
        rows.add("median", {"values": values.tolist()}, found.ends(tail(n), DRAWS))


def ratios():
    for terms in [[], [(1, 2)], [(1, 1), (2, 2)], [(0, 0)] * 3, [(2, 4)] * 5]:
        out = {"low": None, "high": None}
        if len(terms) == 5:
            out = {"low": 0.5, "high": 0.5}
        rows.add("bootstrap_ratio", {"terms": terms}, out)
    for n in (3, 4, 5, 6, 7, 8):
        tokens = [int(v) for v in rng.integers(2, 60, n)]
        seconds = rounded(np.array(tokens) / rng.normal(100, 12, n), 5)
        e, w = np.array(tokens, dtype=float), np.array(seconds)
        found = exact(n, lambda index: e[index].sum() / w[index].sum())
        rows.add("bootstrap_ratio", {"terms": list(zip(tokens, seconds))}, found.ends(tail(n), DRAWS))
        score = e.sum() / w.sum()
        out = {"score": score, "se": found.sd_range(DRAWS), **found.ends(tail(n), DRAWS), "p": p_range(found, score, n, DRAWS, True)}
        rows.add("bootstrap_sums", {"terms": list(zip(tokens, seconds))}, out)


def mean_differences():
    rows.add("bootstrap_mean", {"values": [0.5] * 4}, {"low": None, "high": None})
    rows.add("bootstrap_mean", {"values": [0.25] * 5}, {"low": 0.25, "high": 0.25})
    given = [0.25, 0, 0.25, 0, 0.25, 0.25, 0, 0.25, 0]
    for values in [given[:n] for n in (5, 7, 9)] + [rounded(rng.normal(0.1, 0.3, n), 2) for n in (5, 6, 8)]:
        found = exact(len(values), lambda index: np.array(values)[index].mean())
        # A sum in another order: the last digits of an end that is one of a few values.
        ends = {name: [a - 1e-12, b + 1e-12] for name, (a, b) in found.ends(0.025, PAIRED_DRAWS).items()}
        rows.add("bootstrap_mean", {"values": values}, ends)


def sides(n, shift):
    b = np.array(rounded(rng.lognormal(4, 0.3, n), 3))
    return np.array(rounded(b * rng.lognormal(shift, 0.1, n), 3)), b


def wide(ends):
    return {name: [a * (1 - 1e-12), b * (1 + 1e-12)] for name, (a, b) in ends.items()}


def paired_ratios():
    rows.add("median_ratio", {"a": [], "b": []}, {"ratio": None, "low": None, "high": None, "p": None})
    rows.add("median_ratio", {"a": [1, 2, 3, 4], "b": [2, 2, 3, 4]}, {"ratio": 2.5 / 2.5, "low": None, "high": None, "p": 1})
    rows.add("median_ratio", {"a": [3] * 6, "b": [3] * 6}, {"ratio": 1, "low": 1, "high": 1, "p": 1, "log_se": 0})
    for n in (5, 6, 7, 8):
        for shift in (0, 0.1, 0.7, -0.3):
            a, b = sides(n, shift)
            found = exact(n, lambda index: np.log(np.median(a[index]) / np.median(b[index])))
            ratio = np.median(a) / np.median(b)
            out = {"ratio": ratio, "log_se": found.sd_range(DRAWS), "p": p_range(found, np.log(ratio), n, DRAWS, False)}
            out |= wide({name: np.exp(ends) for name, ends in found.ends(tail(n), DRAWS).items()})
            rows.add("median_ratio", {"a": a.tolist(), "b": b.tolist()}, out)


def median_of(values):
    return exact(len(values), lambda index: np.median(values[index]))


def unpaired_ratios():
    rows.add("unpaired_ratio", {"a": [1, 2], "b": []}, {"ratio": None, "low": None, "high": None, "p": None})
    rows.add("unpaired_ratio", {"a": [1, 2, 3, 4], "b": [2, 2, 3, 4, 5]}, {"ratio": 2.5 / 3, "low": None, "high": None, "p": 1})
    for n, m in ((5, 5), (6, 5), (5, 8), (7, 7)):
        for shift in (0, 0.5):
            a, b = sides(n, shift)[0], sides(m, 0)[1]
            of_a, of_b = median_of(a), median_of(b)
            logs = np.log(np.divide.outer(of_a.values, of_b.values)).ravel()
            found = Exact(logs, np.multiply.outer(of_a.weights, of_b.weights).ravel())
            ratio, few = np.median(a) / np.median(b), min(n, m)
            out = {"ratio": ratio, "log_se": found.sd_range(DRAWS), "p": p_range(found, np.log(ratio), few, DRAWS, False)}
            out |= wide({name: np.exp(ends) for name, ends in found.ends(tail(few), DRAWS).items()})
            rows.add("unpaired_ratio", {"a": a.tolist(), "b": b.tolist()}, out)


def extrapolations():
    given = [([], [1.0], 3), ([5.0] * 4, [1.0] * 4, 9), ([1.0, 2.0], [2.0, 3.0], 4), ([2.0] * 5, [3.0] * 5, 10)]
    given += [(rounded(rng.normal(20, 1, n), 3), rounded(rng.normal(30, 1, m), 3), reach) for n, m, reach in ((3, 3, 1), (5, 5, 8), (7, 5, 30.5))]
    for few, more, reach in given:
        out = {"value": None, "low": None, "high": None}
        if few and more:
            value = np.median(few) + reach * (np.median(more) - np.median(few))
            if value > 0:
                out["value"] = value
                if min(len(few), len(more)) >= 3:
                    a, b = median_of(np.array(few)), median_of(np.array(more))
                    line = np.add.outer(a.values * (1 - reach), b.values * reach).ravel()
                    found = Exact(line, np.multiply.outer(a.weights, b.weights).ravel())
                    out |= wide(found.ends(tail(min(len(few), len(more))), DRAWS))
        rows.add("extrapolation", {"few": few, "more": more, "reach": reach}, out)


def main():
    for part in (medians, ratios, mean_differences, paired_ratios, unpaired_ratios, extrapolations):
        part()
    rows.write("bootstraps", "every resample enumerated; scipy.stats")


if __name__ == "__main__":
    main()
