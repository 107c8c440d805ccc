"""The command line: help, errors with their places, exit codes."""

import unittest

from harness import SUITE, ProgramTest

BAD_SUITE = """\
assay: 1
name: Three mistakes
promt: "What is {{a}}?"
prompt: "What is {{a}} + {{b}}?"
cases:
  - {vars: {a: 2}, expect: "5"}
evaluate: numeric
repeats: five
models: ["fake:"]
"""


class CommandLine(ProgramTest):
    def test_version_and_help(self):
        self.assertRegex(self.assay("--version").stdout, r"^assay \d+\.\d+\.\d+\n$")
        self.assertIn("Examples:", self.assay("--help").stdout)
        for command in ("run", "plan", "suite", "list", "show", "samples", "report", "grade", "compare",
                        "import", "models", "worker", "doctor", "bench", "serve", "recommend"):
            self.assertIn("--help", self.assay(command, "--help").stdout)

    def test_wrong_usage_is_exit_code_2(self):
        for arguments in ([], ["fly"], ["run"], ["run", "x.yaml", "--no-such-option"], ["plan", "x.yaml", "--repeats", "0"]):
            self.assay(*arguments, code=2)

    def test_all_mistakes_of_a_suite_at_once_with_places(self):
        path = self.write("bad.yaml", BAD_SUITE)
        text = self.assay("suite", "check", path, code=2).stderr
        self.assertIn(f"{path}:3:1: unknown key 'promt'", text)
        self.assertRegex(text, r":\d+:\d+: .*undefined variable 'b'|:\d+:\d+: .*'b'")
        self.assertRegex(text, r":8:10: repeats is 'five'")
        self.assertEqual(text.count("error: "), 3, text)

    def test_a_good_suite_is_ok(self):
        path = self.write("good.yaml", SUITE)
        self.assertIn("ok, 3 cases, 1 model", self.assay("suite", "check", path).stdout)

    def test_show_loads_again_equal(self):
        shown = self.assay("suite", "show", self.write("good.yaml", SUITE)).stdout
        again = self.assay("suite", "show", self.write("again.yaml", shown)).stdout
        self.assertEqual(shown, again)

    def test_plan_counts_and_shows_a_prompt(self):
        path = self.write("good.yaml", SUITE)
        self.assertIn("3", self.assay("plan", path).stdout)
        self.assertIn("gamma", self.assay("plan", path, "--case", "three").stdout)
        self.assertIn("no case has the id", self.assay("plan", path, "--case", "nine", code=2).stderr)

    def test_settings_that_would_be_others_than_asked_for_are_refused(self):
        path = self.write("good.yaml", SUITE)
        for arguments, expected in ((["-p", "temperature=0.5", "-p", "temperature=0.7"], "--param temperature twice: 0.5 and 0.7"),
                                    (["-p", "n_ctx=2048"], "Did you mean 'context'?"),
                                    (["-p", "num_predict=5"], "Did you mean 'max_tokens'?"),
                                    (["-p", "grammar="], "a text that is not empty"),
                                    (["-p", "threads=0"], "a whole number from 1 to"),
                                    (["-p", "max_tokens=-1"], "max_tokens is -1"),
                                    (["-p", "top_p=2"], "top_p is 2"),
                                    (["-p", "seed=4294967295"], "seed is 4294967295")):
            self.assertIn(expected, self.assay("plan", path, *arguments, code=2).stderr)
        for seed in ("-1", "99999999999999999999"):
            self.assertIn(f"--seed is '{seed}'; expected a whole number from 0 to 9223372036854775807", self.assay("plan", path, "--seed", seed, code=2).stderr)
        self.assertIn("seed 7", self.assay("plan", path, "--seed", 7).stdout)

    def test_a_missing_suite_is_a_sentence(self):
        self.assertIn("nowhere.yaml: cannot read", self.assay("run", "nowhere.yaml", code=2).stderr)

    def test_an_unknown_engine_names_the_known(self):
        path = self.write("good.yaml", SUITE)
        self.assertIn("llama", self.assay("run", path, "--model", "lama:x.gguf", code=2).stderr)

    def test_a_bad_parameter_names_the_nearest(self):
        path = self.write("good.yaml", SUITE)
        self.assertIn("Did you mean 'temperature'?", self.assay("run", path, "--param", "temperture=1", code=2).stderr)
        self.assertIn("temperature is", self.assay("run", path, "--param", "temperature=-1", code=2).stderr)

    def test_commands_on_an_empty_store_say_what_to_do(self):
        for command in ("list", "show", "samples", "report"):
            self.assertIn("assay run", self.assay(command, code=4).stderr)

    def test_models_of_a_folder(self):
        self.write("broken.gguf", b"GGUX nonsense")
        self.assertIn("broken.gguf", self.assay("models", "list", self.folder).stdout)
        self.assay("models", "inspect", self.folder / "broken.gguf", code=2)
        self.write("other.bin", b"")
        twice = self.assay("models", "list", self.folder, self.folder, self.folder / "broken.gguf").stdout
        self.assertEqual(twice.count("broken.gguf"), 1)
        self.assertNotIn("other.bin", twice)
        self.assertIn("broken.gguf", self.assay("models", "list", "broken.gguf").stdout)
        self.assertIn("one server: ollama:", self.assay("models", "list", "ollama:", self.folder, code=4).stderr)

    def test_doctor_lists_every_engine(self):
        text = self.assay("doctor").stdout
        for name in ("engine llama", "engine answers", "engine fake", "store"):
            self.assertIn(name, text)


if __name__ == "__main__":
    unittest.main()
