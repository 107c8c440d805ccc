"""The conversation with assay: which request is answered how, and in which order. Knows no torch: what it needs of a
model is in the class Model, and tests give it one of paper."""

import collections
import sys
import time
import traceback

import wire
from params import LOAD, NOT_SUPPORTED, read_settings, verified
from scoring import Scoring
from text_stream import TextStream
from wire import Failure

BATCH_NS = 50_000_000  # events are told about every 50 ms, so that telling does not slow the answer down


class Model:
    """What a session asks of a loaded model. engine.py has the real one."""

    load_ns = 0
    options = {}  # load parameters in force: name → {"value", "how"}
    facts = {}
    context = 0  # tokens that prompt and answer may have together
    ends = frozenset()  # ids of end-of-generation tokens
    think = None  # (id of the token that begins reasoning, id of the one that ends it)
    can_think = False  # the chat template has a switch for reasoning

    def template(self, messages, think):
        """The prompt as text. Raises Failure when the model has no template."""
        raise NotImplementedError

    def tokenize(self, text, plain):
        """Ids. `plain`: text without a template, which gets the begin token if the model wants one."""
        raise NotImplementedError

    def text_of(self, ids):
        raise NotImplementedError

    def begin(self, ids, settings):
        """A callable that does one step: None while a piece of the prompt was read, else (t_ns, token)."""
        raise NotImplementedError

    def chances(self, ids, begin):
        """For each token from `begin` on: (ln p behind those before it, whether it is the likeliest)."""
        raise NotImplementedError

    def claims(self):
        return {}


def failure_of(error):
    """How an exception is told to people. `engine` unless the engine's own word for it is known."""
    if isinstance(error, Failure):
        return error
    traceback.print_exc(file=sys.stderr)
    out_of_memory = isinstance(error, MemoryError) or "out of memory" in str(error).lower() or "can't allocate memory" in str(error)
    text = (str(error) or type(error).__name__).strip().splitlines()[0][:400]
    return Failure("engine_oom" if out_of_memory else "engine", f"{type(error).__name__}: {text}")


class Answer:
    """One generate. advance() does a step; `ended` is then true when `done` or `error` was sent."""

    def __init__(self, message, model, send, clock):
        self.id = message["id"]
        self.ended = False
        self._message, self._model, self._send, self._clock = message, model, send, clock
        self._steps = None
        self._events, self._count, self._reasoning_count = [], 0, 0
        self._told_at = 0

    def advance(self):
        try:
            if self._steps is None:
                self._begin()
            else:
                self._take(self._steps())
        except Exception as error:  # whatever the engine throws costs this request, not the worker
            self.fail(error)

    def fail(self, error):
        self._tell(last=True)
        failure = failure_of(error)
        self._send({"type": "error", "id": self.id, "reason": failure.reason, "message": failure.message})
        self.ended = True

    def cancel(self):
        if not self.ended:
            self._finish("cancelled")

    def _begin(self):
        model, message = self._model, self._message
        settings, effective = read_settings(message.get("params", {}), model.can_think)
        plain = "raw" in message
        prompt = message["raw"] if plain else model.template(message["messages"], settings.think)
        ids = model.tokenize(prompt, plain)
        if not ids:
            raise Failure("bad_request", "the prompt has no tokens; send some text")
        room = model.context - len(ids)
        if room < 1:
            raise Failure("context", f"the prompt has {len(ids)} tokens and the context is {model.context}: none is left for "
                                     "an answer; load with a longer context or shorten the prompt")
        self._limit = min(settings.max_tokens or room, room)
        effective["max_tokens"] = verified(self._limit)  # what the context leaves, where more was asked for
        opened = model.think is not None and _opens(ids, model.think)
        self._stream = TextStream(model.text_of, settings.stop, model.think, opened)
        steps = model.begin(ids, settings)
        began = self._clock()
        first = steps()
        self._steps = steps
        # Sent after the engine took the prompt, so that telling costs the prefill no time.
        self._send({"type": "started", "id": self.id, "t_ns": began, "prompt": prompt, "prompt_tokens": len(ids),
                    "cached_prompt_tokens": 0, "effective": effective})
        self._told_at = began
        self._take(first)

    def _take(self, step):
        if step is None:
            return
        at, token = step
        self._count += 1
        if token in self._model.ends:
            self._events.append([at, 1, 0])
            return self._finish("stop")
        kind, stopped = self._stream.push(token)
        self._reasoning_count += kind == TextStream.REASONING
        self._events.append([at, 1, kind])
        if stopped:
            self._finish("stop")
        elif self._count >= self._limit:
            self._finish("length")
        elif at - self._told_at >= BATCH_NS:
            self._tell(last=False)
            self._told_at = at

    def _tell(self, last):
        if self._steps is None:
            return
        text, reasoning = self._stream.take(last)
        if self._events or text or reasoning:
            message = {"type": "output", "id": self.id, "events": self._events}
            message |= {"text": text} if text else {}
            message |= {"reasoning": reasoning} if reasoning else {}
            self._send(message)
            self._events = []

    def _finish(self, finish):
        at = self._clock()
        self._tell(last=True)
        done = {"type": "done", "id": self.id, "t_ns": at, "finish": finish, "output_tokens": self._count}
        done |= {"reasoning_tokens": self._reasoning_count} if self._reasoning_count else {}
        claims = self._model.claims()
        self._send(done | ({"claims": claims} if claims else {}))
        self.ended = True


