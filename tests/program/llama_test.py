"""The shipped models on the real engine: the main job end to end, and files that are no models."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import time
import unittest

from harness import SOURCE, ProgramTest
from serve_client import Schema, Server

SMALL = SOURCE / "models/tiny-s.q8_0.gguf"
LARGE = SOURCE / "models/tiny-m.q8_0.gguf"

SUITE = """\
assay: 1
name: Sums
prompt: "What is {{a}} + {{b}}?"
matrix: {a: [2, 3, 4, 5], b: [1, 6, 7]}
evaluate: {type: regex, value: "[0-9]+"}
params: {max_tokens: 16}
models: ["MODEL"]
"""

LONG = SUITE.replace("max_tokens: 16", "max_tokens: 1500").replace("What is {{a}} + {{b}}?", "Once {{a}} {{b}} upon")


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = pathlib.Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().split(")")[1].split()[0] == "Z")


class Llama(ProgramTest):
    def suite(self, text=SUITE):
        return self.write("s.yaml", text.replace("MODEL", str(SMALL)))

    def test_the_demo_suite_on_both_models(self):
        result = self.run_json(SOURCE / "suites/sums.yaml")
        self.assertEqual(len(result["rows"]), 2)
        for row in result["rows"]:
            self.assertEqual(row["passed"] + row["failed"] + row["incomplete"], row["cases"])
            for name in ("params", "accuracy", "decode_tps", "prefill_tps", "ttft_ms", "load_ms", "peak_memory_mib"):
                self.assertGreater(row[name], 0, name)
            self.assertEqual(row["n"]["decode_tps"], row["cases"])
            low, high = row["accuracy_ci95"]
            self.assertTrue(low <= row["accuracy"] <= high)
        self.assertGreater(result["rows"][1]["params"], result["rows"][0]["params"])

    def test_every_sample_has_prompt_times_counts_and_effective_settings(self):
        self.run_json(self.suite(), "--param", "temperature=0.8", "--param", "top_k=5")
        for sample in self.samples():
            self.assertIn("<|im_start|>", sample["prompt"], "the prompt as sent has the model's own template")
            self.assertEqual(sample["count_source"], "engine")
            self.assertEqual(sum(count for _, count, _ in sample["tokens"]), sample["output_tokens"])
            times = [sample["sent_ns"], sample["accepted_ns"], *[at for at, _, _ in sample["tokens"]], sample["done_ns"]]
            self.assertEqual(times, sorted(times))
            self.assertAlmostEqual(sample["effective"]["temperature"]["value"], 0.8, places=5)
            self.assertEqual(sample["effective"]["temperature"]["how"], "verified")
            self.assertEqual(sample["effective"]["top_k"]["value"], 5)
            self.assertGreater(sample["peak_memory_mib"], 5)

    def test_the_same_seed_gives_the_same_answers(self):
        answers = []
        for _ in range(2):
            self.run_json(self.suite(), "--param", "temperature=1.5", "--parallel", 1)
            answers.append(sorted((sample["case"], sample["raw"]) for sample in self.samples()))
        self.assertEqual(answers[0], answers[1])

    def test_parallel_gives_every_case_an_answer_and_says_that_it_was(self):
        self.run_json(self.suite(), "--parallel", 4)
        samples = self.samples()
        self.assertEqual(len(samples), 12)
        self.assertTrue(all(sample["status"] == "ok" for sample in samples))
        self.assertTrue(any("batched" in sample["flags"] for sample in samples))

    def test_answers_in_batches_are_those_of_one_stream_and_give_no_speed(self):
        self.run_json(self.suite(), "--parallel", 1)
        alone = {one["case"]: one["raw"] for one in self.samples()}
        result = self.run_json(self.suite(), "--parallel", "auto", "--measure", 3)
        samples = self.samples()
        self.assertEqual({one["case"]: one["raw"] for one in samples}, alone)
        together = [one for one in samples if "batched" in one["flags"]]
        self.assertEqual(len(together), 9)
        self.assertEqual(result["rows"][0]["n"]["decode_tps"], 3)
        self.assertTrue(all(one["cached_prompt_tokens"] == 0 for one in samples if "batched" not in one["flags"]))
        self.assertIn("a whole number from 1 to 256, or auto",
                      self.assay("run", self.suite(), "--parallel", "many", code=2).stderr)

    def speeds(self, *arguments, suite=SUITE):
        """How many samples gave a speed, and how many were flagged `batched`."""
        row = self.run_json(self.suite(suite), *arguments)["rows"][0]
        return row["n"]["decode_tps"], sum("batched" in one["flags"] for one in self.samples())

    def test_a_graded_suite_is_answered_together_when_nobody_names_a_load(self):
        done = self.assay("run", self.suite(), "--label", "together")
        self.assertIn("Load: 8 trials alone first, which give the speed; 4 together, up to 4 at once", done.stderr)
        self.assertIn("--parallel 1 asks one at a time", done.stderr)
        self.assertEqual(self.speeds(), (8, 4))
        self.assertIn("load: 8 trials alone first", self.assay("plan", self.suite()).stdout)
        self.assay("run", self.suite(), "--parallel", 1, "--label", "one")
        compared = " ".join(self.assay("compare", "together", "one", code=None).stdout.split())
        self.assertIn("requests in flight", compared)
        self.assertIn("auto, 8 measured alone", compared)

    def test_how_many_go_together_is_found_by_measuring(self):
        endless = SUITE.replace("max_tokens: 16", "max_tokens: 300, threads: 1, grammar: 'root ::= \"x\" root'")
        row = self.run_json(self.suite(endless), code=None)["rows"][0]["batch_speed"]
        self.assertEqual(([point["streams"] for point in row["measured"]], row["most"]), ([1, 2, 4], 4))
        self.assertIn(row["streams"], (1, 2, 4))
        self.assertTrue(all(point["tokens_per_s"] > 0 for point in row["measured"]))
        shown = " ".join(self.assay("show", "last").stdout.split())
        self.assertRegex(shown, r"together: \d at once, [\d.,]+ tokens/s")
        few = self.run_json(self.suite(), code=None)["rows"][0]["batch_speed"]
        self.assertEqual(few, {"streams": 4, "most": 4, "measured": []}, "too short to measure")
        self.assertIsNone(self.run_json(self.suite(), "--parallel", 1)["rows"][0]["batch_speed"])

    def test_one_stream_where_it_is_asked_for_or_nothing_is_won(self):
        self.assertEqual(self.speeds("--parallel", 1), (12, 0))
        self.assertEqual(self.speeds("--exact"), (12, 0))
        self.assertEqual(self.speeds(suite=SUITE + "load: {parallel: 1}\n"), (12, 0))
        graded = 'evaluate: {type: regex, value: "[0-9]+"}\n'
        self.assertEqual(self.speeds(suite=SUITE.replace(graded, "")), (12, 0), "nothing is graded")
        self.assertEqual(self.speeds(suite=SUITE.replace(graded, "evaluate: {type: latency, threshold: 60000}\n")), (12, 0),
                         "a time is only judged of an answer that came alone")
        self.assertEqual(self.speeds(suite=SUITE.replace("[1, 6, 7]", "[1, 7]")), (8, 0), "no more than are measured alone")
        self.assertEqual(self.speeds(suite=SUITE.replace("[2, 3, 4, 5], b: [1, 6, 7]", "[2, 3, 4], b: [1, 6, 7]")), (9, 0),
                         "one that is left has no company")

    def interrupted(self):
        """A default run of LONG that was stopped after its first sample."""
        path = self.suite(LONG)
        process = self.start("run", path)
        deadline = time.monotonic() + 60
        while self.stored_samples() == 0 and time.monotonic() < deadline:
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=200)
        self.assertLess(self.stored_samples(), 8)
        return path

    def test_resume_measures_no_more_alone_than_the_run_would_have(self):
        self.assay("run", self.interrupted(), "--resume", code=None)
        alone = [one for one in self.samples() if "batched" not in one["flags"]]
        self.assertEqual((len(alone), len(self.samples())), (8, 12))

    def test_a_run_of_one_stream_from_before_the_default_goes_on_with_one(self):
        path = self.interrupted()
        with contextlib.closing(sqlite3.connect(self.store)) as store:
            store.execute("UPDATE run SET load = '{\"parallel\":1,\"arrivals\":\"constant\"}'")
            store.commit()
        self.assay("run", path, "--resume", code=None)
        self.assertEqual([one["flags"] for one in self.samples() if "batched" in one["flags"]], [])

    def test_a_synthetic_model_runs(self):
        listed = self.assay("models", "synth", "--list").stdout
        self.assertIn("llama-3.1-70b", listed)
        out = self.folder / "slice.gguf"
        self.assay("models", "synth", "qwen2.5-0.5b", "--layers", "1", "-q", "Q4_0", "--out", out)
        facts = json.loads(self.assay("models", "inspect", out, "--json").stdout)
        self.assertEqual((facts["architecture"], facts["quantisation"], facts["layers"]), ("qwen2", "Q4_0", 1))
        self.run_json(self.suite(), "--model", f"llama:{out}", "--param", "max_tokens=4")
        for sample in self.samples():
            self.assertEqual((sample["status"], sample["finish"], sample["output_tokens"]), ("ok", "length", 4))
        self.assertIn("is there already", self.assay("models", "synth", "qwen2.5-0.5b", "--out", out, code=None).stderr)

    def test_a_killed_worker_costs_one_trial(self):
        process = self.start("run", self.suite(LONG), "--json", "--parallel", 1)
        deadline = time.monotonic() + 60
        while self.stored_samples() == 0 and time.monotonic() < deadline:
            time.sleep(0.002)  # until a sample is stored, so that the death comes in the middle of the run
        os.kill(self.worker_of(process.pid), signal.SIGKILL)
        output, errors = process.communicate(timeout=200)
        self.assertEqual(process.returncode, 3, errors)
        row = json.loads(output)["rows"][0]
        self.assertEqual(row["errors"], 1)
        self.assertEqual(row["passed"] + row["failed"] + row["incomplete"], 11)
        broken = [sample for sample in self.samples() if sample["status"] == "error"]
        self.assertEqual(broken[0]["reason"], "server_exit")
        self.assertIn("signal 9", broken[0]["detail"])

    def test_a_worker_that_is_killed_in_a_batch_costs_no_answer(self):
        cases = "".join(f"  - {{id: c{i}, vars: {{n: {i}}}, params: {{max_tokens: {20 if i == 0 else 600}}}}}\n" for i in range(12))
        path = self.write("b.yaml", "assay: 1\nprompt: 'Once {{n}} upon'\nevaluate: {type: regex, value: x}\nwarmup: 0\n"
                                    f"models: ['{SMALL}']\nparams: {{threads: 1, grammar: 'root ::= \"x\" root'}}\ncases:\n{cases}")
        process = self.start("run", path, "--json", "--parallel", "auto", "--measure", 0)
        deadline = time.monotonic() + 60
        while self.stored_samples() == 0 and time.monotonic() < deadline:
            time.sleep(0.002)  # the short one has ended, the others are in flight
        os.kill(self.worker_of(process.pid), signal.SIGKILL)
        output, errors = process.communicate(timeout=200)
        self.assertEqual(process.returncode, 0, errors)
        result = json.loads(output)
        self.assertEqual((result["rows"][0]["errors"], result["rows"][0]["incomplete"]), (0, 12))
        again = [note["text"] for note in result["notes"] if note["kind"] == "tried_again"]
        self.assertRegex(again[0], r"11 requests failed and were tried again, for 11 samples; causes: server_exit 11")
        lengths = {sample["case"]: sample["output_tokens"] for sample in self.samples()}
        self.assertEqual(lengths, {f"c{i}": 20 if i == 0 else 600 for i in range(12)})

    def test_no_worker_is_left_behind_after_kill_9(self):
        process = self.start("run", self.suite(LONG))
        worker = None
        deadline = time.monotonic() + 60
        while worker is None and time.monotonic() < deadline:
            worker = self.worker_of(process.pid)
        process.kill()
        process.communicate()
        while alive(worker) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertFalse(alive(worker))

    def test_files_that_are_no_models_stop_before_the_first_trial(self):
        whole = SMALL.read_bytes()
        hostile = bytearray(whole)
        hostile[8:16] = (2**60).to_bytes(8, "little")  # number of tensors
        files = {"truncated.gguf": whole[: len(whole) // 2], "magic.gguf": b"GGUX" + whole[4:], "hostile.gguf": bytes(hostile), "empty.gguf": b""}
        for name, content in files.items():
            path = self.write(name, content)
            done = self.assay("run", self.suite(), "--model", path, code=4)
            self.assertIn(name, done.stderr)
            self.assertIn("No trial was run", done.stderr)

    def test_a_missing_model_file_is_a_sentence(self):
        self.assertIn("nowhere.gguf", self.assay("run", self.suite(), "--model", "nowhere.gguf", code=4).stderr)

    def test_a_model_that_does_not_fit_is_refused_before_the_attempt(self):
        done = self.assay("run", self.suite(), "--param", "context=90000000", code=4)
        self.assertRegex(done.stderr, "GiB|MiB")
        self.assertIn("No trial was run", done.stderr)

    def test_a_prompt_that_is_too_long_is_an_error_of_its_trial(self):
        text = SUITE.replace("matrix: {a: [2, 3, 4, 5], b: [1, 6, 7]}", "cases: [{vars: {a: 1, b: 2}}, {vars: {a: '" + "x " * 3000 + "', b: 2}}]")
        row = self.run_json(self.suite(text), code=3)["rows"][0]
        self.assertEqual(row["errors"], 1)
        self.assertEqual([sample["reason"] for sample in self.samples() if sample["status"] == "error"], ["context"])

    def notes(self, *arguments, suite=SUITE):
        """What stands below the table, by its kind, and what was said before."""
        done = self.assay("run", self.suite(suite), "--json", *arguments, code=None)
        return {note["kind"]: note["text"] for note in json.loads(done.stdout)["notes"]}, done.stderr

    def test_a_context_longer_than_the_model_was_made_for_is_said(self):
        notes, errors = self.notes("--param", "context=4096")
        warning = "gets a context of 4096 tokens; expected at most 2048, which it was made for. Set context to 2048 or less"
        self.assertIn(warning, " ".join(errors.split()))
        self.assertIn("the context is 4096 tokens and the model was made for 2048; no sample was longer", notes["context_length"])
        self.assertIn("the model was made for 2048", " ".join(self.assay("show", "last").stdout.split()))
        self.assertIn(warning, " ".join(self.assay("plan", self.suite(), "--param", "context=4096").stderr.split()))
        self.assertEqual(self.assay("plan", self.suite(), "--param", "context=2048").stderr, "")

    def test_an_answer_that_the_context_cuts_is_incomplete_and_not_wrong(self):
        endless = SUITE.replace("max_tokens: 16", "max_tokens: 400, context: 256, threads: 1, grammar: 'root ::= \"x\" root'")
        for load in (("--parallel", 1), ()):
            notes, _ = self.notes(*load, suite=endless)
            row = json.loads(self.assay("show", "last", "--json").stdout)["rows"][0]
            self.assertEqual((row["incomplete"], row["failed"], row["accuracy"]), (12, 0, None))
            self.assertRegex(notes["context_full"], r"full before max_tokens in 12 answers, .* not wrong; set context to 4\d\d")
            for sample in self.samples():
                self.assertEqual(sample["effective"]["max_tokens"], {"value": 257 - sample["prompt_tokens"], "how": "verified"})
                self.assertEqual(sample["output_tokens"], 257 - sample["prompt_tokens"])
                self.assertEqual(sample["requested"]["max_tokens"], 400)

    def test_a_parameter_that_the_engine_lacks_is_refused(self):
        # llama.cpp's worker applies every parameter of today's table; this worker knows four of them.
        done = self.assay("run", self.suite(), "--param", "top_k=5", code=4, ASSAY_LLAMA_WORKER=str(SOURCE / "testing/fake_worker.py"))
        self.assertIn("does not apply 'top_k'", done.stderr)
        self.assertIn("No trial was run", done.stderr)

    def test_a_grammar_binds_the_answer(self):
        self.run_json(self.suite(SUITE.replace("max_tokens: 16", 'max_tokens: 16, grammar: \'root ::= "yes" | "no"\'')))
        self.assertLessEqual({sample["raw"] for sample in self.samples()}, {"yes", "no"})

    def test_inspect_reads_the_header(self):
        facts = json.loads(self.assay("models", "inspect", SMALL, "--json").stdout)
        self.assertEqual((facts["architecture"], facts["quantisation"]), ("llama", "Q8_0"))

    def test_the_page_can_ask_for_a_prompt_in_its_tokens(self):
        shutil.copy(SMALL, self.folder / "m.gguf")
        suite = SUITE.replace("MODEL", "m.gguf")
        run = self.run_json(self.write("suite.yaml", suite), code=None)["run_id"]
        server = Server(self)
        answer = server.get(f"/api/runs/{run}/samples/0/tokens")
        document = json.loads((SOURCE / "src/server/openapi.json").read_text())
        self.assertIsNone(Schema(document).trouble({"$ref": "#/components/schemas/PromptTokens"}, answer))
        sample = self.samples(run)[0]
        self.assertEqual("".join(answer["texts"]), sample["prompt"])
        self.assertEqual((len(answer["ids"]), answer["counted"]), (sample["prompt_tokens"], sample["prompt_tokens"]))
        (self.folder / "m.gguf").unlink()
        error = server.get(f"/api/runs/{run}/samples/0/tokens", expect=404)["error"]
        self.assertIn("m.gguf' does not exist", error["message"])

if __name__ == "__main__":
    unittest.main()
