"""Grading from the outside: tasks with programs, several answers to a case, corpus scores, the two gradings."""

import json
import shutil
import unittest

from harness import SOURCE, ProgramTest

DATA = SOURCE / "src/suite/testdata"

TASK = """\
assay: 1
cases: {task: humaneval, path: _humaneval.jsonl}
repeats: 4
warmup: 0
"""
GOOD = "```python\ndef rising(xs):\n    return all(a < b for a, b in zip(xs, xs[1:]))\n```"
BAD = "```python\ndef rising(xs):\n    return True\n```"
HALF = "Here:\n```python\ndef half(n):\n    return n // 2\n```"


class Grading(ProgramTest):
    def answers(self, rows):
        lines = [json.dumps({"case": case, "repeat": repeat, "output": output}) for case, repeat, output in rows]
        return "answers:" + self.write("answers.jsonl", "\n".join(lines) + "\n")

    def task(self):
        shutil.copy(DATA / "_humaneval.jsonl", self.folder)
        rows = [("Own/0", n, GOOD if n % 2 == 0 else BAD) for n in range(4)] + [("Own/1", n, HALF) for n in range(4)]
        return self.write("task.yaml", TASK), self.answers(rows)

    def test_a_task_with_its_protocol_pass_at_k_and_the_sandbox(self):
        path, model = self.task()
        result = self.run_json(path, "--model", model, "--unsafe-no-sandbox")
        row = result["rows"][0]
        self.assertEqual((row["passed"], row["failed"]), (6, 2))
        self.assertAlmostEqual(row["repeated"]["pass_at_k"]["1"]["mean"], 0.75)
        self.assertAlmostEqual(row["repeated"]["pass_at_k"]["2"]["mean"], (5 / 6 + 1) / 2)
        self.assertAlmostEqual(row["repeated"]["pass_hat_k"]["4"]["mean"], 0.5)
        self.assertEqual(row["repeated"]["consistency"], 0.5)
        self.assertIn("sandbox: none", [note["text"][:13] for note in result["notes"]])
        shown = self.assay("show", "last").stdout
        self.assertIn("pass@4 100 %", shown)
        self.assertIn("sandbox: none", shown)
        self.assertIn("pass@4 100 %", self.assay("report", "last", "-f", "md").stdout)

    def test_the_answers_to_a_case_vote_and_grading_again_counts_them_again(self):
        suite = """\
assay: 1
prompt: "{{q}}"
cases: [{id: a, vars: {q: x}, expect: 18}, {id: b, vars: {q: y}, expect: 7}, {id: c, vars: {q: z}, expect: 5}]
repeats: 4
warmup: 0
evaluate: numeric
pipelines:
  main: [reasoning-split, trim]
  maj: [reasoning-split, number, majority]
  maj@3: [reasoning-split, number, {type: first-k, k: 3}, majority]
"""
        path = self.write("maj.yaml", suite)
        answers = {"a": ["so 18", "it is 18.", "17", "18"], "b": ["9", "7", "7", "9"], "c": ["hm", "", "5", "4"]}
        model = self.answers([(case, n, text) for case, texts in answers.items() for n, text in enumerate(texts)])
        row = self.run_json(path, "--model", model)["rows"][0]
        self.assertEqual([(f["name"], f["rule"], round(f["score"]["mean"], 4), f["ties"]) for f in row["across"]],
                         [("maj", "majority", 0.6667, 2), ("maj@3", "majority of 3", 1.0, 0)])
        self.assertEqual(row["named_scores"], {})
        shown = " ".join(self.assay("show", "last").stdout.split())
        self.assertIn("maj, majority: 67 % (21…94) of 3 cases; 2 ties went to the earliest answer", shown)
        changed = self.write("maj2.yaml", suite.replace("pipelines:", "pipelines:\n  one: [{type: first-k, k: 1}]"))
        again = json.loads(self.assay("grade", "last", "--suite", changed, "--json").stdout)["rows"][0]["across"]
        self.assertEqual([(f["name"], f["rule"], round(f["score"]["mean"], 4)) for f in again],
                         [("maj", "majority", 0.6667), ("maj@3", "majority of 3", 1.0),
                          ("numeric", "first 1", 0.3333)])
        self.assertIn("trim stands behind majority",
                      self.assay("suite", "check", self.write("x.yaml", suite.replace("majority]", "majority, trim]")),
                                 code=2).stderr)

    def test_every_rotation_of_the_choices_is_asked_and_all_must_be_right(self):
        path = self.write("circle.yaml", """\
assay: 1
prompt: "{{q}}\\n{{choices}}"
cases:
  - {id: sky, vars: {q: What hue}, choices: [red, blue, green], expect: B}
  - {id: sea, vars: {q: How deep}, choices: [low, deep], expect: {text: deep}}
warmup: 0
evaluate: [{type: choice, circular: true}]
""")
        shown = self.assay("plan", path, "--model", "fake:", "--case", "sky[turn=1]").stdout
        self.assertIn("A. blue\n", shown.replace("  ", ""))
        rows = [("sky[turn=0]", 0, "B"), ("sky[turn=1]", 0, "A"), ("sky[turn=2]", 0, "Answer: C"),
                ("sea[turn=0]", 0, "B"), ("sea[turn=1]", 0, "B")]
        model = self.answers(rows)
        row = self.run_json(path, "--model", model)["rows"][0]
        self.assertEqual((row["cases"], row["passed"], row["failed"]), (5, 4, 1))
        figure = row["across"][0]
        self.assertEqual((figure["name"], figure["rule"], figure["score"]["mean"], figure["score"]["cases"]),
                         ("circular", "every rotation right", 0.5, 2))
        again = json.loads(self.assay("grade", "last", "--json").stdout)["rows"][0]
        self.assertEqual((again["cases"], again["across"]), (5, row["across"]))
        self.assertIn("circular, every rotation right: 50 % of 2 cases", self.assay("show", "last").stdout)

    def test_a_caption_alone_has_no_cider_and_the_check_says_so(self):
        path = self.write("one.yaml", """\
assay: 1
prompt: "{{q}}"
cases:
  - {id: a, vars: {q: x}, expect: [a dog runs, a brown dog]}
evaluate: [{type: cider, weight: 0}]
""")
        for command in (["suite", "check", path], ["plan", path, "--model", "fake:"]):
            self.assertIn("one.yaml:4:5: cider in a suite with one image", self.assay(*command, code=2).stderr)

    def test_a_plan_shows_the_protocols_prompt(self):
        path, model = self.task()
        shown = self.assay("plan", path, "--model", model, "--case", "Own/1").stdout
        self.assertIn("Answer with the whole function in one Python code block.", shown)
        self.assertIn("def half(n):", shown)

    def test_corpus_scores_sum_counts(self):
        path = self.write("bleu.yaml", """\
assay: 1
prompt: "{{q}}"
cases:
  - {id: a, vars: {q: x}, expect: "The cat is on the mat."}
  - {id: b, vars: {q: y}, expect: "A small dog runs across the green field."}
  - {id: c, vars: {q: z}, expect: "A small dog runs across the green field."}
evaluate: [{type: bleu, threshold: 0}]
""")
        model = self.answers([("a", 0, "The cat sat on the mat."), ("b", 0, "A dog runs."),
                              ("c", 0, "A small dog runs across the green field.")])
        figure = self.run_json(path, "--model", model)["rows"][0]["corpus"][0]
        self.assertEqual((figure["kind"], figure["samples"]), ("bleu", 3))
        self.assertAlmostEqual(figure["score"], 0.575024, places=6)
        self.assertIn("bleu over the corpus of 3 samples", " ".join(self.assay("show", "last").stdout.split()))

    def test_show_says_what_the_other_grading_would_change(self):
        self.assay("run", self.write("b.yaml", """\
benchmark_name: Thoughts
purpose: An answer behind a thought
base_prompt: "{{a}}"
evaluator: raw_string_evaluator
models: [ "tiny" ]
prompts:
  - {dynamic_variables: {a: x}, expectation: blue}
"""), "--model", "fake:say <think>hm</think>blue")
        self.assertIn("1 of 1 verdict would differ under grading assay", self.assay("show", "last").stdout)
        self.assay("grade", "last", "--grading", "assay")
        self.assertIn("1 of 1 verdict would differ under grading benchy", self.assay("show", "last").stdout)

    def test_a_schema_in_files_is_part_of_the_stored_suite(self):
        self.write("name.json", '{"definitions": {"name": {"type": "string", "minLength": 2}}}')
        self.write("person.yaml", 'properties: {name: {$ref: "name.json#/definitions/name"}}\n')
        path = self.write("s.yaml", """\
assay: 1
prompt: x
cases: [{id: a}]
evaluate: {type: json-schema, value: {items: {$ref: person.yaml}}}
warmup: 0
""")
        self.assay("run", path, "--model", 'fake:say [{"name": "Ada"}, {"name": "B"}]')
        sample = self.samples()[0]
        self.assertEqual(sample["verdict"], "fail")
        self.assertIn("/1/name: minLength", sample["assertions"][0]["reason"])
        for name in ("name.json", "person.yaml"):
            (self.folder / name).unlink()
        self.assertIn("None of the verdicts changed", self.assay("grade").stderr)
        done = self.assay("suite", "check", path, code=2)
        self.assertIn(path + ":4:38: file '", done.stderr)

    def test_a_suite_that_cannot_be_read_is_a_wrong_command_line_as_it_is_for_run(self):
        path = self.write("a.yaml", "assay: 1\nprompt: x\ncases: [{expect: a}]\nevaluate: equals\nmodels: ['fake:say a']\n")
        self.assay("run", path)
        for suite in ("missing.yaml", self.write("broken.yaml", "assay: 1\nprompt: [\n")):
            self.assertIn("error:", self.assay("grade", "last", "--suite", suite, code=2).stderr)
            self.assertIn("error:", self.assay("run", suite, code=2).stderr)

    def test_models_judge_after_the_last_answer(self):
        path = self.write("j.yaml", """\
assay: 1
prompt: "Say something kind about {{who}}."
cases: [{id: a, vars: {who: cats}}, {id: b, vars: {who: dogs}}]
evaluate:
  - type: llm-rubric
    value: is kind
    votes: 3
    judges: ['fake:say {"reason": "warm", "verdict": "pass", "score": 1}; @2 say hm']
models: ["fake:say Lovely."]
warmup: 0
""")
        row = self.run_json(path)["rows"][0]
        self.assertEqual((row["passed"], row["failed"]), (2, 0))
        votes = sorted(len(sample["votes"][0]) for sample in self.samples())
        self.assertEqual(votes, [3, 3])
        shown = self.assay("show", "last", "--json").stdout
        judging = json.loads(shown)["judging"]
        self.assertEqual((judging["voted"], judging["agreed"], judging["agreement"]), (2, 2, 1.0))
        self.assertRegex(judging["prompt_hash"], "^[0-9a-f]{12}$")
        self.assertIn("judged by fake:say", shown)
        self.assertIn("all votes are the same on 2 of 2 answers with several", shown)
        self.assertNotIn("self-judged", shown)
        self.write("j.yaml", (self.folder / "j.yaml").read_text().replace("fake:say {", "fke:say {"))
        done = self.assay("run", path, code=2)
        self.assertIn("judge 'fke:", done.stderr)

    def test_a_model_that_judges_itself_is_told_in_every_table(self):
        judge = """fake:say {"reason": "good", "verdict": "pass", "score": 1}"""
        path = self.write("self.yaml", f"""\
assay: 1
prompt: "{{{{q}}}}"
cases: [{{id: a, vars: {{q: x}}}}]
evaluate: [{{type: llm-rubric, value: is good, judges: ['{judge}', 'fake:say hm']}}]
warmup: 0
""")
        result = self.run_json(path, "--model", judge, "--model", "fake:say other")
        notes = [note for note in result["notes"] if note["kind"] == "self_judged"]
        self.assertEqual([note["model"] for note in notes], [result["rows"][0]["model"]])
        self.assertIn("self-judged", self.assay("report", "last", "-f", "md").stdout)

    def test_a_suite_of_metrics_says_that_nothing_passes_or_fails(self):
        path = self.write("metrics.yaml", """\
assay: 1
prompt: "{{q}}"
cases: [{id: a, vars: {q: x}, expect: a dog}, {id: b, vars: {q: y}, expect: a cat}]
evaluate: [{type: bleu, weight: 0}]
warmup: 0
""")
        self.assay("run", path, "--model", "fake:say a dog")
        shown = " ".join(self.assay("show", "last").stdout.split())
        self.assertIn("every check has weight 0, so nothing passes or fails and there is no accuracy; "
                      "2 of 2 samples were scored", shown)
        self.assertNotIn("was graded", shown)

    def test_a_label_that_no_choice_has_is_found_by_suite_check(self):
        path = self.write("c.yaml", """\
assay: 1
prompt: "{{q}}"
cases:
  - {id: a, vars: {q: x}, choices: [red, blue], expect: E}
evaluate: choice
""")
        done = self.assay("suite", "check", path, code=2)
        self.assertIn("c.yaml:4:5: case 'a': no choice has the label 'E'", done.stderr)


if __name__ == "__main__":
    unittest.main()
