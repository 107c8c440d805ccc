"""What every server must do when assay asks it: answers, counts, times, settings. The classes of the single servers bring
`model`, `reference` and `settings`."""

from servers import SUMS

COUNT = """\
assay: 1
name: Count
prompt: "Count from 1 to 50."
cases: [{id: one}]
evaluate: {type: regex, value: "[0-9]+"}
params: {max_tokens: 6}
models: ["MODEL"]
"""


class Spoken:
    model = ""  # as it follows --model
    reference = ""  # the embedded engine with the very same weights
    settings = {}  # environment variables
    claims = True  # whether the server tells its own speed

    def sums(self, model):
        self.assay("run", SUMS, "--model", model, "--json", **self.settings)
        return {sample["case"]: sample for sample in self.samples()}

    def count(self, *arguments, text=COUNT, code=0):
        suite = self.write("count.yaml", text.replace("MODEL", self.model))
        self.assay("run", suite, "--json", *arguments, code=code, **self.settings)
        return self.samples()

    def test_greedy_answers_are_those_of_the_embedded_engine(self):
        served, embedded = self.sums(self.model), self.sums(self.reference)
        self.assertEqual(len(served), 80)
        for member in ("raw", "prompt_tokens", "output_tokens", "finish"):
            different = {case: (served[case][member], one[member]) for case, one in embedded.items() if served[case][member] != one[member]}
            self.assertEqual(different, {}, member)

    def test_counts_and_times(self):
        for sample in self.sums(self.model).values():
            self.assertEqual((sample["status"], sample["count_source"], sample["finish"]), ("ok", "usage", "stop"))
            times = [sample["sent_ns"], sample["accepted_ns"], *[at for at, _, _ in sample["tokens"]], sample["done_ns"]]
            self.assertEqual(times, sorted(times))
            self.assertEqual(sample["last_token_ns"], sample["tokens"][-1][0])
            self.assertNotIn("count_mismatch", sample["flags"])
            self.assertEqual(any(name.startswith("claimed_decode") for name in sample), self.claims)

    def test_an_answer_that_the_limit_ends(self):
        sample, = self.count()
        self.assertEqual((sample["finish"], sample["output_tokens"], sample["raw"].strip()), ("length", 6, "1 2 3"))

    def test_a_stop_text_ends_the_answer(self):
        sample, = self.count(text=COUNT.replace("max_tokens: 6", 'max_tokens: 60, stop: ["4"]'))
        self.assertEqual((sample["finish"], sample["raw"].strip()), ("stop", "1 2 3"))

    def test_every_setting_that_was_asked_for_comes_back_with_how_sure_it_is(self):
        sample, = self.count("--param", "temperature=0.7", "--param", "seed=11", "--param", "top_p=0.9")
        for name, value in (("temperature", 0.7), ("seed", 11), ("top_p", 0.9), ("max_tokens", 6)):
            self.assertEqual(sample["requested"][name], value)
            self.assertAlmostEqual(sample["effective"][name]["value"], value, places=5)
            self.assertIn(sample["effective"][name]["how"], ("verified", "unverified"))

    def test_the_same_seed_gives_the_same_answer_and_another_another(self):
        text = COUNT.replace("max_tokens: 6", "max_tokens: 30, temperature: 3")
        answers = [self.count("--param", f"seed={seed}", text=text)[0]["raw"] for seed in (5, 5, 6)]
        self.assertEqual(answers[0], answers[1])
        self.assertNotEqual(answers[0], answers[2])

    def test_several_at_once(self):
        text = COUNT.replace("cases: [{id: one}]", "matrix: {a: [1, 2, 3, 4, 5, 6]}").replace("Count from 1", "Count from {{a}}")
        samples = self.count("--parallel", 3, text=text)
        self.assertEqual([sample["status"] for sample in samples], ["ok"] * 6)
        self.assertTrue(any("batched" in sample["flags"] for sample in samples))
