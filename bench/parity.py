#!/usr/bin/env python3
"""Speed of assay's bare-engine tests against llama-bench of the same engine build, interleaved.

  bench/parity.py [--threads 1] [--rounds 10] [--write] MODEL.gguf…

Each round makes a few repetitions of every test here (assay-llama's `bench` message) and as many there (llama-bench -r), in
an order that changes, so that the machine's mood meets both; each time in a new process, after a warm-up. Shown per test: the medians, their ratio (ours ÷ theirs: 1.00 is
parity, more is faster), and its 95 % bootstrap interval over rounds. The exit status is 1 when an interval lies wholly below
1.00. The load average is told: on a busy machine take one thread, or the engine's own barriers are what is measured.
Random models: bench/make_random_gguf.py. --write stores bench/baselines/parity.json.
"""

import argparse
import json
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ["pp512", "tg128", "pp512 @ d2048", "tg128 @ d2048"]


def shape_of(name):
    """(prompt, generate, depth) of a test by its name in llama-bench."""
    match = re.fullmatch(r"(?:pp(\d+))?\+?(?:tg(\d+))?(?: @ d(\d+))?", name)
    if not match or not (match[1] or match[2]):
        sys.exit(f"unknown test '{name}'; expected names like pp512, tg128, pp512 @ d2048")
    return tuple(int(number or 0) for number in match.groups())


class Worker:
    """One conversation of docs/wire.md."""

    def __init__(self, program, model, threads):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.id, self.threads = 0, threads
        self.facts = self.ask(type="load", model=str(model), options={"context": 256, "threads": threads})["facts"]

    def ask(self, **message):
        self.id += 1
        self.process.stdin.write(json.dumps({"id": self.id, **message}) + "\n")
        self.process.stdin.flush()
        reply = json.loads(self.process.stdout.readline())
        if reply["type"] == "error":
            sys.exit(f"the worker says: {reply['message']}")
        return reply

    def once(self, prompt, generate, depth):
        reply = self.ask(type="bench", path="engine", prompt=prompt, generate=generate, depth=depth, batch=2048,
                         micro_batch=512, threads=self.threads, flash_attention="auto", key_type="f16", value_type="f16",
                         seed=1)
        assert reply["before"] == depth
        return (prompt + generate) / reply["total_ns"] * 1e9

    def quit(self):
        self.ask(type="quit")
        self.process.wait()


def ours(args, model, test):
    """A process of its own, as llama-bench is: a fresh process is treated better by a busy system's scheduler."""
    worker = Worker(args.worker, model, args.threads)
    speeds = [worker.once(*test) for _ in range(args.repetitions)]
    worker.quit()
    return statistics.median(speeds)


def theirs(args, model, test):
    prompt, generate, depth = test
    out = subprocess.run([args.bench, "-m", model, "-t", str(args.threads), "-p", str(prompt), "-n", str(generate),
                          "-d", str(depth), "-r", str(args.repetitions), "-o", "json"],
                         capture_output=True, text=True, check=True).stdout
    return statistics.median(json.loads(out)[0]["samples_ts"])


def ratio_interval(ours, theirs, draws=4000):
    """Percentile bootstrap of the ratio of medians; rounds are drawn whole."""
    generator = random.Random(1)
    n = len(ours)
    ratios = []
    for _ in range(draws):
        at = [generator.randrange(n) for _ in range(n)]
        ratios.append(statistics.median(ours[i] for i in at) / statistics.median(theirs[i] for i in at))
    ratios.sort()
    return ratios[int(0.025 * draws)], ratios[int(0.975 * draws) - 1]


def measure(args, model):
    worker = Worker(args.worker, model, args.threads)
    worker.quit()
    tests = {name: shape_of(name) for name in args.tests or TESTS}
    # A test longer than the model cannot be made.
    tests = {name: shape for name, shape in tests.items() if sum(shape) <= worker.facts["context_length"]}
    speeds = {name: ([], []) for name in tests}
    generator = random.Random(2)
    for round_ in range(args.rounds):
        jobs = [(name, side) for name in tests for side in (0, 1)]
        generator.shuffle(jobs)
        for name, side in jobs:
            speeds[name][side].append((ours, theirs)[side](args, str(model), tests[name]))
    results = []
    for name, (here, there) in speeds.items():
        low, high = ratio_interval(here, there)
        result = {"model": model.name, "test": name, "threads": args.threads, "n": args.rounds, "repetitions": args.repetitions,
                  "assay_tps": round(statistics.median(here), 2), "llama_bench_tps": round(statistics.median(there), 2),
                  "ratio": round(statistics.median(here) / statistics.median(there), 4), "ratio_ci95": [round(low, 4), round(high, 4)],
                  "assay_all": [round(x, 2) for x in here], "llama_bench_all": [round(x, 2) for x in there]}
        results.append(result)
        print(f"{result['model']:24} {name:14} assay {result['assay_tps']:>10} llama-bench {result['llama_bench_tps']:>10}  "
              f"ratio {result['ratio']:.3f} ({low:.3f} … {high:.3f})  n={args.rounds}", flush=True)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--worker", default=ROOT / "build/release/workers/llama/assay-llama")
    parser.add_argument("--bench", help="llama-bench (default: of the engine in the cache)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--repetitions", type=int, default=3, help="in each round; their median is the round's")
    parser.add_argument("--tests", nargs="*", help="default: " + ", ".join(TESTS))
    parser.add_argument("--write", action="store_true", help="add to bench/baselines/parity.json (a model's old rows are replaced)")
    args = parser.parse_args()
    if not args.bench:
        prefix = subprocess.run([ROOT / "tools/build_engines", "tools"], capture_output=True, text=True, check=True).stdout
        args.bench = prefix.splitlines()[-1] + "/bin/llama-bench"
    load = os.getloadavg()[0]
    results = [result for model in args.models for result in measure(args, model)]
    print(f"load average {load:.1f} before and {os.getloadavg()[0]:.1f} after, {os.cpu_count()} processors")
    if args.write:
        path = ROOT / "bench/baselines/parity.json"
        old = json.loads(path.read_text())["results"] if path.exists() else []
        fresh = {(result["model"], result["test"], result["threads"]) for result in results}
        kept = [one for one in old if (one["model"], one["test"], one["threads"]) not in fresh]
        for result in results:
            result.update(date=time.strftime("%Y-%m-%d", time.gmtime()), load_before=round(load, 2),
                          load_after=round(os.getloadavg()[0], 2))
        cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "") \
            if os.path.exists("/proc/cpuinfo") else platform.processor()
        path.write_text(json.dumps({"schema": "assay.bench.parity/1",
                                    "machine": {"cpu": cpu, "cores": os.cpu_count(), "system": platform.platform()},
                                    "results": kept + results}, indent=1) + "\n")
    sys.exit(any(result["ratio_ci95"][1] < 1 for result in results))


if __name__ == "__main__":
    main()
