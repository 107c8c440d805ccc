"""assay worker: what happens when an environment cannot be made, with Pythons of paper; nothing is installed."""

import json
import os
import pathlib
import signal
import time
import unittest

from harness import SOURCE, ProgramTest

# A Python that makes an "environment" which holds itself. What it cannot do is in its name.
PYTHON = """\
#!/bin/sh
case "$2 $0" in
  *venv*no-venv*) echo "No module named venv" >&2; exit 1 ;;
  venv*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python3"; echo "$0" >"$3/born"; exit 0 ;;
esac
born=$(cat "$(dirname "$0")/../born")
case "$2 $born" in
  *pip*no-network*) echo "ERROR: Could not find a version that satisfies the requirement" >&2; exit 1 ;;
  *pip*slow*) echo $$ >"$(dirname "$born")/pip.pid"; exec sleep 600 ;;
  *import*broken*) echo "ImportError: libcheese.so" >&2; exit 1 ;;
esac
exit 0
"""


class Worker(ProgramTest):
    def setUp(self):
        super().setUp()
        self.cache = self.folder / "cache"
        self.settings = {"ASSAY_CACHE": str(self.cache), "ASSAY_TRANSFORMERS_PYTHON": "",
                         "ASSAY_TRANSFORMERS_WORKER": str(SOURCE / "workers/transformers/main.py")}

    def python(self, name):
        path = pathlib.Path(self.write(name, PYTHON))
        path.chmod(0o755)
        return path

    def install(self, name, code, *more):
        return self.assay("worker", "install", "transformers", "--python", self.python(name), *more, code=code, **self.settings)

    def left(self):
        return sorted(path.name for path in (self.cache / "workers").iterdir())

    def ready(self):
        return json.loads(self.assay("worker", "list", "--json", **self.settings).stdout)[0]["ready"]

    def test_an_environment_is_made_and_is_then_ready(self):
        self.assertFalse(self.ready())
        self.assertIn("is ready", self.install("python", 0).stdout)
        self.assertTrue(self.ready())
        self.assertEqual(self.left(), ["transformers"])
        self.assertNotIn("Installing", self.install("no-venv", 0).stderr, "what is ready is not made again")

    def test_failures_are_sentences_and_leave_nothing(self):
        for name, sentence in (("no-venv", "python3-venv"), ("no-network", "Is the network there"), ("broken", "libcheese")):
            with self.subTest(name):
                self.assertIn(sentence, self.install(name, 4).stderr)
                self.assertEqual(self.left(), [])

    def test_a_failure_keeps_what_was_there(self):
        self.install("python", 0)
        self.install("no-network", 4, "--again")
        self.assertTrue(self.ready())
        self.assertEqual(self.left(), ["transformers"])

    def test_a_python_that_is_not_there(self):
        done = self.assay("worker", "install", "transformers", "--python", "/nowhere/python", code=4, **self.settings)
        self.assertIn("/nowhere/python", done.stderr)

    def test_an_environment_of_other_versions_is_not_ready(self):
        self.install("python", 0)
        (self.cache / "workers/transformers/.complete").write_text("torch==1.0\n")
        self.assertFalse(self.ready())
        self.assertIn("other versions", self.assay("worker", "list", **self.settings).stdout)

    def test_an_interrupt_leaves_nothing_and_ends_pip(self):
        process = self.start("worker", "install", "transformers", "--python", str(self.python("slow")), **self.settings)
        said = self.folder / "pip.pid"
        deadline = time.monotonic() + 60
        while not (said.exists() and said.read_text().strip()) and time.monotonic() < deadline:
            time.sleep(0.01)  # until pip runs
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(self.left(), [])
        with self.assertRaises(ProcessLookupError):
            os.kill(int(said.read_text()), 0)

    def test_an_unknown_worker(self):
        self.assertIn("one of: transformers", self.assay("worker", "install", "cheese", code=2, **self.settings).stderr)

    def test_a_run_without_the_environment_says_what_to_do(self):
        suite = self.write("s.yaml", "assay: 1\nname: S\nprompt: hi\ncases: [{id: a, expect: a}]\nevaluate: equals\nmodels: ['fake:']\n")
        done = self.assay("run", suite, "--model", f"transformers:{self.folder}", code=4, **self.settings)
        self.assertIn("assay worker install transformers", done.stderr)
        self.assertIn("assay worker install transformers", self.assay("doctor", **self.settings).stdout)


if __name__ == "__main__":
    unittest.main()
