"""Writes samples.jsonl: figures of one sample, of rows of samples and of benches, from the definitions of docs/measurement.md.

The definitions are written down here once more, from events and not from the program, so that a mistake in one of the two is
seen.
"""

from statistics import mode

import numpy as np
from make_bootstraps import DRAWS, Exact, tail
from make_intervals import by_clusters, wilson
from make_repeats import mean_of

from common import Rows

rows = Rows()
rng = np.random.default_rng(8)


def ratio(above, below):
    return above / below if above > 0 and below > 0 else None


def sample(times, tokens, counts, base):
    """times: scheduled, sent, accepted, done in ns or null; tokens: [ns, count, kind]; base: HTTP's latency, or null."""
    events = [at for at, _, _ in tokens]
    answers = [at for at, _, kind in tokens if kind != "reasoning"]
    n, prompt = counts.get("output"), counts.get("prompt")
    ms = lambda begin, end: None if begin is None or end is None else (end - begin) / 1e6  # noqa: E731
    first, last = (events[0], events[-1]) if events else (None, None)
    decode = last - first if events and n and n >= 2 else 0
    begin = times["accepted"] if base is None else times["sent"]
    prefill = None
    if first is not None and begin is not None and prompt is not None:
        prefill = ratio(prompt - (counts.get("cached") or 0), (first - begin - (base or 0)) / 1e9)
    tpot = ms(first, times["done"]) if n and n >= 2 else None
    gaps, before = [], first
    for at, count, _ in tokens[1:]:
        if count:
            gaps.append((at - before) / 1e6 / count)
            before = at
    quantile = lambda p: np.quantile(gaps, p) if gaps else None  # noqa: E731
    whole = ms(times["sent"], last)
    return {
        "ttft_ms": ms(times["sent"], first),
        "ttfat_ms": ms(times["sent"], answers[0]) if answers else None,
        "prefill_tps": prefill,
        "decode_tps": ratio(n - 1, decode / 1e9) if n else None,
        "mean_itl_ms": decode / 1e6 / (n - 1) if decode > 0 else None,
        "tpot_ms": tpot / (n - 1) if tpot and tpot > 0 else None,
        "e2e_ms": whole,
        "e2e_tps": ratio(n, whole / 1e3) if n and whole else None,
        "scheduled_e2e_ms": ms(times["scheduled"], last),
        "gaps": len(gaps),
        "itl_p50": quantile(0.5),
        "itl_p95": quantile(0.95),
        "itl_p99": quantile(0.99),
        "itl_max": max(gaps) if gaps else None,
    }


def samples():
    for events in [0, 0, 1, 1, 2, 2, 3, 5, 8, 20, 40, 100, 150] * 6:
        due = int(rng.integers(0, 10**12))
        sent = due + int(rng.integers(0, 10**8))
        accepted = sent + int(rng.integers(1, 10**7))
        at = accepted + np.cumsum(rng.integers(0, 5 * 10**7, events))
        kinds = ["reasoning"] * int(rng.integers(0, events + 1)) + ["answer"] * events
        tokens = [[int(t), int(rng.choice((0, 1, 1, 1, 3))), kinds[i]] for i, t in enumerate(at)]
        if tokens and rng.random() < 0.5:
            tokens[-1][1] = 1
        end = (int(at[-1]) if events else accepted) + int(rng.integers(0, 10**6))
        times = {"scheduled": due, "sent": sent, "accepted": accepted, "done": end}
        for name in ("accepted", "done", "sent"):
            if rng.random() < 0.06:
                times[name] = None
        counts = {"output": sum(one[1] for one in tokens), "prompt": int(rng.integers(0, 2000)), "cached": int(rng.choice((0, 0, 7, 3000)))}
        for name in ("output", "prompt", "cached"):
            if rng.random() < 0.1:
                counts.pop(name)
        base = None if rng.random() < 0.6 else int(rng.integers(0, 2 * 10**7))
        rows.add("sample", {"times": times, "tokens": tokens, "counts": counts, "base": base}, sample(times, tokens, counts, base))


