"""kill -9 at random moments: nothing that was stored is lost, and the resumed run equals an unbroken one."""

import json
import random
import signal
import subprocess
import time
import unittest

from harness import ASSAY, ProgramTest

KILLS = 50

SUITE = """\
assay: 1
name: Long
prompt: "{{n}}"
matrix: {n: [%s]}
evaluate: {type: contains, value: "7"}
models: ["fake:wait 4ms; 3 tokens every 1ms"]
"""


class Crash(ProgramTest):
    def facts(self, run):
        return sorted((sample["case"], sample["repeat"], sample["raw"], sample["verdict"], json.dumps(sample["requested"], sort_keys=True))
                      for sample in self.samples(run))

    def stored(self):
        runs = json.loads(self.assay("list", "--json", "--limit", 0).stdout)["runs"]
        return runs[0]["stored"], runs[0]["run_id"], len(runs)

    def stored_after_a_kill(self):
        """0 while a kill came before the store had its first run, which is said as a sentence."""
        done = subprocess.run([ASSAY, "list", "--json"], env=self.environment(), capture_output=True, text=True, timeout=60)
        if done.returncode == 4:
            self.assertRegex(done.stderr, "nothing has been run|the store is empty")
            return 0
        runs = json.loads(done.stdout)["runs"]
        return runs[0]["stored"] if runs else 0

    def test_fifty_kills_then_resume(self):
        cases = 800
        path = self.write("long.yaml", SUITE % ", ".join(map(str, range(cases))))
        dice = random.Random(20260101)
        kills, before = 0, 0
        while kills < KILLS:
            process = self.start("run", path, "--resume", "--quiet")
            time.sleep(0.03 + dice.random() * 0.12)
            process.kill()
            process.communicate()
            if process.returncode != -signal.SIGKILL:
                break  # it was faster: the run is complete
            kills += 1
            now = self.stored_after_a_kill()
            self.assertGreaterEqual(now, before, "a stored sample has gone")
            before = now
        self.assertEqual(kills, KILLS, "the suite must be long enough for all kills")
        self.assay("run", path, "--resume", "--quiet")
        count, broken, runs = self.stored()
        self.assertEqual((count, runs), (cases, 1))
        self.assay("run", path, "--quiet")
        self.assertEqual(self.facts(broken), self.facts("last"))


if __name__ == "__main__":
    unittest.main()
