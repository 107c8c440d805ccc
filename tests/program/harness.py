"""What the whole-program tests share: a folder of their own, a store in it, and the program."""

import contextlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

ASSAY = os.environ["ASSAY"]
SOURCE = pathlib.Path(os.environ["ASSAY_SOURCE_DIR"])

SUITE = """\
assay: 1
name: Echo
prompt: "{{word}}"
cases:
  - {id: one, vars: {word: alpha}, expect: alpha}
  - {id: two, vars: {word: beta}, expect: beta}
  - {id: three, vars: {word: gamma}, expect: delta}
evaluate: equals
models: ["fake:"]
"""


class ProgramTest(unittest.TestCase):
    """Each test has an empty folder, which is also its current folder, and a store in it."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.store = self.folder / "lab.db"

    def write(self, name, text):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    def environment(self, **extra):
        return {**os.environ, "ASSAY_STORE": str(self.store), **extra}

    def assay(self, *arguments, code=0, **extra):
        """Runs the program to its end and checks the exit status."""
        done = subprocess.run([ASSAY, *map(str, arguments)], cwd=self.folder, env=self.environment(**extra),
                              capture_output=True, text=True, timeout=300)
        if code is not None:  # None: whatever it is
            self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def start(self, *arguments, **extra):
        return subprocess.Popen([ASSAY, *map(str, arguments)], cwd=self.folder, env=self.environment(**extra),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run_json(self, *arguments, code=0):
        return json.loads(self.assay("run", *arguments, "--json", code=code).stdout)

    def samples(self, run="last"):
        return [json.loads(line) for line in self.assay("samples", run, "--json").stdout.splitlines()]

    def stored_samples(self):
        """How many there are, by the file itself: a run of `assay list` takes as long as several trials in a sanitizer build."""
        try:
            with contextlib.closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as store:
                return store.execute("SELECT count(*) FROM sample").fetchone()[0]
        except sqlite3.OperationalError:
            return 0

    @staticmethod
    def worker_of(pid):
        """The worker process of a running assay; None: it has none."""
        listed = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
        if listed.exists():
            children = listed.read_text().split()
        else:  # macOS
            children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
        return int(children[0]) if children else None
