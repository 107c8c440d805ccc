#!/usr/bin/env python3
"""How long a suite takes: assay with --parallel auto beside promptfoo and assay's own single stream, answers compared.

  bench/suite_speed.py [--assay build/release/assay] [--server llama-server] [--promptfoo promptfoo] [--cases 200]
                       [--prompt 600] [--tokens 16] [--rounds 3] [--peers one,many,ollama,stream] [--ollama ollama]
                       [--write NAME] MODEL.gguf

  assay    --parallel auto on the embedded worker
  stream   assay, one request at a time and without flash attention, as batches are: the answers to compare with; in the
           first round only
  one      promptfoo -> llama-server with one slot and its prompt cache
  many     promptfoo -> llama-server -np 8, eight requests at once
  ollama   promptfoo -> Ollama's OpenAI route, one request at a time; tools/servers ollama builds it, with the processor's
           kernels as its releases have them, and prints where it lies (go install alone has none for AVX, and is no peer)
Every case has the same text of so many tokens of the model before its question. Wall time of the whole command, load of the
model and start of the program included; a server is started, and has loaded the model, before its clock. Rounds go through the contestants in turn.
Ollama gets the file with `ollama create` and ChatML as its template, which llama-server takes too for a file without one: Ollama
would leave the system text out there, and the count of prompt tokens is checked for that. It loads random weights and tiny models as
they are. Take a model that does not end by itself: `assay models synth qwen3-0.6b -q Q4_K_M --layers 16 --vocab VOCABULARY.gguf` makes
the 0.4 B one. promptfoo comes from npm (0.121.20 was measured).
--write stores the result as bench/baselines/suite_speed_NAME.json.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import baseline

WORDS = ("ein Text der vor jeder Frage steht und den ein Server nur einmal rechnen muss wenn er ihn sich merkt weil alle "
         "Fragen gleich beginnen").split()


def shared_text(words):
    return " ".join(WORDS[i % len(WORDS)] for i in range(words))


def words_for(options, tokens):
    """Words of the shared text that come to so many tokens in the model's own vocabulary: one question tells."""
    few = dict(vars(options), cases=1, tokens=1)
    lengths = {}
    for words in (20, 120):
        with tempfile.TemporaryDirectory() as folder:
            run_assay(argparse.Namespace(**few, words=words), folder, [])
            lengths[words] = samples_of(options, folder)[0]["prompt_tokens"]
    return round(tokens * 100 / (lengths[120] - lengths[20]))


