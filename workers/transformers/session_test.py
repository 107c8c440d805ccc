"""The protocol part of the worker, with a model of paper: needs no torch."""

import contextlib
import io
import itertools
import json
import queue
import unittest

import wire
from params import read_settings, verified
from session import Model, Session
from wire import Failure

END = 0


class PaperModel(Model):
    """Letters are tokens. Answers what it is told to, one letter a step, then ends. A number instead of a letter is a
    step that reads another piece of the prompt (None), an exception is raised."""

    def __init__(self, answer="four", context=40, clock=None, template=True):
        self.answer, self.context, self.clock, self.has_template = answer, context, clock, template
        self.options = {"context": verified(context)}
        self.facts = {"parameters": 42}
        self.load_ns = 7
        self.ends = frozenset([END])
        self.closed = False

    def template(self, messages, think):
        if not self.has_template:
            raise Failure("not_supported", "no chat template")
        return "".join(f"<{one['role']}>{one['content']}" for one in messages)

    def tokenize(self, text, plain):
        return [ord(letter) for letter in text]

    def text_of(self, ids):
        # Token 200 is the first half of a character of which 201 is the rest.
        return "".join(map(chr, ids)).replace("\u00c8\u00c9", "€").replace("\u00c8", "\ufffd").replace("\u00c9", "\ufffd")

    def begin(self, ids, settings):
        steps = iter([*self.answer, END])

        def step():
            what = next(steps)
            if isinstance(what, Exception):
                raise what
            if what is None:
                return None
            return self.clock(), what if isinstance(what, int) else ord(what)
        return step

    def chances(self, ids, begin):
        return [(-0.5, token == ord("a")) for token in ids[begin:]]

    def claims(self):
        return {"claimed_device_memory_bytes": 5}

    def close(self):
        self.closed = True


class Talk(unittest.TestCase):
    def setUp(self):
        self.ticks = itertools.count(1000, 10)
        self.replies = []
        self.inbox = queue.SimpleQueue()
        self.during = {}  # number of a reply → requests that come right after it

    def send(self, message):
        wire.encode(message)  # every reply can be written as a line
        self.replies.append(message)
        for request in self.during.get(len(self.replies), []):
            self.inbox.put(json.dumps(request).encode())

    def converse(self, *requests, model=None):
        self.model = model or PaperModel()
        self.model.clock = lambda: next(self.ticks)
        for request in requests:
            self.inbox.put(request if isinstance(request, bytes) or request is None else json.dumps(request).encode())
        self.inbox.put(None) if not self.during else None

        def open_model(path, options):
            if path == "missing":
                raise Failure("not_found", "it is not there")
            return self.model
        about = lambda: {"worker": "w", "engine": "e", "engine_version": "1", "capabilities": [], "params": []}
        # The end of the input comes after the last request; what was asked before is answered first.
        session = Session(_Patient(self.inbox), self.send, about, open_model, clock=lambda: next(self.ticks))
        with contextlib.redirect_stderr(io.StringIO()):  # where tracebacks of the engine go
            session.run()
        return self.replies

    def of(self, number):
        return [reply for reply in self.replies if reply["id"] == number]


class _Patient:
    """A queue that gives the end of the input only when nothing else is left to do."""

    def __init__(self, inner):
        self.inner, self.ended = inner, False

    def empty(self):
        if self.ended:
            return True
        if self.inner.empty():
            return True
        line = self.inner.get()
        if line is None:
            self.ended = True
            return True
        self.kept = line
        return False

    def get(self):
        if self.ended:
            return None
        kept, self.kept = getattr(self, "kept", None), None
        return kept if kept is not None else self.inner.get()


LOAD = {"type": "load", "id": 2, "model": "m"}


