"""Writes repeats.jsonl: pass@k, pass^k and how answers agree, by exact binomial coefficients."""

from fractions import Fraction
from math import comb

import numpy as np
from make_intervals import by_clusters, wilson

from common import Rows

rows = Rows()
rng = np.random.default_rng(6)
SHOWN = (1, 2, 3, 5, 10, 20, 50, 100)


def at(n, c, k):
    return None if n < k else float(1 - Fraction(comb(n - c, k), comb(n, k)))


def hat(n, c, k):
    return None if n < k else float(Fraction(comb(c, k), comb(n, k)))


def chances():
    grid = [(n, c, k) for n in range(7) for c in range(n + 1) for k in range(1, 8)]
    grid += [(200, c, k) for c in (0, 1, 57, 199, 200) for k in (1, 10, 100, 200, 201)]
    grid += [(1000, 3, 500), (100_000, 17, 1000), (100_000, 99_990, 20), (10**6, 1, 1)]
    for n, c, k in grid:
        rows.add("pass", {"n": n, "c": c, "k": k}, {"at": at(n, c, k), "hat": hat(n, c, k)})
    rows.differences["plug-in"] = "1 − (1 − c/n)^k is not used, because it is biased"
    for n, c, k in ((10, 6, 3), (5, 1, 2)):
        rows.add("pass", {"n": n, "c": c, "k": k}, {"at": 1 - (1 - c / n) ** k, "hat": (c / n) ** k}, "plug-in")


def mean_of(values, ids):
    """Mean, SE and interval of chances: as a rate where all are 0 or 1, Wilson where all are alike, cut."""
    count = len(set(ids))
    mean, se, ends = np.mean(values), None, (None, None)
    if count > 1:
        _, se, low, high, _ = by_clusters(values, ids)
        alike = se < 1e-12  # what rounding leaves
        if count > 2:
            rate = count == len(values) and set(values) <= {0, 1}
            ends = wilson(mean, count) if alike or rate else np.clip((low, high), 0, 1)
    return mean, se, ends


def repeated(cases):
    """cases: (graded, passed, cluster)."""
    kept = [one for one in cases if one[0] >= 2]
    out = {"cases": len(kept) if kept else None}
    if kept:
        share = [Fraction(c, n) for n, c, _ in kept]
        ids = [one[2] for one in kept]
        of = {
            "consistency": [float(s in (0, 1)) for s in share],
            "majority": [float(s > Fraction(1, 2)) + 0.5 * (s == Fraction(1, 2)) for s in share],
            "inner_variance": [float(s * (1 - s)) for s in share],
        }
        for name, values in of.items():
            out[name], out[name + "_se"], _ = mean_of(values, ids)
        out["ties"] = sum(s == Fraction(1, 2) for s in share)
        most = max(one[0] for one in cases)
        for k in sorted({k for k in SHOWN if k <= most} | {most}):
            able = [one for one in cases if one[0] >= k]
            for name, formula in (("at", at), ("hat", hat)):
                mean, se, ends = mean_of([formula(n, c, k) for n, c, _ in able], [one[2] for one in able])
                out |= {f"{name}{k}": mean, f"{name}{k}_se": se, f"{name}{k}_low": ends[0], f"{name}{k}_high": ends[1]}
    rows.add("repeated", {"cases": cases}, out)


def all_repeated():
    for given in ([], [(1, 1)], [(0, 0)] * 3, [(2, 1)], [(4, 4)] * 8, [(4, 0)] * 8, [(4, 2)] * 6, [(4, 4), (4, 3), (4, 0), (4, 3), (4, 1), (4, 4), (4, 0), (4, 3)]):
        repeated([(n, c, i) for i, (n, c) in enumerate(given)])
    for count, answers in ((3, 2), (5, 10), (20, 4), (60, 8), (12, 150)):
        for clusters in (count, max(1, count // 3)):
            graded = [int(rng.integers(max(1, answers - 2), answers + 1)) for _ in range(count)]
            repeated([(n, int(rng.binomial(n, rng.random())), i % clusters) for i, n in enumerate(graded)])


def main():
    chances()
    all_repeated()
    rows.write("repeats", "exact binomial coefficients; intervals as in make_intervals.py")


if __name__ == "__main__":
    main()
