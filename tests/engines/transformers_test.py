"""The worker around PyTorch, with a tiny model of our own that llama.cpp runs too."""

import json
import os
import shutil
import signal
import struct
import subprocess
import time
import unittest

from servers import SOURCE, SUMS, EngineTest, needs_transformers

SUITE = """\
assay: 1
name: Sums
prompt: "What is {{a}} + {{b}}?"
matrix: {a: [2, 3, 4, 5], b: [1, 6, 7]}
evaluate: {type: regex, value: "[0-9]+"}
params: {max_tokens: 16, threads: 1}
models: ["MODEL"]
"""
COUNT = """\
assay: 1
name: Count
prompt: "Count from 1 to 50."
cases: [{id: one}]
evaluate: {type: regex, value: "[0-9]+"}
params: {max_tokens: 40, threads: 1}
models: ["MODEL"]
"""


def broken_folder(parent, tiny, name, **files):
    """A copy of the model folder with other contents for some files; None: without it."""
    folder = parent / name
    shutil.copytree(tiny, folder)
    for file, content in files.items():
        path = folder / {"config": "config.json", "weights": "model.safetensors", "tokenizer": "tokenizer.json"}[file]
        path.unlink() if content is None else path.write_bytes(content)
    return folder


@needs_transformers
class Transformers(EngineTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tiny, cls.floats = cls.make_model("tiny"), cls.make_model("tiny.gguf")

    def suite(self, text=SUITE):
        return self.write("s.yaml", text.replace("MODEL", f"transformers:{self.tiny}"))

    def test_it_answers_as_llama_cpp_does_with_the_same_weights(self):
        ours = self.answers(SUMS, f"transformers:{self.tiny}")
        theirs = self.answers(SUMS, f"llama:{self.floats}")
        self.assertEqual(len(ours), 80)
        self.assertEqual(ours, theirs)

    def test_its_log_likelihoods_are_those_of_llama_cpp_with_the_same_weights(self):
        def figures(model):
            self.run_json(SOURCE / "suites/choices.yaml", "--model", model, "--param", "threads=1")
            return {sample["case"]: json.loads(sample["raw"])["choices"] for sample in self.samples()}
        ours, theirs = figures(f"transformers:{self.tiny}"), figures(f"llama:{self.floats}")
        self.assertEqual(len(ours), 62)
        for case, choices in ours.items():
            for mine, other in zip(choices, theirs[case]):
                self.assertAlmostEqual(mine["log_likelihood"], other["log_likelihood"], delta=0.02, msg=case)
                self.assertEqual((mine["text"], mine["tokens"], mine["bytes"]), (other["text"], other["tokens"], other["bytes"]))

    def test_every_sample_has_prompt_times_counts_and_effective_settings(self):
        self.run_json(self.suite(), "--param", "temperature=0.8", "--param", "top_k=5", "--param", "top_p=0.9", "--param",
                      "min_p=0.01", "--param", "repeat_penalty=1.1")
        for sample in self.samples():
            self.assertIn("<|im_start|>", sample["prompt"])
            self.assertEqual(sample["count_source"], "engine")
            self.assertEqual(sum(count for _, count, _ in sample["tokens"]), sample["output_tokens"])
            times = [sample["sent_ns"], sample["accepted_ns"], *[at for at, _, _ in sample["tokens"]], sample["done_ns"]]
            self.assertEqual(times, sorted(times))
            for name, value in (("temperature", 0.8), ("top_k", 5), ("top_p", 0.9), ("min_p", 0.01), ("repeat_penalty", 1.1)):
                self.assertEqual(sample["effective"][name], {"value": value, "how": "verified"})
            self.assertGreater(sample["peak_memory_mib"], 5)

    def test_limits_stop_texts_and_seeds(self):
        # One run for all of them: PyTorch takes seconds to start.
        text = COUNT.replace("cases: [{id: one}]", """cases:
  - {id: limit}
  - {id: stop, params: {stop: [" 7"]}}
  - {id: seed3, params: {temperature: 3, seed: 3}}
  - {id: again, params: {temperature: 3, seed: 3}}
  - {id: seed4, params: {temperature: 3, seed: 4}}
""")
        self.run_json(self.suite(text))
        samples = {sample["case"]: sample for sample in self.samples()}
        limit, stop = samples["limit"], samples["stop"]
        times = [at for at, _, _ in limit["tokens"]]
        self.assertEqual((len(times), len(set(times)), limit["output_tokens"], limit["finish"]), (40, 40, 40, "length"))
        self.assertEqual((stop["raw"], stop["finish"]), ("1 2 3 4 5 6", "stop"))
        self.assertEqual(samples["seed3"]["raw"], samples["again"]["raw"])
        self.assertNotEqual(samples["seed3"]["raw"], samples["seed4"]["raw"])

    def test_a_raw_prompt_goes_in_as_it_is(self):
        self.run_json(self.suite(COUNT + "raw: true\n"))
        self.assertEqual(self.samples()[0]["prompt"], "Count from 1 to 50.")

    def test_parallel_waits_its_turn(self):
        self.run_json(self.suite(), "--parallel", 4)
        self.assertEqual([sample["status"] for sample in self.samples()], ["ok"] * 12)

    def test_a_killed_worker_costs_one_trial(self):
        text = COUNT.replace("cases: [{id: one}]", "matrix: {a: [1, 2, 3, 4, 5, 6, 7, 8]}").replace("Count from", "{{a}} Count from")
        process = self.start("run", self.suite(text.replace("max_tokens: 40", "max_tokens: 400, temperature: 5")), "--json")
        deadline = time.monotonic() + 120
        while self.stored_samples() == 0 and time.monotonic() < deadline:
            time.sleep(0.002)  # until a sample is stored, so that the death comes in the middle of the run
        os.kill(self.worker_of(process.pid), signal.SIGKILL)
        output, errors = process.communicate(timeout=200)
        self.assertEqual(process.returncode, 3, errors)
        broken = [sample for sample in self.samples() if sample["status"] == "error"]
        self.assertEqual([sample["reason"] for sample in broken], ["server_exit"])
        self.assertIn("assay-transformers", broken[0]["detail"])

    def test_a_folder_that_is_no_model_stops_before_the_first_trial(self):
        weights = (self.tiny / "model.safetensors").read_bytes()
        broken = broken_folder(self.folder, self.tiny, "truncated", weights=weights[: len(weights) // 2])
        done = self.assay("run", self.suite(), "--model", f"transformers:{broken}", code=4)
        self.assertIn("cannot be loaded", done.stderr)
        self.assertIn("No trial was run", done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        (broken / "config.json").unlink()
        done = self.assay("run", self.suite(), "--model", f"transformers:{broken}", code=4)
        self.assertIn("has no config.json", done.stderr)

    def test_a_prompt_that_is_too_long_is_an_error_of_its_trial(self):
        self.run_json(self.suite(COUNT), "--param", "context=8", code=3)
        self.assertIn("context is 8", self.samples()[0]["detail"])


def worker_python(test):
    workers = json.loads(test.assay("worker", "list", "--json").stdout)
    return next(one["python"] for one in workers if one["worker"] == "transformers")


@needs_transformers
class Torch(EngineTest):
    def test_shapes_of_models_and_the_sampler(self):
        done = subprocess.run([worker_python(self), SOURCE / "tests/engines/torch_checks.py", self.make_model("tiny")],
                              capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual({check: trouble for check, trouble in json.loads(done.stdout.splitlines()[-1]).items() if trouble}, {})


@needs_transformers
class Wire(EngineTest):
    """The worker alone, spoken to as assay does."""

    def setUp(self):
        super().setUp()
        self.process = subprocess.Popen([worker_python(self), "-s", SOURCE / "workers/transformers/main.py"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(self.end)

    def end(self):
        self.process.kill()
        self.process.communicate()

    def say(self, **message):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def hear(self):
        return json.loads(self.process.stdout.readline())

    def test_cancel_ends_a_long_answer(self):
        self.say(type="load", id=1, model=str(self.make_model("tiny")), options={"threads": 1})
        self.assertEqual(self.hear()["type"], "loaded")
        self.say(type="generate", id=2, raw="a", params={"temperature": 5, "max_tokens": 2000, "seed": 1})
        self.assertEqual(self.hear()["type"], "started")
        self.say(type="cancel", id=3, target=2)
        while (reply := self.hear())["type"] == "output":
            pass
        self.assertEqual((reply["type"], reply["finish"], self.hear()), ("done", "cancelled", {"type": "ok", "id": 3}))
        self.say(type="sing", id=4)
        self.assertEqual(self.hear()["reason"], "bad_request")
        self.say(type="quit", id=5)
        self.assertEqual(self.hear(), {"type": "ok", "id": 5})
        self.assertEqual(self.process.wait(timeout=60), 0)

    def test_folders_that_are_no_models_are_told_and_the_worker_goes_on(self):
        tiny = self.make_model("tiny")
        config, weights = json.loads((tiny / "config.json").read_text()), (tiny / "model.safetensors").read_bytes()
        picture = {**config, "architectures": ["BlipForConditionalGeneration"], "model_type": "blip"}
        cases = {
            "nowhere": (None, "not_found"),
            "truncated": ({"weights": weights[: len(weights) // 2]}, "bad_model"),
            "hostile": ({"weights": struct.pack("<Q", 2**60) + weights[8:]}, "bad_model"),
            "weightless": ({"weights": None}, "bad_model"),
            "other-shape": ({"config": json.dumps({**config, "hidden_size": 64}).encode()}, "bad_model"),
            "more-layers": ({"config": json.dumps({**config, "num_hidden_layers": 5}).encode()}, "bad_model"),
            "no-config": ({"config": None}, "bad_model"),
            "half-config": ({"config": b'{"model_type": "lla'}, "bad_model"),
            "list-config": ({"config": b"[]"}, "bad_model"),
            "unknown": ({"config": b'{"model_type": "cheese"}'}, "bad_model"),
            "no-tokenizer": ({"tokenizer": b"{"}, "bad_model"),
            "picture": ({"config": json.dumps(picture).encode()}, "not_supported"),
            "speech": ({"config": b'{"model_type": "whisper"}'}, "not_supported"),
        }
        for number, (name, (files, reason)) in enumerate(cases.items(), start=1):
            with self.subTest(name):
                folder = self.folder / name if files is None else broken_folder(self.folder, tiny, name, **files)
                self.say(type="load", id=number, model=str(folder))
                answer = self.hear()
                self.assertEqual((answer["type"], answer["id"], answer.get("reason")), ("error", number, reason), answer)
        self.say(type="load", id=99, model=str(tiny), options={"threads": 1, "context": 64, "kv_type": "q8_0"})
        loaded = self.hear()
        self.assertEqual(loaded["options"]["context"], {"value": 64, "how": "verified"})
        self.assertEqual(loaded["options"]["kv_type"], {"value": None, "how": "not_supported"})
        self.assertEqual(loaded["facts"]["parameters"], 967808)

    def test_the_end_of_the_input_ends_it_in_the_middle_of_a_load(self):
        self.say(type="load", id=1, model=str(self.make_model("tiny")))
        self.process.stdin.close()
        self.process.stdin = None
        self.assertEqual(self.process.wait(timeout=60), 0)


if __name__ == "__main__":
    unittest.main()
