"""Writes tests.jsonl: McNemar, paired t, sign-flip, Holm, sample sizes, correlation, drift, and the distributions."""

import warnings
from fractions import Fraction

import numpy as np
from scipy import special, stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower, normal_sample_size_one_tail

from common import Rows, rounded

rows = Rows()
rng = np.random.default_rng(5)


def mcnemars():
    few = [(b, c) for b in range(13) for c in range(b + 1)]
    many = [(14, 4), (0, 1100), (1, 4000), (700, 610), (50_200, 49_800), (501_000, 499_000), (10**7, 10**7 - 5_000), (3 * 10**8, 3 * 10**8 + 20_000)]
    for b, c in few + many + [(c, b) for b, c in few[5:12]]:
        p = mcnemar([[0, b], [c, 0]], exact=True).pvalue if b + c else 1
        rows.add("mcnemar", {"b": b, "c": c}, {"p": min(1.0, p)})
    rows.differences["chi squared"] = "McNemar's chi-squared form is an approximation, and a bad one below some 25 discordant cases"
    for b, c in ((9, 1), (14, 4), (0, 6)):
        rows.add("mcnemar", {"b": b, "c": c}, {"p": mcnemar([[0, b], [c, 0]], exact=False).pvalue}, "chi squared")


def paired():
    given = [[4, 3, 2, 4, 1, 4, 0, 3, 2, 4], [3, 3, 1, 4, 0, 3, 0, 2, 2, 3]], [[1, 0], [0, 0]], [[1], [0]], [[1, 0, 1], [0, 0, 1]]
    for a, b in given:
        yield np.array(a, dtype=float), np.array(b, dtype=float)
    for n in (3, 5, 12, 30, 120, 500):
        for repeats in (1, 4):
            luck = rng.random(n)
            yield rng.binomial(repeats, luck) / repeats, rng.binomial(repeats, luck * 0.9) / repeats


def paired_ts():
    for a, b in paired():
        d = a - b
        out = {"mean": d.mean(), "se": None, "low": None, "high": None, "p": 1}
        if len(d) > 1:
            result = stats.ttest_rel(a, b)
            out |= {"se": stats.sem(d), "p": result.pvalue}
            if len(d) > 2:
                out |= dict(zip(("low", "high"), result.confidence_interval(0.95)))
        rows.add("paired_t", {"differences": d.tolist()}, out)


def alike():
    """No case differs from another: p of the sign-flip test, and Tango's interval where answers are 0 or 1."""
    z2 = stats.norm.ppf(0.975) ** 2
    for n in (2, 3, 5, 6, 10, 40):
        for d in (0.0, 1.0, -1.0, 0.25):
            ends = {"low": None, "high": None}
            if n > 2:
                ends = tango(n, d) if d != 0.25 else {"low": (n * d - z2) / (n + z2), "high": (n * d + z2) / (n + z2)}
            p = stats.binomtest(n, n, 0.5).pvalue if d else 1
            rows.add("paired_t", {"differences": [d] * n}, {"mean": d, "se": 0, **ends, "p": p})
    rows.differences["t of nothing"] = "where all differences are alike t divides by 0 and calls three cases certain"
    for n in (3, 5):
        rows.add("paired_t", {"differences": [1.0] * n}, {"mean": 1, "se": 0, "low": 1, "high": 1, "p": 0}, "t of nothing")


def tango(n, d):
    """Score interval of paired proportions, by bisection: b cases passed by A only, c by B only."""
    b, c = (n, 0) if d > 0 else (0, n) if d < 0 else (0, 0)

    def score(delta):
        big_b = -b - c + (2 * n - b + c) * delta
        q = (np.sqrt(big_b**2 + 8 * n * c * delta * (1 - delta)) - big_b) / (4 * n)
        variance = n * (2 * q + delta * (1 - delta))
        return (b - c - n * delta) / np.sqrt(variance) if variance > 0 else 0.0

    def end(inside, outside, wanted):
        for _ in range(200):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if abs(score(middle)) < wanted else (inside, middle)
        return inside

    z = stats.norm.ppf(0.975)
    return {"low": end(d, -1, z) if d > -1 else -1, "high": end(d, 1, z) if d < 1 else 1}