class Protocol(Talk):
    def generate(self, number=3, **members):
        return {"type": "generate", "id": number, "raw": "hi", **members}

    def test_the_good_way(self):
        replies = self.converse({"type": "hello", "id": 1, "protocol": 1}, LOAD, self.generate(params={"temperature": 0}),
                                {"type": "quit", "id": 9})
        self.assertEqual([reply["type"] for reply in replies if reply["id"] in (1, 2)], ["hello", "loaded"])
        self.assertEqual(replies[1]["options"]["parallel"], {"value": 1, "how": "verified"})

    def test_an_answer_has_a_start_events_text_and_an_end(self):
        self.converse(LOAD, self.generate())
        kinds = [reply["type"] for reply in self.of(3)]
        self.assertEqual((kinds[0], kinds[-1]), ("started", "done"))
        events = [event for reply in self.of(3) if reply["type"] == "output" for event in reply["events"]]
        self.assertEqual(len(events), 5, "four letters and the end-of-generation token")
        self.assertEqual("".join(reply.get("text", "") for reply in self.of(3)), "four")
        done = self.of(3)[-1]
        self.assertEqual((done["finish"], done["output_tokens"]), ("stop", 5))
        self.assertEqual(done["claims"], {"claimed_device_memory_bytes": 5})
        times = [self.of(3)[0]["t_ns"], *[at for at, _, _ in events], done["t_ns"]]
        self.assertEqual(times, sorted(times))

    def test_the_clock_is_read_before_text_is_made_and_the_start_before_the_prefill(self):
        self.converse(LOAD, self.generate())
        self.assertEqual(self.of(3)[0]["t_ns"], 1000)
        self.assertEqual(self.of(3)[1]["events"][0][0], 1010)

    def test_prompt_pieces_are_no_tokens(self):
        self.converse(LOAD, self.generate(), model=PaperModel([None, None, "a"]))
        self.assertEqual(self.of(3)[-1]["output_tokens"], 2)

    def test_length_is_told_from_stop(self):
        self.converse(LOAD, self.generate(params={"max_tokens": 2}))
        self.assertEqual((self.of(3)[-1]["finish"], self.of(3)[-1]["output_tokens"]), ("length", 2))

    def test_the_context_ends_an_answer(self):
        self.converse(LOAD, self.generate(), model=PaperModel("x" * 100, context=10))
        self.assertEqual((self.of(3)[-1]["finish"], self.of(3)[-1]["output_tokens"]), ("length", 8))
        self.assertEqual(self.of(3)[0]["effective"]["max_tokens"], verified(8))

    def test_max_tokens_beyond_the_context_are_told_as_what_is_left(self):
        self.converse(LOAD, self.generate(params={"max_tokens": 500}), model=PaperModel("x" * 100, context=10))
        self.assertEqual(self.of(3)[0]["effective"]["max_tokens"], verified(8))
        self.assertEqual(self.of(3)[-1]["finish"], "length")

    def test_a_prompt_that_fills_the_context_is_an_error(self):
        self.converse(LOAD, self.generate(raw="x" * 40))
        self.assertEqual(self.of(3)[0]["reason"], "context")

    def test_a_stop_string_ends_the_answer_and_is_not_in_it(self):
        self.converse(LOAD, self.generate(params={"stop": ["rl"]}), model=PaperModel("a world"))
        self.assertEqual("".join(reply.get("text", "") for reply in self.of(3)), "a wo")
        self.assertEqual((self.of(3)[-1]["finish"], self.of(3)[-1]["output_tokens"]), ("stop", 6))

    def test_half_a_character_waits_for_the_rest(self):
        model = PaperModel([200, 201])
        self.ticks = itertools.count(1000, 60_000_000)  # every token is a batch of its own
        self.converse(LOAD, self.generate(), model=model)
        outputs = [reply for reply in self.of(3) if reply["type"] == "output"]
        self.assertEqual([(len(one["events"]), one.get("text")) for one in outputs], [(1, None), (1, "€"), (1, None)])

    def test_events_are_told_in_batches_of_50_ms(self):
        self.ticks = itertools.count(1000, 20_000_000)
        self.converse(LOAD, self.generate(), model=PaperModel("abcdefg"))
        outputs = [reply for reply in self.of(3) if reply["type"] == "output"]
        self.assertEqual([(len(one["events"]), one.get("text")) for one in outputs], [(3, "abc"), (3, "def"), (2, "g")])

    def test_reasoning_is_told_apart(self):
        model = PaperModel("{why}4")
        model.think = (ord("{"), ord("}"))
        self.converse(LOAD, self.generate(), model=model)
        self.assertEqual("".join(reply.get("text", "") for reply in self.of(3)), "4")
        self.assertEqual("".join(reply.get("reasoning", "") for reply in self.of(3)), "why")
        self.assertEqual(self.of(3)[-1]["reasoning_tokens"], 5)

    def test_reasoning_that_the_prompt_has_opened(self):
        model = PaperModel("why}4")
        model.think = (ord("{"), ord("}"))
        self.converse(LOAD, self.generate(raw="hi{"), model=model)
        self.assertEqual("".join(reply.get("reasoning", "") for reply in self.of(3)), "why")

    def test_messages_go_through_the_template(self):
        self.converse(LOAD, {"type": "generate", "id": 3, "messages": [{"role": "user", "content": "hi"}]})
        self.assertEqual(self.of(3)[0]["prompt"], "<user>hi")
        self.assertEqual(self.of(3)[0]["prompt_tokens"], 8)

    def test_a_model_without_a_template_says_so(self):
        self.converse(LOAD, {"type": "generate", "id": 3, "messages": [{"role": "user", "content": "hi"}]}, model=PaperModel(template=False))
        self.assertEqual(self.of(3)[0]["reason"], "not_supported")

    def test_tokenize(self):
        self.converse(LOAD, {"type": "tokenize", "id": 3, "text": "ab"})
        self.assertEqual(self.of(3), [{"type": "tokens", "id": 3, "ids": [97, 98], "prompt": "ab"}])

    def test_requests_wait_their_turn(self):
        self.converse(LOAD, self.generate(3), self.generate(4))
        order = [reply["id"] for reply in self.replies if reply["type"] in ("started", "done")]
        self.assertEqual(order, [3, 3, 4, 4])

    def test_cancel_while_it_answers(self):
        self.during = {2: [{"type": "cancel", "id": 8, "target": 3}, {"type": "quit", "id": 9}]}
        self.converse(LOAD, self.generate(), model=PaperModel("x" * 30))
        tail = [(reply["id"], reply["type"]) for reply in self.replies][-3:]
        self.assertEqual(tail, [(3, "done"), (8, "ok"), (9, "ok")])
        self.assertEqual(self.of(3)[-1]["finish"], "cancelled")

    def test_cancel_of_one_that_waits_and_of_none(self):
        self.converse(LOAD, self.generate(3), self.generate(4), {"type": "cancel", "id": 8, "target": 4}, {"type": "cancel", "id": 9, "target": 77})
        self.assertEqual([reply.get("finish") for reply in self.of(4)], ["cancelled"])
        self.assertEqual([reply["type"] for reply in self.of(8) + self.of(9)], ["ok", "ok"])

    def test_unload_frees_and_a_second_load_is_refused_before_it(self):
        self.converse(LOAD, {**LOAD, "id": 4}, {"type": "unload", "id": 5}, self.generate(6), {**LOAD, "id": 7})
        self.assertEqual(self.of(4)[0]["reason"], "bad_request")
        self.assertTrue(self.model.closed)
        self.assertEqual(self.of(6)[0]["reason"], "bad_request")
        self.assertEqual(self.of(7)[0]["type"], "loaded")

    def test_a_generate_without_a_model_fails_before_anything_that_came_later(self):
        self.converse(self.generate(3), LOAD)
        self.assertEqual([(one["id"], one["type"]) for one in self.replies], [(3, "error"), (2, "loaded")])

    def test_a_load_that_fails_leaves_the_worker_usable(self):
        self.converse({**LOAD, "model": "missing"}, {**LOAD, "id": 4})
        self.assertEqual(self.of(2)[0]["reason"], "not_found")
        self.assertEqual(self.of(4)[0]["type"], "loaded")

    def test_what_the_engine_throws_costs_one_request(self):
        model = PaperModel(["a", RuntimeError("CUDA out of memory. Tried"), "b"])
        self.converse(LOAD, self.generate(3), self.generate(4, raw=""), model=model)
        self.assertEqual(self.of(3)[-1]["reason"], "engine_oom")
        self.assertEqual(self.of(4)[-1]["reason"], "bad_request")
        model.answer = [ZeroDivisionError("oh")]
        self.setUp()
        self.converse(LOAD, self.generate(3), model=model)
        self.assertEqual((self.of(3)[-1]["reason"], self.of(3)[-1]["message"]), ("engine", "ZeroDivisionError: oh"))

    def test_bad_lines_are_answered_never_fatal(self):
        cases = {
            b"{": 0, b"[]": 0, b"null": 0, b"\xff": 0, b"[" * 5000: 0, b'{"type":"sing","id":9}': 9, b'{"id":9}': 9,
            b'{"type":["load"],"id":9}': 9, b'{"type":"load","id":9}': 9, b'{"type":"load","id":9,"model":3}': 9,
            b'{"type":"load","id":9,"model":"m","speed":1}': 9, b'{"type":"hello","id":9,"protocol":1.5}': 9,
            b'{"type":"quit","id":-1}': 0, b'{"type":"quit","id":true}': 0, b'{"type":"quit","id":9223372036854775808}': 0,
            b'{"type":"generate","id":9}': 9, b'{"type":"generate","id":9,"raw":"a","messages":[]}': 9,
            b'{"type":"generate","id":9,"messages":[3]}': 9, b'{"type":"generate","id":9,"messages":[{"role":"cat","content":""}]}': 9,
            b'{"type":"generate","id":9,"raw":"\\ud800"}': 9, b'{"type":"generate","id":9,"raw":NaN}': 9,
        }
        for line, number in cases.items():
            with self.subTest(line=line[:60]):
                self.setUp()
                replies = self.converse(line)
                self.assertEqual([(one["type"], one["id"], one["reason"]) for one in replies], [("error", number, "bad_request")])

    def test_parts_of_pictures_are_not_supported_yet(self):
        self.converse(LOAD, {"type": "generate", "id": 3, "messages": [{"role": "user", "content": [{"type": "image"}]}]})
        self.assertEqual(self.of(3)[0]["reason"], "not_supported")

    def test_another_protocol_is_refused(self):
        self.assertEqual(self.converse({"type": "hello", "id": 1, "protocol": 2})[0]["reason"], "not_supported")


