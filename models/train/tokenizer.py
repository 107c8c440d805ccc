"""A tokenizer of template words, small numbers and single bytes.

Words of the templates are whole tokens; every other word falls apart into its
letters, so copying, spelling and reversing work on letters that look the same
wherever they stand. In GGUF this is the `llama-bpe` pre-tokenizer, which takes a
whole piece when the vocabulary has it and does not try merges first.
"""

import random
from collections import Counter
from functools import lru_cache

import regex

import tasks
import words

SPECIALS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
# The only merge: the list may not be empty, and two spaces do no harm.
MERGE = ("Ġ", "Ġ")
# How llama.cpp splits text for `llama-bpe` (the Llama 3 pattern).
SPLIT = regex.compile(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
TURN = "<|im_start|>{role}\n{text}<|im_end|>\n"


def byte_letters() -> dict[int, str]:
    """GPT-2's map from bytes to printable letters (a space becomes Ġ)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in plain}
    for byte in range(256):
        if byte not in letters:
            letters[byte] = chr(256 + len(letters) - len(plain))
    return letters


BYTE_LETTERS = byte_letters()


def spelled(piece: str) -> str:
    """A piece of text in GPT-2 letters."""
    return "".join(BYTE_LETTERS[b] for b in piece.encode())


def is_value(piece: str) -> bool:
    """Whether a piece belongs to the words that must stay single letters."""
    return piece.strip(' _"(').lower() in VALUES


def _values() -> set[str]:
    pools = (words.NOUNS, words.NAMES, words.CITIES, words.COLOURS, words.ANIMALS)
    singular = {w.lower() for pool in pools for w in pool}
    return singular | {w + "s" for w in singular}


VALUES = _values()


class Tokenizer:
    """Text to token ids, byte for byte as llama.cpp does it."""

    def __init__(self, size: int) -> None:
        pieces = self._template_pieces()
        numbers = [str(n) for n in range(10, 100)]
        fixed = [*SPECIALS, *BYTE_LETTERS.values(), "".join(MERGE), *numbers]
        chosen = [p for p in pieces if p not in set(fixed)][: size - len(fixed)]
        self.tokens = fixed + chosen
        self.tokens += [f"<|unused{i}|>" for i in range(size - len(self.tokens))]
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        self.end = self.ids["<|im_end|>"]
        self.piece = lru_cache(maxsize=100_000)(self._piece)

    @staticmethod
    def _template_pieces() -> list[str]:
        """Pieces that many examples share and that are no values, commonest first."""
        world = tasks.World(random.Random(1), "train")
        seen: Counter[str] = Counter({"system": 10**6, "user": 10**6, "assistant": 10**6})
        for _ in range(20_000):
            example = tasks.draw(world)
            seen.update(set(SPLIT.findall(example.prompt)) | set(SPLIT.findall(example.answer)))
        return [
            spelled(piece)
            # Ties by spelling: the order of a set differs from run to run.
            for piece, count in sorted(seen.items(), key=lambda item: (-item[1], item[0]))
            if count >= 12 and len(piece) > 1 and not piece.isdigit() and not is_value(piece)
        ]

    def _piece(self, piece: str) -> tuple[int, ...]:
        text = spelled(piece)
        if text in self.ids:
            return (self.ids[text],)
        out: list[int] = []
        i = 0
        while i < len(text):
            step = 2 if text.startswith("ĠĠ", i) else 1
            out.append(self.ids[text[i : i + step]])
            i += step
        return tuple(out)

    def plain(self, text: str) -> list[int]:
        """Ids of text that holds no special token."""
        return [i for piece in SPLIT.findall(text) for i in self.piece(piece)]

    def encode(self, text: str) -> list[int]:
        """Ids of text in which special tokens may stand."""
        out: list[int] = []
        for part in regex.split(r"(<\|endoftext\|>|<\|im_start\|>|<\|im_end\|>)", text):
            out += [self.ids[part]] if part in SPECIALS else self.plain(part)
        return out