def sign_flips():
    given = [[0.0] * 8, [0.25] * 6, [1.0, -1.0], [3.0, -1.0, -1.0, -1.0], [0.1, 0.2, -0.3], [1.0] * 9 + [-1.0]]
    given += [rounded(rng.normal(0.2, 0.5, n), 2) for n in (3, 5, 8, 11, 13)] + [[float(v) / 4 for v in rng.integers(-3, 5, n)] for n in (6, 9, 12)]
    for d in given:
        result = stats.permutation_test(
            (np.array(d),), np.sum, permutation_type="samples", n_resamples=np.inf, alternative="two-sided", vectorized=False
        )
        rows.add("sign_flip", {"differences": d}, {"p": result.pvalue})
    for n in (16, 20, 24, 40, 100):  # too many for SciPy: the sums of all patterns by dynamic programming
        d = [int(v) for v in rng.integers(-2, 5, n)]
        ways = {0: 1}
        for one in d:
            more = {}
            for at, count in ways.items():
                for to in (at + one, at - one):
                    more[to] = more.get(to, 0) + count
            ways = more
        p = float(Fraction(sum(count for at, count in ways.items() if abs(at) >= abs(sum(d))), 2**n))
        spread = 4 * np.sqrt(p * (1 - p) / 100_000) + 2e-5
        rows.add("sign_flip", {"differences": [float(v) for v in d]}, {"p": p if n <= 20 else [max(0, p - spread), min(1, p + spread)]})


def holms():
    given = [[], [0.03], [0.03, 0.004, 0.2, 0.019], [0.01] * 5, [1.0, 1.0], [0.0, 0.5, 1e-300], [0.7, 0.8]]
    given += [rounded(rng.random(n) ** 3, 6) for n in (3, 10, 60)]
    for p in given:
        adjusted = multipletests(p, method="holm")[1] if p else []
        rows.add("holm", {"p": p}, {str(i): one for i, one in enumerate(adjusted)})
    rows.differences["bonferroni"] = "Bonferroni's adjustment guards no better than Holm's and finds less"
    p = [0.03, 0.004, 0.2, 0.019]
    rows.add("holm", {"p": p}, {str(i): one for i, one in enumerate(multipletests(p, method="bonferroni")[1])}, "bonferroni")


def powers():
    z = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    for e in (0.001, 0.01, 0.03, 0.05, 0.1, 0.25, 0.5, 1.0):
        for variance in (0.0, 0.01, 0.0875, 0.1, 0.25, 0.5, 1.0):
            n = normal_sample_size_one_tail(e, 0.8, 0.025, std_null=np.sqrt(variance)) if variance else 0
            rows.add("cases", {"variance": variance, "e": e}, {"n": max(1, np.ceil(n * (1 - 1e-9)))})
    rows.differences["t power"] = "the t distribution asks for two cases more where they are few"
    for e, variance in ((0.5, 0.5), (0.1, 0.1), (0.25, 0.25)):
        n = TTestPower().solve_power(effect_size=e / np.sqrt(variance), alpha=0.05, power=0.8, alternative="two-sided")
        rows.add("cases", {"variance": variance, "e": e}, {"n": np.ceil(n)}, "t power")
    for n in (1, 2, 50, 200, 541, 10**9):
        for share in (0.0, 0.01, 0.09, 0.5, 1.0):
            e = z * np.sqrt(share / n)
            rows.add("smallest", {"variance": share, "n": n}, {"e": e})
            low, high = 0.0, 1.0  # e² = z²(q − e²)/n by bisection
            for _ in range(200):
                middle = (low + high) / 2
                low, high = (middle, high) if middle**2 < z * z * (share - middle**2) / n else (low, middle)
            rows.add("smallest_of_discordant", {"share": share, "n": n}, {"e": low})
    rows.differences["exact power"] = "McNemar's exact test asks for more cases than the normal distribution says"
    for share, e in ((0.09, 0.05), (0.2, 0.1), (0.5, 0.1)):
        rows.add("cases", {"variance": share - e * e, "e": e}, {"n": exact_cases(share, e)}, "exact power")


def exact_cases(share, e):
    """The fewest cases with which McNemar's exact test finds e in four of five repetitions, by summing all outcomes."""
    n = int(normal_sample_size_one_tail(e, 0.8, 0.025, std_null=np.sqrt(share - e * e)))
    while exact_power(n, share, e) < 0.8:
        n += 1
    return n


def exact_power(n, share, e):
    power = 0.0
    for discordant in range(n + 1):
        weight = stats.binom.pmf(discordant, n, share)
        if weight < 1e-9:
            continue
        k = np.arange(discordant + 1)
        p = 2 * stats.binom.cdf(np.minimum(k, discordant - k), discordant, 0.5)
        power += weight * stats.binom.pmf(k, discordant, (share + e) / (2 * share))[p < 0.05].sum()
    return power


def correlations():
    for a, b in paired():
        constant = len(a) < 3 or a.std() == 0 or b.std() == 0
        rows.add("correlation", {"a": a.tolist(), "b": b.tolist()}, {"r": None if constant else stats.pearsonr(a, b).statistic})


