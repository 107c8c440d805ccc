"""Asks a model file fresh held-out questions through llama-server and counts right answers.

This is the trainer's own check, quick enough to run after every export. The
figures in the model cards come from `assay run` and the suites instead.
"""

import argparse
import json
import random
import subprocess
import time
import urllib.request
from collections import defaultdict
from pathlib import Path
from typing import Any

import tasks
from model import SHAPES
from tokenizer import Tokenizer

MAKERS = (tasks.sums, tasks.functions, tasks.extract, tasks.strings)
ODD_TEXTS = ("\t tabs  and   spaces\r\n", "naïve café", "😀 3.14 'll", "x\n\n\n y", "")


class Server:
    """A llama-server of our own, gone when the block ends."""

    def __init__(self, program: Path, model: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [program, "-m", model, "--port", str(port), "-c", "2048", "-np", "1", "-t", "1", "--no-webui"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> "Server":
        for _ in range(100):
            try:
                urllib.request.urlopen(self.url + "/health")
                return self
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("llama-server did not start")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        data = json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)

    def answer(self, prompt: str) -> str:
        """The greedy answer to one chat message."""
        body = {"messages": [{"role": "user", "content": prompt}], "temperature": 0, "max_tokens": 128}
        return self.post("/v1/chat/completions", body)["choices"][0]["message"]["content"]


def right(example: tasks.Example, answer: str) -> bool:
    """JSON is compared as a value, everything else as text."""
    if example.task != "extract":
        return answer.strip() == example.answer
    try:
        return json.loads(answer) == json.loads(example.answer)
    except ValueError:
        return False


def same_tokens(server: Server, tokenizer: Tokenizer, texts: list[str]) -> int:
    """How many texts our tokenizer and llama.cpp cut differently."""
    return sum(
        server.post("/tokenize", {"content": t, "parse_special": True})["tokens"] != tokenizer.encode(t)
        for t in texts
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server", type=Path, help="the llama-server program")
    parser.add_argument("model", type=Path)
    parser.add_argument("--count", type=int, default=300, help="questions per task")
    parser.add_argument("--port", type=int, default=18431)
    parser.add_argument("--wrong", action="store_true", help="show wrong answers")
    args = parser.parse_args()

    world = tasks.World(random.Random(7), "test")
    tokenizer = Tokenizer(next(iter(SHAPES.values())).vocab)
    scores: dict[str, list[bool]] = defaultdict(list)
    texts = list(ODD_TEXTS)
    with Server(args.server, args.model, args.port) as server:
        for make in MAKERS:
            for _ in range(args.count):
                example = make(world)
                answer = server.answer(example.prompt)
                good = right(example, answer)
                scores[example.task].append(good)
                scores[f"  {example.task} {example.kind}"].append(good)
                texts += [example.prompt, example.answer]
                if args.wrong and not good:
                    print(f"{example.prompt!r}: {answer!r}, not {example.answer!r}")
        print("texts cut differently:", same_tokens(server, tokenizer, texts), "of", len(texts))
    for name, marks in scores.items():
        print(f"{name:24} {sum(marks) / len(marks):6.1%} of {len(marks)}")


if __name__ == "__main__":
    main()
