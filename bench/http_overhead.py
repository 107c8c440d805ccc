#!/usr/bin/env python3
"""What asking over HTTP adds to decoding: our decode time against llama-server's own claim, on the same answers.

  bench/http_overhead.py [--assay build/release/assay] [--server llama-server] [--tokens 400] [--answers 20] [--write]
                         MODEL.gguf

Both figures are of the same generations: ours from the first to the last token as they arrived, the server's
`predicted_ms`. One stream, greedy. Take a model that does not end by itself (bench/make_random_gguf.py).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import baseline


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--assay", default=str(baseline.ROOT / "build/release/assay"))
    parser.add_argument("--server", default="llama-server", help="the program that is started")
    parser.add_argument("--tokens", type=int, default=400)
    parser.add_argument("--answers", type=int, default=20)
    parser.add_argument("--write", action="store_true", help="store the result as bench/baselines/http_overhead.json")
    options = parser.parse_args()
    load = os.getloadavg()[0]

    with tempfile.TemporaryDirectory() as folder:
        suite = Path(folder) / "long.yaml"
        cases = "\n".join(f"  - {{vars: {{n: {n}}}, expect: x}}" for n in range(options.answers))
        suite.write_text(f"assay: 1\nname: Long answers\nprompt: \"count {{{{n}}}}\"\nraw: true\ncases:\n{cases}\n"
                         f"evaluate: contains\nparams: {{max_tokens: {options.tokens}}}\n")
        environment = {**os.environ, "ASSAY_STORE": str(Path(folder) / "lab.db")}
        start = f"exec {options.server} --model {{model}} --host 127.0.0.1 --port {{port}} --threads 1 -c 4096"
        subprocess.run([options.assay, "run", str(suite), "--model", f"llama-server:{options.model.resolve()}", "--start",
                        start, "--quiet"], env=environment, check=True, stdout=subprocess.DEVNULL)
        lines = subprocess.run([options.assay, "samples", "last", "--json"], env=environment, check=True,
                               capture_output=True, text=True).stdout.splitlines()
    samples = [json.loads(line) for line in lines]
    ratios = []
    for sample in samples:
        if sample["status"] != "ok" or not sample.get("claimed_decode_tps") or sample["output_tokens"] < options.tokens:
            continue
        ours = (sample["last_token_ns"] - sample["first_token_ns"]) / (sample["output_tokens"] - 1)
        theirs = 1e9 / sample["claimed_decode_tps"]
        ratios.append(ours / theirs)
    if len(ratios) < 3:
        sys.exit("too few answers of full length; take a model that does not end by itself")
    ratios.sort()
    print(f"{len(ratios)} answers of {options.tokens} tokens, {samples[-1]['claimed_decode_tps']:.0f} tokens/s claimed: "
          f"time per token over HTTP ÷ the server's claim: median {statistics.median(ratios):.4f} "
          f"({ratios[0]:.4f}–{ratios[-1]:.4f})")
    if options.write:
        figures = {"assay": baseline.version(options.assay), "model": options.model.name, "tokens": options.tokens,
                   "claimed_tps": samples[-1]["claimed_decode_tps"], "limit_ratio": 1.01,
                   "time_per_token_over_claim": baseline.spread(ratios)}
        baseline.keep("http_overhead", figures, load)
    return 0


if __name__ == "__main__":
    sys.exit(main())
