"""Task files from disk to the table: problems packed as HumanEval's are, and samples as its own tools write them."""

import gzip
import hashlib
import json
import unittest

from harness import ProgramTest

RIGHT_OF_TEN = [10, 6, 1, 0]
PROMPT = 'from typing import List\n\n\ndef scaled{n}(xs: List[int]) -> int:\n    """The sum of xs, {n} times."""\n'
TEST = "def check(candidate):\n    assert candidate([1, 2]) == {sum}\n    assert candidate([]) == 0\n"


def problem(n):
    return {"task_id": f"Own/{n}", "prompt": PROMPT.format(n=n), "entry_point": f"scaled{n}",
            "canonical_solution": f"    return sum(xs) * {n}\n", "test": TEST.format(sum=3 * n)}


def completion(n, repeat):
    """Right in the first RIGHT_OF_TEN[n - 1] repeats, each time in one of three ways; then wrong in one of three."""
    right = [f"    return sum(xs) * {n}\n",
             # Goes on behind its function, as models do that nothing stopped.
             f"    return helper(xs)\n\n\ndef helper(xs):\n    return {n} * sum(xs)\n",
             # Writes the function again and leaves out what the prompt imports.
             f"def scaled{n}(xs: List[int]) -> int:\n    return sum(x * {n} for x in xs)\n"]
    wrong = ["    return 1\n", "    return sum(xs\n", "return sum(xs)\n"]
    return (right if repeat < RIGHT_OF_TEN[n - 1] else wrong)[repeat % 3]


class Task(ProgramTest):
    def suite(self, more=""):
        lines = "".join(json.dumps(problem(n)) + "\n" for n in range(1, 5))
        self.packed = gzip.compress(lines.encode(), mtime=0)
        self.write("Own.jsonl.gz", self.packed)
        return self.write("task.yaml", "assay: 1\nrepeats: 10\nwarmup: 0\n"
                          f"cases: {{task: humaneval, path: Own.jsonl.gz, protocol: humaneval@completion{more}}}\n")

    def samples_file(self):
        # All first answers, then all second ones: the order in which a batch writes them.
        rows = [{"task_id": f"Own/{n}", "completion": completion(n, repeat)} for repeat in range(10) for n in range(1, 5)]
        return "answers:" + self.write("samples.jsonl", "".join(json.dumps(row) + "\n" for row in rows))

    def test_stored_samples_are_graded_with_pass_at_k_and_pass_hat_k(self):
        result = self.run_json(self.suite(), "--model", self.samples_file(), "--unsafe-no-sandbox")
        row = result["rows"][0]
        self.assertEqual((row["passed"], row["failed"]), (17, 23))
        means = {kind: {k: round(one["mean"], 4) for k, one in row["repeated"][kind].items()}
                 for kind in ("pass_at_k", "pass_hat_k")}
        self.assertEqual(means["pass_at_k"], {"1": 0.425, "2": 0.5167, "3": 0.5667, "5": 0.625, "10": 0.75})
        self.assertEqual(means["pass_hat_k"], {"1": 0.425, "2": 0.3333, "3": 0.2917, "5": 0.256, "10": 0.25})
        shown = self.assay("show", "last").stdout
        self.assertIn("pass@1 42 %", shown)
        self.assertIn("pass^10 (all right) 25 %", shown)

    def test_the_record_has_the_hash_and_the_rows_and_another_number_is_a_warning(self):
        path = self.suite()
        checked = self.assay("suite", "check", path)
        self.assertIn("4 rows of humaneval (test); expected 164, as published", checked.stdout + checked.stderr)
        shown = self.assay("suite", "show", path).stdout
        self.assertIn(f"sha256:{hashlib.sha256(self.packed).hexdigest()}", shown)
        self.assertIn("rows:4", shown)
        prompt = self.assay("plan", path, "--model", "fake:", "--case", "Own/3").stdout
        self.assertIn('The sum of xs, 3 times.', prompt)

    def test_a_packed_file_that_was_cut_stops_before_anything_runs(self):
        path = self.suite()
        self.write("Own.jsonl.gz", self.packed[:-20])
        said = self.assay("run", path, "--model", "fake:", code=2).stderr
        self.assertIn("Own.jsonl.gz: gzip data that ends too early", said)


if __name__ == "__main__":
    unittest.main()
