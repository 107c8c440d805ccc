#!/usr/bin/env python3
"""How quick `assay serve` is with a large store.

  bench/serve.py [--assay build/release/assay] [--maker build/bench/make_store] [--store FILE] [--write]

Makes a store with 1,000 runs of 20 samples and one of 10^6 (10 models, 10,000 cases, 10 repeats) unless --store names
one that was made before, serves it, and measures, from the client's side over one connection:
  pages of samples   bytes and ms: plain, filtered, far inside, text search (median, p95 of 40 each)
  first filter       ms of the first filtered page, which reads the columns of a million samples
  list of runs       50 and 1,000, with their figures (after all summaries were made once)
  wall               5,000 samples
  summary            seconds until the million's summary is there, and ms when it is kept
  import             a report of 1,000 results: ms until it can be shown
  memory             resident MiB of the server: at the start, after everything
--write stores the result as bench/baselines/serve.json with the machine and the versions.
"""

import argparse
import http.client
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time
import urllib.parse

import baseline

LIMITS = {"page_bytes": 100_000, "page_ms": 50, "memory_mib": 200, "import_ms": 1000, "first_list_ms": 1000}


class Server:
    def __init__(self, assay, store):
        self.process = subprocess.Popen([assay, "serve"], env={**os.environ, "ASSAY_STORE": store}, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        address = urllib.parse.urlparse(self.process.stdout.readline())
        self.token = urllib.parse.parse_qs(address.query)["token"][0]
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=600)

    def ask(self, path, method="GET", body=None):
        """→ answer, bytes, milliseconds."""
        begin = time.perf_counter()
        self.connection.request(method, path, body=body, headers={"Cookie": f"assay_token={self.token}"})
        reply = self.connection.getresponse()
        data = reply.read()
        spent = (time.perf_counter() - begin) * 1e3
        if reply.status >= 300:
            raise SystemExit(f"{path}: {reply.status} {data[:300]}")
        return json.loads(data), len(data), spent

    def memory(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as lines:
            return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))

    def stop(self):
        self.process.terminate()
        self.process.wait()


def p95(values):
    return sorted(values)[max(0, int(len(values) * 0.95) - 1)]


def measure(server, path, count=40):
    """Asks for each of `count` variants of the path, which may be a function of the number."""
    taken, size = [], 0
    for i in range(count):
        _, length, spent = server.ask(path(i) if callable(path) else path)
        taken.append(spent)
        size = max(size, length)
    return {"ms_median": round(statistics.median(taken), 2), "ms_p95": round(p95(taken), 2), "bytes": size, "n": count}


def report(results):
    """A report of Benchy, as its page would drop it here."""
    rows = [{"prompt_response": {"response": str(i), "tokens_per_second": 30.5, "total_duration": 120.5,
                                 "load_duration": 1.5}, "provider": "ollama", "execution_result": str(i),
             "expected_result": str(i), "correct": True, "index": i + 1, "model": "ollama~m", "input_prompt": f"Say {i}"}
            for i in range(results)]
    figures = {"correct_count": results, "incorrect_count": 0, "accuracy": 1.0}
    return {"benchmark_name": "Thousand", "purpose": "a bench", "base_prompt": "Say {{n}}", "prompt_iterations": [],
            "models": [{"model": "ollama~m", "results": rows, **figures}],
            "overall_correct_count": results, "overall_incorrect_count": 0, "overall_accuracy": 1.0}


def figures_of(server, shape):
    found = {"build": server.ask("/api/about")[0]["machine"]["build"], "memory_mib_start": round(server.memory(), 1)}
    runs, _, spent = server.ask("/api/runs?limit=1000")
    found["first_list_of_1000_ms"] = round(spent, 1)
    big = next(run["id"] for run in runs["runs"] if run["suite"] == "A million")
    total = next(run["stored"] for run in runs["runs"] if run["id"] == big)
    path = f"/api/runs/{big}/samples"
    _, _, spent = server.ask(path)
    found["first_page_ms"] = round(spent, 1)
    found["page_plain"] = measure(server, lambda i: f"{path}?after={i * total // 40}&limit=50")
    _, _, spent = server.ask(f"{path}?verdict=fail")
    found["first_filter_ms"] = round(spent, 1)
    found["page_filtered"] = measure(server, lambda i: f"{path}?verdict=fail&model=model-{i % 10}&tag=t{i % 7}")
    found["page_far"] = measure(server, lambda i: f"{path}?verdict=fail&after={i * total // 40}&limit=100")
    found["page_text"] = measure(server, lambda i: f"{path}?q=answer+is+{i}1&after={i * total // 80}")
    found["page_text_nothing"] = measure(server, lambda i: f"{path}?q=nowhere&after={i * total // 80}")
    found["sample"] = measure(server, lambda i: f"{path}/{i * total // 40}")
    found["wall_of_5000"] = measure(server, lambda i: f"/api/runs/{big}/wall?from={i * total // 50}", 10)
    found["disagree"] = measure(server, f"/api/runs/{big}/disagree", 10)
    begin = time.perf_counter()
    while server.ask(f"/api/runs/{big}")[0]["summary_state"] == "computing":
        time.sleep(0.2)
    found["summary_of_a_million_s"] = round(time.perf_counter() - begin, 2)
    found["run_with_kept_summary"] = measure(server, f"/api/runs/{big}", 20)
    begin = time.perf_counter()
    while any(run["rows"] is None for run in server.ask("/api/runs?limit=1000")[0]["runs"]):
        time.sleep(0.5)
    found["all_rows_made_s"] = round(time.perf_counter() - begin, 2)
    found["list_of_50"] = measure(server, "/api/runs")
    found["list_of_1000"] = measure(server, "/api/runs?limit=1000", 10)
    body = json.dumps(report(shape))
    begin = time.perf_counter()
    run = server.ask("/api/import?path=thousand.json", "POST", body)[0]["id"]
    server.ask(f"/api/runs/{run}")
    server.ask(f"/api/runs/{run}/wall")
    found["import_of_1000_results_ms"] = round((time.perf_counter() - begin) * 1e3, 1)
    found["memory_mib_end"] = round(server.memory(), 1)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", default=str(baseline.ROOT / "build/release/assay"))
    parser.add_argument("--maker", default=str(baseline.ROOT / "build/bench/make_store"))
    parser.add_argument("--store")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    load = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        store = options.store or str(pathlib.Path(folder, "big.db"))
        made = None
        if not options.store:
            begin = time.monotonic()
            subprocess.run([options.maker, store, "1000", "1000000"], check=True)
            made = round(time.monotonic() - begin, 1)
        server = Server(options.assay, store)
        try:
            found = figures_of(server, 1000)
        finally:
            server.stop()
    whole = {"assay": baseline.version(options.assay), "limits": LIMITS, "make_store_s": made, "figures": found}
    print(json.dumps(whole, indent=2))
    if options.write:
        baseline.keep("serve", whole, load)


main()
