"""assay recommend: what fits, how fast it can be at most, and predictions from slices, with a worker of paper."""

import json
import signal
import time
import unittest

from harness import ProgramTest

# Speed tests that take a nanosecond for each byte of the file (decoding) and a millisecond for each layer (prefill), which
# the name of a slice tells; repetitions differ by a thousandth.
WORKER = """#!/usr/bin/env python3
import json, os, sys, time
count = 0
for line in sys.stdin:
    asked = json.loads(line)
    kind, answer = asked["type"], {"id": asked["id"]}
    if kind == "hello":
        answer.update(type="hello", protocol=1, worker="paper 1", engine="paper", engine_version="3",
                      capabilities=["chat", "raw", "bench"], params=["context"], build={})
    elif kind == "load":
        path = asked["model"]
        answer.update(type="loaded", load_ns=1, options={}, facts={})
    elif kind == "bench":
        count += 1
        if os.environ.get("PAPER") == "fails":
            answer.update(type="error", reason="engine", message="the paper is wet")
        elif os.environ.get("PAPER") == "slow":
            time.sleep(60)
        else:
            noise = 1 + (count % 3) / 1000
            layers = int(path.rsplit("-", 1)[1].split(".")[0])
            each = int(os.path.getsize(path) * noise)
            tokens = [each * (i + 1) for i in range(asked["generate"])]
            total = tokens[-1] if tokens else int(layers * 1e6 * noise)
            answer.update(type="benched", t_ns=time.monotonic_ns(), tokens_ns=tokens, total_ns=total, warmed_up=True,
                          before=0, context=512, threads=1, memory_bytes=1)
    else:
        answer.update(type="ok")
    print(json.dumps(answer), flush=True)
    if kind == "quit":
        break
"""


