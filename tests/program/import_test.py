"""assay import and assay report -f benchy: reports of another tool in and out."""

import copy
import json
import time
import unittest

from harness import SOURCE, SUITE, ProgramTest

REPORTS = SOURCE / "src" / "exchange" / "testdata"
BASE = REPORTS / "i01_base_20260102_030405.json"


def of_results(*results):
    """A report of one model with these (expected, execution result, correct)."""
    return json.dumps({"benchmark_name": "b", "models": [{"model": "ollama~m", "results": [
        {"expected_result": expected, "execution_result": result, "correct": correct}
        for expected, result, correct in results]}]})


class Import(ProgramTest):
    def test_a_report_becomes_a_run(self):
        done = json.loads(self.assay("import", BASE, "--json").stdout)
        self.assertEqual((done["format"], done["results"], done["repetitions"]), ("benchy R3", 6, 1))
        samples = self.samples(done["run_id"])
        self.assertEqual(len(samples), 6)
        first, errored, cloud = samples[0], samples[2], samples[3]
        self.assertEqual((first["case"], first["verdict"], first["raw"]), ("1", "pass", "print('3.0')"))
        self.assertEqual(first["claimed_decode_tps"], 40.1)
        self.assertEqual(first["claimed_load_ms"], 600.2)
        self.assertIsNone(first["ttft_ms"], "nothing was timed here")
        self.assertEqual(errored["status"], "error")
        self.assertIsNone(errored["verdict"])
        self.assertNotIn("claimed_decode_tps", cloud, "0.0 from the cloud is not measured")
        self.assertEqual(cloud["claimed_e2e_ms"], 812.0)

    def test_an_imported_run_is_graded_by_a_suite_only(self):
        self.assay("import", BASE)
        self.assertIn("--suite FILE", self.assay("grade", code=4).stderr)

    def test_the_table_knows_accuracy_and_no_speed(self):
        self.assay("import", BASE)
        rows = json.loads(self.assay("show", "--json").stdout)["rows"]
        self.assertEqual([(row["passed"], row["failed"], row["errors"]) for row in rows], [(1, 1, 1), (3, 0, 0)])
        self.assertIsNone(rows[0]["decode_tps"])
        listed = self.assay("list").stdout
        self.assertIn("Unit sums", listed)

    def test_nothing_in_a_report_moves_the_terminal(self):
        """Names, prompts and answers of a stranger, in every command that prints them: escapes and overrides are named."""
        evil = "x\u001b[2J\u001b]0;owned\u0007\u202egnp.exe\u2066\u009b31m\rover"
        report = {"benchmark_name": evil, "purpose": evil, "models": [{"model": "ollama~" + evil, "results": [
            {"expected_result": evil, "execution_result": evil, "correct": True, "input_prompt": evil,
             "prompt_response": {"response": evil, "provider": evil}}]}]}
        path = self.write("evil.json", json.dumps(report))
        self.assay("import", path, "--label", "one")
        done = [self.assay("import", path, "--verify"), self.assay("import", path, "--label", "two")]
        for arguments in (["list"], ["show", "one"], ["samples", "one"], ["samples", "one", "0"], ["report", "one", "-f", "md"],
                          ["report", "one", "-f", "table"], ["compare", "one", "two"], ["compare", "one#" + evil, "two"]):
            done.append(self.assay(*arguments, code=None))
        for one in done:
            for text in (one.stdout, one.stderr):
                with self.subTest(one.args):
                    self.assertNotRegex(text, "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]")

    def test_what_goes_out_again_is_what_came_in(self):
        for name in ("i01_base_20260102_030405", "i07_repetitions", "i12_unknown_keys"):
            path = REPORTS / (name + ".json")
            self.assay("import", path, "--label", name)
            done = self.assay("report", name, "-f", "benchy", "-o", "out.json")
            self.assertEqual((self.folder / "out.json").read_bytes(), path.read_bytes())
            self.assertIn("have no verdict", done.stderr)

    def test_as_python_writes_it_without_a_last_line_end(self):
        text = json.dumps(json.loads(BASE.read_text()), indent=4, ensure_ascii=False)
        self.assay("import", self.write("r.json", text))
        self.assertEqual(self.assay("report", "-f", "benchy").stdout, text)

    def test_a_file_that_agrees_with_itself_passes(self):
        done = self.assay("import", BASE, "--verify")
        self.assertIn("verdicts   5 same, 0 different, 1 not checked", done.stdout)
        self.assertIn("aggregates 20 same, 0 different, 0 not checked", done.stdout)
        self.assertIn("prompts    6 same, 0 different, 0 not checked", done.stdout)
        self.assertIn("rules that fit the verdicts: numeric\n", done.stdout)
        self.assertFalse(self.store.exists(), "only checked, nothing stored")

    def test_a_changed_verdict_is_found(self):
        done = self.assay("import", REPORTS / "i04_verdict_changed.json", "--verify", code=1)
        self.assertIn("rules that fit the verdicts: numeric, with 1 misfit", done.stdout)
        self.assertIn("models[0].results[1].correct", done.stderr)
        self.assertIn("W-VERDICT", done.stderr)
        self.assertIn("6 different", done.stdout)

    def test_sums_of_an_older_python_are_explained(self):
        done = self.assay("import", REPORTS / "plain_sums.json", "--verify")
        self.assertIn("0 different, 2 explained", done.stdout)

    def test_the_rules_that_fit(self):
        rows = [("4.0", "4.0000004", True, ["numeric"]), ("4.0", "4.0", True, ["json", "numeric", "text"]),
                ("{'a': 1}", '{"a":1}', True, ["json"]), ("4", "4.0", False, ["json", "text"]),
                ("inf", "inf", False, ["numeric"])]
        for expected, result, correct, rules in rows:
            path = self.write("r.json", of_results((expected, result, correct)))
            done = json.loads(self.assay("import", path, "--verify", "--json").stdout)
            self.assertEqual(done["rules"], rules, (expected, result))

    def test_the_rules_that_fit_each_example(self):
        """Every good report of the examples fits the numeric rule alone; I04 with one misfit."""
        paths = sorted(REPORTS.glob("i[01][0-9]_*.json"))
        self.assertEqual(len(paths), 11)
        for path in paths:
            with self.subTest(path.name):
                changed = path.name.startswith("i04")
                done = self.assay("import", path, "--verify", "--json", code=None)
                self.assertEqual(json.loads(done.stdout)["rules"], ["numeric"])
                self.assertEqual(done.stderr.count("W-VERDICT"), 1 if changed else 0, done.stderr)

    def test_a_file_that_is_none(self):
        for text, words in (("{", "E-JSON"), ('{"error": "no"}', "E-REPORT: benchmark_name: missing"), (b"\xff", "UTF-8")):
            done = self.assay("import", self.write("r.json", text), code=2)
            self.assertIn(words, done.stderr)
        self.assertFalse(self.store.exists())

    def test_a_thousand_results(self):
        report = json.loads(BASE.read_text())
        model = report["models"][0]
        model["results"] = [copy.deepcopy(model["results"][i % 3]) | {"index": i + 1} for i in range(1000)]
        path = self.write("r.json", json.dumps(report))
        begun = time.monotonic()
        done = json.loads(self.assay("import", path, "--json").stdout)
        print(f"import of 1,003 results: {time.monotonic() - begun:.3f} s")  # a figure, no limit: machines are busy
        self.assertEqual(done["results"], 1003)

    def test_an_own_run_goes_out_and_agrees_with_itself(self):
        suite = self.write("s.yaml", SUITE + "repeats: 2\n")
        self.assay("run", suite)
        done = self.assay("report", "-f", "benchy", "-o", "out/")
        self.assertIn("first of 2 repetitions", done.stderr)
        (path,) = (self.folder / "out").iterdir()
        self.assertRegex(path.name, r"^Echo_\d{8}_\d{6}\.json$")
        report = json.loads(path.read_text())
        self.assertEqual(report["base_prompt"], "{{word}}")
        self.assertEqual(report["prompt_iterations"][0], {"dynamic_variables": {"word": "alpha"}, "expectation": "alpha"})
        (model,) = report["models"]
        self.assertTrue(model["model"].startswith("fake~"))
        self.assertEqual([one["correct"] for one in model["results"]], [True, True, False])
        self.assertEqual([one["input_prompt"] for one in model["results"]], ["alpha", "beta", "gamma"])
        self.assertEqual((report["overall_correct_count"], report["overall_accuracy"]), (2, 2 / 3))
        self.assay("import", path, "--verify")
        self.assay("import", path)
        self.assay("report", "-f", "benchy", "-o", "again.json")
        self.assertEqual((self.folder / "again.json").read_bytes(), path.read_bytes())
        self.assay("report", "-f", "benchy", "-o", "out/")
        self.assertEqual(len(list((self.folder / "out").iterdir())), 2, "no file is written over")

    def test_trials_without_verdict_are_counted(self):
        self.assay("run", self.write("s.yaml", SUITE), "--model", "fake:@3 crash", code=3)
        done = self.assay("report", "-f", "benchy", "-o", "out.json")
        self.assertIn("1 of 3 results have no verdict", done.stderr)
        report = json.loads((self.folder / "out.json").read_text())
        errored = [one for one in report["models"][0]["results"] if one["prompt_response"]["errored"]]
        self.assertEqual([(one["correct"], one["prompt_response"]["total_duration_ms"]) for one in errored], [(False, 0.0)])


if __name__ == "__main__":
    unittest.main()
