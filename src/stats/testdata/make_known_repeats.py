"""Writes known_repeats.json: pass@k and pass^k by SciPy's exact binomial coefficients. Needs NumPy and SciPy.

    python3 make_known_repeats.py > known_repeats.json
"""

import json
from fractions import Fraction

import numpy
import scipy
import scipy.stats
from scipy.special import comb

ROWS = ["1111", "1101", "0000", "1011", "0010", "1111", "0000", "1110"]


def at(n, c, k):
    return float(1 - Fraction(comb(n - c, k, exact=True), comb(n, k, exact=True)))


def hat(n, c, k):
    return float(Fraction(comb(c, k, exact=True), comb(n, k, exact=True)))


def mean_and_se(values):
    return float(numpy.mean(values)), float(scipy.stats.sem(values))


def eight():
    rows = []
    for k in (1, 2, 3, 4):
        ats = mean_and_se([at(4, row.count("1"), k) for row in ROWS])
        hats = mean_and_se([hat(4, row.count("1"), k) for row in ROWS])
        rows.append({"k": k, "at": ats[0], "at_se": ats[1], "hat": hats[0], "hat_se": hats[1]})
    return {"rows": ROWS, "pass": rows}


def estimators():
    rows = [(10, c, k) for c in (10, 6, 1, 0) for k in (1, 3, 5)]
    rows += [(200, c, k) for c in (0, 1, 57, 199, 200) for k in (1, 10, 100, 200)]
    rows += [(1000, 3, 500), (1, 1, 1), (1, 0, 1), (2, 1, 2)]
    return [{"n": n, "c": c, "k": k, "at": at(n, c, k), "hat": hat(n, c, k)} for n, c, k in rows]


if __name__ == "__main__":
    made_by = f"make_known_repeats.py, NumPy {numpy.__version__}, SciPy {scipy.__version__}"
    print(json.dumps({"made_by": made_by, "estimators": estimators(), "eight": eight()}, separators=(",", ":")))
