"""For build servers: exit statuses by accuracy, JUnit XML; and programs of models, refused without a sandbox."""

import contextlib
import csv
import io
import json
import os
import pathlib
import shutil
import sqlite3
import sys
import unittest
import xml.etree.ElementTree

from harness import SUITE, ProgramTest

CODE = """\
assay: 1
name: Code
prompt: "{{word}}"
cases:
  - {vars: {word: a}, expect: "42"}
evaluate: {type: python-output, compare: text}
models: ["fake:say print(6*7)"]
"""


class Gate(ProgramTest):
    def test_fail_under_is_exit_status_1_and_says_who(self):
        path = self.write("s.yaml", SUITE)
        done = self.assay("run", path, "--fail-under", "0.9", code=1)
        self.assertRegex(done.stderr, r"accuracy .* % is below 90 % \(--fail-under\)")
        self.assay("run", path, "--fail-under", "0%")
        self.assay("grade", "last", "--fail-under", "90%", code=1)

    def test_a_threshold_that_is_none_is_refused_before_the_run(self):
        done = self.assay("run", self.write("s.yaml", SUITE), "--fail-under", "80", code=2)
        self.assertIn("from 0% to 100%", done.stderr)
        self.assertFalse(self.store.exists())

    def test_junit(self):
        self.assay("run", self.write("s.yaml", SUITE))
        self.assay("report", "last", "-f", "junit", "-o", self.folder / "out.xml")
        root = xml.etree.ElementTree.parse(self.folder / "out.xml").getroot()
        suite = root.find("testsuite")
        cases = suite.findall("testcase")
        self.assertEqual(sorted(case.get("name") for case in cases), ["one", "three", "two"])
        self.assertEqual(int(suite.get("tests")), 3)
        self.assertEqual(int(suite.get("failures")), len(suite.findall("testcase/failure")))
        self.assertEqual(root.get("failures"), suite.get("failures"))

    def only_python(self):
        """A PATH with the interpreter and nothing that makes a sandbox."""
        folder = pathlib.Path(self.folder / "bin")
        folder.mkdir()
        os.symlink(shutil.which("python3") or sys.executable, folder / "python3")
        return str(folder)

    def test_no_sandbox_no_programs_unless_told(self):
        path, only = self.write("c.yaml", CODE), self.only_python()
        done = self.assay("run", path, code=4, PATH=only)
        self.assertIn("sandbox", done.stderr)
        self.assertIn("bubblewrap", done.stderr)
        self.assertFalse(self.store.exists(), "refused before anything is asked")
        done = self.assay("run", path, "--unsafe-no-sandbox", PATH=only)
        self.assertIn("run with your rights", done.stderr)
        self.assertEqual(self.samples()[0]["verdict"], "pass")

    def test_every_export_says_that_nothing_contained_the_programs(self):
        path = self.write("c.yaml", CODE)
        self.assay("run", path, "--unsafe-no-sandbox")
        rows = list(csv.DictReader(io.StringIO(self.assay("report", "last", "-f", "csv").stdout)))
        self.assertEqual([row["sandbox"] for row in rows], ["none"])
        root = xml.etree.ElementTree.fromstring(self.assay("report", "last", "-f", "junit").stdout.encode())
        self.assertEqual([one.get("value") for one in root.iter("property") if one.get("name") == "sandbox"], ["none"])
        self.assertEqual(json.loads(self.assay("report", "last", "-f", "benchy").stdout)["assay"]["sandbox"], "none")
        self.assertIn("sandbox: none", self.assay("report", "last", "-f", "md").stdout)
        plain = self.write("p.yaml", "assay: 1\nprompt: hi\ncases: [{expect: hi}]\nevaluate: equals\n"
                                     "models: ['fake:say hi']\n")
        self.assay("run", plain)
        self.assertEqual([row["sandbox"] for row in csv.DictReader(
            io.StringIO(self.assay("report", "last", "-f", "csv").stdout))], [""])
        self.assertNotIn("sandbox", json.loads(self.assay("report", "last", "-f", "benchy").stdout)["assay"])

    def test_the_interpreter_is_chosen_checked_and_recorded(self):
        path = self.write("c.yaml", CODE)
        old = pathlib.Path(self.write("old", "#!/bin/sh\necho '{\"executable\": \"/x\", \"version\": \"3.8.1\", "
                                             "\"new\": false}'\n"))
        old.chmod(0o755)
        for arguments, variables in ((["--python", old], {}), ([], {"ASSAY_PYTHON": str(old)})):
            done = self.assay("run", path, "--unsafe-no-sandbox", *arguments, code=4, **variables)
            self.assertIn(f"'{old}' is Python 3.8.1; expected Python 3.9 or later", done.stderr)
            self.assertIn("--python or ASSAY_PYTHON", done.stderr)
        self.assertFalse(self.store.exists(), "refused before anything is asked")
        self.assay("run", path, "--unsafe-no-sandbox", "--python", "python3", ASSAY_PYTHON=str(old))
        self.assertIn("is Python 3.8.1", self.assay("grade", "last", "--unsafe-no-sandbox", "--python", old, code=4).stderr)
        self.assertIn("is Python 3.8.1", self.assay("doctor", "--python", old).stdout)
        with contextlib.closing(sqlite3.connect(self.store)) as store:
            versions = [json.loads(text) for text, in store.execute("SELECT versions FROM layer")]
        self.assertRegex(versions[0]["python"]["version"], r"^Python 3\.\d+\.\d+$")
        self.assertRegex(versions[0]["python"]["library"], "^[0-9a-f]{64}$")
        programs = self.samples()[0]["programs"][0]["program"]
        self.assertEqual(programs["end"], "exited")
        self.assertGreater(programs["wall_ms"], 0)
        self.assertIn("cpu_ms", programs)

    def test_benchys_rules_and_ours_on_the_same_answers(self):
        self.assay("run", self.write("b.yaml", """\
benchmark_name: Thoughts
purpose: An answer behind a thought
base_prompt: "{{a}}"
evaluator: raw_string_evaluator
models: [ "tiny" ]
prompts: [ { dynamic_variables: { a: 1 }, expectation: "7" } ]
"""), "--model", "fake:say <think>hm</think>7")
        self.assertEqual(self.samples()[0]["verdict"], "fail")
        done = self.assay("grade", "last", "--grading", "assay")
        self.assertIn("1 of the verdicts changed", done.stderr)
        self.assertIn("fail → pass", done.stderr)
        self.assertEqual(self.samples()[0]["verdict"], "pass")


if __name__ == "__main__":
    unittest.main()
