"""What a stranger reads: every help text, and what the program answers to a wrong command line, in sentences."""

import os
import pathlib
import re
import subprocess
import unittest

from harness import ASSAY, SUITE, ProgramTest

RAW = re.compile(r"\b(?:INT|UINT|FLOAT|ENUM|TEXT):|\b(?:INT|UINT|FLOAT|ENUM|BOOLEAN)\b|->|\bNONNEGATIVE\b|\bWHOLE\b|REQUIRED| in \[")


class Help(ProgramTest):
    def helps(self, *path, **extra):
        """Every help text below the command → (path, text)."""
        text = self.assay(*path, "--help", **extra).stdout
        yield path, text
        for name in re.findall(r"^  ([a-z]+)", text.partition("\nCommands:\n")[2].partition("\n\n")[0], re.MULTILINE):
            yield from self.helps(*path, name, **extra)

    @staticmethod
    def entries(text):
        """The lines of the lists: neither the description and usage before, nor the footer, which is written by hand."""
        blocks = text.split("\n\n")
        return [line for block in blocks if re.match(r"[A-Z][^\n]*:\n  \S", block) and not block.startswith("Examples:") for line in block.split("\n")[1:]]

    def test_no_help_speaks_of_types_of_a_program(self):
        seen = 0
        for path, text in self.helps():
            seen += 1
            self.assertIn("Usage: assay", text)
            self.assertIn("Examples:", text, path)
            for line in self.entries(text):
                self.assertIsNone(RAW.search(line), f"{path}: {line}")
                self.assertNotRegex(line, r" TEXT(\s|$)", f"{path}: an option without a word for its value: type_name()")
        self.assertEqual(seen, 1 + 16 + 2 + 4 + 2, "every command was read")

    def test_lines_fit_the_page(self):
        for columns in ("100", "60", "40"):
            for path, text in self.helps(COLUMNS=columns):
                for line in self.entries(text):
                    # One word that is longer stays whole.
                    self.assertTrue(len(line) <= int(columns) or len(line.split()) <= 2 or line.lstrip().startswith("-"), f"{path} at {columns}: {line}")
        for _, text in self.helps(COLUMNS="200"):
            self.assertLessEqual(max(map(len, self.entries(text)), default=0), 100)

    def test_values_are_words_and_their_limits_are_told(self):
        text = " ".join(self.assay("run", "--help").stdout.split())
        self.assertIn("-n, --repeats COUNT How often each case is asked (1 to 100000)", text)
        self.assertIn("--grading assay|benchy", text)
        self.assertIn("--max-cost USD", text)
        self.assertIn("--exact The answers", text)
        self.assertIn("--store FILE", text)  # of the root, and taken by every command
        text = " ".join(self.assay("samples", "--help").stdout.split())
        self.assertIn("[RUN]", text)
        self.assertIn("or 'last' (default: last)", text)
        self.assertIn("(not with --csv)", text)
        text = " ".join(self.assay("recommend", "--help").stdout.split())
        self.assertRegex(text, r"--vram \w+ .*?\(1 to 4096\)")

    def test_bench_names_llama_benchs_options_where_ours_stand(self):
        text = self.assay("bench", "--help").stdout
        for theirs, ours in (("-pg", "--prompt-gen"), ("-ub", "--ubatch-size"), ("-ngl", "--n-gpu-layers"), ("-fa", "--flash-attn"),
                             ("-ctk", "--cache-type-k"), ("-ctv", "--cache-type-v"), ("-p", "--n-prompt"), ("-b", "--batch-size")):
            self.assertIn(f"\n  {theirs}, {ours} LIST", text)


