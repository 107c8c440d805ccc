"""Real servers for the tests: found in the cache (tools/servers), started on loopback, stopped by their own pid."""

import functools
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(os.environ["ASSAY_SOURCE_DIR"]) / "tests/program"))

from harness import ASSAY, SOURCE, ProgramTest  # noqa: E402  (re-exported)

PATIENCE = 120  # seconds for a server to come up on a busy machine
TINY = SOURCE / "models/tiny-s.q8_0.gguf"
SUMS = SOURCE / "suites/sums.yaml"


@functools.cache
def known_servers():
    done = subprocess.run([SOURCE / "tools/servers", "--have"], capture_output=True, text=True, timeout=60)
    return dict(line.split("\t") for line in done.stdout.splitlines())


def needs_server(name):
    return unittest.skipUnless(name in known_servers(), f"{name} is not in the cache; tools/servers makes it ready")


@functools.cache
def transformers_trouble():
    done = subprocess.run([ASSAY, "worker", "list", "--json"], capture_output=True, text=True, timeout=60)
    return next((one["text"] for one in json.loads(done.stdout) if one["worker"] == "transformers" and not one["ready"]), None)


needs_transformers = unittest.skipIf(transformers_trouble(), str(transformers_trouble()))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """A running server. `ready`: path that answers 200 when it can be used."""

    def __init__(self, argv, port, ready, **environment):
        self.port, self.url = port, f"http://127.0.0.1:{port}"
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(list(map(str, argv)), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        env={**os.environ, **environment})
        deadline = time.monotonic() + PATIENCE
        while not self._answers(ready):
            if self.process.poll() is not None or time.monotonic() > deadline:
                words = self.words()
                self.stop()
                raise AssertionError(f"{argv[0]} did not come up: {words}")
            time.sleep(0.05)  # between two looks; nothing rests on its length

    def _answers(self, path):
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def words(self):
        self.log.seek(0)
        return self.log.read()[-2000:].decode(errors="replace")

    def stop(self):
        """Safe when it has ended already."""
        if self.log.closed:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class EngineTest(ProgramTest):
    """With a folder that all tests of the class share, and models in it."""

    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="assay-engines-"))
        cls.addClassCleanup(shutil.rmtree, cls.shared, ignore_errors=True)

    @classmethod
    def make_model(cls, name):
        """`tiny`: a folder; `tiny.gguf`: the same as floats."""
        target = cls.shared / name
        subprocess.run([sys.executable, SOURCE / "tests/engines/make_folder.py", TINY, target], check=True)
        return target

    @classmethod
    def serve(cls, *arguments, **environment):
        server = Server(*arguments, **environment)
        cls.addClassCleanup(server.stop)
        return server

    def answers(self, suite, model, *arguments):
        """case → the answer as it came."""
        self.run_json(suite, "--model", model, *arguments)
        return {sample["case"]: sample["raw"] for sample in self.samples()}