LETTERS = "pfeiu"


def row_out(cases, repeats, bytes_per_token, bandwidth):
    """cases: for each its repeats [mark, ttft ns, gap ns, tokens]; a mark is pass, fail, error, incomplete or ungraded."""
    marks = [one[0] for case in cases for one in case]
    count = {letter: marks.count(letter) for letter in LETTERS}
    planned = len(cases) * repeats
    graded = count["p"] + count["f"]
    out = {"accuracy": None, "se": None, "acc_low": None, "acc_high": None}
    values = [(float(one[0] == "p"), i) for i, case in enumerate(cases) for one in case if one[0] in "pf"]
    if values:
        v, ids = zip(*values)
        out["accuracy"] = count["p"] / graded
        units = len(set(ids))
        if units > 2:
            _, out["se"], low, high, _ = by_clusters(v, ids)
            means = {i: np.mean([x for x, j in values if j == i]) for i in set(ids)}
            alone = units == len(v) or len(set(means.values())) == 1
            out["acc_low"], out["acc_high"] = wilson(np.mean(v), units) if alone else np.clip((low, high), 0, 1)
    out["coverage"] = graded / planned
    out["low"], out["high"] = count["p"] / planned, (planned - count["f"]) / planned
    # Times of what did not break off.
    timed = [one for case in cases for one in case if one[0] != "e"]
    ttft = [one[1] / 1e6 for one in timed]
    rates = [one for one in timed if one[3] >= 2]
    gaps = [one[2] / 1e6 for one in timed for _ in range(one[3] - 1)]
    for name, p in (("p5", 0.05), ("median", 0.5), ("p95", 0.95), ("p99", 0.99)):
        out[f"ttft_{name}"] = np.quantile(ttft, p) if ttft and (p < 0.99 or len(ttft) >= 100) else None
        out[f"itl_{name}"] = np.quantile(gaps, p) if gaps and (p < 0.99 or len(gaps) >= 100) else None
    out["ttft_mean"] = np.mean(ttft) if ttft else None
    out["ttft_sd"] = np.std(ttft, ddof=1) if len(ttft) > 1 else None
    out["decode_tps"] = ratio(sum(one[3] - 1 for one in rates), sum((one[3] - 1) * one[2] for one in rates) / 1e9)
    out["decode_mean"] = np.mean([1e9 / one[2] for one in rates]) if rates else None
    out["roofline_pct"] = out["decode_tps"] * bytes_per_token / bandwidth * 100 if out["decode_tps"] else None
    return out


def all_rows():
    for count, repeats, weights in (
        (1, 1, "p"), (2, 1, "pf"), (3, 1, "f"), (4, 1, "e"), (5, 2, "iu"), (20, 1, "pppf"), (20, 1, "p"), (8, 4, "pf"), (10, 3, "ppfeiu"),
        (60, 2, "pppfi"), (150, 1, "ppf"), (12, 5, "p"), (6, 2, "f"),
    ):  # fmt: skip
        cases = [
            [
                [str(rng.choice(list(weights))), int(rng.integers(10**6, 10**8)), int(rng.integers(10**5, 10**7)), int(rng.integers(1, 12))]
                for _ in range(repeats)
            ]
            for _ in range(count)
        ]
        given = {"cases": cases, "repeats": repeats, "bytes_per_token": 4e8, "bandwidth": 2.5e10}
        rows.add("row", given, row_out(cases, repeats, 4e8, 2.5e10))


def shape(prompt, generate, n):
    return {"prompt": prompt, "generate": generate, "reps": [[int(rng.integers(10**8, 2 * 10**8)), int(rng.integers(3 * 10**8, 9 * 10**8))] for _ in range(n)]}