def samples_of(options, folder):
    environment = {**os.environ, "ASSAY_STORE": str(Path(folder, "lab.db"))}
    lines = subprocess.run([options.assay, "samples", "last", "--json"], env=environment, check=True, capture_output=True,
                           text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def question(n):
    return f"What is {n} plus {n * 7 % 90}?"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def comes_up(process, address):
    """Whether the server answers within a minute; one that has ended will not."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=1) as reply:
                if reply.status == 200:
                    return True
        except OSError:
            pass
        if process.poll() is not None:
            return False
        time.sleep(0.1)
    return False


class Server:
    def __init__(self, options, slots, context):
        self.port = free_port()
        self.process = subprocess.Popen(
            [options.server, "-m", str(options.model), "--host", "127.0.0.1", "--port", str(self.port), "-np", str(slots),
             "-c", str(context * slots), "-t", str(os.cpu_count())], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not comes_up(self.process, f"http://127.0.0.1:{self.port}/health"):
            self.stop()
            sys.exit("llama-server did not come up")

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Ollama:
    """A server with a home of its own in `folder`, where the model lies loaded."""

    def __init__(self, options, folder, context):
        self.port = free_port()
        home = {**os.environ, "HOME": str(folder), "OLLAMA_HOST": f"127.0.0.1:{self.port}", "OLLAMA_NO_CLOUD": "1",
                "OLLAMA_MODELS": str(Path(folder, "ollama")), "OLLAMA_NUM_PARALLEL": "1", "OLLAMA_KEEP_ALIVE": "1h"}
        self.log = open(Path(folder, "ollama.log"), "w+", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen([options.ollama, "serve"], env=home, stdout=self.log, stderr=self.log)
        try:
            if not comes_up(self.process, f"http://127.0.0.1:{self.port}/api/version"):
                sys.exit(f"ollama did not come up: {self.words()}")
            Path(folder, "Modelfile").write_text(
                f"FROM {options.model.resolve()}\nPARAMETER num_ctx {context}\nPARAMETER num_thread {os.cpu_count()}\n"
                'TEMPLATE """{{ if .System }}<|im_start|>system\n{{ .System }}<|im_end|>\n{{ end }}<|im_start|>user\n'
                '{{ .Prompt }}<|im_end|>\n<|im_start|>assistant\n"""\nPARAMETER stop <|im_end|>\n')
            made = subprocess.run([options.ollama, "create", "local", "-f", str(Path(folder, "Modelfile"))], env=home,
                                  capture_output=True, text=True)
            if made.returncode != 0:
                sys.exit(f"ollama create: {made.stderr[-2000:]}")
            self.load()
        except BaseException:
            self.stop()
            raise

    def load(self):
        """A request without a prompt loads the model and computes nothing."""
        ask = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/generate", json.dumps({"model": "local"}).encode())
        try:
            with urllib.request.urlopen(ask, timeout=600) as reply:
                reply.read()
        except OSError as error:
            sys.exit(f"ollama did not load the model: {error}\n{self.words()}")

    def words(self):
        self.log.seek(0)
        return self.log.read()[-2000:]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