class Recommend(ProgramTest):
    def setUp(self):
        super().setUp()
        self.worker = self.folder / "paper"
        self.worker.write_text(WORKER)
        self.worker.chmod(0o755)
        self.cache = self.folder / "cache"

    def recommend(self, *arguments, code=0, **extra):
        return self.assay("recommend", *arguments, code=code, ASSAY_LLAMA_WORKER=str(self.worker),
                          ASSAY_CACHE=str(self.cache), **extra)

    def slices_left(self):
        return [path.name for path in self.cache.glob("slice-*")]

    SMALL = ("--only", "qwen2.5-0.5b", "-q", "Q2_K", "--on", "memory")

    def test_recommend_says_what_fits_a_machine(self):
        told = json.loads(self.recommend("--ram", 8, "--bandwidth", 100, "--json").stdout)
        rows = {row["model"]: row for row in told["rows"]}
        eight = rows["llama-3.1-8b"]
        self.assertTrue(eight["fits"])
        self.assertEqual(eight["quantisation"], "Q3_K_M")  # the first that stays below 0.7 of 8 GiB with its context
        self.assertLess(eight["total_bytes"], told["room_bytes"])
        self.assertAlmostEqual(eight["decode_tps_at_most"], 100e9 / eight["weights_bytes"], delta=2)
        self.assertFalse(rows["llama-3.1-70b"]["fits"])
        begin = rows[told["pick"]["model"]]
        self.assertTrue(begin["fits"])
        self.assertGreaterEqual(begin["decode_tps_at_most"], 10)
        self.assertIn(f"To begin with: {begin['model']} in ", self.recommend("--ram", 8, "--bandwidth", 100).stdout)
        text = self.recommend("--ram", 8).stdout
        self.assertNotIn("GB/s", text)
        self.assertNotIn("To begin with", text)  # nothing is known of speed
        self.assertIn("Q4_K_M", self.recommend("-q", "Q9", code=2).stderr)
        self.recommend("--ram", 0, code=2)

    def test_the_first_line_is_the_answer(self):
        def first(*arguments):
            return self.recommend(*arguments).stdout.splitlines()[0]

        self.assertTrue(first("--ram", 16, "--bandwidth", 100).startswith("To begin with: "))
        self.assertIn("is not known without --bandwidth", first("--ram", 16))
        self.assertTrue(first("--ram", 16, "--bandwidth", 2).startswith("All that fit are slow: the fastest is qwen3-0.6b"))
        none = self.recommend("--vram", 1)
        self.assertTrue(none.stdout.startswith("None of them fits: qwen2.5-0.5b in Q2_K, the smallest, needs 0."))
        self.assertNotIn("MODEL", none.stdout, "a table without rows")

    def test_what_is_said_beside_the_table_keeps_to_the_width(self):
        for arguments in (("--ram", 1), ("--ram", 8, "--bandwidth", 100, "--context", 131072), ("--vram", 24)):
            said = self.recommend(*arguments).stderr
            self.assertLessEqual(max(map(len, said.splitlines())), 100, said)  # without a terminal
            self.assertEqual("Too large: " in said, True)

    def test_names_of_models_and_mixes_are_taken_in_any_case_and_once(self):
        rows = json.loads(self.recommend("--ram", 32, "--only", "Qwen3-8B,qwen3-8b", "-q", "q4_k,Q4_K_M", "--all", "--json").stdout)
        self.assertEqual([(row["model"], row["quantisation"]) for row in rows["rows"]], [("qwen3-8b", "Q4_K_M")])

    def test_layers_that_see_a_window_keep_no_more_than_that(self):
        asked = ("--ram", 64, "--only", "gemma-3-12b", "-q", "Q4_K_M", "--context", 131072)
        [row] = json.loads(self.recommend(*asked, "--json").stdout)["rows"]
        each = 8 * 256 * 2 * 2  # KV heads, head length, keys and values in half precision
        self.assertEqual(row["kv_cache_in_run_bytes"], 48 * 131072 * each)
        self.assertEqual(row["kv_cache_bytes"], (8 * 131072 + 40 * 1536) * each)
        self.assertTrue(row["fits"])
        self.assertIn("assay run keeps all: gemma-3-12b (48.0 GiB).", " ".join(self.recommend(*asked).stderr.split()))
        self.assertNotIn("assay run keeps", self.recommend("--ram", 64, "--only", "qwen3-8b").stderr)

    def test_what_cannot_be_asked_together_is_refused(self):
        for size in ("--ram", "--vram", "--bandwidth"):
            self.assertIn(f"{size} is no number", self.recommend(size, "nan", code=2).stderr)
        self.assertIn("--vram", self.recommend("--ram", 16, "--on", "card", code=None).stderr)
        self.assertIn("one of: memory, card", self.recommend("--on", "disk", code=2).stderr)
        help_text = self.assay("recommend", "--help").stdout
        self.assertIn("--on memory|card", help_text)
        self.assertNotIn("ENUM", help_text)

    def test_a_graphics_cards_memory_is_what_counts(self):
        machine = {"host": "tower", "memory_bytes": 64 << 30, "gpus": ["NVIDIA Toy"],
                   "cards": [{"name": "NVIDIA Toy", "memory_bytes": 8 << 30, "shares_memory": False}],
                   "bandwidth": {"read_bytes_per_s": 5e10}}
        there = ("--machine", self.write("tower.json", json.dumps({"schema": "assay.bench/1", "machine": machine})))
        told = json.loads(self.recommend(*there, "--json").stdout)
        self.assertEqual((told["room_in"], told["room_bytes"]), ("card", 7 << 30))
        self.assertIsNone(told["bandwidth_bytes_per_s"], "that of main memory is not the card's")
        rows = {row["model"]: row for row in told["rows"]}
        self.assertEqual(rows["llama-3.1-8b"]["quantisation"], "Q5_K_M")
        self.assertFalse(rows["qwen2.5-32b"]["fits"])
        self.assertIn("7.0 GiB on NVIDIA Toy", self.recommend(*there).stdout)
        memory = json.loads(self.recommend(*there, "--on", "memory", "--json").stdout)
        self.assertEqual((memory["room_in"], memory["bandwidth_bytes_per_s"]), ("memory", 5e10))
        self.assertTrue({row["model"]: row for row in memory["rows"]}["qwen2.5-32b"]["fits"])
        del machine["cards"]
        unknown = ("--machine", self.write("unknown.json", json.dumps(machine)))
        said = self.recommend(*unknown)
        self.assertIn("How much memory NVIDIA Toy has is not known", said.stdout + said.stderr)
        self.assertIn("--vram", self.recommend(*unknown, "--on", "card", code=None).stderr)
        named = json.loads(self.recommend(*unknown, "--vram", 24, "--bandwidth", 900, "--json").stdout)
        self.assertEqual((named["room_in"], named["room_bytes"]), ("card", 23 << 30))
        self.assertEqual(named["bandwidth_bytes_per_s"], 9e11)
        self.assertIn("no record of a machine", self.recommend("--machine", self.write("no.json", "[]"), code=2).stderr)

    def test_a_card_that_shares_main_memory_is_a_limit_of_it(self):
        card = [{"name": "Metal", "memory_bytes": 1 << 30, "shares_memory": True}]
        apple = self.write("apple.json", json.dumps({"memory_bytes": 64 << 30, "cards": card}))
        told = json.loads(self.recommend("--machine", apple, "--json").stdout)
        self.assertEqual((told["room_in"], told["room_bytes"]), ("memory", 1 << 30))
        self.assertIn("--machine", self.recommend("--machine", apple, "--measure", code=2).stderr)

    def test_a_context_longer_than_the_models_is_said(self):
        asked = ("--ram", 64, "--only", "phi-4,qwen2.5-0.5b", "--context", 20000)
        rows = {row["model"]: row["context"] for row in json.loads(self.recommend(*asked, "--json").stdout)["rows"]}
        self.assertEqual(rows, {"phi-4": 16384, "qwen2.5-0.5b": 20000})
        said = self.recommend(*asked)
        self.assertIn("which is shorter than that: phi-4 (16384).", said.stdout + said.stderr)

    def test_a_speed_is_predicted_from_slices_and_known_from_then_on(self):
        row = json.loads(self.recommend(*self.SMALL, "--measure", "--json").stdout)["rows"][0]
        told = row["predicted"]
        self.assertEqual((told["slices"], told["layers"], told["engine"]), ([2, 6], 24, "paper 3"))
        # Of the weights all are read for a token, the embedding too: it is the output matrix as well.
        self.assertAlmostEqual(told["decode"]["tps"] * row["weights_bytes"] / 1e9, 1, delta=0.03)
        self.assertAlmostEqual(told["prefill"]["tps"] * 24e-3 / 512, 1, delta=0.01)
        for speed in (told["decode"], told["prefill"]):
            self.assertLess(speed["ci95"][0], speed["tps"])
            self.assertLess(speed["tps"], speed["ci95"][1])
        self.assertEqual(self.slices_left(), [])
        self.worker.unlink()  # what is known needs no engine
        again = json.loads(self.recommend(*self.SMALL, "--json").stdout)["rows"][0]
        self.assertEqual(again["predicted"], told)
        text = self.recommend(*self.SMALL).stdout
        self.assertIn("DECODE TOK/S", text)
        self.assertIn("slow", text)  # of the prediction (5 tokens/s), whatever the bandwidth would allow
        other = json.loads(self.recommend("--ram", 8, "--json").stdout)["rows"]
        self.assertTrue(all(one["predicted"] is None for one in other), "another machine is not this one")

    def test_what_is_known_may_be_broken(self):
        self.recommend(*self.SMALL, "--measure")
        [known] = self.cache.glob("slices-*.json")
        good = json.loads(known.read_text())
        for text in ("", "{", "[]", "{}", json.dumps({**good, "slices": 3}), json.dumps({**good, "slices": [3, {}]}),
                     json.dumps({**good, "slices": [{**good["slices"][0], "decode": {"tps": -1, "ci95": [1, 2]},
                                                     "prefill": {"tps": 1, "ci95": "x"}, "more": -3}]})):
            known.write_text(text)
            with self.subTest(text):
                row = json.loads(self.recommend(*self.SMALL, "--json").stdout)["rows"][0]
                self.assertIsNone((row["predicted"] or {}).get("decode"))

    def test_trouble_leaves_a_sentence_and_no_slice(self):
        failed = self.recommend(*self.SMALL, "--measure", code=None, PAPER="fails")
        self.assertNotEqual(failed.returncode, 0)
        self.assertIn("the paper is wet", failed.stderr)
        self.assertIn("qwen2.5-0.5b", failed.stdout)
        self.assertEqual(self.slices_left(), [])
        self.assertIn("--bandwidth", self.recommend("--ram", 8, "--measure", code=2).stderr)
        self.assertIn("Did you mean 'qwen2.5-0.5b'", self.recommend("--only", "qwen2.5-0.5", code=None).stderr)

    def test_ctrl_c_ends_it_at_once(self):
        process = self.start("recommend", *self.SMALL, "--measure", ASSAY_LLAMA_WORKER=str(self.worker),
                             ASSAY_CACHE=str(self.cache), PAPER="slow")
        for _ in range(600):
            if len(self.slices_left()) == 2 and process.poll() is None:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertIn("qwen2.5-0.5b", out)
        self.assertEqual(self.slices_left(), [])


if __name__ == "__main__":
    unittest.main()
