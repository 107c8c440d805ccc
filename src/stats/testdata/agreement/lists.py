"""Lists of numbers to be summarised: ordinary ones and every extreme that a record can hold."""

import numpy

from common import rounded


def lists(seed=1):
    rng = numpy.random.default_rng(seed)
    found = {
        "nothing": [],
        "one": [3.25],
        "zero": [0.0],
        "two": [1.0, 4.0],
        "two alike": [2.5, 2.5],
        "three": [1.0, 2.0, 4.0],
        "all alike": [0.1] * 7,
        "all zero": [0.0] * 5,
        "ties": [2.0, 2.0, 2.0, 5.0, 5.0],
        "ties at both ends": [1.0, 1.0, 1.0, 2.0, 3.0, 3.0, 3.0],
        "both signs": [-3.0, -1.0, 0.0, 1.0, 2.0],
        "sum of nothing": [-2.0, -1.0, 1.0, 2.0],
        "tiny": [1e-300, 2e-300, 4e-300, 8e-300],
        "giant": [1e150, 3e150, 2e150, 5e150],
        "tiny and giant": [1e-9, 1.0, 1e9],
        "nanoseconds of an hour": [3.6e12 + v for v in (250.0, 500.0, 125.0, 750.0, 0.0)],
        "one outlier": [10.0] * 30 + [1e6],
        "zeros and ones": [0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0],
        "one of a hundred": [0.0] * 99 + [1.0],
    }
    for n in (4, 5, 9, 10, 20, 21, 99, 100, 101, 200):
        found[f"lognormal {n}"] = rounded(rng.lognormal(1, 0.6, n))
    for n in (6, 33):
        found[f"whole numbers {n}"] = [float(v) for v in rng.integers(0, 4, n)]
    return found


def clustered(seed=2):
    """(values, cluster) pairs; ids may leave gaps and stand in any order."""
    rng = numpy.random.default_rng(seed)
    found = []
    for sizes in ((1, 1, 1), (2, 2, 2), (4,) * 8, (1, 4, 2, 3, 1, 5, 2), (10, 1, 1), (3, 3), (5,), (1,) * 12, (2, 7, 2, 9, 4)):
        ids = numpy.repeat(rng.permutation(3 * len(sizes))[: len(sizes)], sizes)
        ids = rng.permutation(ids)
        found.append((rounded(rng.random(len(ids))), [int(one) for one in ids]))
    return found


def passes(seed=3):
    """0/1 values with clusters: alone, in repeats, all right, all wrong, each cluster alike."""
    rng = numpy.random.default_rng(seed)
    found = [([], []), ([1.0], [0]), ([0.0, 1.0], [0, 1])]
    for n in (3, 4, 10, 20, 50):
        alone = list(range(n))
        found += [([1.0] * n, alone), ([0.0] * n, alone), ([float(v) for v in rng.random(n) < 0.7], alone)]
    for cases, repeats in ((2, 4), (3, 2), (6, 3), (8, 4), (25, 2)):
        ids = [case for case in range(cases) for _ in range(repeats)]
        luck = rng.random(cases)
        found.append(([float(rng.random() < luck[case]) for case in ids], ids))
        found += [([1.0] * len(ids), ids), ([0.0] * len(ids), ids)]
    found.append(([1.0, 0.0] * 6, [case for case in range(6) for _ in range(2)]))
    found.append(([1.0, 1.0, 1.0, 1.0, 1.0, 0.0], [0, 0, 1, 1, 2, 2]))
    found.append(([1.0] * 5 + [0.0], [0, 0, 0, 0, 0, 7]))
    return found
