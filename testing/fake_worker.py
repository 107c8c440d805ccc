#!/usr/bin/env python3
"""A worker that keeps the wire protocol (docs/wire.md) and, when told, breaks it in every way a worker can.

It proves that a worker can be written in any language from the document alone, and it is what the tests of
src/backend/worker.cpp talk to. Usage: fake_worker.py [FAULT...], a fault being one of

  crash-on-start    exits before hello                 silent           never answers anything
  old-protocol      says hello with protocol 0         load-fails       answers load with an error
  crash-on-load     dies while loading                 crash@N          dies in the Nth generate, after one token
  stall@N           sends started and one token, then nothing, deaf to cancel too
  hang@N            sends one token a second until it is cancelled
  babble@N          writes a line that is no JSON      lie-time@N       a token time in the future
  back-time@N       token times that go backwards      lie-count@N      says 1000 tokens, sends 3
  error@N           answers with an error message      long-line@N      one line of 70 MB
  noise             prints garbage on standard error   half-utf8@N      text that is not UTF-8
"""

import json
import os
import sys
import threading
import time

FAULTS = sys.argv[1:]
OUT = os.fdopen(os.dup(1), "wb", buffering=0)
cancelled = set()


def fault(name, number=None):
    return name in FAULTS or (number is not None and f"{name}@{number}" in FAULTS)


def send(message):
    OUT.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")


def effective(params):
    return {name: {"value": value, "how": "verified"} for name, value in params.items()}


def hello(message):
    send({"type": "hello", "id": message["id"], "protocol": 0 if fault("old-protocol") else 1,
          "worker": "fake-worker 1", "engine": "fake", "engine_version": "1",
          "capabilities": ["chat", "raw"], "params": ["temperature", "seed", "max_tokens", "context"],
          "build": {}})


def load(message):
    if fault("crash-on-load"):
        sys.stderr.write("fatal: the weights are made of cheese\n")
        sys.stderr.flush()
        os._exit(3)
    if fault("load-fails"):
        send({"type": "error", "id": message["id"], "reason": "bad_model", "message": "the file holds no model"})
        return
    send({"type": "loaded", "id": message["id"], "load_ns": 1000000,
          "options": effective(message.get("options", {})), "facts": {"parameters": 42}})


def text_of(message):
    if "raw" in message:
        return message["raw"]
    return message["messages"][-1]["content"]


def wait_for_cancel(message):
    while message["id"] not in cancelled:
        time.sleep(0.01)


def output(message, at, text, n=1):
    send({"type": "output", "id": message["id"], "events": [[at, n, 0]], "text": text})


def generate(message, number):
    begin = time.monotonic_ns()
    text = text_of(message)
    send({"type": "started", "id": message["id"], "t_ns": begin, "prompt": text, "prompt_tokens": len(text.split()),
          "cached_prompt_tokens": 0, "effective": effective(message.get("params", {}))})
    if fault("babble", number):
        OUT.write(b"Loading checkpoint shards: 100%|####| it's done!\n")
    if fault("long-line", number):
        OUT.write(b"x" * (70 << 20) + b"\n")
    if fault("half-utf8", number):
        OUT.write(b'{"type":"output","id":%d,"events":[[%d,1,0]],"text":"\xff\xfe"}\n' % (message["id"], time.monotonic_ns()))
    if fault("error", number):
        send({"type": "error", "id": message["id"], "reason": "context", "message": "the prompt is too long"})
        return
    if fault("lie-time", number):
        output(message, time.monotonic_ns() + 10**12, "later")
    if fault("back-time", number):
        output(message, time.monotonic_ns(), "one ")
        output(message, begin, "two")
    if fault("crash", number) or fault("stall", number) or fault("hang", number):
        output(message, time.monotonic_ns(), "partial")
    if fault("crash", number):
        sys.stderr.write("GGML_ASSERT(false) failed\n")
        sys.stderr.flush()
        os._exit(134)
    if fault("stall", number):
        while True:
            time.sleep(1)
    if fault("hang", number):
        wait_for_cancel(message)
        send({"type": "done", "id": message["id"], "t_ns": time.monotonic_ns(), "finish": "cancelled", "output_tokens": 1,
              "reasoning_tokens": 0})
        return
    output(message, time.monotonic_ns(), text)
    output(message, time.monotonic_ns(), "")
    claimed = 1000 if fault("lie-count", number) else 2
    send({"type": "done", "id": message["id"], "t_ns": time.monotonic_ns(), "finish": "stop", "output_tokens": claimed,
          "reasoning_tokens": 0})


def main():
    if fault("crash-on-start"):
        sys.stderr.write("cannot find libcheese.so\n")
        sys.exit(127)
    number = 0
    for line in sys.stdin:
        message = json.loads(line)
        if fault("noise"):
            sys.stderr.write("noise " * 2000 + "\n")
            sys.stderr.flush()
        if fault("silent"):
            continue
        kind = message["type"]
        if kind == "hello":
            hello(message)
        elif kind == "load":
            load(message)
        elif kind == "generate":
            number += 1
            threading.Thread(target=generate, args=(message, number), daemon=True).start()
        elif kind == "cancel":
            cancelled.add(message["target"])
            send({"type": "ok", "id": message["id"]})
        elif kind in ("unload", "quit"):
            send({"type": "ok", "id": message["id"]})
            if kind == "quit":
                return


if __name__ == "__main__":
    main()
