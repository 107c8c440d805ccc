#!/usr/bin/env python3
"""assay-transformers: a worker around PyTorch and transformers (docs/wire.md). Started by assay, in the environment
that `assay worker install transformers` makes."""

import os
import queue
import sys
import threading

sys.dont_write_bytecode = True
# Models come from disk: nothing is looked up or fetched elsewhere, and no progress bars are drawn.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import wire
from session import Session

PATIENCE = 5  # seconds between a quit whose sender has gone and the end, whatever is at work


def take_output():
    """The real standard output, ours alone: what libraries print goes to standard error."""
    output = os.dup(1)
    os.dup2(2, 1)
    return output


def sender(output):
    def send(message):
        line = memoryview(wire.encode(message))
        while line:
            line = line[os.write(output, line):]
    return send


def read_lines(inbox):
    """Runs in a thread of its own: the end of the input means that assay is gone, also in the middle of a load."""
    source = sys.stdin.buffer
    line = last = b""
    while line := source.readline(wire.MAX_LINE + 2):
        too_long = len(line) > wire.MAX_LINE + 1
        while too_long and line[-1:] != b"\n":
            line = source.readline(wire.MAX_LINE + 2)
            if not line:
                break
        line = b"x" * (wire.MAX_LINE + 1) if too_long else line.rstrip(b"\r\n")
        if line:
            inbox.put(line)
            last = line
    if b'"quit"' not in last:
        os._exit(0)
    inbox.put(None)
    threading.Event().wait(PATIENCE)
    os._exit(0)


def main():
    send = sender(take_output())
    inbox = queue.SimpleQueue()
    threading.Thread(target=read_lines, args=(inbox,), daemon=True).start()

    def about():
        import engine  # takes seconds, and belongs to no figure
        return engine.about()

    def open_model(path, options):
        import engine
        return engine.open_model(path, options)

    Session(inbox, send, about, open_model).run()
    sys.stderr.flush()
    os._exit(0)  # without the seconds that torch takes to tidy up


if __name__ == "__main__":
    main()
