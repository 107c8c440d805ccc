"""Picks the next token from the scores. The order is llama-server's, so that engines can be compared: repeat penalty
(over the last 64 tokens, prompt included), top_k, top_p, min_p, temperature."""

import collections

import torch

from wire import Failure

REMEMBERED = 64


class Picker:
    """For one answer. `prompt`: its ids. `device`: where the scores are."""

    def __init__(self, settings, prompt, device):
        self._settings = settings
        self._recent = collections.deque(prompt[-REMEMBERED:], maxlen=REMEMBERED) if settings.repeat_penalty != 1 else None
        self._generator = None
        if not settings.greedy:
            self._generator = torch.Generator(device=device)
            self._generator.manual_seed(settings.seed)

    def pick(self, scores):
        """`scores`: one for each token of the vocabulary. Raises Failure when they are no numbers."""
        scores = scores.float()
        if self._recent:
            scores = self._penalised(scores)
        best, at = scores.max(dim=0)
        if not torch.isfinite(best):
            raise Failure("engine", f"the model's scores are no numbers (the greatest is {best.item()}); try another type of weights")
        token = int(at) if self._settings.greedy else self._drawn(scores)
        if self._recent is not None:
            self._recent.append(token)
        return token

    def _penalised(self, scores):
        ids = torch.tensor(sorted(set(self._recent)), device=scores.device)
        seen, penalty = scores[ids], self._settings.repeat_penalty
        return scores.scatter(0, ids, torch.where(seen > 0, seen / penalty, seen * penalty))

    def _drawn(self, scores):
        settings, ids = self._settings, None
        if settings.top_k > 0:
            scores, ids = scores.topk(min(settings.top_k, scores.numel()))
        if settings.top_p < 1:
            if ids is None:
                scores, ids = scores.sort(descending=True)
            shares = scores.softmax(dim=0)
            keep = shares.cumsum(dim=0) - shares < settings.top_p
            keep[0] = True
            scores = scores.masked_fill(~keep, -torch.inf)
        if settings.min_p > 0:
            shares = scores.softmax(dim=0)
            scores = scores.masked_fill(shares < settings.min_p * shares.max(), -torch.inf)
        at = torch.multinomial((scores / settings.temperature).softmax(dim=0), 1, generator=self._generator)
        return int(at if ids is None else ids[at])