def figures(one, index=None):
    """prompt and total time of each repetition in ns → prefill, decode, TTFT of each."""
    reps = [one["reps"][i] for i in index] if index else one["reps"]
    prefill = [one["prompt"] / (p / 1e9) for p, _ in reps]
    decode = [one["generate"] / ((t - p) / 1e9) for p, t in reps]
    return np.median(prefill), np.median(decode), np.median([p / 1e6 for p, _ in reps])


def benches():
    for n in (1, 2, 3, 5, 8):
        one = shape(512, 128, n)
        speeds = [640 / (t / 1e9) for _, t in one["reps"]]
        prefill, decode, ttft = figures(one)
        out = {"median": np.median(speeds), "mean": np.mean(speeds), "sd": np.std(speeds, ddof=1) if n > 1 else None}
        out |= {"prefill_tps": prefill, "decode_tps": decode, "ttft_ms": ttft, "roofline_pct": decode * 1e9 / 3e10 * 100}
        rows.add("bench", {**one, "bytes_per_token": 10**9, "bandwidth": 3e10}, out)


def score(parts):
    prefill, decode, ttft = np.mean(parts, axis=0)
    return 10 * (prefill * decode * 1000 / ttft) ** (1 / 3)


def localscores():
    """The nine shapes have too many resamples together; two and three of them have few enough to be listed."""
    for count, n in ((1, 2), (1, 3), (2, 3), (9, 2), (1, 5)):
        shapes = [shape(int(rng.integers(100, 2000)), int(rng.integers(20, 200)), n) for _ in range(count)]
        out = {"score": score([figures(one) for one in shapes]), "low": None, "high": None}
        if n > 2:
            drawn = [[figures(one, [i // n**k % n for k in range(n)]) for i in range(n**n)] for one in shapes]
            values = [score([a]) for a in drawn[0]] if count == 1 else [score([a, b]) for a in drawn[0] for b in drawn[1]]
            out |= Exact(values, np.full(len(values), 1 / len(values))).ends(tail(n), DRAWS)
            out |= {name: [out[name][0] * (1 - 1e-12), out[name][1] * (1 + 1e-12)] for name in ("low", "high")}
        rows.add("localscore", {"shapes": shapes}, out)


def votes():
    """Each answer a text and whether it is right: the earliest of the most frequent texts wins."""
    for count, answers, kinds in ((1, 2, 2), (3, 3, 2), (8, 5, 3), (30, 8, 4), (30, 4, 8)):
        cases = [[int(v) for v in rng.integers(0, kinds, answers)] for _ in range(count)]
        for first in (0, 2, answers):
            heard = [case[:first] if first else case for case in cases]
            right = [float(mode(one) == 0) for one in heard]
            tie = sum(sorted([one.count(v) for v in set(one)] + [0])[-2] == one.count(mode(one)) for one in heard)
            mean, se, ends = mean_of(right, list(range(count)))
            out = {"score": mean, "se": se, "low": ends[0], "high": ends[1], "ties": tie, "left_out": 0}
            rows.add("vote", {"cases": cases, "first": first}, out)


def gap_pools():
    """More gaps than are kept one by one: an arithmetic series, whose quantiles need no list."""
    for n, first, step in ((16_384, 0.5, 0.001), (16_385, 0.5, 0.001), (50_000, 3.0, 0.0), (120_000, 0.25, 0.0005)):
        out = {"mean": first + step * (n - 1) / 2, "min": first, "max": first + step * (n - 1)}
        for p in (0.05, 0.5, 0.95, 0.99):
            value = first + step * (n - 1) * p
            out[str(p)] = value if n <= 16_384 else [value * 0.998, value * 1.002]
        rows.add("pool", {"n": n, "first": first, "step": step}, out)


for part in (samples, all_rows, votes, benches, localscores, gap_pools):
    part()
rows.write("samples", "the definitions of docs/measurement.md in Python; numpy.quantile, statistics.mode")
