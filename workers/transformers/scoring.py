"""Log-likelihoods: how likely is each continuation of a prompt? docs/wire.md, "Scores". Knows no torch."""

import math
import string

from params import NOT_SUPPORTED, REQUEST, checked, verified
from wire import Failure


def _shared(one, other):
    count = 0
    for left, right in zip(one, other):
        if left != right:
            break
        count += 1
    return count


class Scoring:
    """One score. advance() does one continuation; `ended` is then true when `scored` or `error` was sent."""

    def __init__(self, message, model, send, clock, failure_of):
        self.id = message["id"]
        self.ended = False
        self._message, self._model, self._send, self._clock, self._failure_of = message, model, send, clock, failure_of
        self._left = None
        self._choices = []

    def advance(self):
        try:
            if self._left is None:
                self._begin()
            ids, begin, size, inside = self._left[0]
            began = self._clock()
            chances = self._model.chances(ids, begin)
            if not self._choices:  # sent after the engine took the prompt, so that telling costs it no time
                self._send({**self._started, "t_ns": began})
            total = math.fsum(chance for chance, _ in chances)
            if not math.isfinite(total):
                raise Failure("engine", "a continuation has no likelihood: the engine's scores are no numbers")
            choice = {"log_likelihood": min(total, 0.0), "tokens": len(chances), "bytes": size,
                      "greedy": all(first for _, first in chances)}
            self._choices.append(choice | ({"inside_token": True} if inside else {}))
            self._left.pop(0)
            if not self._left:
                self._send({"type": "scored", "id": self.id, "t_ns": self._clock(), "choices": self._choices})
                self.ended = True
        except Exception as error:  # whatever the engine throws costs this request, not the worker
            failure = self._failure_of(error)
            self._send({"type": "error", "id": self.id, "reason": failure.reason, "message": failure.message})
            self.ended = True

    def cancel(self):
        if not self.ended:
            self._send({"type": "done", "id": self.id, "t_ns": self._clock(), "finish": "cancelled", "output_tokens": 0})
            self.ended = True

    def _begin(self):
        model, message = self._model, self._message
        values = message.get("params", {})
        think = checked(REQUEST, {"think": values.get("think")}).get("think")
        plain = "raw" in message
        moved = ""
        if plain:
            prompt = message["raw"].rstrip(string.whitespace)
            moved = message["raw"][len(prompt):]
        else:
            if model.can_think and think is not False:
                raise Failure("bad_request", "this model thinks before it answers; log-likelihoods need `think` to be false, or "
                                             "a prompt without template")
            prompt = model.template(message["messages"], think)
        own = model.tokenize(prompt, plain)
        if not own:
            raise Failure("bad_request", "the prompt has no tokens")
        self._left = [self._continuation(prompt + moved + text, text, own, plain) for text in message["continuations"]]
        longest = max(len(ids) for ids, _, _, _ in self._left)
        if longest - 1 > model.context:
            raise Failure("context", f"the prompt with its longest continuation has {longest} tokens and the context is "
                                     f"{model.context}; load with a longer context or shorten the prompt")
        effective = {name: verified(think) if name == "think" and model.can_think and not plain else dict(NOT_SUPPORTED)
                     for name, value in values.items() if value is not None}
        self._started = {"type": "started", "id": self.id, "prompt": prompt, "prompt_tokens": len(own),
                         "cached_prompt_tokens": 0, "effective": effective}

    def _continuation(self, whole, text, own, plain):
        """(ids of prompt and continuation, place of the first that counts, bytes, whether a token reaches over the cut)"""
        ids = self._model.tokenize(whole, plain)
        if len(ids) <= len(own):
            raise Failure("bad_request", f"the continuation '{text[:60]}' has no token of its own behind this prompt")
        return ids, len(own), len(text.encode("utf-8", "replace")), _shared(ids, own) < len(own)
