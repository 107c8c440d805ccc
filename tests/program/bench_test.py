"""assay bench on a shipped model: the table, what is kept, and everything that cannot be measured."""

import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import time
import unittest

from harness import SOURCE, SUITE, ProgramTest
from serve_client import Schema, Server

SMALL = SOURCE / "models/tiny-s.q8_0.gguf"
# One thread: beside other processes the engine's own barriers would be what is measured.
QUICK = ["-t", 1, "-r", 3, "--max-reps", 3]


def llama_bench():
    """That of the newest engine in the cache."""
    cache = pathlib.Path(os.environ.get("ASSAY_CACHE") or pathlib.Path.home() / ".cache/assay")
    found = sorted(cache.glob("engines/llama-*/bin/llama-bench"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else None


def without_speeds(markdown):
    """The lines of a table with every speed of the same width; what stands below it is everybody's own."""
    return [re.sub(r" +[0-9.]+ ± [0-9.]+ \|$", " speed |", line) for line in markdown.splitlines() if line.startswith("|")]


class Bench(ProgramTest):
    def environment(self, **extra):
        # The bandwidth probe keeps its file here, not in the user's cache.
        return super().environment(ASSAY_CACHE=str(self.folder / "cache"), **extra)

    def bench(self, *arguments, code=0):
        return self.assay("bench", "-m", SMALL, *QUICK, *arguments, code=code)

    def five(self, *arguments):
        """Five repetitions, as many as a comparison needs."""
        return self.assay("bench", "-m", SMALL, "-t", 1, "-r", 5, "--max-reps", 5, *arguments)

    def rows(self, *arguments):
        told = json.loads(self.bench(*arguments, "-o", "json").stdout)
        return told, {(row["name"], row["path"]): row for row in told["rows"]}

    def test_every_repetition_and_token_is_kept(self):
        told, rows = self.rows("-p", 64, "-n", 16, "-pg", "32,8", "-d", "0,64")
        self.assertEqual([row["name"] for row in told["rows"]],
                         ["pp64", "tg16", "pp32+tg8", "pp64 @ d64", "tg16 @ d64", "pp32+tg8 @ d64"])
        for row in told["rows"]:
            self.assertEqual(row["n"], 3)
            self.assertEqual(len(row["repetitions"]), 3)
            self.assertGreater(row["median"], 0)
            self.assertLessEqual(row["ci95"][0], row["median"])
            self.assertGreater(row["peak_memory_mib"], 1)
            for one in row["repetitions"]:
                self.assertEqual(len(one["tokens_ns"]), row["n_gen"])
                self.assertEqual(one["tokens_ns"], sorted(one["tokens_ns"]))
                self.assertEqual(one["total_ns"], one["tokens_ns"][-1] if row["n_gen"] else one["prompt_ns"])
        both = rows["pp32+tg8", "engine"]
        self.assertGreater(both["ttft_ms"], 0)
        self.assertIsNone(rows["tg16", "engine"]["ttft_ms"])
        self.assertGreater(rows["tg16", "engine"]["roofline_pct"], 0)
        self.assertGreater(told["machine"]["bandwidth"]["read_bytes_per_s"], 1e8)
        # The same seed, the same tests, the same order: shown again it is the same text.
        self.assertEqual(json.loads(self.assay("show", "last", "--json").stdout), told)

    def test_the_documentation_explains_every_name(self):
        document = json.loads(self.bench("-p", 16, "-n", 0, "-o", "json").stdout)
        row, machine = document["rows"][0], document["machine"]
        names = {*document, *row, *row["repetitions"][0], *document["models"][0], *machine, *machine["bandwidth"]}
        names |= set(self.bench("-p", 16, "-n", 0, "-o", "csv").stdout.splitlines()[0].split(","))
        page = (SOURCE / "docs/measurement.md").read_text()
        page = page[page.index("## Speed tests: `assay bench`"):page.index("## Comparing two runs")]
        same_elsewhere = {"test", "model_file", "ci95_low", "ci95_high"}  # of the CSV, explained below the table
        self.assertEqual([name for name in sorted(names - same_elsewhere) if f"`{name}" not in page], [])
        self.assertEqual([name for name in same_elsewhere if f"`{name}`" not in page], [])

    def test_the_table_and_the_forms_to_paste(self):
        table = self.bench("-p", 32, "-n", 8).stdout
        for word in ["tiny-s.q8_0", "pp32", "tg8", "speed", "memory", "roofline", "llama.cpp"]:
            self.assertIn(word, table)
        self.assertIn("tg8", self.assay("show", "last").stdout)
        listed = self.assay("list").stdout
        self.assertIn("bench pp32 tg8", listed)
        self.assertIn("finished", listed)
        markdown = self.bench("-p", 32, "-n", 0, "-ub", 32, "-o", "md").stdout.splitlines()
        self.assertEqual([cell.strip() for cell in markdown[0].strip("|").split("|")],
                         ["model", "size", "params", "backend", "threads", "n_ubatch", "test", "t/s"])
        self.assertRegex(markdown[2], r"\| llama .*\| +0\.98 MiB \| +0\.97 M \| CPU +\| +1 \| +32 \| +pp32 \| +[0-9.]+ ± [0-9.]+ \|")
        csv = self.bench("-p", 32, "-n", 0, "-o", "csv").stdout.splitlines()
        self.assertEqual(len(csv), 2)
        self.assertEqual(csv[0].count(","), csv[1].count(","))

    def test_sampling_and_the_template_are_rows_of_their_own(self):
        _, rows = self.rows("-pg", "64,8", "-p", 0, "-n", 0, "--ladder")
        self.assertEqual({path for _, path in rows}, {"engine", "sampling", "chat"})
        chat = rows["pp64+tg8", "chat"]["repetitions"][0]
        self.assertGreater(chat["prompt_tokens"], 48)
        self.assertLess(chat["prompt_tokens"], 96)

    def test_models_are_a_list(self):
        other = SOURCE / "models/tiny-m.q8_0.gguf"
        odd = self.folder / "a,b.gguf"  # which llama-bench could not name
        odd.symlink_to(SMALL)
        told = json.loads(self.assay("bench", "-m", f"{other},{SMALL}", "-m", odd, "-t", 1, "-p", 8, "-n", 0, "--max-reps", 1, "-o", "json").stdout)
        self.assertEqual([model["path"] for model in told["models"]], [str(other), str(SMALL), str(odd)])
        self.assertEqual([(row["model"], row["n"]) for row in told["rows"]], [(0, 1), (1, 1), (2, 1)])

    def test_a_file_of_llama_bench_stands_beside(self):
        theirs = {"build_commit": "abc", "model_filename": "tiny-s.gguf", "model_type": "llama ?B Q8_0", "model_size": 1031680,
                  "model_n_params": 967808, "n_batch": 2048, "n_ubatch": 512, "n_threads": 8, "type_k": "f16", "type_v": "f16",
                  "n_gpu_layers": -1, "flash_attn": 0, "n_prompt": 32, "n_gen": 0, "n_depth": 0, "samples_ns": [1000000, 1000000]}
        path = self.write("theirs.json", json.dumps([theirs]))
        shown = self.bench("-p", 32, "-n", 0, "--beside", path).stdout
        self.assertIn("theirs.json", shown)
        self.assertIn("32000", shown)
        self.assertNotIn("another model", shown)
        alone = self.assay("bench", "--beside", path).stdout
        self.assertIn("pp32", alone)
        other = self.write("other.json", json.dumps([{**theirs, "model_n_params": 7_000_000_000}]))
        self.assertIn("another model", self.bench("-p", 32, "-n", 0, "--beside", other).stdout)
        broken = self.write("broken.json", json.dumps([theirs])[:-20])
        self.assertIn("broken.json", self.bench("-p", 32, "--beside", broken, code=2).stderr)

    def test_what_cannot_be_measured_is_said_before_anything_is_loaded(self):
        cases = [(["-p", 4096], "at most 2048, which the model was trained on"),
                 (["-p", 512, "-d", 2000], "needs a context of 2512 tokens"),
                 (["-p", 0, "-n", 0], "every test has zero tokens"),
                 (["-p", "8-1"], "8 to 1 is empty"), (["-p", "1-8*1"], "never ends"), (["-n", "x"], "'x' is no number"),
                 (["-pg", "512"], "two numbers"), (["-t", 0], "at least one thread"), (["-ub", 0], "batch of zero"),
                 (["-fa", "maybe"], "on, off or auto"), (["-ctk", "q9"], "-ctk q9"), (["--max-time", "5"], "60s or 5m"),
                 (["-r", 9, "--max-reps", 3], "not more than --max-reps"), (["--beside", "none.json"], "none.json"),
                 (["-mmp", 0], "-mmp is an option of llama-bench that assay bench does not have"),
                 (["--no-warmup"], "each test is warmed up once in full"), (["--server", "auto"], "--server without --ladder"),
                 (["--json", "-o", "md"], "--json with -o md; expected one of the two"), (["-o", "sql"], "one of: table, md, json, csv"),
                 (["--preset", "quick", "--preset", "quick"], "--preset")]
        for arguments, words in cases:
            with self.subTest(arguments=arguments):
                done = self.assay("bench", "-m", SMALL, *arguments, code=4 if "none.json" in words else 2)
                self.assertIn(words, done.stderr)
        self.assertIn("no model is named", self.assay("bench", code=2).stderr)
        self.assertIn("GGUF files alone", self.assay("bench", "-m", "fake:", code=2).stderr)
        self.assertIn("none.gguf", self.assay("bench", "-m", "none.gguf", code=4).stderr)
        cut = self.write("cut.gguf", SMALL.read_bytes()[:5000])
        self.assertIn("cut.gguf", self.assay("bench", "-m", cut, code=2).stderr)
        self.assertFalse(self.store.exists(), "nothing was measured, so nothing is kept")

    def test_a_test_that_does_not_fit_into_memory_is_refused_with_its_need(self):
        model = bytearray(SMALL.read_bytes())  # the tiny model, said to be trained on a billion tokens
        at = model.index(b"llama.context_length") + len(b"llama.context_length") + 4
        model[at:at + 4] = struct.pack("<I", 1 << 30)
        done = self.assay("bench", "-m", self.write("long.gguf", bytes(model)), "-p", 0, "-n", 16, "-d", 1_000_000_000, code=4)
        self.assertRegex(done.stderr, r"needs about \d+ MiB .*KV cache for 1000000016 tokens .*MiB are available")
        self.assertFalse(self.store.exists())

    def test_layers_that_no_card_takes_are_said(self):
        told = json.loads(self.bench("-p", 32, "-n", 0, "-ngl", 99, "-o", "json").stdout)
        on_processors = told["models"][0]["backend"] == "CPU"
        self.assertEqual(any("-ngl is not applied" in note for note in told["notes"]), on_processors)

    def test_every_preset_measures_the_tiny_model(self):
        for preset, tests in [("quick", ["pp256", "tg32"]), ("llama-bench", ["pp512", "tg128"]),
                              ("sustained", ["pp512+tg128"]),
                              ("localscore", ["pp1024+tg16", "pp384+tg1152", "pp64+tg1024", "pp16+tg1536", "pp1024+tg1024"])]:
            with self.subTest(preset):
                done = self.assay("bench", "-m", SMALL, "-t", 1, "--preset", preset, "-r", 1, "--max-reps", 1, "-o", "json")
                rows = {row["name"]: row for row in json.loads(done.stdout)["rows"]}
                self.assertEqual(sorted(rows), sorted(tests))
                self.assertTrue(all(row["n"] == 1 and "roofline_pct" in row for row in rows.values()))
        shown = self.assay("show", "last").stdout  # of LocalScore's nine, four are longer than this model's context
        self.assertIn("pp4096+tg256, pp2048+tg256, pp2048+tg768, pp1280+tg3072 left out", " ".join(shown.split()))
        self.assertIn("over 5 shapes", shown)

    def test_settings_that_the_engine_refuses_cost_one_row(self):
        told = json.loads(self.bench("-p", 32, "-n", 0, "-fa", "off,on", "-ctv", "q8_0", "-o", "json", code=3).stdout)
        by_flash = {row["flash_attn"]: row for row in told["rows"]}
        self.assertEqual(by_flash["off"]["end"], "failed")
        self.assertIn("context", by_flash["off"]["trouble"])
        self.assertEqual(by_flash["on"]["n"], 3)

    def children(self, process):
        return [int(pid) for pid in (pathlib.Path("/proc") / str(process.pid) / "task" / str(process.pid) / "children").read_text().split()]

    def assert_gone(self, pids):
        """Their parent is gone, so nobody but the system's first process can have them, and it does not keep them."""
        for pid in pids:
            status = pathlib.Path(f"/proc/{pid}/status")
            try:
                self.assertIn("zombie", status.read_text(), f"process {pid} lives on")
            except (FileNotFoundError, ProcessLookupError):
                pass

    def test_ctrl_c_keeps_and_shows_what_is_done(self):
        process = self.start("bench", "-m", SMALL, "-t", 1, "-p", 64, "-n", 16, "-r", 5, "--max-reps", 1_000_000,
                             "--precision", 0, "--max-time", "10m")
        self.addCleanup(process.kill)
        until = time.monotonic() + 120
        while time.monotonic() < until:  # the first round has been kept
            listed = self.assay("show", "last", "--json", code=None) if self.store.exists() else None
            if listed and listed.returncode == 0 and json.loads(listed.stdout)["rows"][0]["n"] > 0:
                break
            time.sleep(0.1)
        workers = self.children(process) if sys.platform == "linux" else []
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=120)
        self.assert_gone(workers)
        self.assertEqual(process.returncode, 130)
        self.assertIn("cut", out)
        told = json.loads(self.assay("show", "last", "--json").stdout)
        self.assertTrue(all(row["end"] == "interrupted" and row["n"] > 0 for row in told["rows"]))
        self.assertIn("interrupted", self.assay("list").stdout)

    def test_a_server_that_ends_costs_its_rows(self):
        done = self.bench("-p", 32, "-n", 0, "--ladder", "--server", "echo no such model >&2; exit 3", "-o", "json", code=3)
        rows = {row["path"]: row for row in json.loads(done.stdout)["rows"]}
        self.assertEqual(rows["http"]["end"], "failed")
        self.assertIn("the server ended before it could be asked", rows["http"]["trouble"])
        self.assertIn("no such model", rows["http"]["trouble"])
        self.assertTrue(all(rows[path]["n"] == 3 for path in ("engine", "sampling", "chat")))
        # A table to paste has no room for it.
        done = self.bench("-p", 32, "-n", 0, "--ladder", "--server", "exit 3", "-o", "md", code=3)
        self.assertIn("the server ended before it could be asked", done.stderr)

    def test_ctrl_c_while_a_server_does_not_come_up(self):
        started = self.folder / "started"
        process = self.start("bench", "-m", SMALL, *QUICK, "-p", 32, "-n", 0, "--ladder", "--server", f"touch {started}; exec sleep 600")
        self.addCleanup(process.kill)
        until = time.monotonic() + 120
        while not started.exists() and time.monotonic() < until:
            time.sleep(0.05)
        children = self.children(process) if sys.platform == "linux" else []
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assert_gone(children)
        rows = json.loads(self.assay("show", "last", "--json").stdout)["rows"]
        self.assertTrue(all(row["end"] == "interrupted" and row["trouble"] == "" for row in rows))

    def test_the_table_to_paste_is_llama_benchs_letter_by_letter(self):
        theirs = llama_bench()
        if theirs is None:
            self.skipTest("there is no llama-bench of the pinned engine")
        shapes = ["-p", "8,0", "-n", "2", "-pg", "8,2", "-d", "0,16", "-t", "1"]
        settings = ["-b", "64,32", "-ub", "32", "-fa", "on", "-ctk", "q8_0"]
        for options in (shapes, [*shapes, *settings], ["-p", "8-16*2", "-n", "0", "-t", "1", "-fa", "0,1", "-t", "2", "-ngl", "9"]):
            with self.subTest(options=options):
                one = subprocess.run([theirs, "-m", SMALL, *options, "-r", "1", "-o", "md"], capture_output=True, text=True, check=True)
                other = self.assay("bench", "-m", SMALL, *options, "-r", 5, "-r", 1, "--max-reps", 1, "-o", "json", "-o", "md")
                self.assertEqual(without_speeds(other.stdout), without_speeds(one.stdout))

    def test_a_bench_is_no_run_with_samples(self):
        self.bench("-p", 32, "-n", 0)
        self.assertIn("it is a bench", self.assay("report", "last", "-f", "junit", code=2).stderr)
        self.assertIn("it is a bench", self.assay("report", "last", "-f", "benchy", code=2).stderr)
        self.assertIn("it is a bench", self.assay("grade", "last", code=2).stderr)
        self.assertIn("pp32", self.assay("report", "last", "-f", "md").stdout)
        self.assertEqual(json.loads(self.assay("report", "last", "-f", "json").stdout)["rows"][0]["name"], "pp32")

    def test_two_benches_are_compared_test_by_test(self):
        self.five("-p", 64, "-n", 8, "--label", "before")
        self.five("-p", "64,32", "-n", 0, "--label", "after")
        text = self.assay("compare", "before", "after").stdout
        self.assertLess(text.index("What else differs"), text.index("B ÷ A"))
        self.assertIn("pp64", text)
        self.assertIn("only A measured tg8 of tiny-s.q8_0", text)
        self.assertIn("only B measured pp32 of tiny-s.q8_0", text)
        self.assertIn("ran at different times", text)
        told = json.loads(self.assay("compare", "before", "after", "--json").stdout)
        self.assertEqual(told["schema"], "assay.bench-comparison/1")
        self.assertEqual([test["name"] for test in told["tests"]], ["pp64"])
        test = told["tests"][0]
        self.assertAlmostEqual(test["ratio"], test["b"]["median"] / test["a"]["median"], places=9)
        self.assertLessEqual(test["ratio_ci95"][0], test["ratio"])
        self.assertGreaterEqual(test["ratio_ci95"][1], test["ratio"])

    def test_a_gate_over_benches(self):
        # One token at a time against sixteen: several times slower, on any machine.
        self.five("-p", 128, "-n", 0, "--label", "before")
        self.five("-p", 128, "-n", 0, "-ub", 1, "--label", "after")
        text = self.assay("compare", "before", "after", "--gate", "prefill_tps -5%", code=1).stdout
        self.assertRegex(text, r"✗ prefill_tps -5%: pp128: −\d+.* %, p [<=]")
        self.assertIn("micro-batch 512 → 1", text)
        self.assay("compare", "after", "before", "--gate", "prefill_tps -5%")
        none = self.assay("compare", "before", "after", "--gate", "decode_tps -5%", code=1).stdout
        self.assertIn("no test of these benches has it", none)

    def test_what_cannot_be_compared_with_a_bench(self):
        self.bench("-p", 32, "-n", 0, "--label", "bench")
        self.assay("run", self.write("suite.yaml", SUITE), "--label", "suite", "--quiet")
        self.assertIn("is a bench and run", self.assay("compare", "bench", "suite", code=2).stderr)
        self.assertIn("compared with itself", self.assay("compare", "bench", "bench", code=2).stderr)

    def test_a_bench_over_http(self):
        self.five("-p", 32, "-n", 8)
        server = Server(self)
        listed = server.get("/api/runs")["runs"][0]
        self.assertEqual(listed["kind"], "bench")
        run = listed["id"]
        detail = server.get(f"/api/runs/{run}")
        self.assertEqual((detail["run"]["kind"], detail["summary"], detail["summary_state"]), ("bench", None, "ready"))
        rows = server.get("/api/runs")["runs"][0]["rows"]
        self.assertEqual([row["cell"] for row in rows], ["pp32", "tg8"])
        self.assertGreater(rows[0]["prefill_tps"], 0)
        self.assertIsNone(rows[0]["decode_tps"])
        self.assertGreater(rows[1]["decode_tps"], 0)
        bench = server.get(f"/api/runs/{run}/bench")
        self.assertEqual(bench, json.loads(self.assay("show", run, "--json").stdout))
        document = json.loads((SOURCE / "src/server/openapi.json").read_text())
        for name, answer in (("Bench", bench), ("RunDetail", detail)):
            self.assertIsNone(Schema(document).trouble(document["components"]["schemas"][name], answer))
        self.five("-p", 32, "-n", 8)
        compared = server.get("/api/compare", a=run, b="last")
        self.assertIsNone(Schema(document).trouble(document["components"]["schemas"]["BenchComparison"], compared))
        self.assertEqual([test["name"] for test in compared["tests"]], ["pp32", "tg8"])
        points = server.get("/api/trends", model="tiny-s.q8_0")
        self.assertLessEqual(len(points["points"]), 4)
        self.assay("run", self.write("suite.yaml", SUITE), "--label", "suite", "--quiet")
        self.assertIn("is no bench", server.get("/api/runs/suite/bench", expect=404)["error"]["message"])

    def test_help_speaks_llama_bench(self):
        text = self.assay("bench", "--help").stdout
        for word in ["-ngl", "-pg", "-ctk", "-fa", "-ub", "localscore", "sustained", "--beside"]:
            self.assertIn(word, text)


if __name__ == "__main__":
    unittest.main()
