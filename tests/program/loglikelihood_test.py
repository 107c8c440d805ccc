"""Multiple choice by log-likelihood: the whole way, on the scripted engine and on the shipped models."""

import json
import unittest

from harness import SOURCE, ProgramTest

SMALL = SOURCE / "models/tiny-s.q8_0.gguf"

PETS = """\
assay: 1
name: Pets
method: loglikelihood
prompt: "{{q}}"
cases:
  - {id: bark, vars: {q: "What barks?"}, choices: [a cat, a dog, a fish], expect: B}
  - {id: swim, vars: {q: "What swims?"}, choices: [a dog, a fish], expect: {text: a fish}}
models: ["fake:say a dog"]
"""


class LogLikelihood(ProgramTest):
    def test_the_scripted_engine_all_the_way(self):
        row = self.run_json(self.write("pets.yaml", PETS))["rows"][0]
        self.assertEqual((row["passed"], row["failed"]), (1, 1))
        self.assertEqual(row["named_scores"], {"acc": 0.5, "acc_norm": 0.5, "acc_bytes": 0.5})
        for figure in ("decode_tps", "ttft_ms", "e2e_ms", "prefill_tps"):
            self.assertIsNone(row[figure], figure)
        sample = {one["case"]: one for one in self.samples()}["bark"]
        self.assertEqual(sample["finish"], "scored")
        self.assertIsNone(sample["output_tokens"])
        self.assertEqual(sample["tokens"], [])
        choices = json.loads(sample["raw"])["choices"]
        self.assertEqual([one["text"] for one in choices], ["a cat", "a dog", "a fish"])
        self.assertEqual(choices[1], {"text": "a dog", "log_likelihood": -0.5, "tokens": 2, "bytes": 5, "greedy": True})
        shown = self.assay("show", "last").stdout
        self.assertIn("acc_norm", shown)
        self.assertNotRegex(shown, r"\b0(\.0+)? tok/s")

    def test_several_right_choices_are_truthfulqas_two_scores(self):
        path = self.write("pets.yaml", PETS.replace("expect: B}", "expect: [B, A]}"))
        row = self.run_json(path)["rows"][0]
        self.assertEqual((row["passed"], row["failed"]), (1, 1), "mc1 decides")
        self.assertEqual(set(row["named_scores"]), {"mc1", "mc2"})
        self.assertEqual(row["named_scores"]["mc1"], 0.5)
        self.assertTrue(0 < row["named_scores"]["mc2"] < 1)

    def test_grading_again_needs_no_model(self):
        self.run_json(self.write("pets.yaml", PETS))
        other = PETS.replace("prompt:", "evaluate: {type: loglikelihood, by: acc_bytes}\nprompt:").replace("expect: B", "expect: A")
        self.assay("grade", "last", "--suite", self.write("other.yaml", other))
        row = json.loads(self.assay("show", "last", "--json").stdout)["rows"][0]
        self.assertEqual((row["passed"], row["failed"]), (0, 2))

    def test_the_plan_says_what_is_asked(self):
        path = self.write("pets.yaml", PETS.replace("prompt:", "raw: true\nprompt:"))
        self.assertIn("method: log-likelihood of each choice; nothing is generated", self.assay("plan", path).stdout)
        shown = self.assay("plan", path, "--case", "bark").stdout
        self.assertIn("choice: ' a dog'", shown)
        self.assertNotIn("temperature", shown)
        self.assertEqual(json.loads(self.assay("plan", path, "--json").stdout)["method"], "loglikelihood")

    def test_what_cannot_be_is_said_before_the_first_request(self):
        path = self.write("pets.yaml", PETS)
        answers = self.write("answers.jsonl", json.dumps({"case": "bark", "output": "x"}) + "\n")
        done = self.assay("run", path, "--model", f"answers:{answers}", code=None)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("its engine gives no log-likelihoods of a text", done.stderr)
        done = self.assay("run", path, "--param", "temperature=0.5", code=2)
        self.assertIn("temperature is set, and nothing is sampled by log-likelihood", done.stderr)
        done = self.assay("suite", "check", self.write("bad.yaml", PETS.replace("expect: B", "expect: D")), code=2)
        self.assertRegex(done.stderr + done.stdout, r"bad\.yaml:6:5: case 'bark': no choice has the label 'D'")

    def test_choices_that_cannot_be_compared_are_mistakes_of_the_suite(self):
        def said(choices):
            path = self.write("bad.yaml", PETS.replace("[a cat, a dog, a fish], expect: B", choices))
            done = self.assay("suite", "check", path, code=2)
            return [line for line in done.stderr.splitlines() if line.startswith("error: ")]

        alone = said("[a cat], expect: A")
        self.assertEqual(len(alone), 1, f"three checks find it, one sentence says it: {alone}")
        self.assertIn("the case has one choice; expected a list of at least two", alone[0])
        self.assertIn("a choice without text", said('[a cat, " "], expect: A')[0])
        self.assertIn("two choices with the text 'a cat'", said('[a cat, "a cat "], expect: A')[0])
        many = ", ".join(f"{{label: l{i}, text: t{i}}}" for i in range(1025))
        self.assertIn("case 'bark' has 1025 choices; expected at most 1024", said(f"[{many}], expect: l7")[0])

    def test_resume_asks_again_when_a_choice_changed(self):
        path = self.write("pets.yaml", PETS)
        self.run_json(path)
        done = self.assay("run", path, "--resume", "last", code=None)
        self.assertNotIn("Traceback", done.stderr)

    @unittest.skipUnless(SMALL.exists(), "the shipped models are not there")
    def test_the_demo_suite_on_both_models(self):
        result = self.run_json(SOURCE / "suites/choices.yaml")
        small, large = result["rows"]
        for row in (small, large):
            self.assertEqual(row["passed"] + row["failed"], row["cases"])
            self.assertIsNone(row["decode_tps"])
            self.assertGreater(row["peak_memory_mib"], 0)
            self.assertEqual(set(row["named_scores"]), {"acc", "acc_norm", "acc_bytes"})
        self.assertGreater(large["accuracy"], small["accuracy"])
        for sample in self.samples():
            choices = json.loads(sample["raw"])["choices"]
            self.assertEqual(len(choices), 4)
            self.assertTrue(all(one["log_likelihood"] < 0 and one["tokens"] > 0 for one in choices))
            best = max(choices, key=lambda one: one["log_likelihood"])
            self.assertEqual(sum(one["greedy"] for one in choices) <= 1, True)
            if any(one["greedy"] for one in choices):
                self.assertTrue(best["greedy"] or best["tokens"] > 1)
            self.assertGreater(sample["prompt_tokens"], 0)
            self.assertNotIn("temperature", sample["requested"])

    @unittest.skipUnless(SMALL.exists(), "the shipped models are not there")
    def test_a_prompt_that_does_not_fit_is_incomplete(self):
        suite = PETS.replace("fake:say a dog", str(SMALL)).replace("What barks?", "word " * 400)
        row = self.run_json(self.write("long.yaml", suite), "--param", "context=256")["rows"][0]
        self.assertEqual((row["incomplete"], row["cases"]), (1, 2))
        reasons = {one["case"]: one["verdict"] for one in self.samples()}
        self.assertEqual(reasons["bark"], "incomplete")


if __name__ == "__main__":
    unittest.main()
