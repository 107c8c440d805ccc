"""A suite of the program Benchy: checked, shown, planned and run as it is."""

import json
import unittest

from harness import ProgramTest

SUITE = """\
benchmark_name: Echo
purpose: Says a word
base_prompt: |
  Say {{word}}, {{times}} times.
evaluator: raw_string_evaluator
models: [ "tiny:1b" ]
prompts:
  - dynamic_variables: { word: alpha, times: 010 }
    expectation: alpha
  - dynamic_variables: { word: "{{times}}", times: yes }
    expectation: beta
"""


class Benchy(ProgramTest):
    def test_check_warns_and_strict_refuses(self):
        path = self.write("s.yaml", SUITE.replace("purpose: Says a word\n", ""))
        done = self.assay("suite", "check", path)
        self.assertIn("2 cases, 1 model", done.stdout)
        self.assertIn(":1:1: no 'purpose'", done.stderr)
        self.assertIn("contains {{times}}", done.stderr)
        done = self.assay("suite", "check", "--strict", path, code=2)
        self.assertIn("error: " + path + ":1:1: no 'purpose'", done.stderr)

    def test_every_mistake_at_once_with_its_place(self):
        path = self.write("s.yaml", SUITE.replace("raw_string_evaluator", "raw").replace("tiny:1b", "a~b"))
        done = self.assay("suite", "check", path, code=2)
        self.assertIn(path + ":5:12: unknown evaluator 'raw'", done.stderr)
        self.assertIn(path + ":6:11: unknown provider 'a'", done.stderr)

    def test_what_show_prints_is_the_same_suite(self):
        shown = self.assay("suite", "show", self.write("s.yaml", SUITE)).stdout
        self.assertIn("benchy: {evaluator: raw_string_evaluator}\n", shown)
        self.assertIn("grading: benchy\n", shown)
        self.assertEqual(self.assay("suite", "show", self.write("again.yaml", shown)).stdout, shown)

    def test_the_plan_shows_the_exact_prompt(self):
        path = self.write("s.yaml", SUITE)
        trials = self.assay("plan", path, "--model", "fake:", "--trials").stdout.splitlines()
        self.assertEqual(len(trials), 2, "one run per case, no warm-up")
        for trial, text in zip(trials, ["| Say alpha, 8 times.", "| Say True, True times."]):
            self.assertIn(text, self.assay("plan", path, "--model", "fake:", "--case", trial.split()[1]).stdout)

    def test_a_name_without_provider_is_ollamas_and_model_goes_over_it(self):
        path = self.write("s.yaml", SUITE)
        done = self.assay("run", path, code=4, OLLAMA_HOST="127.0.0.1:9")  # nobody listens at the discard port
        self.assertIn("model 'ollama~tiny:1b': no server answers at http://127.0.0.1:9", done.stderr)
        self.assertIn("Start it: ollama serve", done.stderr)
        row = self.run_json(path, "--model", "fake:say ```\nalpha\n```")["rows"][0]
        self.assertEqual((row["passed"], row["failed"]), (1, 1))
        for sample in self.samples():
            self.assertNotIn("max_tokens", sample["requested"])

    def test_without_models_nothing_is_sent(self):
        for models in ("", "models:\n", "models: []\n"):
            path = self.write("s.yaml", SUITE.replace('models: [ "tiny:1b" ]\n', models))
            with self.subTest(models):
                done = self.assay("run", path, code=2)
                self.assertIn("--model", done.stderr)
                self.assertFalse(self.store.exists(), "not even a run was begun")
                self.assay("suite", "check", path)
                self.assay("suite", "check", "--strict", path, code=2)

    def test_the_grading_of_the_command_line_wins(self):
        path = self.write("s.yaml", SUITE)
        fenced = "fake:say <think>x</think>alpha"
        theirs = self.run_json(path, "--model", fenced)["rows"][0]
        ours = self.run_json(path, "--model", fenced, "--grading", "assay")["rows"][0]
        self.assertEqual((theirs["passed"], ours["passed"]), (0, 1))

    def test_a_fence_with_any_word_is_taken_off_by_both_gradings(self):
        path = self.write("s.yaml", SUITE)
        for grading in ("benchy", "assay"):
            row = self.run_json(path, "--model", "fake:say ```sh\nalpha\n```", "--grading", grading)["rows"][0]
            self.assertEqual(row["passed"], 1, grading)
        suite = SUITE.replace("raw_string_evaluator", "json_validator_eval").replace(
            "expectation: alpha", "expectation: {a: 1}").replace("expectation: beta", "expectation: {b: 2}")
        for grading in ("benchy", "assay"):
            row = self.run_json(self.write("j.yaml", suite), "--model", "fake:say ```json\n{\"a\": 1}\n```", "--grading", grading)["rows"][0]
            self.assertEqual(row["passed"], 1, grading)

    def test_further_checks_are_scores_of_their_own_and_leave_the_verdict_alone(self):
        more = SUITE.replace("models:", 'checks: [ { type: contains, value: "!" } ]\nmodels:').replace(
            "expectation: alpha", "expectation: alpha\n    checks: [ { type: not-contains, value: hm, metric: calm } ]")
        verdicts = []
        for text in (SUITE, more):
            for grading in ("benchy", "assay"):
                row = self.run_json(self.write("s.yaml", text), "--model", "fake:say <think>hm</think>alpha", "--grading", grading)["rows"][0]
                verdicts.append([[one[name] for name in ("verdict", "score", "verdict_reason", "verdict_detail", "extracted", "case")]
                                 for one in self.samples()])
        self.assertEqual(verdicts[2:], verdicts[:2])
        self.assertEqual(row["named_scores"], {"calm": 1, "contains": 0})
        self.assertIn("calm", self.assay("show", "last").stdout)
        self.assay("grade", "last", "--grading", "benchy")
        self.assertEqual([one["assertions"][-1]["metric"] for one in self.samples()], ["calm", "contains"])
        shown = self.assay("suite", "show", str(self.folder / "s.yaml")).stdout
        self.assertEqual(self.assay("suite", "show", self.write("again.yaml", shown)).stdout, shown)

    def test_the_report_names_the_rules_of_its_verdicts(self):
        self.run_json(self.write("s.yaml", SUITE), "--model", "fake:say <think>x</think>alpha")
        theirs = json.loads(self.assay("report", "-f", "benchy").stdout)
        self.assertEqual((theirs["assay"]["grading"], theirs["overall_correct_count"]), ("benchy", 0))
        self.assay("grade", "--grading", "assay")
        ours = json.loads(self.assay("report", "-f", "benchy").stdout)
        self.assertEqual((ours["assay"]["grading"], ours["overall_correct_count"]), ("assay", 1))

    def test_a_run_that_the_other_grading_refuses_is_shown(self):
        suite = SUITE.replace("raw_string_evaluator", "json_validator_eval")
        self.run_json(self.write("s.yaml", suite), "--model", "fake:say alpha")
        shown = self.assay("show").stdout
        self.assertIn("1/2", shown)
        self.assertIn("grading assay refuses this suite", shown)
        self.assertIn("no JSON at offset 0", shown)
        self.assay("report", "-f", "junit")
        self.assay("grade", "--grading", "assay", code=2)

    def test_answers_from_a_file(self):
        path = self.write("s.yaml", SUITE)
        trials = self.assay("plan", path, "--model", "fake:", "--trials").stdout.splitlines()
        lines = [{"case": trial.split()[1], "output": word} for trial, word in zip(trials, ["alpha", "beta"])]
        answers = self.write("answers.jsonl", "\n".join(map(json.dumps, lines)))
        row = self.run_json(path, "--model", f"answers:{answers}")["rows"][0]
        self.assertEqual(row["passed"], 2)


if __name__ == "__main__":
    unittest.main()