def run_assay(options, folder, extra):
    suite = Path(folder, "suite.yaml")
    suite.write_text(f"assay: 1\nname: Suite speed\nsystem: {json.dumps(shared_text(options.words))}\n"
                     f"prompt: \"What is {{{{a}}}} plus {{{{b}}}}?\"\n"
                     f"cases: {{file: cases.jsonl}}\nevaluate: contains\nwarmup: 0\nparams: {{max_tokens: {options.tokens}, "
                     f"context: {options.context}, threads: {os.cpu_count()}}}\n")
    Path(folder, "cases.jsonl").write_text("".join(
        json.dumps({"id": f"c{n}", "vars": {"a": n, "b": n * 7 % 90}, "expect": str(n + n * 7 % 90)}) + "\n"
        for n in range(options.cases)))
    environment = {**os.environ, "ASSAY_STORE": str(Path(folder, "lab.db"))}
    begin = time.monotonic()
    subprocess.run([options.assay, "run", str(suite), "--model", f"llama:{options.model.resolve()}", "--quiet", *extra],
                   env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.monotonic() - begin
    answers = {sample["case"]: sample["raw"] for sample in samples_of(options, folder)}
    if len(answers) != options.cases:
        sys.exit(f"assay answered {len(answers)} of {options.cases} cases")
    return wall, answers


def run_promptfoo(options, folder, server, at_once):
    config = {
        "description": "Suite speed",
        "prompts": [json.dumps([{"role": "system", "content": shared_text(options.words)},
                                {"role": "user", "content": "{{question}}"}])],
        "providers": [{"id": "openai:chat:local", "config": {
            "apiBaseUrl": f"http://127.0.0.1:{server.port}/v1", "apiKey": "none", "temperature": 0,
            "max_tokens": options.tokens}}],
        "tests": [{"vars": {"question": question(n)}, "assert": [{"type": "contains", "value": str(n + n * 7 % 90)}]}
                  for n in range(options.cases)],
    }
    path = Path(folder, "promptfooconfig.json")
    path.write_text(json.dumps(config))
    out = Path(folder, "out.json")
    environment = {**os.environ, "PROMPTFOO_CONFIG_DIR": str(Path(folder, "promptfoo")), "PROMPTFOO_DISABLE_TELEMETRY": "1",
                   "PROMPTFOO_DISABLE_UPDATE": "1", "PROMPTFOO_SELF_HOSTED": "1"}
    begin = time.monotonic()
    done = subprocess.run([options.promptfoo, "eval", "-c", str(path), "--no-cache", "--no-table", "--no-progress-bar",
                           "-j", str(at_once), "-o", str(out)], env=environment, capture_output=True, text=True)
    wall = time.monotonic() - begin
    results = json.loads(out.read_text())["results"] if out.exists() else {"stats": None}
    stats = results["stats"]
    if stats is None or stats["errors"] or stats["successes"] + stats["failures"] != options.cases:
        sys.exit(f"promptfoo did not answer every case: {stats}\n{done.stderr[-2000:]}")
    usage = [result["response"]["tokenUsage"] for result in results["results"]]
    if min(one.get("prompt", 0) for one in usage) < 0.9 * options.prompt:
        sys.exit(f"the server did not see the whole prompt: {usage[0]}")
    return wall, statistics.mean(one.get("completion", 0) for one in usage)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--assay", default=str(baseline.ROOT / "build/release/assay"))
    parser.add_argument("--server", default="llama-server")
    parser.add_argument("--promptfoo", default="promptfoo")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--prompt", type=int, default=600)
    parser.add_argument("--tokens", type=int, default=16)
    parser.add_argument("--context", type=int, default=1280, help="tokens for each request, the same for everybody")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default="one,many,stream")
    parser.add_argument("--ollama", default="ollama")
    parser.add_argument("--write", metavar="NAME")
    options = parser.parse_args()
    peers = options.peers.split(",")
    options.words = words_for(options, options.prompt)
    load = os.getloadavg()[0]
    walls = {name: [] for name in ["assay", *peers]}
    answered = {}  # contestant -> tokens of an answer, as its server counts them
    same = []
    for turn in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            wall, answers = run_assay(options, folder, ["--parallel", "auto"])
            walls["assay"].append(wall)
        for name in peers:
            if name == "stream" and turn > 0:
                continue  # its answers are the same every time, and it takes longest
            with tempfile.TemporaryDirectory() as folder:
                if name == "stream":
                    # As answers in batches are made on processors: what batching alone changes is asked here.
                    wall, alone = run_assay(options, folder, ["--parallel", "1", "-p", "flash_attention=off"])
                    same.append(sum(answers[key] == alone[key] for key in alone) / len(alone))
                else:
                    slots = 8 if name == "many" else 1
                    server = (Ollama(options, folder, options.context) if name == "ollama"
                              else Server(options, slots, options.context))
                    try:
                        wall, answered[name] = run_promptfoo(options, folder, server, slots)
                    finally:
                        server.stop()
                walls[name].append(wall)
    print(f"{options.cases} cases, {options.prompt} tokens in common, {options.tokens} tokens of answer, "
          f"{os.cpu_count()} processors, medians of {options.rounds} rounds")
    ratios = {}
    for name, values in walls.items():
        ratios[name] = statistics.median(a / b for a, b in zip(walls["assay"], values))
        print(f"  {name:<8}{statistics.median(values):>8.1f} s   assay takes {ratios[name]:.2f} of it "
              f"({min(values):.1f}–{max(values):.1f} s)")
    for name, tokens in answered.items():
        print(f"  {name}: {tokens:.1f} tokens an answer")
    if same:
        print(f"  answers equal to the single stream's: {100 * min(same):.1f} % of them at least")
    if options.write:
        figures = {"assay": baseline.version(options.assay), "model": options.model.name, "cases": options.cases,
                   "shared_tokens": options.prompt, "answer_tokens": options.tokens, "wall_s":
                   {name: baseline.spread(values) for name, values in walls.items()}, "assay_over": ratios,
                   "tokens_an_answer": answered,
                   "answers_equal": baseline.spread(same) if same else None}
        baseline.keep(f"suite_speed_{options.write}", figures, load)
    return 0


if __name__ == "__main__":
    sys.exit(main())