class Params(unittest.TestCase):
    def test_what_was_not_asked_for_is_off(self):
        settings, effective = read_settings({}, False)
        self.assertTrue(settings.greedy)
        self.assertEqual(effective, {"temperature": verified(0.0), "repeat_penalty": verified(1.0)})

    def test_greedy_has_no_use_for_top_p(self):
        _, effective = read_settings({"temperature": 0, "top_p": 0.9, "max_tokens": 4}, False)
        self.assertEqual((effective["top_p"], effective["max_tokens"]), (verified(None), verified(4)))

    def test_a_temperature_that_no_score_can_be_divided_by_is_greedy(self):
        settings, effective = read_settings({"temperature": 1e-38}, False)
        self.assertTrue(settings.greedy)
        self.assertEqual(effective["temperature"], verified(0.0))

    def test_sampling_says_everything_that_is_in_force(self):
        settings, effective = read_settings({"temperature": 0.5, "seed": 7, "mirostat": 2, "grammar": "x", "think": True}, False)
        self.assertEqual(settings.seed, 7)
        self.assertEqual({name: one["value"] for name, one in effective.items()},
                         {"temperature": 0.5, "repeat_penalty": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "seed": 7,
                          "mirostat": None, "grammar": None, "think": None})
        self.assertEqual({name for name, one in effective.items() if one["how"] == "not_supported"}, {"mirostat", "grammar", "think"})

    def test_bad_values(self):
        for values in ({"temperature": -1}, {"temperature": True}, {"top_k": 1.5}, {"stop": [""]}, {"stop": 3}, {"seed": 4294967295},
                       {"max_tokens": 0}, {"think": 1}):
            with self.subTest(values=values), self.assertRaises(Failure) as caught:
                read_settings(values, True)
            self.assertEqual(caught.exception.reason, "bad_request")


