"""assay run on the scripted engine and on answers from a file: from suite to stored samples."""

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import time
import unittest

from harness import ASSAY, SUITE, ProgramTest

ROW_KEYS = {"model", "params", "cases", "passed", "failed", "errors", "incomplete", "ungraded", "accuracy",
            "accuracy_ci95", "decode_tps", "prefill_tps", "ttft_ms", "load_ms", "peak_memory_mib", "n"}

SLOW = SUITE.replace('"fake:"', '"fake:wait 300ms"') + "repeats: 20\n"


class Run(ProgramTest):
    def test_one_json_object_with_the_promised_names(self):
        result = self.run_json(self.write("s.yaml", SUITE))
        self.assertTrue(result["schema"].startswith("assay."))
        self.assertEqual(len(result["rows"]), 1)
        row = result["rows"][0]
        self.assertLessEqual(ROW_KEYS, set(row))
        self.assertEqual((row["cases"], row["passed"], row["failed"]), (3, 2, 1))
        self.assertAlmostEqual(row["accuracy"], 2 / 3)
        self.assertIsNone(row["peak_memory_mib"], "the fake engine has no process, so no memory: null, not 0")

    def test_the_table_names_the_model_and_the_next_step(self):
        done = self.assay("run", self.write("s.yaml", SUITE))
        self.assertIn("fake", done.stdout)
        self.assertIn("assay samples", done.stderr)

    def test_samples_hold_the_raw_facts(self):
        result = self.run_json(self.write("s.yaml", SUITE), "--model", "fake:wait 5ms; 3 tokens every 2ms; say delta", "--param", "temperature=0.5")
        samples = self.samples(result["run_id"])
        self.assertEqual(len(samples), 3)
        for sample in samples:
            self.assertEqual(sample["run_id"], result["run_id"])
            self.assertEqual(sample["status"], "ok")
            self.assertIn(sample["case"], {"one", "two", "three"})
            self.assertEqual(sample["raw"], "delta")
            self.assertEqual(len(sample["tokens"]), 3)
            self.assertEqual(sample["requested"]["temperature"], 0.5)
            self.assertEqual(sample["effective"]["temperature"]["how"], "verified")
            self.assertEqual(sample["verdict"], "pass" if sample["case"] == "three" else "fail")
            self.assertIn("assertions", sample)
            self.assertIn("pipelines", sample)
            self.assertAlmostEqual(sample["ttft_ms"], 5, delta=0.001)
            self.assertAlmostEqual(sample["decode_tps"], 500, delta=0.1)

    def test_samples_are_a_table_for_spreadsheets_too(self):
        self.run_json(self.write("s.yaml", SUITE))
        told = self.samples()
        text = self.assay("samples", "last", "--csv").stdout
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        self.assertEqual([row["case"] for row in rows], [one["case"] for one in told])
        for row, one in zip(rows, told):
            self.assertEqual((row["raw"], row["verdict"], int(row["output_tokens"])), (one["raw"], one["verdict"], one["output_tokens"]))
            self.assertNotIn(None, row, "a cell beyond the header")
        self.assertIn("--json", self.assay("samples", "--csv", "--json", code=2).stderr)

    def test_a_sweep_reaches_the_engine_and_makes_rows(self):
        path = self.write("s.yaml", SUITE + "sweep: {temperature: [0, 0.7]}\n")
        result = self.run_json(path)
        self.assertEqual(len(result["rows"]), 2)
        seen = {json.dumps(sample["effective"]["temperature"]["value"]) for sample in self.samples()}
        self.assertEqual(seen, {"0", "0.7"})

    def test_repeats_and_seeds(self):
        self.run_json(self.write("s.yaml", SUITE), "--repeats", 3)
        samples = self.samples()
        self.assertEqual(len(samples), 9)
        seeds = {(sample["case"], sample["repeat"]): sample["requested"]["seed"] for sample in samples}
        self.assertEqual(len(set(seeds.values())), 9)

    def test_answers_from_a_file_are_graded_like_any_other(self):
        lines = [{"case": "one", "output": "alpha"}, {"case": "two", "output": "wrong"}, {"case": "three", "output": "delta"}]
        answers = self.write("answers.jsonl", "\n".join(map(json.dumps, lines)))
        row = self.run_json(self.write("s.yaml", SUITE), "--model", f"answers:{answers}")["rows"][0]
        self.assertEqual((row["passed"], row["failed"]), (2, 1))
        self.assertIsNone(row["decode_tps"], "no times in the file: no speed, never zero")

    def test_a_missing_answer_is_an_error_and_exit_code_3(self):
        answers = self.write("answers.jsonl", json.dumps({"case": "one", "output": "alpha"}))
        row = self.run_json(self.write("s.yaml", SUITE), "--model", f"answers:{answers}", code=3)["rows"][0]
        self.assertEqual((row["passed"], row["errors"]), (1, 2))

    def test_samples_can_be_graded_as_answers_again(self):
        path = self.write("s.yaml", SUITE)
        self.run_json(path)
        answers = self.write("again.jsonl", self.assay("samples", "last", "--json").stdout)
        row = self.run_json(path, "--model", f"answers:{answers}")["rows"][0]
        self.assertEqual((row["passed"], row["failed"]), (2, 1))

    def test_a_crashing_engine_costs_one_trial(self):
        row = self.run_json(self.write("s.yaml", SUITE), "--model", "fake:@3 crash", code=3)["rows"][0]
        self.assertEqual((row["errors"], row["passed"] + row["failed"]), (1, 2))

    def test_an_engine_that_only_crashes_is_given_up_and_the_other_runs(self):
        result = self.run_json(self.write("s.yaml", SUITE), "--model", "fake:crash", "--model", "fake:", "--repeats", 2, code=3)
        self.assertEqual([row["errors"] for row in result["rows"]], [2, 0])
        self.assertEqual(result["rows"][1]["passed"], 4)

    def test_a_model_that_does_not_load_stops_before_the_first_trial(self):
        done = self.assay("run", self.write("s.yaml", SUITE), "--model", "fake:", "--model", "fake:load fails", code=4)
        self.assertIn("No trial was run", done.stderr)
        self.assertIn("fail its load", done.stderr)

    def test_what_batching_changed_is_measured_and_said(self):
        # Requests 1 to 8 go alone; 9 to 16 are the same trials again, in the batch, and the ninth gets another answer.
        suite = SUITE.replace("cases:", "warmup: 0\ncases:") + "repeats: 10\n"
        path = self.write("s.yaml", suite)
        result = self.run_json(path, "--model", "fake:wait 1ms; @9 say omega", "--parallel", "auto")
        told = result["rows"][0]["batch_answers"]
        self.assertEqual((told["n"], told["differ"], told["share"], len(told["cases"])), (8, 1, 0.125, 1))
        self.assertEqual([round(edge, 3) for edge in told["ci95"]], [0.022, 0.471])
        self.assertEqual(len(self.samples()), 30, "a second answer is no sample")
        self.assertNotIn("omega", [sample["raw"] for sample in self.samples()])
        shown = " ".join(self.assay("show", "last").stdout.split())
        self.assertIn("of 8 greedy answers given alone and again in the batch, 1 differ: 12 % (2…47)", shown)
        self.assertIn("--exact gives the answers of a single stream", shown)
        same = self.run_json(path, "--model", "fake:wait 1ms", "--parallel", "auto", "--measure", 3)["rows"][0]["batch_answers"]
        self.assertEqual((same["n"], same["differ"], same["cases"]), (3, 0, []))
        hot = self.run_json(path, "--model", "fake:", "--parallel", "auto", "--param", "temperature=1")
        self.assertIsNone(hot["rows"][0]["batch_answers"])

    def test_one_stream_is_the_default_of_an_engine_that_does_not_batch(self):
        path = self.write("s.yaml", SUITE + "repeats: 10\n")
        done = self.assay("run", path, "--model", "fake:wait 1ms")
        self.assertNotIn("Load:", done.stderr)
        self.assertEqual([sample["flags"] for sample in self.samples() if sample["flags"]], [])
        self.assertNotIn("load:", self.assay("plan", path, "--model", "fake:").stdout)
        self.assertIsNone(self.run_json(path, "--model", "fake:wait 1ms")["rows"][0]["batch_answers"])

    def test_exact_takes_the_load_away(self):
        path = self.write("s.yaml", SUITE + "load: {parallel: auto, measure: 1}\n")
        row = self.run_json(path, "--model", "fake:wait 5ms", "--exact")["rows"][0]
        self.assertIsNone(row["batch_answers"])
        self.assertEqual(row["flags"], {})
        for more in (["--parallel", "3"], ["--measure", "2"]):
            done = self.assay("run", path, "--model", "fake:", "--exact", *more, code=2)
            self.assertIn(f"--exact beside {more[0]}", done.stderr)

    def test_parallel_samples_are_flagged(self):
        self.run_json(self.write("s.yaml", SUITE), "--model", "fake:wait 20ms", "--parallel", 3)
        self.assertTrue(all("batched" in sample["flags"] for sample in self.samples()))
        self.assertEqual(sum(sample["verdict"] == "pass" for sample in self.samples()), 2)

    def test_reports_in_every_format(self):
        self.run_json(self.write("s.yaml", SUITE))
        self.assertIn("|", self.assay("report", "last", "-f", "md").stdout)
        self.assertEqual(json.loads(self.assay("report", "last", "-f", "json").stdout)["rows"][0]["passed"], 2)
        header = self.assay("report", "last", "-f", "csv").stdout.splitlines()[0].split(",")
        self.assertIn("accuracy", header)
        self.assay("report", "last", "-f", "md", "-o", self.folder / "out.md")
        self.assertIn("|", (self.folder / "out.md").read_text())
        self.assertEqual(self.assay("show").stdout, self.assay("report", "last", "-f", "table").stdout)

    def test_list_names_the_run_and_a_label_finds_it(self):
        self.run_json(self.write("s.yaml", SUITE), "--label", "first")
        self.run_json(self.write("s.yaml", SUITE))
        self.assertEqual(len(json.loads(self.assay("list", "--json").stdout)["runs"]), 2)
        run_id = json.loads(self.assay("show", "first", "--json").stdout)["run_id"]
        self.assertEqual(json.loads(self.assay("show", run_id[:14], "--json").stdout)["run_id"], run_id)

    def test_grading_again_keeps_old_verdicts_and_tells_changes(self):
        self.run_json(self.write("s.yaml", SUITE))
        fixed = self.write("fixed.yaml", SUITE.replace("expect: delta", "expect: gamma"))
        done = self.assay("grade", "last", "--suite", fixed, "--json")
        self.assertEqual(json.loads(done.stdout)["rows"][0]["passed"], 3)
        self.assertIn("1 of the verdicts changed", done.stderr)
        self.assertRegex(done.stderr, r"accuracy 2/3 \(67 %\) → 3/3 \(100 %\)")
        self.assertIn("fail → pass", done.stderr)
        self.assertIn("1 of the verdicts changed", self.assay("grade", "last").stderr)

    def test_ctrl_c_keeps_what_is_done_and_resume_completes(self):
        path = self.write("s.yaml", SLOW)
        process = self.start("run", path, "--json")
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130, errors)
        done = sum(json.loads(output)["rows"][0][key] for key in ("passed", "failed"))
        self.assertTrue(0 < done < 60, done)
        again = self.run_json(path, "--model", "fake:wait 300ms", "--resume")
        self.assertEqual(len(self.samples()), 60)
        self.assertEqual(again["rows"][0]["passed"] + again["rows"][0]["failed"], 60)

    def test_two_interrupts_end_at_once(self):
        process = self.start("run", self.write("s.yaml", SUITE), "--model", "fake:stall")
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130)

    def test_a_stalled_engine_meets_its_timeout(self):
        row = self.run_json(self.write("s.yaml", SUITE), "--model", "fake:@2 stall; say alpha", "--timeout", "200ms", code=3)["rows"][0]
        self.assertEqual(row["errors"], 1)

    def test_a_disk_that_is_full_is_a_sentence_and_what_was_stored_stays(self):
        path = self.write("s.yaml", SUITE + "repeats: 2000\n")
        # A limit on file size is the full disk that needs no root: writes beyond it fail.
        script = f"trap '' XFSZ; ulimit -f 600; exec {ASSAY} run {path} --model 'fake:say {'x' * 400}'"
        done = subprocess.run(["bash", "-c", script], cwd=self.folder, env=self.environment(), capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertRegex(done.stderr, "full|limit|too large|cannot")
        self.assertIn("What was stored stays", done.stderr)
        stored = json.loads(self.assay("list", "--json").stdout)["runs"][0]["stored"]
        self.assertGreater(stored, 0)
        self.assertEqual(len(self.samples()), stored)

    def test_a_read_only_store_can_be_read_and_not_written(self):
        path = self.write("s.yaml", SUITE)
        self.run_json(path)
        os.chmod(self.store, 0o444)
        os.chmod(self.folder, 0o555)
        self.addCleanup(os.chmod, self.folder, 0o755)
        if os.geteuid() == 0:
            self.skipTest("root may write everywhere; src/store's tests cover this without permissions")
        self.assay("show")
        self.assay("run", path, code=4)

    def test_a_newer_store_is_refused_and_left_alone(self):
        self.run_json(self.write("s.yaml", SUITE))
        with sqlite3.connect(self.store) as database:
            database.execute("PRAGMA journal_mode=DELETE")
            database.execute("PRAGMA user_version=99")
        database.close()
        before = self.store.read_bytes()
        self.assertIn("store format 99", self.assay("run", self.write("s.yaml", SUITE), code=4).stderr)
        self.assertIn("store format 99", self.assay("list", code=4).stderr)
        self.assertEqual(self.store.read_bytes(), before)

    def test_something_else_as_store_is_refused(self):
        self.store.write_bytes(b"hello, I am a letter, not a database" * 100)
        self.assertIn("lab.db", self.assay("run", self.write("s.yaml", SUITE), code=4).stderr)

    def test_two_processes_on_one_store(self):
        path = self.write("s.yaml", SUITE + "repeats: 200\n")
        both = [self.start("run", path, "--json") for _ in range(2)]
        for process in both:
            output, errors = process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0, errors)
            self.assertEqual(json.loads(output)["rows"][0]["passed"], 400)
        self.assertEqual([run["stored"] for run in json.loads(self.assay("list", "--json").stdout)["runs"]], [600, 600])

    def test_a_living_run_cannot_be_resumed_by_another(self):
        path = self.write("s.yaml", SLOW)
        process = self.start("run", path)
        time.sleep(1)
        try:
            self.assertRegex(self.assay("run", path, "--resume", code=4).stderr, "process|running")
        finally:
            process.kill()
            process.communicate()


class Load(ProgramTest):
    def test_requests_at_a_rate_go_out_when_they_are_due(self):
        suite = self.write("s.yaml", SUITE + "load: {rate: 50}\nwarmup: 0\n")
        self.run_json(suite, "--model", "fake:wait 300ms; say alpha")
        samples = sorted(self.samples(), key=lambda sample: sample["sent_ns"])
        self.assertLess(samples[2]["sent_ns"], samples[0]["done_ns"], "the third did not wait for the first answer")
        for sample in samples:
            self.assertLess(sample["sent_ns"] - sample["scheduled_ns"], 100e6)


if __name__ == "__main__":
    unittest.main()