class Mistakes(ProgramTest):
    def refused(self, *arguments, code=2):
        done = self.assay(*arguments, code=code)
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, r"\Aerror: ", arguments)
        self.assertIsNone(RAW.search(done.stderr), done.stderr)
        return done.stderr

    def test_a_wrong_command_line_is_a_sentence_with_a_way_out(self):
        for arguments, words in (
                ([], ["assay needs a command", "run, plan", "assay --help"]),
                (["grad", "last"], ["unknown command 'grad'", "Did you mean 'grade'?"]),
                (["-v"], ["assay has no option '-v'"]),
                (["\udcff"], ["unknown command '\\xff'"]),
                (["suite"], ["assay suite needs a command", "check, show", "assay suite --help"]),
                (["suite", "chek", "x"], ["unknown command 'chek'", "Did you mean 'check'?"]),
                (["run"], ["assay run needs SUITE", "assay run --help"]),
                (["run", "--modle", "fake:"], ["assay run has no option '--modle'", "Did you mean '--model'?"]),
                (["plan", "--trails"], ["no option '--trails'", "Did you mean '--trials'?"]),
                (["run", "x.yaml", "--repeat", "3"], ["no option '--repeat'", "Did you mean '--repeats'?"]),
                (["plan", "a.yaml", "b.yaml"], ["SUITE is given 2 times"]),
                (["list", "extra"], ["assay list takes no further argument, and 'extra' is one"]),
                (["run", "x.yaml", "--repeats", "0"], ["--repeats is '0'", "a whole number from 1 to 100000"]),
                (["run", "x.yaml", "--repeats", "many"], ["--repeats is 'many'"]),
                (["run", "x.yaml", "--repeats"], ["--repeats has no value", "1 to 100000"]),
                (["run", "x.yaml", "--seed", "-1"], ["--seed is '-1'", "a whole number"]),
                (["list", "--limit", "1e3"], ["--limit is '1e3'", "a whole number"]),
                (["compare", "--power", "--cases", "-1"], ["--cases is '-1'", "a whole number"]),
                (["compare", "--power", "--detect", "nan"], ["--detect is 'nan'", "0 to 100"]),
                (["bench", "--precision", "nan"], ["--precision is 'nan'", "0 to 100"]),
                (["run", "x.yaml", "--max-cost", "-3"], ["--max-cost is '-3'", "a number of at least 0"]),
                (["report", "-f", "pdf"], ["--format is 'pdf'", "table, md, csv, json, junit, benchy"]),
                (["samples", "--json", "--csv"], ["beside", "--json", "--csv"]),
                (["grade", "--blind"], ["--blind without --rating-sheet"]),
                (["bench", "--server", "auto"], ["--server without --ladder"]),
                (["bench", "-mmp", "0"], ["-mmp is an option of llama-bench"]),
                (["recommend", "--machine", "nowhere.json"], ["--machine is 'nowhere.json'", "a file that can be read"]),
                (["models", "synth"], ["no shape is named", "--list"]),
                (["serve", "--host", ""], ["--host is empty"]),
                (["serve", "--port", "99999"], ["--port is '99999'", "0 to 65535"]),
        ):
            text = self.refused(*arguments)
            for word in words:
                self.assertIn(word, text, arguments)

    def test_a_name_that_no_command_could_find_is_refused_before_the_run(self):
        path = self.write("suite.yaml", SUITE)
        for label in ("last", "a#b", "two\nlines", "x" * 201, "\udcff"):
            self.assertIn("a name of at most 200 characters", self.refused("run", path, "--label", label))
        self.assertFalse(self.store.exists())
        self.assay("run", path, "--label", "Größe 1")
        self.assertIn("Größe 1", self.assay("list").stdout)
        self.assertIn("Echo", self.assay("show", "Größe 1").stdout)

    def test_two_runs_of_one_name_are_told_apart_by_id(self):
        path = self.write("suite.yaml", SUITE)
        for _ in range(2):
            self.assay("run", path, "--label", "twice")
        text = self.refused("show", "twice")
        self.assertIn("'twice' means 2 runs", text)
        self.assertIn("Give the id of one", text)

    def test_a_case_that_was_not_asked(self):
        path = self.write("suite.yaml", SUITE)
        self.assay("run", path)
        self.assertIn("has no sample of a case 'nine'", self.refused("samples", "--case", "nine", code=4))
        self.assertIn("gamma", self.assay("samples", "--case", "three").stdout)

    def test_a_missing_suite_is_told_before_the_others_run(self):
        path = self.write("suite.yaml", SUITE)
        self.assertIn("nowhere.yaml: cannot read", self.refused("run", path, "nowhere.yaml"))
        self.assertFalse(self.store.exists())

    def test_a_store_named_without_a_folder_lies_here(self):
        path = self.write("suite.yaml", SUITE)
        self.assay("run", path, ASSAY_STORE="here.db")
        self.assertTrue((self.folder / "here.db").exists())

    def test_a_model_below_the_home_folder(self):
        path = self.write("suite.yaml", SUITE)
        text = self.assay("run", path, "--model", "answers:~/nowhere.jsonl", HOME=str(self.folder), code=4).stderr
        self.assertIn(str(self.folder / "nowhere.jsonl"), text)


class Output(ProgramTest):
    def setUp(self):
        super().setUp()
        self.suite = self.write("suite.yaml", SUITE)
        self.assay("run", self.suite)

    def into(self, stdout, *arguments, **more):
        return subprocess.run([ASSAY, *map(str, arguments)], cwd=self.folder, env=self.environment(), stdout=stdout,
                              stderr=subprocess.PIPE, text=True, timeout=300, **more)

    @unittest.skipUnless(pathlib.Path("/dev/full").exists(), "this system has no /dev/full")
    def test_a_full_disk_is_not_success(self):
        with open("/dev/full", "w") as full:
            for arguments in (["list"], ["report"], ["samples", "--json"], ["--help"], ["run", self.suite]):
                done = self.into(full, *arguments)
                self.assertEqual(done.returncode, 4, arguments)
                self.assertIn("standard output cannot be written", done.stderr)
        self.assertEqual(len(self.samples()), 3)  # the run that could not be shown is stored

    def test_a_closed_output_is_said_and_nothing_else_is_printed_into(self):
        done = self.into(None, "run", self.suite, preexec_fn=lambda: [os.close(fd) for fd in (0, 1)])
        self.assertEqual(done.returncode, 4)
        self.assertIn("standard output cannot be written", done.stderr)
        self.assertEqual(len(self.samples()), 3)

    def test_a_reader_that_leaves_early_is_no_trouble(self):
        for arguments in (["run", "--help"], ["samples", "--json"], ["report"]):
            read, write = os.pipe()
            os.close(read)
            with os.fdopen(write, "wb") as pipe:
                done = self.into(pipe, *arguments)
            self.assertEqual((done.returncode, done.stderr), (0, ""), arguments)

    def test_a_report_goes_into_what_is_no_plain_file(self):
        (self.folder / "link.md").symlink_to("real.md")
        (self.folder / "real.md").write_text("old")
        self.assay("report", "-o", "link.md")
        self.assertTrue((self.folder / "link.md").is_symlink())
        self.assertIn("Echo", (self.folder / "real.md").read_text())
        self.assertIn("Echo", self.assay("report", "-o", "/dev/stdout").stdout)
        self.assertIn("a file in a folder that exists", self.assay("report", "-o", "no/x.md", code=4).stderr)


if __name__ == "__main__":
    unittest.main()
