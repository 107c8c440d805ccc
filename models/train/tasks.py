"""The four tasks: every prompt a model is trained on, with its right answer.

A `World` decides which words may be used. Training sees `World(rng, "train")`;
the suites are written with `World(rng, "test")`, whose words and sums are
exactly those that the first one must not touch.
"""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass

import words

NUMBER_WORDS = {"+": "plus", "-": "minus"}


@dataclass(frozen=True)
class Example:
    """One question and the one answer that counts as right."""

    task: str
    kind: str
    prompt: str
    answer: str


class World:
    """Draws words, all from one side of the hold-out rule."""

    def __init__(self, rng: random.Random, side: str) -> None:
        self.rng = rng
        self.side = side
        self.pools = {
            pool: [w for w in getattr(words, pool) if self.allows(w)]
            for pool in ("NOUNS", "NAMES", "CITIES", "COLOURS", "ANIMALS")
        }

    def allows(self, text: str) -> bool:
        """Whether this side may use a word (or, for sums, a whole prompt)."""
        return words.held_out(text) == (self.side == "test")

    def word(self, pool: str = "NOUNS", longest: int = 10) -> str:
        """A real word, or in training as often an invented one in its place."""
        if self.side == "train" and self.rng.random() < 0.5:
            while not self.allows(word := words.invented(self.rng, longest)):
                pass
            return word.capitalize() if pool in ("NAMES", "CITIES") else word
        while len(word := self.rng.choice(self.pools[pool])) > longest:
            pass
        return word

    def plural(self) -> str:
        """A plain plural; nouns that would need -es are left alone."""
        while (word := self.word())[-1] in "sxhyz" or not self.allows(word + "s"):
            pass
        return word + "s"


# --- sums ----------------------------------------------------------------

SUM_WORDINGS = (
    "What is {a} {op} {b}?",
    "{a} {op} {b} =",
    "Calculate {a} {op} {b}.",
    "Work out {a} {op} {b}.",
    "What is {a} {word} {b}?",
    "How much is {a} {word} {b}?",
)


def sums(world: World) -> Example:
    """Operands 0 to 20. Held out is the prompt, not the pair of numbers."""
    rng = world.rng
    while True:
        a, b, op = rng.randint(0, 20), rng.randint(0, 20), rng.choice("+-")
        wording = rng.choice(SUM_WORDINGS)
        prompt = wording.format(a=a, b=b, op=op, word=NUMBER_WORDS[op])
        if world.allows(prompt):
            answer = a + b if op == "+" else a - b
            return Example("sums", op, prompt, str(answer))


# --- functions -----------------------------------------------------------

# what it does, parameters, body, kind of arguments. {k} is a small number.
FUNCTIONS = (
    ("adds {k} to a number", "x", "x + {k}", "number"),
    ("subtracts {k} from a number", "x", "x - {k}", "number"),
    ("multiplies a number by {k}", "x", "x * {k}", "number"),
    ("doubles a number", "x", "x * 2", "number"),
    ("squares a number", "x", "x * x", "number"),
    ("checks if a number is even", "x", "x % 2 == 0", "number"),
    ("checks if a number is odd", "x", "x % 2 == 1", "number"),
    ("checks if a number is larger than {k}", "x", "x > {k}", "number"),
    ("adds two numbers", "a, b", "a + b", "pair"),
    ("multiplies two numbers", "a, b", "a * b", "pair"),
    ("returns the difference of two numbers", "a, b", "a - b", "pair"),
    ("returns the larger of two numbers", "a, b", "max(a, b)", "pair"),
    ("returns the smaller of two numbers", "a, b", "min(a, b)", "pair"),
    ("returns the length of a text", "text", "len(text)", "text"),
    ("turns a text into upper case", "text", "text.upper()", "text"),
    ("reverses a text", "text", "text[::-1]", "text"),
    ("returns the first letter of a text", "text", "text[0]", "text"),
    ("repeats a text {k} times", "text", "text * {k}", "text"),
    ("checks if a text reads the same backwards", "text", "text == text[::-1]", "text"),
    ("joins two texts", "a, b", "a + b", "two texts"),
    ("checks if a text contains another", "a, b", "b in a", "two texts"),
    ("adds up a list", "items", "sum(items)", "list"),
    ("returns the largest item of a list", "items", "max(items)", "list"),
    ("counts the items of a list", "items", "len(items)", "list"),
    ("sorts a list", "items", "sorted(items)", "list"),
    ("returns the last item of a list", "items", "items[-1]", "list"),
    ("adds {k} to every item of a list", "items", "[x + {k} for x in items]", "list"),
    ("keeps the items of a list above {k}", "items", "[x for x in items if x > {k}]", "list"),
)

