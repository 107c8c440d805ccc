"""assay models synth: names, files and disks that it cannot use, and Ctrl-C. What is written, an engine's tests read."""

import os
import resource
import signal
import struct
import subprocess
import time
import unittest

from harness import ASSAY, SOURCE, ProgramTest

TINY = ("qwen2.5-0.5b", "--layers", "1")  # 125 MiB as Q4_0, for its vocabulary


class Synth(ProgramTest):
    def synth(self, *arguments, code=0):
        return self.assay("models", "synth", *arguments, code=code)

    def files(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_a_name_that_is_not_known_says_which_are_near(self):
        self.assertIn("no shape is named", self.synth(code=2).stderr)
        self.assertIn("Did you mean 'qwen2.5-0.5b'", self.synth("qwen2.5-0.6", code=2).stderr)
        self.assertIn("'llama-3.2-1b', 'llama-3.2-3b'", self.synth("llama3.2", code=2).stderr)
        self.assertIn("Did you mean 'Q4_K_M'", self.synth(*TINY, "-q", "q4_km", code=2).stderr)
        self.assertIn("1 to 24", self.synth("qwen2.5-0.5b", "--layers", 25, code=2).stderr)
        for layers in (0, -1, "x"):
            self.assertIn("--layers", self.synth("qwen2.5-0.5b", "--layers", layers, code=2).stderr)
        self.assertEqual(self.files(), [])

    def test_the_file_is_named_after_the_mix_that_was_meant(self):
        self.assertEqual(self.synth("Qwen2.5-0.5B", "--layers", 1, "-q", "q4_k").stdout,
                         "qwen2.5-0.5b-1layers.q4_k_m.synth.gguf\n")
        self.assertEqual(self.files(), ["qwen2.5-0.5b-1layers.q4_k_m.synth.gguf"])
        self.assertIn("is there already", self.synth("qwen2.5-0.5b", "--layers", 1, "-q", "Q4_K_M", code=4).stderr)

    def test_what_is_no_file_is_not_written_over(self):
        (self.folder / "place").mkdir()
        for force in ((), ("--force",)):
            self.assertIn("this is a folder", self.synth(*TINY, "--out", "place", *force, code=2).stderr)
        self.assertIn("no regular file", self.synth(*TINY, "--out", "/dev/null", "--force", code=2).stderr)
        self.assertIn("No such file", self.synth(*TINY, "--out", "nowhere/x.gguf", code=4).stderr)
        self.assertEqual(self.files(), ["place"])

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_folder_that_may_not_be_written_to_is_said(self):
        (self.folder / "place").mkdir(mode=0o500)
        self.assertIn("Permission denied", self.synth(*TINY, "--out", "place/x.gguf", code=4).stderr)

    def test_a_vocabulary_comes_from_a_whole_file_that_has_one(self):
        tiny = SOURCE / "models" / "tiny-m.q8_0.gguf"
        whole = tiny.read_bytes()
        without = b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 20) + b"general.architecture" + struct.pack("<IQ", 8, 5) + b"llama"
        for name, content, said in (("cut", whole[:20000], "cut.gguf"), ("half", whole[: len(whole) // 2], "the file is cut"),
                                    ("text", b"no model", "no GGUF file"), ("empty", b"", "the file is empty"),
                                    ("none", without, "the file has no vocabulary")):
            path = self.write(name + ".gguf", content)
            self.assertIn(said, self.synth(*TINY, "--vocab", path, "--out", "x", code=2).stderr)
        self.assertIn("no such file", self.synth(*TINY, "--vocab", "lost.gguf", "--out", "x", code=4).stderr)
        self.assertFalse((self.folder / "x").exists())
        self.synth(*TINY, "--vocab", tiny, "--out", "x")
        words = [self.assay("models", "inspect", path).stdout for path in (tiny, "x")]
        line = [next(one for one in text.splitlines() if "vocabulary" in one) for text in words]
        self.assertEqual(line[0], line[1])

    def test_a_disk_that_fills_up_leaves_nothing_half_written(self):
        def small_disk():  # as ulimit -f: the system's signal would end a program that does not ignore it
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (20 << 20, 20 << 20))

        done = subprocess.run([ASSAY, "models", "synth", *TINY, "-q", "Q8_0", "--out", "full.gguf"],
                              cwd=self.folder, env=self.environment(), preexec_fn=small_disk, capture_output=True, text=True)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("full.gguf", done.stderr)
        self.assertIn("Nothing half written is left", done.stderr)
        self.assertEqual(self.files(), [])

    def test_ctrl_c_leaves_nothing_half_written(self):
        process = self.start("models", "synth", "llama-3.2-1b", "-q", "F32", "--out", "large.gguf")  # 4.7 GiB
        for _ in range(6000):
            if self.files() or process.poll() is not None:
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        if "are free" in said:
            self.skipTest("the disk is too small for a file that is still being written when the signal comes")
        self.assertEqual(process.returncode, 130, said)
        self.assertIn("nothing half written is left", said)
        self.assertEqual(self.files(), [])


if __name__ == "__main__":
    unittest.main()
