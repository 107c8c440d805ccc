"""What services charge: prices, what a run cost, and --max-cost."""

import contextlib
import json
import sqlite3
import unittest

from scripted_server import Script, ServerTest

SUITE = """\
assay: 1
name: Echo
prompt: "{{word}}"
matrix: {word: [alpha, beta, gamma, delta, epsilon, zeta, eta, theta]}
evaluate: {type: contains, value: "{{word}}"}
params: {max_tokens: 100}
models:
  - engine: openai
    url: "ADDRESS"
    model: tiny
    label: paid
    price: {input: 1, output: 10}
"""


class Forgetful(Script):
    """Counts nothing."""

    def chat(self, prompt):
        self.begin()
        self.text(prompt, "stop")
        self.done()


class Cost(ServerTest):
    def suite(self, script=Script, text=SUITE):
        server = self.serve(script)
        address = f"http://127.0.0.1:{server.server_port}/v1"
        return server, self.write("s.yaml", text.replace("ADDRESS", address))

    def test_a_run_says_what_it_cost_and_by_which_price(self):
        _, suite = self.suite()
        done = self.assay("run", suite)
        row = self.run_json(suite)["rows"][0]
        # eight answers of 10 prompt tokens at 1 and 2 tokens at 10 dollars a million
        self.assertAlmostEqual(row["cost_usd"], 8 * 30e-6)
        self.assertEqual(row["n"]["cost_usd"], 8)
        self.assertAlmostEqual(self.samples()[0]["cost_usd"], 30e-6)
        self.assertIn("cost", done.stdout.splitlines()[2])
        self.assertIn("paid: cost by the price that the suite gives", done.stdout)
        self.assertIn("cost_usd", self.assay("report", "last", "-f", "csv").stdout.splitlines()[0])

    def test_answers_without_counts_are_told_and_cost_nothing_known(self):
        _, suite = self.suite(Forgetful)
        done = self.assay("run", suite)
        self.assertIn("without 8 samples whose tokens the service did not count", " ".join(done.stdout.split()))
        self.assertIsNone(self.samples()[0]["cost_usd"])

    def test_max_cost_ends_the_model_before_it_is_exceeded(self):
        server, suite = self.suite()
        # Each can cost (7 bytes at most + 64) at 1 and 100 tokens at 10 dollars a million: 0.00107; and costs 0.00003.
        row = self.run_json(suite, "--max-cost", "0.0012", code=3)["rows"][0]
        self.assertLess(row["cost_usd"], 0.0012)
        answered = row["passed"] + row["failed"]
        self.assertEqual(answered + 1, len(server.bodies), "and the warm-up")
        self.assertGreater(answered, 1)
        self.assertGreater(row["missing"], 0)
        self.assertIn("stopped by --max-cost $0.0012", self.assay("show", "last").stdout)

    def test_max_cost_counts_what_a_resumed_run_had_cost(self):
        server, suite = self.suite()
        self.run_json(suite, "--max-cost", "0.0012", code=3)
        before = len(server.bodies)
        self.assay("run", suite, "--resume", "--max-cost", "0.0012", code=None)
        self.assertLessEqual(len(server.bodies), before + 1)
        row = self.run_json(suite, "--resume", "--max-cost", "1")["rows"][0]
        self.assertEqual((row["missing"], len(server.bodies)), (0, 8 + 3), "and a warm-up after each of three loads")

    def test_max_cost_is_kept_and_holds_for_a_resumed_run(self):
        server, suite = self.suite()
        self.run_json(suite, "--max-cost", "0.0012", code=3)
        self.assertEqual(self.options(), {"max_cost": 0.0012})
        before = len(server.bodies)
        done = self.assay("run", suite, "--resume", code=3)
        self.assertIn("It may cost $0.0012 in all, as it was told; --max-cost gives it another limit.", done.stderr)
        self.assertLessEqual(len(server.bodies), before + 1, "no answer beyond the limit")
        done = self.assay("run", suite, "--resume", "--max-cost", "1")
        self.assertNotIn("as it was told", done.stderr)
        self.assertEqual(self.options(), {"max_cost": 1})
        self.assay("run", suite)
        self.assertEqual(self.options(), {}, "a new run has no limit")

    def options(self):
        """Of the newest run, as it is stored."""
        with contextlib.closing(sqlite3.connect(self.store)) as store:
            return json.loads(store.execute("SELECT options FROM run ORDER BY number DESC LIMIT 1").fetchone()[0])

    def test_a_service_without_a_known_price_is_refused_under_max_cost(self):
        suite = self.write("s.yaml", SUITE.replace("ADDRESS", "http://models.invalid/v1").replace(
            "    price: {input: 1, output: 10}\n", ""))
        done = self.assay("run", suite, "--max-cost", "1", code=2)
        self.assertIn("the price of 'paid' is not known", done.stderr)
        self.assertIn("price: {input:", done.stderr)

    def test_a_wrong_price_is_told_with_its_place(self):
        suite = self.write("s.yaml", SUITE.replace("{input: 1, output: 10}", "{input: -1, outptu: 3}"))
        done = self.assay("suite", "check", suite, code=2)
        for word in ("s.yaml:12:20", "outptu", "without 'output'"):
            self.assertIn(word, done.stdout + done.stderr)

    def test_a_price_list_of_ones_own_is_read(self):
        _, suite = self.suite(text=SUITE.replace("    price: {input: 1, output: 10}\n", ""))
        broken = self.write("prices.json", "{")
        # A server of one's own is charged by nobody, so no list is read.
        self.assay("run", suite, ASSAY_PRICES=broken)
        remote = self.write("r.yaml", SUITE.replace("model: tiny", "model: gpt-4o").replace('    url: "ADDRESS"\n', "").replace(
            "    price: {input: 1, output: 10}\n", ""))
        done = self.assay("plan", remote, code=2, ASSAY_PRICES=broken)
        self.assertIn("prices.json", done.stderr)
        mine = self.write("prices.json", json.dumps(
            {"services": {"openai": {"as_of": "2030-01", "models": {"gpt-4o": {"input": 1, "output": 2}}}}}))
        self.assay("plan", remote, ASSAY_PRICES=mine)


class Media(ServerTest):
    def test_a_picture_reaches_the_server_and_a_model_without_eyes_is_refused(self):
        self.write("dot.png", b"\x89PNG\r\n\x1a\n and more")
        server = self.serve(Seeing)
        suite = self.write("s.yaml", """\
assay: 1
name: Look
prompt: "What is it?"
cases: [{id: dot, image: dot.png, expect: "a dot"}]
evaluate: equals
warmup: 0
""")
        self.assay("run", suite, "--model", self.model(server))
        parts = server.bodies[0]["messages"][-1]["content"]
        self.assertEqual([part["type"] for part in parts], ["image_url", "text"])
        self.assertTrue(parts[0]["image_url"]["url"].startswith("data:image/png;base64,iVBORw0KGgo"))
        self.write("dot.png", "no picture")
        self.assay("run", suite, "--model", self.model(server), code=3)
        self.assertIn("PNG, JPEG, GIF or WebP", self.samples()[0]["detail"])


class Seeing(Script):
    def chat(self, prompt):
        self.begin()
        self.text("a dot", "stop")
        self.done(output=3)


if __name__ == "__main__":
    unittest.main()