def variances():
    """Moments of a one-way random effects model: mean squares between and within from the answers themselves."""
    for n, k in ((4, 2), (10, 4), (30, 3), (200, 8)):
        luck = rng.random((n, 1))
        d = (rng.random((n, k)) < luck).astype(float) - (rng.random((n, k)) < luck * 0.8)
        means = d.mean(axis=1)
        within = d.var(axis=1, ddof=1)
        between_square = k * means.var(ddof=1)
        tau, sigma = (between_square - within.mean()) / k, within.mean()
        if tau < 0:
            tau, sigma = 0, between_square
        given = {"differences": means.tolist(), "within": within.tolist(), "k": k}
        rows.add("variance_parts", given, {"between": tau, "within": sigma})
        for repeats in (1, 5):
            error = np.sqrt(tau / n + sigma / (n * repeats))
            rows.add("error_of_mean", {"between": float(tau), "within": float(sigma), "n": n, "k": repeats}, {"se": error})


def slopes():
    for n, kind in ((9, "few"), (10, "plain"), (11, "falls"), (25, "ties"), (40, "flat"), (60, "plain"), (12, "one time"), (130, "falls")):
        x = rounded(np.sort(rng.uniform(0, 100, n)), 1)
        y = rounded(50 + (-0.1 if kind == "falls" else 0) * np.array(x) + rng.standard_t(2, n), 1)
        if kind == "ties":
            x, y = [float(v) for v in np.repeat(range(5), 5)], [float(v) for v in rng.integers(0, 3, n)]
        if kind == "flat":
            y = [3.5] * n
        if kind == "one time":
            x = [2.0] * n
        out = {"slope": None, "low": None, "high": None}
        if n >= 10 and kind != "one time":
            found = stats.theilslopes(y, x, 0.95)
            out = {"slope": found.slope, "low": found.low_slope, "high": found.high_slope}
        rows.add("slope", {"x": x, "y": y}, out)
    # Equal y narrow the interval by a rank here: without their term it would be -0.111…0.25.
    x = [0.0, 2.0, 6.0, 8.0, 12.0, 13.0, 20.0, 21.0, 22.0, 25.0, 29.0]
    y = [1.0, 2.0, 2.0, 8.0, 9.0, 2.0, 1.0, 12.0, 1.0, 1.0, 1.0]
    found = stats.theilslopes(y, x, 0.95)
    rows.add("slope", {"x": x, "y": y}, {"slope": found.slope, "low": found.low_slope, "high": found.high_slope})


def distributions():
    for df in (1, 2, 3, 7, 29, 199, 4999, 10**5, 10**6):
        for p in (1e-6, 0.025, 0.2, 0.5, 0.7, 0.975, 0.9999):
            rows.add("t_quantile", {"p": p, "df": df}, {"t": stats.t.ppf(p, df)})
        for t in (0.0, 0.001, 0.5, 1.0, 1.7, -2.5, 6.0, 30.0, 1e4):
            p = 2 * stats.t.sf(abs(t), df)
            if p > 1e-290 or p == 0:
                rows.add("t_tail", {"t": t, "df": df}, {"p": p})
    for a, b in ((0.5, 0.5), (1, 1), (1, 3), (8, 10), (50.5, 50.5), (5000, 5001), (60_000, 40_000), (10**6, 10**6 + 1)):
        for x in (0.0, 1e-12, 0.001, 0.3, 0.4995, 0.5, 0.6, 0.999, 1.0):
            value = special.betainc(a, b, x)
            if value > 1e-290 or value == 0:
                rows.add("beta", {"a": a, "b": b, "x": x}, {"value": value})
    for z in (-37, -8, -1.96, -1e-9, 0, 0.3, 2.8, 9):
        rows.add("normal", {"z": z}, {"value": special.ndtr(z)})
    for x in (1e-3, 0.5, 1, 1.5, 2, 3.7, 9.99, 10, 171, 1e5, 1e9):
        rows.add("log_gamma", {"x": x}, {"log": special.gammaln(x)})


def tails():
    """Hesterberg's expanded percentiles."""
    for n in (2, 3, 5, 8, 10, 50, 1000, 10**6):
        rows.add("tail", {"n": n}, {"tail": stats.norm.cdf(-np.sqrt(n / (n - 1)) * stats.t.ppf(0.975, n - 1))})


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for part in (mcnemars, paired_ts, alike, sign_flips, holms, powers, correlations, variances, slopes, distributions, tails):
        part()
rows.write("tests", "scipy.stats and scipy.special; statsmodels mcnemar, multipletests, power")
