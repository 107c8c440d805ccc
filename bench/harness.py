#!/usr/bin/env python3
"""What assay itself costs: the scripted engine answers at once, so all that is left is ours.

  bench/harness.py [--assay build/release/assay] [--trials 100000] [--runs 5] [--write]

Measures, medians of several runs:
  trials/s     a suite of 1,000 cases × repeats on fake:, stored (a commit for the sample, one for its verdict) and graded
  peak memory  of that run (the kernel's high-water mark of the process)
  resume       of a complete run of 200,000 trials that lacks one: the time to decide what is left
  start        of `assay --version` and `assay plan suites/sums.yaml`
--write stores the result as bench/baselines/harness.json with the machine and the versions.
"""

import argparse
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import time

import baseline

SUITE = """\
assay: 1
name: Ceiling
prompt: "Say the number {{{{n}}}}."
matrix: {{n: [{numbers}]}}
evaluate: {{type: contains, value: "7"}}
repeats: {repeats}
models: ["fake:"]
"""


def timed(arguments, environment):
    """Seconds and peak MiB of one finished process."""
    begin = time.monotonic()
    process = subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{arguments} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1024


def ceiling(assay, trials, runs):
    rates, peaks = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            suite = pathlib.Path(folder, "suite.yaml")
            suite.write_text(SUITE.format(numbers=", ".join(map(str, range(1000))), repeats=max(1, trials // 1000)))
            seconds, peak = timed([assay, "run", str(suite), "--quiet"], {**os.environ, "ASSAY_STORE": folder + "/lab.db"})
            rates.append(trials / seconds)
            peaks.append(peak)
    return {"trials": trials, "trials_per_s": baseline.spread(rates), "peak_mib": baseline.spread(peaks)}


def resume(assay, trials):
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ASSAY_STORE": folder + "/lab.db"}
        suite = pathlib.Path(folder, "suite.yaml")
        suite.write_text(SUITE.format(numbers=", ".join(map(str, range(1000))), repeats=trials // 1000))
        timed([assay, "run", str(suite), "--quiet"], environment)
        with sqlite3.connect(folder + "/lab.db") as database:
            database.execute("UPDATE run SET state = 'interrupted'")
        whole, _ = timed([assay, "run", str(suite), "--quiet", "--resume"], environment)
        show, _ = timed([assay, "show"], environment)
        # Deciding is what --resume does beyond showing the table that ends every run.
        return {"trials": trials, "resume_s": whole, "of_which_table_s": show, "decide_s": max(0.0, whole - show)}


def starts(assay, runs):
    def median_ms(arguments):
        return baseline.spread([timed(arguments, dict(os.environ))[0] * 1000 for _ in range(runs * 4)])
    return {"version_ms": median_ms([assay, "--version"]),
            "plan_ms": median_ms([assay, "plan", str(baseline.ROOT / "suites/sums.yaml")])}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=str(baseline.ROOT / "build/release/assay"))
    parser.add_argument("--trials", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    figures = {"assay": baseline.version(options.assay), "start": starts(options.assay, options.runs),
               "ceiling": ceiling(options.assay, options.trials, options.runs), "resume": resume(options.assay, 200_000)}
    print(json.dumps(figures, indent=2))
    if options.write:
        baseline.keep("harness", figures, load)


if __name__ == "__main__":
    main()