class Scores(Talk):
    def score(self, more, model=None):
        return self.converse({"type": "load", "id": 1, "model": "m"}, {"type": "score", "id": 2, **more}, model=model)[1:]

    def test_each_continuation_gets_its_sum(self):
        started, scored = self.score({"raw": "What is ", "continuations": ["aa", "b\u00e4"], "params": {"seed": 3}})
        self.assertEqual(started["type"], "started")
        self.assertEqual((started["prompt"], started["prompt_tokens"]), ("What is", 7))
        self.assertEqual(started["effective"], {"seed": {"value": None, "how": "not_supported"}})
        self.assertEqual(scored["type"], "scored")
        # The blank at the end of the prompt went over to the continuations, but not into their bytes.
        self.assertEqual([(one["tokens"], one["bytes"], one["log_likelihood"]) for one in scored["choices"]],
                         [(3, 2, -1.5), (3, 3, -1.5)])
        self.assertGreater(scored["t_ns"], started["t_ns"])

    def test_greedy_when_each_token_is_the_likeliest(self):
        scored = self.score({"raw": "x", "continuations": ["aa", "ab"]})[-1]
        self.assertEqual([one["greedy"] for one in scored["choices"]], [True, False])

    def test_a_template_keeps_its_end(self):
        started = self.score({"messages": [{"role": "user", "content": "hi "}], "continuations": ["a"]})[0]
        self.assertEqual(started["prompt"], "<user>hi ")

    def test_a_token_over_the_end_of_the_prompt_is_told(self):
        class Merging(PaperModel):
            def tokenize(self, text, plain):
                return super().tokenize(text.replace("bc", "\u00ff"), plain)
        scored = self.score({"raw": "ab", "continuations": ["cd", "d"]}, Merging())[-1]
        self.assertEqual([one.get("inside_token", False) for one in scored["choices"]], [True, False])
        failed = self.score({"raw": "ab", "continuations": ["c"]}, Merging())[-1]
        self.assertIn("no token of its own", failed["message"])

    def test_what_has_no_figure_is_refused(self):
        self.assertEqual(self.score({"raw": " ", "continuations": ["a"]})[-1]["message"], "the prompt has no tokens")
        self.replies.clear()
        self.assertEqual(self.score({"raw": "a" * 60, "continuations": ["b"]})[-1]["reason"], "context")
        self.replies.clear()
        thinking = PaperModel()
        thinking.can_think = True
        ask = {"messages": [{"role": "user", "content": "hi"}], "continuations": ["a"]}
        self.assertIn("thinks before it answers", self.score(ask, thinking)[-1]["message"])
        self.replies.clear()
        self.assertEqual(self.score(ask | {"params": {"think": False}}, thinking)[-1]["type"], "scored")
        self.replies.clear()
        self.assertIn("1 to 1024 texts", self.score({"raw": "a", "continuations": []})[-1]["message"])
        self.replies.clear()
        self.assertIn("1 to 1024 texts", self.score({"raw": "a", "continuations": [""]})[-1]["message"])


if __name__ == "__main__":
    unittest.main()
