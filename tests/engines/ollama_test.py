"""Ollama with our tiny model, in a home of its own."""

import json
import subprocess
import unittest
import urllib.request

from servers import TINY, EngineTest, free_port, known_servers, needs_server
from spoken import COUNT, Spoken


@needs_server("ollama")
class Ollama(Spoken, EngineTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        port = free_port()
        home = {"OLLAMA_HOST": f"127.0.0.1:{port}", "OLLAMA_MODELS": str(cls.shared / "models"), "HOME": str(cls.shared)}
        cls.server = cls.serve([known_servers()["ollama"], "serve"], port, "/", **home)
        (cls.shared / "Modelfile").write_text(f"FROM {TINY}\nPARAMETER num_thread 1\n")  # more would wait for each other at barriers
        done = subprocess.run([known_servers()["ollama"], "create", "tiny", "-f", "Modelfile"], cwd=cls.shared, env=home, capture_output=True)
        if done.returncode != 0:
            raise AssertionError(done.stderr.decode())
        cls.settings = {"OLLAMA_HOST": home["OLLAMA_HOST"]}
        cls.model, cls.reference = "ollama:tiny", f"llama:{TINY}"

    def resident(self):
        with urllib.request.urlopen(self.server.url + "/api/ps", timeout=10) as answer:
            return [one["name"] for one in json.load(answer)["models"]]

    def test_the_model_is_unloaded_after_the_run(self):
        self.count()
        self.assertEqual(self.resident(), [])

    def test_a_prompt_that_was_cut_is_flagged(self):
        sample, = self.count("--param", "context=256", text=COUNT.replace("Count from", "x " * 600 + "Count from"))
        self.assertIn("truncated_prompt", sample["flags"])

    def test_a_model_that_it_lacks_stops_before_the_first_trial(self):
        suite = self.write("count.yaml", COUNT.replace("MODEL", "ollama:nowhere:1b"))
        done = self.assay("run", suite, code=4, **self.settings)
        self.assertIn("nowhere:1b", done.stderr)
        self.assertIn("No trial was run", done.stderr)


if __name__ == "__main__":
    unittest.main()
