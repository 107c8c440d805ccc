#!/usr/bin/env python3
"""How long `assay grade` takes to judge 100,000 stored answers again with three evaluators, and to store the verdicts.

  bench/grade.py [--assay build/release/assay] [--samples 100000] [--runs 5] [--write]

The accepted most is 5 s on two cores. --write stores the result as bench/baselines/grade.json.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import baseline

SUITE = """\
assay: 1
name: Grade
prompt: "Say {{{{n}}}} and then some words."
matrix: {{n: [{numbers}]}}
evaluate:
  - {{type: contains, value: "7"}}
  - {{type: regex, value: "[0-9]+ and"}}
  - {{type: numeric, value: 7}}
repeats: {repeats}
models: ["fake:"]
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=str(baseline.ROOT / "build/release/assay"))
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    walls, cpus = [], []
    with tempfile.TemporaryDirectory() as folder:
        suite = Path(folder, "suite.yaml")
        suite.write_text(SUITE.format(numbers=", ".join(map(str, range(1000))), repeats=max(1, options.samples // 1000)))
        environment = {**os.environ, "ASSAY_STORE": folder + "/lab.db"}
        quiet = {"env": environment, "check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([options.assay, "run", str(suite), "--quiet"], **quiet)
        for _ in range(options.runs):
            begin, before = time.monotonic(), os.times()
            subprocess.run([options.assay, "grade", "last"], **quiet)
            after = os.times()
            walls.append(time.monotonic() - begin)
            cpus.append(after.children_user + after.children_system - before.children_user - before.children_system)
    figures = {"assay": baseline.version(options.assay), "samples": options.samples, "evaluators": 3, "limit_s": 5,
               "wall_s": baseline.spread(walls), "processor_s": baseline.spread(cpus)}
    print(json.dumps(figures, indent=2))
    if options.write:
        baseline.keep("grade", figures, load)


if __name__ == "__main__":
    main()
