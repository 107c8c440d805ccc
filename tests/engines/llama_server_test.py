"""llama.cpp's own server, asked by its name and as any server of OpenAI's protocol; started by hand and by assay."""

import pathlib
import time
import unittest

from servers import TINY, EngineTest, Server, free_port, known_servers, needs_server
from spoken import COUNT, Spoken


@needs_server("llama-server")
class LlamaServer(Spoken, EngineTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        port = free_port()
        cls.server = cls.serve([known_servers()["llama-server"], "--model", TINY, "--alias", "tiny", "--host", "127.0.0.1", "--port", port,
                                "--parallel", 3, "--ctx-size", 3072, "--threads", 1], port, "/health")
        cls.model, cls.reference = f"llama-server:{cls.server.url}", f"llama:{TINY}"

    def test_as_any_server_of_openais_protocol(self):
        self.model = f"openai:{self.server.url}/v1#tiny"
        self.test_greedy_answers_are_those_of_the_embedded_engine()

    def test_its_prompt_is_that_of_the_embedded_engine(self):
        served, embedded = self.sums(self.model), self.sums(self.reference)
        self.assertEqual({case: one["prompt"] for case, one in served.items()},
                         {case: one["prompt"] for case, one in embedded.items()})

    def test_it_says_how_likely_its_tokens_were(self):
        sample, = self.count("--param", "logprobs=2")
        told = sample["claimed_logprobs"]
        self.assertEqual("".join(one["token"] for one in told).strip(), sample["raw"].strip())
        self.assertTrue(all(one["logprob"] <= 0 and len(one["top"]) == 2 for one in told))
        self.assertEqual([one["event"] for one in told if "event" in one],
                         sorted({one["event"] for one in told if "event" in one}))
        self.assertEqual(sample["effective"]["logprobs"], {"how": "verified", "value": 2})

    def test_a_model_that_the_server_lacks_stops_before_the_first_trial(self):
        suite = self.write("count.yaml", COUNT.replace("MODEL", f"openai:{self.server.url}/v1#nowhere"))
        done = self.assay("run", suite, code=4)
        self.assertIn("nowhere", done.stderr)
        self.assertIn("No trial was run", done.stderr)

    def test_a_prompt_that_is_too_long_is_an_error_of_its_trial(self):
        sample, = self.count(text=COUNT.replace("Count from", "x " * 2000 + "Count from"), code=3)
        self.assertEqual(sample["status"], "error")
        self.assertIn("context", sample["detail"])


@needs_server("llama-server")
class Managed(EngineTest):
    def test_assay_starts_and_stops_it(self):
        program = known_servers()["llama-server"]
        pids = self.folder / "pid"
        command = f"echo $$ > {pids}; exec {program} --model {{model}} --host 127.0.0.1 --port {{port}} --threads 1"
        suite = self.write("count.yaml", COUNT.replace("MODEL", f"llama-server:{TINY}"))
        self.run_json(suite, "--start", command)
        sample, = self.samples()
        self.assertEqual(sample["raw"].strip(), "1 2 3")
        self.assertGreater(sample["peak_memory_mib"], 5)
        self.assertFalse(pathlib.Path(f"/proc/{pids.read_text().strip()}").exists(), "it is stopped")


@needs_server("llama-server")
class Gone(EngineTest):
    def setUp(self):
        super().setUp()
        port = free_port()
        self.server = Server([known_servers()["llama-server"], "--model", TINY, "--host", "127.0.0.1", "--port", port, "--threads", 1],
                             port, "/health")
        self.addCleanup(self.server.stop)
        text = COUNT.replace("cases: [{id: one}]", "matrix: {a: [1, 2, 3, 4, 5, 6, 7, 8]}").replace("Count from", "{{a}} x Count from")
        self.suite = self.write("count.yaml", text.replace("max_tokens: 6", "max_tokens: 1500, temperature: 5")
                                .replace("MODEL", f"llama-server:{self.server.url}"))

    def test_a_server_that_is_not_there_stops_before_the_first_trial(self):
        self.server.stop()
        done = self.assay("run", self.suite, code=4)
        self.assertIn(str(self.server.port), done.stderr)
        self.assertIn("No trial was run", done.stderr)

    def test_a_server_that_dies_costs_its_trials_and_what_was_done_is_kept(self):
        process = self.start("run", self.suite)
        deadline = time.monotonic() + 120
        while self.stored_samples() == 0 and time.monotonic() < deadline:
            time.sleep(0.002)  # until a sample is stored, so that the death comes in the middle of the run
        self.server.process.kill()
        _, errors = process.communicate(timeout=200)
        self.assertEqual(process.returncode, 3, errors)
        statuses = [sample["status"] for sample in self.samples()]
        self.assertEqual((statuses[0], statuses[-1]), ("ok", "error"))
        self.assertIn([sample["reason"] for sample in self.samples()][-1], ("transport", "server_exit"))


if __name__ == "__main__":
    unittest.main()
