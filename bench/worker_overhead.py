#!/usr/bin/env python3
"""Decode speed of assay-llama against llama-bench tg on the same file and threads, interleaved.

  bench/worker_overhead.py --worker build/release/workers/llama/assay-llama MODEL.gguf[:LIMIT]…

LIMIT is the least ratio worker ÷ llama-bench that is accepted (default 0.90); the exit status is 1 when the median of
the rounds is below. Each round runs one and then the other, each in a new process, so that the machine's mood meets
both. The worker decodes greedily from a short raw prompt, so its figure has sampling in it (told apart as
sampling_ns); llama-bench's has none. Take models that do not end by themselves: bench/make_random_gguf.py.
A busy machine gives noise: look at the spread.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Worker:
    """One conversation of docs/wire.md."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.id = 0

    def ask(self, last, **message):
        """Sends a request; gives its replies up to the one of type `last`."""
        self.id += 1
        self.process.stdin.write(json.dumps({"id": self.id, **message}) + "\n")
        self.process.stdin.flush()
        replies = []
        while True:
            replies.append(json.loads(self.process.stdout.readline()))
            if replies[-1]["type"] == "error":
                sys.exit(f"the worker says: {replies[-1]['message']}")
            if replies[-1]["type"] == last:
                return replies


def worker_run(program, model, threads, tokens):
    """(tokens/s between first and last token, ns of sampling per token)"""
    worker = Worker(program)
    worker.ask("loaded", type="load", model=str(model), options={"threads": threads, "context": tokens + 64})
    worker.ask("done", type="generate", raw="a", params={"max_tokens": 4})  # llama-bench warms up too
    replies = worker.ask("done", type="generate", raw="a", params={"max_tokens": tokens})
    worker.ask("ok", type="quit")
    worker.process.wait()
    times = [event[0] for reply in replies if reply["type"] == "output" for event in reply["events"]]
    if len(times) != tokens:
        sys.exit(f"{model}: ended after {len(times)} tokens; take a model that does not end by itself")
    sampling = replies[-1]["claims"]["claimed_sampling_ns"] / tokens
    return (tokens - 1) / (times[-1] - times[0]) * 1e9, sampling


def bench_run(program, model, threads, tokens):
    out = subprocess.run([program, "-m", model, "-t", str(threads), "-p", "0", "-n", str(tokens), "-r", "1", "-o", "json"],
                         capture_output=True, text=True, check=True).stdout
    return json.loads(out)[0]["avg_ts"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", nargs="+", metavar="MODEL[:LIMIT]")
    parser.add_argument("--worker", default=ROOT / "build/release/workers/llama/assay-llama")
    parser.add_argument("--bench", help="llama-bench (default: of the engine in the cache)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json", help="write the result here")
    args = parser.parse_args()
    if not args.bench:
        prefix = subprocess.run([ROOT / "tools/build_engines", "tools"], capture_output=True, text=True, check=True).stdout
        args.bench = prefix.splitlines()[-1] + "/bin/llama-bench"

    results = []
    for entry in args.models:
        model, _, limit = entry.partition(":")
        ours, theirs, sampling = [], [], []
        for _ in range(args.rounds):
            speed, ns = worker_run(args.worker, model, args.threads, args.tokens)
            ours.append(speed)
            sampling.append(ns)
            theirs.append(bench_run(args.bench, model, args.threads, args.tokens))
        ratios = sorted(a / b for a, b in zip(ours, theirs))
        result = {"model": Path(model).name, "threads": args.threads, "tokens": args.tokens, "rounds": args.rounds,
                  "worker_tps": round(statistics.median(ours), 1), "llama_bench_tps": round(statistics.median(theirs), 1),
                  "ratio": round(statistics.median(ratios), 4), "ratio_least": round(ratios[0], 4),
                  "ratio_greatest": round(ratios[-1], 4), "sampling_ns": round(statistics.median(sampling)),
                  "limit": float(limit or 0.9)}
        results.append(result)
        print(f"{result['model']}: worker {result['worker_tps']} tok/s, llama-bench {result['llama_bench_tps']}, ratio "
              f"{result['ratio']} ({result['ratio_least']} … {result['ratio_greatest']}), limit {result['limit']}, "
              f"sampling {result['sampling_ns']} ns/token", flush=True)
    if args.json:
        Path(args.json).write_text(json.dumps({"schema": "assay.bench.worker_overhead/1",
                                               "date": time.strftime("%Y-%m-%d", time.gmtime()),
                                               "results": results}, indent=2) + "\n")
    sys.exit(any(result["ratio"] < result["limit"] for result in results))


if __name__ == "__main__":
    main()
