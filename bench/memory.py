#!/usr/bin/env python3
"""What `assay models inspect` says that a model will need, beside the peak that its process reached.

  bench/memory.py [--assay build/release/assay] [--only NAME] [--write]

Ten models with random weights, each with a context, which is filled to its end: predicted and measured MiB, and their ratio. The
files are made in a temporary folder one after the other (the largest has 2.5 GiB). --write stores bench/baselines/memory.json.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import baseline

# shape, mix, layers (0: all), tokens of context
MODELS = [
    ("qwen2.5-0.5b", "Q4_K_M", 0, 2048),
    ("qwen2.5-0.5b", "Q8_0", 0, 8192),
    ("llama-3.2-1b", "Q4_K_M", 0, 1024),
    ("llama-3.2-1b", "Q8_0", 0, 4096),
    ("qwen3-0.6b", "Q4_K_M", 0, 4096),
    ("qwen2.5-1.5b", "Q4_K_M", 0, 2048),
    ("llama-3.1-8b", "Q4_K_M", 4, 4096),
    ("llama-3.1-8b", "Q4_K_M", 2, 16384),
    ("gemma-3-1b", "Q4_K_M", 0, 2048),
    ("qwen3-30b-a3b", "Q4_K_M", 2, 2048),
]


def measure(assay, folder, shape, mix, layers, context):
    path = Path(folder, "model.gguf")
    baseline.output(folder, assay, "models", "synth", shape, "-q", mix, "-o", path, "--force", *(["--layers", layers] if layers else []))
    need = json.loads(baseline.output(folder, assay, "models", "inspect", path, "--context", context, "--json"))["memory_need_bytes"]
    bench = json.loads(baseline.output(folder, assay, "bench", "-m", path, "-p", "0", "-n", "16", "-d", context - 16, "-r", "1", "--json"))
    path.unlink()
    peak = bench["rows"][0]["peak_memory_mib"]
    return need, peak


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=str(baseline.ROOT / "build/release/assay"))
    parser.add_argument("--only")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    rows, worst = [], 0
    print(f"{'model':<34}{'context':>8}{'predicted':>11}{'measured':>10}  ratio")
    for shape, mix, layers, context in MODELS:
        if options.only and options.only != shape:
            continue
        name = f"{shape} {mix}" + (f", {layers} layers" if layers else "")
        with tempfile.TemporaryDirectory() as folder:
            need, peak = measure(options.assay, folder, shape, mix, layers, context)
        if need is None:
            print(f"{name:<34}{context:>8}{'–':>11}{peak:>10.0f}")
            rows.append({"model": name, "context": context, "predicted_mib": None, "measured_mib": peak})
            continue
        predicted = need["peak"] / 2**20
        worst = max(worst, abs(predicted / peak - 1))
        print(f"{name:<34}{context:>8}{predicted:>11.0f}{peak:>10.0f}  {predicted / peak:.3f}", flush=True)
        rows.append({"model": name, "context": context, "predicted_mib": predicted, "measured_mib": peak})
    print(f"furthest from the measured peak: {100 * worst:.1f} %")
    if options.write:
        baseline.keep("memory", {"assay": baseline.version(options.assay), "models": rows, "worst": worst}, load)
    return 0


if __name__ == "__main__":
    sys.exit(main())