def _opens(ids, think):
    """Whether the prompt ends inside reasoning."""
    for token in reversed(ids):
        if token in think:
            return token == think[0]
    return False


class Session:
    """`inbox`: a queue of lines (bytes), None at the end. `send`: takes a reply. `about`: gives the members of the
    answer to hello. `open_model`: path and checked options to a Model."""

    def __init__(self, inbox, send, about, open_model, clock=time.monotonic_ns):
        self._inbox, self._send, self._about, self._open_model, self._clock = inbox, send, about, open_model, clock
        self._model = None
        self._waiting = collections.deque()  # Answers, the first one is at work

    def run(self):
        """Until quit or the end of the input. Requests are looked at between two decode steps."""
        while True:
            while not self._waiting or not self._inbox.empty():
                line = self._inbox.get()
                if line is None or self._handle(line):
                    return
            answer = self._waiting[0]
            answer.advance()
            if answer.ended:
                self._waiting.popleft()

    def _handle(self, line):
        """True when the worker is to end."""
        number = 0
        try:
            number = wire.id_of(line) if len(line) <= wire.MAX_LINE else 0
            message = wire.decode(line)
            getattr(self, "_" + message["type"])(message)
            return message["type"] == "quit"
        except Exception as error:
            failure = failure_of(error)
            self._send({"type": "error", "id": number, "reason": failure.reason, "message": failure.message})
        return False

    def _hello(self, message):
        if message["protocol"] != wire.PROTOCOL:
            raise Failure("not_supported", f"protocol {message['protocol']} is not spoken here; expected {wire.PROTOCOL}")
        self._send({"type": "hello", "id": message["id"], "protocol": wire.PROTOCOL, **self._about()})

    def _load(self, message):
        if self._model is not None:
            raise Failure("bad_request", "a model is loaded already; send unload first")
        self._model = model = self._open_model(message["model"], message.get("options", {}))
        # Requests wait their turn: two of them in one process of Python would only slow each other down.
        options = {**model.options, "parallel": verified(1)}
        for name, value in message.get("options", {}).items():
            if name not in LOAD and value is not None:
                options[name] = dict(NOT_SUPPORTED)
        self._send({"type": "loaded", "id": message["id"], "load_ns": model.load_ns, "options": options, "facts": model.facts})

    def _tokenize(self, message):
        if self._model is None:
            raise Failure("bad_request", "no model is loaded; send load first")
        plain = "text" in message
        prompt = message["text"] if plain else self._model.template(message["messages"], None)
        self._send({"type": "tokens", "id": message["id"], "ids": self._model.tokenize(prompt, plain), "prompt": prompt})

    def _generate(self, message):
        if self._model is None:
            raise Failure("bad_request", "no model is loaded; send load first")
        self._waiting.append(Answer(message, self._model, self._send, self._clock))

    def _score(self, message):
        if self._model is None:
            raise Failure("bad_request", "no model is loaded; send load first")
        self._waiting.append(Scoring(message, self._model, self._send, self._clock, failure_of))

    def _cancel(self, message):
        for answer in [one for one in self._waiting if one.id == message["target"]]:
            answer.cancel()
            self._waiting.remove(answer)
        self._ok(message)

    def _unload(self, message):
        self._drop()
        self._ok(message)

    def _quit(self, message):
        self._drop()
        self._ok(message)

    def _drop(self):
        for answer in self._waiting:
            answer.cancel()
        self._waiting.clear()
        if self._model is not None:
            close = getattr(self._model, "close", None)
            self._model = None
            if close:
                close()

    def _ok(self, message):
        self._send({"type": "ok", "id": message["id"]})