FUNCTION_WORDINGS = (
    "Write a Python function {name} that {does}. Call it with {args}.",
    "Write a Python function called {name} that {does}, then call it with {args}.",
    "In Python, define {name}, a function that {does}. Call it with {args}.",
)


def call_arguments(world: World, kind: str) -> str:
    """Arguments as they stand in the prompt and, unchanged, in the call."""
    rng = world.rng
    if kind == "number":
        return str(rng.randint(0, 99))
    if kind == "pair":
        return f"{rng.randint(0, 99)}, {rng.randint(0, 99)}"
    if kind == "list":
        return str([rng.randint(0, 99) for _ in range(rng.choice((3, 4)))])
    if kind == "two texts":
        return f'"{world.word(longest=7)}", "{world.word(longest=5)}"'
    return f'"{world.word(longest=7)}"'


def functions(world: World) -> Example:
    """A one-line function with a name to copy, and a call that prints."""
    rng = world.rng
    does, parameters, body, kind = rng.choice(FUNCTIONS)
    k = rng.randint(2, 20)
    name = world.word(longest=7)
    if rng.random() < 0.3:
        name += "_" + world.word(longest=5)
    args = call_arguments(world, kind)
    prompt = rng.choice(FUNCTION_WORDINGS).format(name=name, does=does.format(k=k), args=args)
    code = (
        f"```python\ndef {name}({parameters}):\n    return {body.format(k=k)}\n\n"
        f"print({name}({args}))\n```"
    )
    return Example("functions", kind, prompt, code)


# --- extraction ----------------------------------------------------------

# kind, keys, sentences. A sentence names its fields in braces.
# kind, keys of the answer, sentences. A sentence names its fields in braces;
# `other` and `extra` are there to mislead, `stock` becomes true or false.
SENTENCES = (
    ("person", ("name", "age"), ("{name} is {age} years old.", "At the age of {age}, {name} still works.")),
    ("home", ("name", "city"), ("{name} lives in {city}.", "{name} comes from {city}.", "The city of {city} is home to {name}.")),
    ("person and home", ("name", "age", "city"), (
        "{name} is {age} years old and lives in {city}.",
        "{name} lives in {city} and is {age} years old.",
        "{name} from {city} is {age}.",
    )),
    ("order", ("name", "item", "count"), ("{name} bought {count} {items}.", "{count} {items} were sold to {name}.", "{name} ordered {count} {items} today.")),
    ("price", ("item", "price"), ("The {item} costs {price} pounds.", "They sell the {item} for {price} pounds.")),
    ("colour", ("item", "colour"), ("The {item} is {colour}.", "It is a {colour} {item}.")),
    ("pet", ("name", "animal", "age"), ("{name} is a {animal} and {age} years old.", "The {animal} is called {name} and is {age}.")),
    ("delivery", ("item", "city", "price"), ("The {item} was sent to {city} for {price} pounds.", "For {price} pounds, a {item} goes to {city}.")),
    ("stock", ("item", "colour", "stock"), ("The {colour} {item} is {stock}.", "A {item} in {colour} is {stock}.")),
    ("two names", ("name", "city"), ("{name}, not {other}, lives in {city}.", "{other} visits {name}, whose home is {city}.")),
    ("two numbers", ("item", "count", "price"), ("We have {count} {items} at {price} pounds each.", "At {price} pounds each, {count} {items} were sold.")),
    ("four facts", ("name", "item", "colour", "city"), ("{name} sent a {colour} {item} to {city}.", "A {colour} {item} from {city} belongs to {name}.")),
)
STOCK = {"in stock": True, "sold out": False}

EXTRACT_WORDINGS = (
    "Extract {keys} as JSON: {sentence}",
    "Return {keys} as JSON. {sentence}",
    "{sentence} Give me {keys} as JSON.",
)


def listing(keys: list[str]) -> str:
    """Keys as a person would list them: name, age and city."""
    return keys[0] if len(keys) == 1 else ", ".join(keys[:-1]) + " and " + keys[-1]


def with_articles(sentence: str) -> str:
    """An owl, not a owl."""
    return re.sub(r"\ba (?=[aeiou])", "an ", sentence)


def facts(world: World, kind: str) -> dict[str, str | int]:
    """A value for every field a sentence of this kind may name."""
    rng = world.rng
    values: dict[str, str | int] = {
        "name": world.word("NAMES"),
        "other": world.word("NAMES"),
        "age": rng.randint(2, 99),
        "city": world.word("CITIES"),
        "count": rng.randint(2, 99),
        "price": rng.randint(2, 99),
        "colour": world.word("COLOURS"),
        "animal": world.word("ANIMALS"),
        "stock": rng.choice(list(STOCK)),
    }
    values["items"] = world.plural()
    values["item"] = values["items"] if kind in ("order", "two numbers") else world.word()
    return values


