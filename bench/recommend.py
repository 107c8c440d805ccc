#!/usr/bin/env python3
"""How well `assay recommend --measure` foretells: predictions from slices beside the whole model, measured by `assay bench`.

  bench/recommend.py [--assay build/release/assay] [--only NAME] [--write]

Every model is predicted and then written as a whole and measured (pp512, tg64, nine repetitions), with random weights, in a
temporary folder. --write stores bench/baselines/recommend.json.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import baseline

MODELS = [("qwen2.5-0.5b", "Q8_0"), ("qwen3-0.6b", "Q4_K_M"), ("gemma-3-1b", "Q4_K_M"), ("llama-3.2-1b", "Q8_0"),
          ("qwen2.5-1.5b", "Q4_K_M")]


def compare(assay, folder, shape, mix):
    told = json.loads(baseline.output(folder, assay, "recommend", "--only", shape, "-q", mix, "--measure", "--json"))["rows"][0]
    whole = Path(folder, "whole.gguf")
    baseline.output(folder, assay, "models", "synth", shape, "-q", mix, "-o", whole)
    bench = json.loads(baseline.output(folder, assay, "bench", "-m", whole, "-p", "512", "-n", "64", "-r", "9", "--json"))
    measured = {row["name"]: row["median"] for row in bench["rows"]}
    rows = []
    for what, name in (("decode", "tg64"), ("prefill", "pp512")):
        speed = told["predicted"][what]
        rows.append({"model": shape, "mix": mix, "slices": told["predicted"]["slices"], "layers": told["predicted"]["layers"],
                     "what": what, "predicted_tps": speed and speed["tps"], "ci95": speed and speed["ci95"],
                     "measured_tps": measured[name], "at_most_tps": told["decode_tps_at_most"] if what == "decode" else None})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=str(baseline.ROOT / "build/release/assay"))
    parser.add_argument("--only")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    rows = []
    print(f"{'model':<22}{'what':<9}{'predicted':>10}{'95 %':>16}{'measured':>10}{'ratio':>8}{'at most':>9}")
    for shape, mix in MODELS:
        if options.only and options.only != shape:
            continue
        with tempfile.TemporaryDirectory() as folder:
            for row in compare(options.assay, folder, shape, mix):
                rows.append(row)
                name, most = f"{shape} {mix}", row["at_most_tps"]
                if row["predicted_tps"] is None:
                    print(f"{name:<22}{row['what']:<9}{'–':>10}")
                    continue
                low, high = row["ci95"]
                print(f"{name:<22}{row['what']:<9}{row['predicted_tps']:>10.1f}{f'{low:.1f}–{high:.1f}':>16}"
                      f"{row['measured_tps']:>10.1f}{row['predicted_tps'] / row['measured_tps']:>8.2f}"
                      f"{'' if most is None else f'{most:.1f}':>9}", flush=True)
    off = sorted(abs(row["predicted_tps"] / row["measured_tps"] - 1) for row in rows if row["predicted_tps"])
    inside = sum(row["ci95"][0] <= row["measured_tps"] <= row["ci95"][1] for row in rows if row["predicted_tps"])
    print(f"off by {100 * off[len(off) // 2]:.1f} % in the middle, {100 * off[-1]:.1f} % at most; "
          f"{inside} of {len(off)} lie in the interval")
    if options.write:
        baseline.keep("recommend", {"assay": baseline.version(options.assay), "rows": rows, "worst": off[-1]}, load)
    return 0


if __name__ == "__main__":
    sys.exit(main())
