"""Examples to training rows: many short chats side by side, or one long chat."""

import random
from dataclasses import dataclass

import torch
from torch import Tensor

import tasks
from tokenizer import TURN, Tokenizer

SYSTEM = "You are a helpful assistant."
SHORT, LONG = 128, 2048
OPEN_ROWS = 12


@dataclass
class Rows:
    """One micro-batch. `owner` is absent where a row is a single chat."""

    ids: Tensor
    weight: Tensor
    owner: Tensor | None


class Stream:
    """An endless, seeded source of rows."""

    def __init__(self, tokenizer: Tokenizer, seed: int) -> None:
        self.world = tasks.World(random.Random(seed), "train")
        self.tokenizer = tokenizer
        self.open: list[list[tuple[list[int], list[float]]]] = [[] for _ in range(OPEN_ROWS)]

    def chat(self) -> tuple[list[int], list[float]]:
        """Ids of one question and answer, and how much each id counts.

        Only the answer counts. Long answers count more than short ones, but not
        in proportion: otherwise code, which is easy, would drown the sums.
        """
        example = tasks.draw(self.world)
        system = TURN.format(role="system", text=SYSTEM) if self.world.rng.random() < 0.04 else ""
        prompt = self.tokenizer.encode(
            system + TURN.format(role="user", text=example.prompt) + "<|im_start|>assistant\n"
        )
        answer = [*self.tokenizer.plain(example.answer), self.tokenizer.end]
        return prompt + answer, [0.0] * len(prompt) + [len(answer) ** -0.5] * len(answer)

    def short_row(self) -> list[tuple[list[int], list[float]]]:
        """Chats that together fill a row: first fit into a few open rows."""
        while True:
            chat = self.chat()
            if len(chat[0]) > SHORT:
                continue  # the rare long answers appear in long rows only
            for row in self.open:
                if sum(len(ids) for ids, _ in row) + len(chat[0]) <= SHORT:
                    row.append(chat)
                    break
            else:
                fullest = max(self.open, key=lambda row: sum(len(ids) for ids, _ in row))
                self.open.remove(fullest)
                self.open.append([chat])
                return fullest

    def short(self, count: int) -> Rows:
        """`count` rows of packed chats."""
        ids = torch.zeros(count, SHORT, dtype=torch.long)
        weight = torch.zeros(count, SHORT)
        owner = torch.full((count, SHORT), -1)
        for r in range(count):
            at = 0
            for number, (chat, weights) in enumerate(self.short_row()):
                here = slice(at, at + len(chat))
                ids[r, here], weight[r, here] = torch.tensor(chat), torch.tensor(weights)
                owner[r, here] = number
                at = here.stop
        return Rows(ids, weight, owner)

    def long(self, count: int) -> Rows:
        """`count` chats of many turns that fill the whole context."""
        newline = self.tokenizer.plain("\n")
        ids, weight = [], []
        for _ in range(count):
            row: list[int] = []
            row_weight: list[float] = []
            while len(row) < LONG:
                chat, weights = self.chat()
                row += chat + newline
                row_weight += [*weights, 0.0]
            ids.append(row[:LONG])
            weight.append(row_weight[:LONG])
        return Rows(torch.tensor(ids), torch.tensor(weight), None)