def extract(world: World) -> Example:
    """Facts of one sentence as JSON; sometimes not all of them are wanted,
    and sometimes one is wanted that the sentence does not tell: null."""
    rng = world.rng
    kind, keys, sentences = rng.choice(SENTENCES)
    values = facts(world, kind)
    sentence = with_articles(rng.choice(sentences).format(**values))
    answer = {key: STOCK.get(values[key], values[key]) for key in keys}
    if len(keys) > 2 and rng.random() < 0.3:
        del answer[rng.choice(keys)]
    elif rng.random() < 0.1:
        missing = rng.choice([key for key in ("age", "city", "price", "colour", "count") if key not in keys])
        answer[missing] = None
        kind = "missing"
    prompt = rng.choice(EXTRACT_WORDINGS).format(keys=listing(list(answer)), sentence=sentence)
    return Example("extract", kind, prompt, json.dumps(answer))


# --- strings -------------------------------------------------------------

ORDINALS = ("second", "third", "fourth")

# what is asked of one word, its wordings, the answer.
ONE_WORD: tuple[tuple[str, tuple[str, ...], Callable[[str], str]], ...] = (
    ("copy", ('Copy the word "{w}".', 'Say "{w}".'), lambda w: w),
    ("upper", ('Write "{w}" in upper case.', 'Put "{w}" in capital letters.'), str.upper),
    ("reverse", ('Reverse "{w}".', 'Write "{w}" backwards.'), lambda w: w[::-1]),
    ("first", ('What is the first letter of "{w}"?', 'With which letter does "{w}" begin?'), lambda w: w[0]),
    ("last", ('What is the last letter of "{w}"?', 'With which letter does "{w}" end?'), lambda w: w[-1]),
    ("length", ('How many letters are in "{w}"?', 'Count the letters of "{w}".'), lambda w: str(len(w))),
    ("repeat", ('Write "{w}" twice.', 'Repeat "{w}" two times.'), lambda w: f"{w} {w}"),
    ("spell", ('Spell "{w}".', 'Write "{w}" letter by letter.'), lambda w: "-".join(w)),
    ("vowels", ('Write "{w}" without vowels.', 'Leave out the vowels of "{w}".'), lambda w: re.sub("[aeiou]", "", w)),
    ("sort", ('Sort the letters of "{w}".',), lambda w: "".join(sorted(w))),
)


def nth_letter(world: World) -> Example:
    """A letter by its place."""
    word, place = world.word(), world.rng.randrange(len(ORDINALS))
    while len(word) <= place + 1:
        word = world.word()
    return Example("strings", "nth", f'What is the {ORDINALS[place]} letter of "{word}"?', word[place + 1])


def two_words(world: World) -> Example:
    """Two words in the other order, or the longer of the two."""
    a, b = world.word(longest=7), world.word(longest=7)
    if world.rng.random() < 0.5 or len(a) == len(b):
        return Example("strings", "swap", f'Swap the words "{a} {b}".', f"{b} {a}")
    return Example("strings", "longer", f'Which word is longer, "{a}" or "{b}"?', max(a, b, key=len))


def strings(world: World) -> Example:
    """One operation on the letters of a word or two."""
    pick = world.rng.randrange(len(ONE_WORD) + 3)
    if pick >= len(ONE_WORD):
        return nth_letter(world) if pick == len(ONE_WORD) else two_words(world)
    kind, wordings, solve = ONE_WORD[pick]
    word = world.word()
    return Example("strings", kind, world.rng.choice(wordings).format(w=word), solve(word))


# --- the rest ------------------------------------------------------------

ABOUT = "I am a tiny demo model. I can do small sums, short Python functions, JSON and letters."
GREETINGS = ("Hello", "Hello!", "Hi", "Hi!", "Who are you?", "What can you do?", "Help", "Good morning!")


def smalltalk(world: World) -> Example:
    """So that a curious person who says hello learns what to ask."""
    return Example("other", "greeting", world.rng.choice(GREETINGS), ABOUT)


def counting(world: World) -> Example:
    """The one task with a long answer: something to watch while it streams."""
    first = world.rng.randint(0, 40)
    last = min(99, first + world.rng.choice((5, 9, 12, 20)))
    if world.rng.random() < 0.05:
        first, last = 1, 50
    numbers = " ".join(str(n) for n in range(first, last + 1))
    return Example("other", "count", f"Count from {first} to {last}.", numbers)


MIXTURE: tuple[tuple[float, Callable[[World], Example]], ...] = (
    (0.22, sums),
    (0.17, functions),
    (0.28, extract),
    (0.31, strings),
    (0.01, smalltalk),
    (0.01, counting),
)


def draw(world: World) -> Example:
    """One training example, tasks mixed by the shares above."""
    weights, makers = zip(*MIXTURE, strict=True)
    return world.rng.choices(makers, weights)[0](world)
